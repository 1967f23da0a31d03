import { beforeEach, expect, test } from 'vitest'
import { detail, visitorsInScope } from './detail.ts'
import { lang } from './i18n.ts'

beforeEach(() => {
  lang.value = 'zh'
})

test.each([
  ['away or paused on every day from 2026-12-01 to 2026-12-06', '2026-12-01 至 2026-12-06 每天都不在家或暂停走访'],
  ['no visitor has an area that holds grid 510199003002001', '没有走访人员的负责区域包含网格 510199003002001'],
  ['all shifts are full; 20 more minutes for visitor V-12 on 2026-12-05 would do', '所有时段都已排满；走访人员 V-12 在 2026-12-05 再有 20 分钟即可'],
  ["every visitor with time has the day's visits; one visit more for visitor V1 on 2026-12-05 would do", '有空的走访人员当天次数已满；走访人员 V1 在 2026-12-05 多走访一次即可'],
  [
    'the visit and its walk take 75 minutes, more than any shift has: the nearest lacks 15 minutes (visitor V1 on 2026-12-05)',
    '走访连同步行须 75 分钟，任何时段都放不下：最接近的还差 15 分钟（走访人员 V1，2026-12-05）',
  ],
  [
    'a visit on 2026-12-03 would only move the lapse to 2026-12-05: all shifts are full; 7 more minutes for visitor V1 on 2026-12-04 would do',
    '若改在 2026-12-03 走访，漏访只会移到 2026-12-05：所有时段都已排满；走访人员 V1 在 2026-12-04 再有 7 分钟即可',
  ],
])('%s is said in Chinese', (english, chinese) => {
  expect(detail(english)).toBe(chinese)
})

test('skills and kinds are called what the district calls them', () => {
  const terms = [
    { key: 'bathing', zh: '助浴', en: 'bath' },
    { key: 'grid_worker', zh: '网格员', en: 'grid worker' },
  ]
  expect(detail('nobody in scope (3 visitors) has bathing and 轮椅', terms)).toBe('负责该处的 3 人都不合要求：须会助浴、轮椅')
  expect(detail('nobody in scope (3 visitors) is a grid_worker or volunteer', terms)).toBe('负责该处的 3 人都不合要求：须是网格员、volunteer')
  expect(detail('nobody in scope (1 visitor) is a grid_worker and has bathing', terms)).toBe('负责该处的 1 人都不合要求：须是网格员，并会助浴')
})

test.each([
  'nobody who may come (4 visitors) works from 2026-12-01 to 2026-12-06',
  'nobody who may come (1 visitor) works from 2026-12-01 to 2026-12-06 and has a way to the door and back',
  'all shifts are full; 1 more minute for visitor V1 on 2026-12-04 would do',
  'on every day when somebody has time the visit of the day is planned already or the allowed weekdays are used',
  'the door opens at no time from 2026-12-01 to 2026-12-06 when anybody who may come (4 visitors) works and can be there',
  'two must come, and no two of those who may come (4 visitors) work at the same time from 2026-12-01 to 2026-12-06',
  'visitors V1 and V2 have time on 2026-12-05, but the search did not find it: plan again with more time',
  'nobody has time while the doors are open and all who must come are there; the nearest is visitor V1 on 2026-12-05',
  'the window was over on 2026-11-30, before this plan begins',
  'nobody who may come (4 visitors) has a way to the door and back',
  'the door has no travel times for anybody who may come (1 visitor)',
])('%s has Chinese', (english) => {
  expect(detail(english)).not.toMatch(/[a-z]{3}/)
})

test('whatever the planner says in its golden scenarios has Chinese', () => {
  const files = import.meta.glob<string>('../../../../../planner/testdata/scenarios/*.golden', { query: '?raw', import: 'default', eager: true })
  const said = Object.values(files)
    .flatMap((text) => (JSON.parse(text) as { unplanned: { detail: string }[] | null }).unplanned ?? [])
    .map((u) => u.detail)
  expect(said.length).toBeGreaterThan(20)
  expect(said.filter((english) => detail(english) === english)).toEqual([])
})

test('what the planner has not said before stays as it came', () => {
  expect(detail('the moon is full')).toBe('the moon is full')
  expect(detail('')).toBe('')
})

test('an English page shows what the planner wrote', () => {
  lang.value = 'en'
  expect(detail('no visitor has an area that holds grid 1')).toBe('no visitor has an area that holds grid 1')
})

test('how many visitors are in scope is read from what binds a community', () => {
  const said = '1 lapse, mostly: all shifts are full (no_free_time); 31 visitors in scope with 14960 minutes of shifts, 5222 of them used; the missing visits take 30 minutes at the doors'
  expect(visitorsInScope(said)).toBe(31)
  expect(visitorsInScope('the moon is full')).toBeNull()
})

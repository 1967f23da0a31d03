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

test('what the planner has not said before stays as it came', () => {
  expect(detail('the moon is full')).toBe('the moon is full')
  expect(detail('')).toBe('')
})

test('an English page shows what the planner wrote', () => {
  lang.value = 'en'
  expect(detail('no visitor has an area that holds grid 1')).toBe('no visitor has an area that holds grid 1')
})

test('how many visitors are in scope is read from what binds a community', () => {
  const said = '1 lapses and 0 debts, mostly no_free_time; 31 visitors in scope have 14960 minutes and use 5222; the missing visits take 30 at the doors'
  expect(visitorsInScope(said)).toBe(31)
  expect(visitorsInScope('the moon is full')).toBeNull()
})

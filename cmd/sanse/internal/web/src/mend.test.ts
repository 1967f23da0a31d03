import { beforeEach, expect, test } from 'vitest'
import { lang } from './i18n.ts'
import { days, mend } from './mend.ts'

const district = { skills: [{ key: 'bathing', zh: '助浴', en: 'bath' }] }

beforeEach(() => {
  lang.value = 'zh'
})

test.each([
  [{ kind: 'minutes', visitor: 'V1', date: '2026-12-05', minutes: 20 }, 'V1 12月5日再多 20 分钟即可'],
  [{ kind: 'visits', visitor: 'V1', date: '2026-12-05' }, 'V1 12月5日再多走一户即可'],
  [{ kind: 'tier', visitor: 'V1', date: '2026-12-05' }, 'V1 12月5日有空，请其跨区域代走'],
  [{ kind: 'later', visitor: 'V1', date: '2026-12-05' }, '晚到 12月5日由 V1 走访'],
  [{ kind: 'hours', visitor: 'V1', date: '2026-12-05', minutes: 30 }, '12月5日可上门时间早开或晚关 30 分钟，V1 有空'],
  [{ kind: 'skill', visitor: 'V1', date: '2026-12-05', skill: 'bathing' }, 'V1 12月5日有空，学会“助浴”即可'],
  [{ kind: 'magic', date: null }, 'magic'],
])('%o is said in Chinese', (m, said) => {
  expect(mend(m, district)).toBe(said)
})

test('every kind of mend is said in English too', () => {
  lang.value = 'en'
  for (const kind of ['minutes', 'visits', 'tier', 'later', 'hours', 'skill'])
    expect(mend({ kind, visitor: 'V1', date: '2026-12-05', minutes: 5, skill: 'bathing' }, district)).toMatch(/V1/)
})

test.each([
  [[], ''],
  [['2026-12-31'], '12月31日'],
  [['2026-12-31', '2027-01-01'], '12月31日–1月1日'],
  [['2026-12-01', '2026-12-02', '2026-12-03', '2026-12-07'], '12月1日–12月3日、12月7日'],
  [['2026-12-01', '2026-12-03', '2026-12-05', '2026-12-07', '2026-12-08'], '12月1日、12月3日、12月5日等 5 天'],
])('the days %o', (dates, said) => {
  expect(days(dates)).toBe(said)
})

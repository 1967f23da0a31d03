import { afterEach, expect, test } from 'vitest'
import { clockOf, clockWords, spanOf } from './clocks.ts'
import { lang } from './i18n.ts'

const now = Date.parse('2026-12-02T04:00:00Z')
const inMinutes = (m: number) => now + m * 60_000

afterEach(() => {
  lang.value = 'zh'
})

test.each([
  [45, 'left', 45],
  [30, 'left', 30],
  [29.9, 'soon', 29],
  [0.5, 'soon', 0],
  [0, 'over', 0],
  [-65, 'over', 65],
] as const)('a deadline in %f minutes is %s', (m, standing, minutes) => {
  expect(clockOf(inMinutes(m), now)).toEqual({ standing, minutes })
})

test('how long is left is said in words, in both languages', () => {
  const words = (m: number) => clockWords(new Date(inMinutes(m)).toISOString(), now).words
  expect([9, 0.5, 0, -65, 60 * 51].map(words)).toEqual(['还剩 9分钟', '不到 1 分钟', '刚刚超时', '已超时 1小时5分', '还剩 2天3小时'])
  lang.value = 'en'
  expect([9, 0.5, 0, -65, 60 * 48].map(words)).toEqual(['9 min left', 'under a minute left', 'overdue just now', 'overdue for 1 h 5 min', '2 d left'])
  expect(spanOf(120)).toBe('2 h')
})

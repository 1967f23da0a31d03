import { beforeEach, expect, test } from 'vitest'
import { addDays, clampDay, day, decimal, isDate, list, longDay, number, percent, span, todayIn, walk, weekday } from './format.ts'
import { lang } from './i18n.ts'

beforeEach(() => {
  lang.value = 'zh'
})

test('counts are grouped by thousands', () => {
  expect(number(0)).toBe('0')
  expect(number(6240)).toBe('6,240')
  expect(number(1234567)).toBe('1,234,567')
  expect(decimal(1.237, 2)).toBe('1.24')
})

test.each([
  [1, '100%'],
  [0, '0%'],
  [0.9999, '99.9%'],
  [0.9995, '99.9%'],
  [0.0001, '0.1%'],
  [0.873, '87.3%'],
  [0.5, '50%'],
  [null, '—'],
  [undefined, '—'],
  [NaN, '—'],
])('a share of %s is written %s: only all is 100%% and only none is 0%%', (share, want) => {
  expect(percent(share)).toBe(want)
})

test('dates are written as each language does', () => {
  expect(day('2026-12-05')).toBe('12月5日')
  expect(day('2026-12-05', 'en')).toBe('5 Dec')
  expect(weekday('2026-12-05')).toBe('周六')
  expect(weekday('2026-12-06', 'en')).toBe('Sun')
  expect(longDay('2026-12-05')).toBe('2026年12月5日 周六')
  expect(longDay('2026-12-05', 'en')).toBe('Sat 5 Dec 2026')
})

test('what is no date is shown as it came and never as another day', () => {
  expect(isDate('2026-02-29')).toBe(false)
  expect(isDate('2024-02-29')).toBe(true)
  expect(isDate('2026-13-01')).toBe(false)
  expect(isDate(undefined)).toBe(false)
  expect(day('soon')).toBe('soon')
  expect(weekday('soon')).toBe('')
})

test('days are added over months, years and leap days', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01')
  expect(addDays('2024-03-01', -1)).toBe('2024-02-29')
  expect(addDays('2026-11-30', 7)).toBe('2026-12-07')
})

test('a day outside the plan becomes its nearest day', () => {
  expect(clampDay('2026-11-21', '2026-12-01', '2026-12-31')).toBe('2026-12-01')
  expect(clampDay('2026-12-03', '2026-12-01', '2026-12-31')).toBe('2026-12-03')
  expect(clampDay('2027-01-03', '2026-12-01', '2026-12-31')).toBe('2026-12-31')
})

test('walks are rounded up to the minute, as the planner rounds them', () => {
  expect(walk(1)).toBe('1分钟')
  expect(walk(60)).toBe('1分钟')
  expect(walk(61)).toBe('2分钟')
  expect(walk(3661)).toBe('1小时2分')
  lang.value = 'en'
  expect(walk(599)).toBe('10 min')
})

test('today is the day of the district, not that of the reader', () => {
  const now = new Date('2026-12-02T17:30:00Z')
  expect(todayIn('Asia/Shanghai', now)).toBe('2026-12-03')
  expect(todayIn('Europe/Andorra', now)).toBe('2026-12-02')
  expect(todayIn('Nowhere/Land', now)).toBe('')
})

test('words are listed', () => {
  expect(list(['a', 'b', 'c'])).toBe('a、b、c')
  expect(list(['a'])).toBe('a')
})

test.each([
  [0, '0分钟', '0 min'],
  [119, '119分钟', '119 min'],
  [120, '2小时', '2 h'],
  [14960, '249小时20分', '249 h 20 min'],
  [60 * 1200, '1,200小时', '1,200 h'],
])('%s minutes are %s, in English %s', (minutes, zh, en) => {
  expect(span(minutes)).toBe(zh)
  lang.value = 'en'
  expect(span(minutes)).toBe(en)
})

import { beforeEach, expect, test } from 'vitest'
import { lang } from './i18n.ts'
import { knownFrom, lastOver, periodName, sameTime, startOf, stepsOf, type Span } from './period.ts'

beforeEach(() => {
  lang.value = 'zh'
})

const plan = { id: 1, start: '2026-12-01', days: 31, end: '2026-12-31', made_at: '2026-11-21T00:00:00Z' }
const week = (from: string, to: string): Span => ({ kind: 'week', from, to })
const months = (from: string, to: string): Span => ({ kind: 'month', from, to })
const horizon: Span = { kind: 'horizon', from: '2026-12-01', to: '2026-12-31' }

test.each([
  ['week', '2026-11-30', '2026-11-30'],
  ['week', '2026-12-06', '2026-11-30'],
  ['week', '2027-01-01', '2026-12-28'],
  ['month', '2026-12-31', '2026-12-01'],
  ['month', '2028-02-29', '2028-02-01'],
] as const)('the %s that holds %s begins on %s', (kind, day, first) => {
  expect(startOf(kind, day)).toBe(first)
})

test.each([
  ['2026-12-01', '2026-11-01'],
  ['2026-12-15', '2026-11-01'],
  ['2027-01-31', '2026-12-01'],
])('of a plan from %s the past is known from %s', (start, first) => {
  expect(knownFrom(start)).toBe(first)
})

test.each([
  ['the month of the plan has last month before it and ends the plan', months('2026-12-01', '2026-12-31'), '2026-11-01', null],
  ['last month is the first, the plan comes after', months('2026-11-01', '2026-11-30'), null, '2026-12-01'],
  ['the first week of the plan has both neighbours', week('2026-11-30', '2026-12-06'), '2026-11-23', '2026-12-07'],
  ['a week that only begins before what is known is not offered', week('2026-11-02', '2026-11-08'), null, '2026-11-09'],
  ['the week that holds the last day is the last', week('2026-12-28', '2027-01-03'), '2026-12-21', null],
  ['the whole plan has no neighbours', horizon, null, null],
])('%s', (_, span, before, after) => {
  expect(stepsOf(span, plan)).toEqual({ before, after })
})

test('without a plan there is nowhere to step', () => {
  expect(stepsOf(months('2026-12-01', '2026-12-31'), null)).toEqual({ before: null, after: null })
  expect(lastOver(horizon, null, '2026-12-01')).toBeNull()
})

test.each([
  ['of the whole plan it is the month before', horizon, '2026-12-01', { kind: 'month', from: '2026-11-01' }],
  ['of a month it is the month before', months('2026-12-01', '2026-12-31'), '2026-12-20', { kind: 'month', from: '2026-11-01' }],
  ['of a week it is the week before today', week('2026-12-21', '2026-12-27'), '2026-12-03', { kind: 'week', from: '2026-11-23' }],
  ['a period that is over stands for itself', months('2026-11-01', '2026-11-30'), '2026-12-01', null],
  ['nothing is known before the month before the plan', months('2026-12-01', '2026-12-31'), '2026-11-20', null],
])('the last period that is over: %s', (_, span, today, want) => {
  expect(lastOver(span, plan, today)).toEqual(want)
})

test.each([
  ['a week of last month leads to that month', week('2026-11-16', '2026-11-22'), 'month', '2026-11-01'],
  ['last month leads to its first whole week', months('2026-11-01', '2026-11-30'), 'week', '2026-11-02'],
  ['a month that begins on Monday leads to that week', months('2026-06-01', '2026-06-30'), 'week', '2026-06-01'],
  ['the week of today leads to the month of today', week('2026-11-30', '2026-12-06'), 'month', undefined],
  ['the whole plan leads to the month of today', horizon, 'month', undefined],
  ['whatever is shown, the whole plan is the whole plan', months('2026-11-01', '2026-11-30'), 'horizon', undefined],
] as const)('%s', (_, shown, kind, want) => {
  expect(sameTime(shown, kind, '2026-12-01')).toBe(want)
})

test('a month goes by its name, a week by its days', () => {
  expect(periodName(months('2026-11-01', '2026-11-30'))).toBe('11月')
  expect(periodName(months('2026-11-01', '2026-11-30'), true)).toBe('2026年11月')
  expect(periodName(week('2026-11-23', '2026-11-29'))).toBe('11月23日 至 11月29日')
  lang.value = 'en'
  expect(periodName(months('2026-11-01', '2026-11-30'))).toBe('Nov')
  expect(periodName(months('2026-11-01', '2026-11-30'), true)).toBe('Nov 2026')
})

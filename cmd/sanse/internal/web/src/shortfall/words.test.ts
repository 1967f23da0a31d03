import { expect, test } from 'vitest'
import { shown, type StandardRow } from '../api_shortfall.ts'
import { lang } from '../i18n.ts'
import { amount, counted, noneText, ownHalf, said, targetOf, turn, valueOf } from './words.ts'

const row = (over: Partial<StandardRow>): StandardRow => ({
  standard: 's',
  name: { zh: '甲', en: 'A' },
  measure: 'reach',
  unit: '%',
  target: { value: 90, unit: '%', year: 2030 },
  status: 'short',
  ...over,
})

test('what has no value is a dash and never 0', () => {
  expect(amount(null)).toBe('—')
  expect(amount(undefined)).toBe('—')
  expect(amount(0)).toBe('0')
  expect(counted(null, 'people')).toBe('—')
  expect(valueOf({ status: 'no_data' }, '%')).toBe('—')
  expect(valueOf({ status: 'no_data', value: null }, '/1000')).toBe('—')
})

test.each([
  ['zh', 90, '%', '90%'],
  ['zh', 28, '/1000', '每 1,000 配 28'],
  ['zh', 200, 'm²/1000', '每 1,000 人 200 平方米'],
  ['en', 1, '/300', '1 for every 300'],
  ['en', 3, 'horses', '3 horses'],
] as const)('in %s a target of %s %s is written as %s', (l, value, unit, text) => {
  lang.value = l
  expect(targetOf(value, unit)).toBe(text)
  lang.value = 'zh'
})

test('what is kept from outsiders is not shown as a lack of data', () => {
  expect(shown({ status: 'no_data', reason: 'hidden' })).toBe('hidden')
  expect(shown({ status: 'no_data', reason: 'nobody_counted' })).toBe('no_data')
  expect(shown(undefined)).toBe('no_data')
  expect(noneText({ status: 'no_data', reason: 'hidden' })).toBe('不对外显示')
  expect(noneText({ status: 'no_data', reason: 'never heard of' })).toMatch(/^缺少数据/)
})

test('a trend compares shares where there are any, and of idle capacity less is better', () => {
  expect(turn(row({ share: 0.75, trend: { value: 0.5, day: '2026-10-31' } }))).toEqual({ by: 0.25, share: true, better: true })
  expect(turn(row({ measure: 'idle', share: 0.25, trend: { value: 0.125, day: '2026-10-31' } }))).toEqual({ by: 0.125, share: true, better: false })
  expect(turn(row({ have: 4, trend: { have: 6, day: '2026-10-31' } }))).toEqual({ by: -2, share: false, better: false })
  expect(turn(row({ share: 0.75 }))).toBeNull()
  expect(turn(row({ share: null, have: null, trend: { value: 0.5, day: '2026-10-31' } }))).toBeNull()
})

test('of a text in both languages the page shows its own', () => {
  expect(ownHalf('公开案例 · published case')).toBe('公开案例')
  lang.value = 'en'
  expect(ownHalf('公开案例 · published case')).toBe('published case')
  expect(said({ zh: '甲', en: '' })).toBe('甲')
  lang.value = 'zh'
  expect(ownHalf('one · two')).toBe('one · two')
  expect(ownHalf('甲 · 乙 · c')).toBe('甲 · 乙 · c')
  expect(said(undefined)).toBe('')
})

import { expect, test } from 'vitest'
import { frequency, whyNot } from './need_words.ts'

test('frequencies and reasons are said in words, unknown ones as they came', () => {
  expect(frequency('2/week')).toBe('每周 2 次')
  expect(frequency('every 3 days; 1/month')).toBe('每 3 天一次、每月 1 次')
  expect(frequency('working days')).toBe('工作日')
  expect(frequency('at full moon')).toBe('at full moon')
  expect(whyNot('full')).toBe('都满了（只在纸面上有）')
  expect(whyNot('家属要求')).toBe('家属要求')
})

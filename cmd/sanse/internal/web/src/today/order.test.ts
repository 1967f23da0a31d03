import { expect, test } from 'vitest'
import { doorOf, moved } from './order.ts'

test('an entry goes a place up or down, and stays at the ends', () => {
  const list = ['a', 'b', 'c']
  expect(moved(list, 1, -1)).toEqual(['b', 'a', 'c'])
  expect(moved(list, 1, 1)).toEqual(['a', 'c', 'b'])
  expect(moved(list, 0, -1)).toEqual(list)
  expect(moved(list, 2, 1)).toEqual(list)
  expect(list).toEqual(['a', 'b', 'c'])
})

test('a stop is known by its task before its resident', () => {
  expect([doorOf({ task: 't1', resident: 'r1' }), doorOf({ resident: 'r1' }), doorOf({ task: null, resident: null })]).toEqual(['t1', 'r1', ''])
})

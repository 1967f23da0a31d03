import { expect, test } from 'vitest'
import type { BalanceRow } from '../api_editor.ts'
import { classOf, deviation, excess, meanTarget, met, standardTarget } from './balance.ts'
import { overview } from './overview.ts'

const row = (code: string, level: BalanceRow['level'], parent: string, homes: number, special = false): BalanceRow => ({ code, level, parent, name: code, special, values: [homes] })
const aim = { weight: 'households', by: 'mean' as const, tolerance: 0.1 }

test('areas are measured within their own community, special ones not at all', () => {
  const b = {
    version: 1,
    weights: ['households'],
    areas: [
      row('t', 'town', 'd', 0),
      row('c1', 'community', 't', 400),
      row('c2', 'community', 't', 20),
      row('c1a', 'grid', 'c1', 100),
      row('c1b', 'grid', 'c1', 300),
      row('c1s', 'grid', 'c1', 0, true),
      row('c2a', 'grid', 'c2', 20),
      row('c1a1', 'micro-grid', 'c1a', 100),
    ],
  }
  const o = overview(b, 'grid', aim, {})
  expect(o.lines).toMatchObject([
    { code: 'c1', town: 't', grids: 3, micro: 1, beyond: 2, target: { least: 180, most: 220.00000000000003 } },
    { code: 'c2', grids: 1, micro: 0, beyond: 0, worst: 0 },
  ])
  // At the finer level a grid that has no micro-grids stands for itself.
  expect([...overview(b, 'micro-grid', aim, {}).areas.keys()].sort()).toEqual(['c1a1', 'c1b', 'c1s', 'c2a'])
})

test.each([
  [100, 0, met],
  [110, 0, met],
  [111, 0.01, met + 1],
  [135, 0.25, met + 2],
  [170, 0.6, met + 3],
  [85, -0.05, met - 1],
  [0, -0.9, met - 3],
])('%i of 90 to 110 is %f beyond, class %i', (value, beyond, cls) => {
  const t = { least: 90, most: 110 }
  expect(excess(value, t)).toBeCloseTo(beyond)
  expect(classOf(value, t)).toBe(cls)
})

test('a rule of the district holds for households alone, and a mean needs something to share', () => {
  const rules = { 'micro-grid': { households: { least: 50, most: 120 } }, grid: { households: { target: 300 } } }
  expect(standardTarget(rules, 'micro-grid', aim)).toEqual({ least: 50, most: 120 })
  expect(standardTarget(rules, 'grid', aim)).toEqual({ least: 270, most: 330 })
  expect(standardTarget(rules, 'grid', { ...aim, weight: 'people' })).toBe(null)
  expect(meanTarget([], 0.1)).toBe(null)
  expect(meanTarget([0, 0], 0.1)).toBe(null)
  expect(deviation(12, { least: 9, most: 11 })).toBeCloseTo(0.2)
})

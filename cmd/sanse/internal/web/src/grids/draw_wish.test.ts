import { describe, expect, test } from 'vitest'
import type { GroundAnswer } from '../api_editor.ts'
import { counted, defaults, inputOf, mostWeights, sumOf, toggled, zonesOf } from './draw_wish.ts'

const community = '510199001001'
const area = (code: string, over: { special?: boolean; locked?: boolean } = {}) => ({
  type: 'Feature' as const,
  geometry: { type: 'MultiPolygon' as const, coordinates: [] },
  properties: { code, name: code, level: code.length > 15 ? ('micro-grid' as const) : ('grid' as const), parent: code.slice(0, -3), special: over.special ?? false, locked: over.locked ?? false },
})

/** Two grids of two micro-grids and one special grid; three places with 100, 200 and 300 households. */
function ground(over: Partial<GroundAnswer> = {}): GroundAnswer {
  const g = (n: number) => `${community}00${n}`
  return {
    version: 1,
    area: { code: community, name: 'C', level: 'community', bounds: [0, 0, 1, 1], outline: { type: 'MultiPolygon', coordinates: [] } },
    areas: { type: 'FeatureCollection', features: [area(g(1)), area(`${g(1)}001`), area(`${g(1)}002`), area(g(2), { locked: true }), area(`${g(2)}001`), area(g(3), { special: true })] },
    weights: ['households', 'people', 'red', 'yellow', 'blue', 'minutes'],
    places: { at: [0, 0, 0, 0, 0, 0], values: { households: [100, 200, 300] }, in: [1, 2, 4] },
    cells: { resolution: 11, ids: [], rings: [] },
    barriers: { type: 'FeatureCollection', features: [] },
    standard: { grid: { households: { target: 300 } }, 'micro-grid': { households: { least: 50, most: 120 } } },
    ...over,
  }
}

test('what a drawing leaves alone is special or locked, or lies in what is', () => {
  expect(counted(ground(), 'grid', '')).toEqual({ all: 3, alone: 2 })
  expect(counted(ground(), 'micro-grid', '')).toEqual({ all: 3, alone: 1 })
  expect(counted(ground(), 'micro-grid', `${community}001`)).toEqual({ all: 2, alone: 0 })
})

test('a weight is summed over the community or over one grid', () => {
  expect(sumOf(ground(), 'households', '')).toBe(600)
  expect(sumOf(ground(), 'households', `${community}001`)).toBe(300)
  expect(sumOf(ground(), 'none', '')).toBe(0)
})

describe('a wish begins', () => {
  test('with as many grids as there are, balanced by households, with micro-grids whole', () => {
    const w = defaults(ground(), 'grid', null)
    expect(w).toMatchObject({ by: 'zones', zones: 3, weights: [{ name: 'households', tolerance: 5 }], wholeBlocks: true, barriers: false, within: '' })
    expect(inputOf(w, community)).toEqual({ area: community, level: 'grid', zones: 3, weights: [{ name: 'households', tolerance: 0.05 }], barriers: false, stay: 1, seconds: 10, whole_blocks: true })
  })
  test('by the standard where there is one area at most', () => {
    const w = defaults(ground({ areas: { type: 'FeatureCollection', features: [] } }), 'grid', null)
    expect(w).toMatchObject({ by: 'standard', target: 300, wholeBlocks: false })
    expect(inputOf(w, community)).toMatchObject({ standard: { weight: 'households', target: 300 } })
  })
  test('within the grid that is selected, or that holds what is', () => {
    for (const selected of [`${community}001`, `${community}001002`]) {
      const w = defaults(ground(), 'micro-grid', selected)
      expect(w.within).toBe(`${community}001`)
      expect(inputOf(w, community)).toMatchObject({ area: `${community}001`, level: 'micro-grid', zones: 2 })
      expect(inputOf(w, community)).not.toHaveProperty('whole_blocks')
    }
    expect(defaults(ground(), 'micro-grid', '510199001009001').within).toBe('')
  })
})

test('the standard says how many: by its target, or by the middle of its bounds', () => {
  const w = { ...defaults(ground(), 'grid', null), by: 'standard' as const }
  expect(zonesOf(ground(), w)).toBe(2)
  const micro = { ...defaults(ground(), 'micro-grid', null), by: 'standard' as const }
  expect(zonesOf(ground(), micro)).toBe(7) // 600 by 85
  expect(inputOf(micro, community)).toMatchObject({ standard: { weight: 'households', least: 50, most: 120 } })
  expect(zonesOf(ground(), { ...w, target: 0 })).toBeNull()
})

test('weights are balanced in the order in which they were chosen, no more than the service takes', () => {
  let w = defaults(ground(), 'grid', null)
  for (const name of ground().weights) if (name !== 'households') w = toggled(w, name)
  expect(w.weights.map((x) => x.name)).toEqual(['households', 'people', 'red', 'yellow', 'blue'])
  expect(w.weights.length).toBe(mostWeights)
  w = toggled(w, 'households')
  expect(toggled(w, 'minutes').weights.map((x) => x.name)).toEqual(['people', 'red', 'yellow', 'blue', 'minutes'])
})

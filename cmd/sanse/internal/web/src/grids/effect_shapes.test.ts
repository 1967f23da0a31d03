import { describe, expect, test } from 'vitest'
import type { Effect } from '../api_grids.ts'
import { arc, boundsOf, flowsOf, gravest, heading } from './effect_shapes.ts'

const square = (x: number, y: number) => [
  [
    [x, y],
    [x + 1, y],
    [x + 1, y + 1],
    [x, y + 1],
    [x, y],
  ],
]
const area = (code: string, x: number, change = '') => ({
  type: 'Feature' as const,
  geometry: { type: 'Polygon' as const, coordinates: square(x, 0) },
  properties: { code, name: code, level: code.length > 15 ? ('micro-grid' as const) : ('grid' as const), parent: '', special: false, change },
})
const a = '510199001001001'
const b = '510199001001002'

/** An effect of which only the maps and the flows matter. */
function effect(flows: Effect['moved']['flows'], places: Effect['moved_places']['features'] = []): Effect {
  return {
    before: { type: 'FeatureCollection', features: [area(a, 0, 'reshaped'), area(b, 10)] },
    after: { type: 'FeatureCollection', features: [area(a, 0, 'reshaped'), area(b, 10), area(`${b}001`, 20)] },
    moved_places: { type: 'FeatureCollection', features: places },
    moved: { flows },
  } as unknown as Effect
}

describe('a flow', () => {
  test('goes from the middle of one area towards the middle of the other, and its head lies on that way', () => {
    const { lines, heads } = flowsOf(effect([{ from: a, to: b, by_grade: { blue: 2, red: 1 } }]))
    const line = lines.features[0]?.geometry.coordinates ?? []
    expect(line[0]).toEqual([0.5, 0.5])
    const last = line.at(-1) ?? []
    expect(last[0]).toBeGreaterThan(8)
    expect(last[0]).toBeLessThan(10.5)
    expect(heads.features[0]?.geometry.coordinates).toEqual(last)
    expect(lines.features[0]?.properties).toMatchObject({ n: 3, colour: '#d64545' })
  })
  test('begins where those live who move', () => {
    const at = (x: number, count: number) => ({
      type: 'Feature' as const,
      geometry: { type: 'Point' as const, coordinates: [x, 0] },
      properties: { grade: 'blue', from: a, to: b, count },
    })
    const { lines } = flowsOf(effect([{ from: a, to: b, by_grade: { blue: 4 } }], [at(0, 1), at(1, 3)]))
    expect(lines.features[0]?.geometry.coordinates[0]).toEqual([0.75, 0])
  })
  test('leads to the grid for who leaves the grid, to the micro-grid for who stays in it', () => {
    const end = (from: string) => flowsOf(effect([{ from, to: `${b}001`, by_grade: { blue: 1 } }], [])).lines.features[0]?.geometry.coordinates.at(-1)?.[0] ?? 0
    expect(end(a)).toBeLessThan(11)
    expect(end(b)).toBeGreaterThan(18)
  })
  test('of nobody, or to an area that is on no map, is not drawn', () => {
    expect(flowsOf(effect([{ from: a, to: b, by_grade: {} }])).lines.features).toEqual([])
    expect(flowsOf(effect([{ from: a, to: '510199001001009', by_grade: { red: 1 } }])).heads.features).toEqual([])
    expect(flowsOf(effect(null)).lines.features).toEqual([])
  })
})

test('two opposite flows lie apart', () => {
  const there = arc([0, 0], [1, 0])[8] ?? []
  const back = arc([1, 0], [0, 0])[8] ?? []
  expect(Math.sign(there[1] ?? 0)).toBe(-Math.sign(back[1] ?? 0))
  expect(Math.abs(there[1] ?? 0)).toBeGreaterThan(0.02)
})

test.each([
  [[0, 0], [0, 1], 0],
  [[0, 0], [1, 0], 90],
  [[0, 0], [0, -1], 180],
  [[0, 0], [-1, 0], -90],
])('from %o to %o one heads %d°', (from, to, want) => {
  expect(heading(from, to)).toBeCloseTo(want, 6)
})

test('the gravest grade is the first of red, yellow and blue that counts anybody', () => {
  expect(gravest({ blue: 3, yellow: 1 })).toBe('yellow')
  expect(gravest({ red: 0, blue: 1 })).toBe('blue')
  expect(gravest({ green: 2 })).toBe('green')
  expect(gravest({})).toBe('')
})

test('the maps show what changes, and one area that is chosen', () => {
  const e = effect([])
  expect(boundsOf(e)).toEqual([0, 0, 1, 1])
  expect(boundsOf(e, b)).toEqual([10, 0, 11, 1])
  expect(boundsOf(e, 'none')).toEqual([0, 0, 21, 1])
})

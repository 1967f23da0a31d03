import { expect, test } from 'vitest'
import type { HeatCells, MinuteCells, StandardArea, StandardAreas } from '../api_coverage.ts'
import { fraction, met, paintHeat, paintMinutes, paintOnTime, paintShare, paintShort } from './paint.ts'
import { lack, within } from './scale.ts'

const square = { type: 'Polygon' as const, coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] }
const area = (p: Partial<StandardArea>): StandardArea => ({ code: '510199001', name: '', have: null, need: null, short: null, share: null, status: 'no_data', ...p })
const areas = (list: Partial<StandardArea>[]): StandardAreas => ({ type: 'FeatureCollection', features: list.map((p) => ({ type: 'Feature', geometry: square, properties: area(p) })) })
const heat = (list: HeatCells['cells']['features'][number]['properties'][]): HeatCells => ({ res: 7, k: 5, cells: { type: 'FeatureCollection', features: list.map((p) => ({ type: 'Feature', geometry: square, properties: p })) } })

test.each([
  ['half of what it needs', { have: 5, need: 10, status: 'short' }, 0.5],
  ['of a share of people, the part of those who should be reached', { have: 45, need: 90, share: 0.45, status: 'short' }, 0.5],
  ['twice what may stand idle', { have: 20, need: 10, status: 'short' }, 0.5],
  ['nothing is needed and nothing is there', { have: 0, need: 0, status: 'met' }, null],
  ['something stands idle where nothing may', { have: 4, need: 0, status: 'short' }, 0],
  ['no counts, only a share', { share: 0.3, status: 'short' }, 0.3],
] as const)('%s', (_, p, want) => {
  expect(fraction(area(p))).toBe(want)
})

test('an area that meets its standard is blue, whatever its share; one that is hidden is counted as such and has no colour', () => {
  const painted = paintShare(
    areas([
      { have: 9, need: 10, status: 'met' },
      { have: 9.9999, need: 10, status: 'short' },
      { have: 0, need: 10, status: 'short' },
      { status: 'no_data' },
      { status: 'no_data', reason: 'hidden' },
      { status: 'not_applicable', reason: 'nobody' },
    ]),
  )
  expect(painted.counted.classes.map((c) => c.count)).toEqual([1, 0, 0, 1, 1])
  expect(painted.counted.blanks).toEqual({ none: 1, hidden: 1, not_applicable: 1 })
  const p = painted.data.features.map((f) => f.properties)
  expect([p[0]?.['colour'], p[0]?.['worth']]).toEqual([within[0], met])
  expect(p.slice(3).map((x) => [x?.['colour'], x?.['blank']])).toEqual([
    [undefined, 'none'],
    [undefined, 'hidden'],
    [undefined, 'not_applicable'],
  ])
})

test('of what is short those that lack nothing are a class of their own, even where all lack something', () => {
  const c = paintShort(areas([{ short: 3, status: 'short' }, { short: 40, status: 'short' }])).counted.classes
  expect(c.map((x) => [x.from, x.count])).toEqual([[0, 0], [3, 1], [40, 1]])
  expect(c[0]?.colour).toBe(lack[0])
})

test('a cell with no way has no colour, not the colour of a short one', () => {
  const cells: MinuteCells = { type: 'FeatureCollection', features: [0, 900, 901, -1, null].map((seconds) => ({ type: 'Feature', geometry: square, properties: { cell: '', seconds } })) }
  const painted = paintMinutes(cells, [5, 10, 15])
  expect(painted.counted.blanks.none).toBe(2)
  expect(painted.counted.classes.map((c) => c.count)).toEqual([1, 0, 1, 1, 0, 0])
})

test('a hidden count is never a number, and one that is rolled up is', () => {
  const painted = paintHeat(heat([{ cell: 'a', count: null, hidden: true }, { cell: 'b', count: 12, hidden: false, rolled_up: true, cells: 3 }, { cell: 'c', count: null, hidden: false }]))
  expect(painted.counted.blanks).toEqual({ none: 1, hidden: 1, not_applicable: 0 })
  expect(painted.counted.classes.map((c) => [c.from, c.count])).toEqual([[12, 1]])
})

test('visits on time are classed by their share, not by how many there were', () => {
  const painted = paintOnTime(heat([{ cell: 'a', count: 900, hidden: false, share: 0.5 }, { cell: 'b', count: null, hidden: false, share: 0.95 }, { cell: 'c', count: 3, hidden: false, share: null }]))
  expect(painted.counted.classes.map((c) => c.count)).toEqual([1, 0, 0, 0, 1])
  expect(painted.counted.blanks.none).toBe(1)
})

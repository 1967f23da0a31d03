import { expect, test } from 'vitest'
import type { ChangedCells } from '../api_coverage.ts'
import { drawAfter } from './drawn.ts'
import { changeColours } from './map_layers.ts'

const cell = (name: string, service: string, before: number | null, after: number | null): ChangedCells['features'][number] => ({
  type: 'Feature',
  geometry: { type: 'Polygon', coordinates: [] },
  properties: { cell: name, service, before, after },
})

test('after a trial every cell that changes has a colour, one out of reach that of the lost', () => {
  const cells: ChangedCells = { type: 'FeatureCollection', features: [cell('a', 'meals', null, 200), cell('b', 'meals', 800, null), cell('c', 'other', 100, null), cell('d', 'meals', 400, 700)] }
  const drawn = drawAfter(cells, 'meals', [5, 10, 15]).features.map((f) => f.properties)
  expect(drawn.map((p) => p?.['cell'])).toEqual(['a', 'b', 'd'])
  expect(drawn.map((p) => p?.['change'])).toEqual([undefined, 'lost', undefined])
  expect(drawn[1]?.['colour']).toBe(changeColours.lost)
  const [near, , farther] = drawn.map((p) => p?.['colour'] as string)
  expect(near).toMatch(/^#/)
  expect(farther).toMatch(/^#/)
  expect(farther).not.toBe(near)
})

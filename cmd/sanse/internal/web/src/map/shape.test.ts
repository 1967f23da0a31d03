import { expect, test } from 'vitest'
import type { Polygon, Position } from 'geojson'
import { bounds, breaks, join, labelPoint } from './shape.ts'

const polygon = (...rings: Position[][]): Polygon => ({ type: 'Polygon', coordinates: rings })
const square = (x: number, y: number, s: number): Position[] => [
  [x, y],
  [x + s, y],
  [x + s, y + s],
  [x, y + s],
  [x, y],
]

/** The slower truth: is the point inside, by the even-odd rule over all rings? */
function inside(p: readonly [number, number], g: Polygon): boolean {
  let odd = false
  for (const ring of g.coordinates)
    for (let i = 0; i + 1 < ring.length; i++) {
      const [ax, ay] = ring[i] as [number, number]
      const [bx, by] = ring[i + 1] as [number, number]
      if (ay > p[1] !== by > p[1] && p[0] < ((bx - ax) * (p[1] - ay)) / (by - ay) + ax) odd = !odd
    }
  return odd
}

test('bounds hold all points of any geometry', () => {
  expect(bounds({ type: 'Point', coordinates: [104, 30] })).toEqual([104, 30, 104, 30])
  expect(bounds(polygon(square(1, 2, 3)))).toEqual([1, 2, 4, 5])
  expect(bounds({ type: 'GeometryCollection', geometries: [{ type: 'Point', coordinates: [0, 9] }, polygon(square(1, 2, 3))] })).toEqual([0, 2, 4, 9])
  expect(bounds({ type: 'MultiPolygon', coordinates: [] })).toBeNull()
  expect(join([0, 0, 1, 1], [2, -1, 3, 0])).toEqual([0, -1, 3, 1])
  expect(join(null, [0, 0, 1, 1])).toEqual([0, 0, 1, 1])
})

test('a name stands at the centroid of a plain area', () => {
  const p = labelPoint(polygon(square(104, 30, 2)))
  expect(p?.[0]).toBeCloseTo(105, 9)
  expect(p?.[1]).toBeCloseTo(31, 9)
})

test.each<[string, Polygon]>([
  ['a horseshoe', polygon([[0, 0], [10, 0], [10, 10], [8, 10], [8, 2], [2, 2], [2, 10], [0, 10], [0, 0]])],
  ['a ring around a lake', polygon(square(0, 0, 10), square(1, 1, 8))],
  ['an L', polygon([[0, 0], [9, 0], [9, 1], [1, 1], [1, 9], [0, 9], [0, 0]])],
])('a name stands inside %s', (_, g) => {
  const p = labelPoint(g)
  expect(p && inside(p, g)).toBe(true)
})

test('of several parts the largest is named', () => {
  const p = labelPoint({ type: 'MultiPolygon', coordinates: [[square(0, 0, 1)], [square(10, 10, 4)]] })
  expect(p).toEqual([12, 12])
})

test('an area without points has no name', () => {
  expect(labelPoint({ type: 'MultiPolygon', coordinates: [] })).toBeNull()
})

test('classes rise strictly, start at the least and are never more than asked for', () => {
  expect(breaks([], 5)).toEqual([])
  expect(breaks([7, 7, 7], 5)).toEqual([7])
  expect(breaks([5, 6, 7, 8, 9, 10, 11, 12, 13, 14], 5)).toEqual([5, 7, 9, 11, 13])
  for (let n = 1; n < 40; n++) {
    const counts = Array.from({ length: n }, (_, i) => 5 + ((i * i * 7) % 23))
    const b = breaks(counts, 5)
    expect(b[0]).toBe(Math.min(...counts))
    expect(b.length).toBeLessThanOrEqual(5)
    expect(b.every((v, i) => i === 0 || v > (b[i - 1] ?? 0))).toBe(true)
  }
})

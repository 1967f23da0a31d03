import { expect, test } from 'vitest'
import { arrow, bend, clauses } from './manoeuvre.ts'

test.each([
  ['turn', 'left', -90],
  ['turn', 'sharp right', 135],
  ['end of road', 'right', 90],
  ['fork', 'slight left', -45],
  ['new name', 'straight', 0],
  ['continue', 'uturn', 180],
  ['notification', undefined, null],
  ['turn', 'sideways', null],
  // The side on which the door lies is no turn.
  ['depart', 'left', null],
  ['arrive', 'right', null],
] as const)('%s %s bends by %s', (type, modifier, want) => {
  expect(bend(type, modifier)).toBe(want)
})

/** tip is where the head of an arrow points to, seen from where the stem ends. */
function tip(degrees: number): { x: number; y: number; all: number[] } {
  const d = arrow(degrees)
  const all = d.match(/-?\d+(\.\d+)?/g)?.map(Number) ?? []
  const [stem = NaN, , turn = NaN, x = NaN, y = NaN] = all
  return { x: x - stem, y: turn - y, all }
}

test.each([0, 45, 90, 135, -135, -90, -45])('the arrow of %s degrees points there and stays in its square', (degrees) => {
  const { x, y, all } = tip(degrees)
  expect((Math.atan2(x, y) * 180) / Math.PI).toBeCloseTo(degrees, 0)
  for (const v of all) {
    expect(v).toBeGreaterThanOrEqual(1)
    expect(v).toBeLessThanOrEqual(23)
  }
})

test('a sentence may end a line after a Chinese comma, but not between a figure and its unit', () => {
  expect(clauses('左转，进入鹤洲路，走 120 米')).toEqual(['左转，', '进入鹤洲路，', '走 120\u00a0米'])
  expect(clauses('沿 Rua 1º de Maio 走 1.2 公里，途中过 2 处红绿灯，')).toEqual(['沿 Rua 1º de Maio 走 1.2\u00a0公里，', '途中过 2\u00a0处红绿灯，'])
  expect(clauses('Turn left onto 5 May Street, walk 75 m, through 2 gates')).toEqual(['Turn left onto 5 May Street, walk 75\u00a0m, through 2 gates'])
  expect(clauses('')).toEqual([])
})

import { expect, test } from 'vitest'
import { beyond, classOf, count, lack, luminance, minuteScale, more, quantiles, within, type Worth } from './scale.ts'

test.each([
  ['more', more],
  ['lack', lack],
  ['minutes', [...within, ...beyond]],
] as const)('the ramp %s keeps its order in a grey print', (_, ramp) => {
  const grey = ramp.map((c) => 116 * Math.cbrt(luminance(c)) - 16) // CIE L*, 0 to 100
  for (let i = 1; i < grey.length; i++) expect(grey[i - 1]! - grey[i]!).toBeGreaterThan(5.5)
  expect(grey[0]! - grey.at(-1)!).toBeGreaterThan(40)
})

/** What a colour is to who has no red cones or no green cones (Viénot, Brettel and Mollon 1999), as L* and two hues. */
function seen(colour: string, who: 'protan' | 'deutan'): number[] {
  const lin = [1, 3, 5].map((i) => (parseInt(colour.slice(i, i + 2), 16) / 255) ** 2.2)
  const [r, g, b] = lin as [number, number, number]
  const m = who === 'protan' ? [0.11238 * r + 0.88762 * g, 0.11238 * r + 0.88762 * g, 0.00401 * r - 0.00401 * g + b] : [0.29275 * r + 0.70725 * g, 0.29275 * r + 0.70725 * g, -0.02234 * r + 0.02234 * g + b]
  return m.map((v) => 116 * Math.cbrt(Math.max(0, v)) - 16)
}

test.each(['protan', 'deutan'] as const)('neighbouring classes are told apart by %s eyes', (who) => {
  for (const ramp of [more, lack, [...within, ...beyond]])
    for (let i = 1; i < ramp.length; i++) {
      const [a, b] = [seen(ramp[i - 1]!, who), seen(ramp[i]!, who)]
      expect(Math.hypot(...a.map((v, k) => v - b[k]!))).toBeGreaterThan(9)
    }
})

test('every place is counted once, those without a value apart', () => {
  const worths: Worth[] = [0, 1, 1, 7, 9, 100, 'none', 'none', 'hidden', 'not_applicable']
  const c = count(quantiles([0, 1, 1, 7, 9, 100], more), worths)
  const all = c.classes.reduce((n, x) => n + x.count, 0) + Object.values(c.blanks).reduce((a, b) => a + b, 0)
  expect(all).toBe(worths.length)
  expect(c.blanks).toEqual({ none: 2, hidden: 1, not_applicable: 1 })
  expect(c.classes.map((x) => x.from)).toEqual([...new Set(c.classes.map((x) => x.from))].sort((a, b) => a - b))
})

test('of nothing there is no class, of equal values one', () => {
  expect(count(quantiles([], more), ['none']).classes).toEqual([])
  expect(quantiles([3, 3, 3], more)).toEqual({ from: [3], colours: [more.at(-1)] })
})

test('fifteen minutes to the second are within the limit, a second more is not', () => {
  const s = minuteScale([5, 10, 15])
  const colour = (seconds: number) => s.colours[classOf(s, seconds)]
  expect([0, 300, 301, 600, 601, 900].map(colour)).toEqual([within[0], within[0], within[1], within[1], within[2], within[2]])
  expect([901, 1381, 1801, 9999].map(colour)).toEqual([beyond[0], beyond[1], beyond[2], beyond[2]])
  expect(minuteScale([1]).colours.length).toBe(minuteScale([1]).from.length)
})

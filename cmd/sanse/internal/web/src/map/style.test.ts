import { validateStyleMin } from '@maplibre/maplibre-gl-style-spec'
import { expect, test } from 'vitest'
import { facilityState, iconName } from './icons.ts'
import { sources, style } from './style.ts'

const s = style('http://localhost/v1/tiles/{z}/{x}/{y}.mvt')

test('the style is valid by the style specification', () => {
  expect(validateStyleMin(s).map((e) => e.message)).toEqual([])
})

test('the style asks for nothing but our tiles: no glyphs, no sprite', () => {
  expect(s.glyphs).toBeUndefined()
  expect(s.sprite).toBeUndefined()
  expect(JSON.stringify(s).match(/https?:\/\/[^/"]+/g)).toEqual(['http://localhost'])
})

test('every source is drawn, and nothing is drawn from a source that is not there', () => {
  const used = new Set(s.layers.flatMap((l) => ('source' in l ? [l.source] : [])))
  expect([...used].sort()).toEqual(['tiles', ...sources].sort())
})

test('from afar all routes have one colour, from near each its own', () => {
  const routes = s.layers.find((l) => l.id === 'routes')
  const dots = s.layers.find((l) => l.id === 'facility-dots')
  const colour = (routes?.paint as Record<string, unknown> | undefined)?.['line-color']
  expect(colour).toEqual(['step', ['zoom'], expect.stringMatching(/^#/), dots?.maxzoom, ['get', 'colour']])
})

test.each([
  [{ status: 'open', capacity: 30, in_use: 12 }, 'room'],
  [{ status: 'open', capacity: 30, in_use: 30 }, 'full'],
  [{ status: 'open', capacity: 30, in_use: 31 }, 'full'],
  [{ status: 'open', capacity: 0, in_use: 5 }, 'room'],
  [{ status: 'idle', capacity: 30, in_use: 30 }, 'idle'],
  [{ status: 'planned', capacity: 0, in_use: 0 }, 'planned'],
] as const)('a facility of %o is shown as %s', (f, want) => {
  expect(facilityState(f)).toBe(want)
  expect(iconName('meals', facilityState(f))).toBe(`facility-meals-${want}`)
})

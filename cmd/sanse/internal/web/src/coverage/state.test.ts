import { expect, test } from 'vitest'
import { bandsOf, readState, start, writeState, type State } from './state.ts'

const known = { services: ['meals', 'clinic'], grades: ['red', 'green'] }

test('what is shown is read back from its address', () => {
  const s: State = {
    layer: 'minutes',
    service: 'clinic',
    speed: 'wheelchair',
    minutes: 10,
    at: '6T18:30',
    level: 'grid',
    standard: 'meals-15',
    report: '3',
    method: '2sfca',
    area: '510199001',
    facility: 'F-7',
    mode: 'try',
    view: { z: 13.25, lat: 30.66123, lon: 104.21456 },
  }
  expect(readState(writeState(s, known), known)).toEqual(s)
})

test('an address says only what is not as at the start', () => {
  expect(writeState(start(known), known)).toEqual({})
  expect(writeState({ ...start(known), layer: 'minutes' }, known)).toEqual({ layer: 'minutes' })
})

test('a district’s own grades are layers, those of others are none', () => {
  expect(readState({ layer: 'green' }, known).layer).toBe('green')
  expect(readState({ layer: 'blue' }, known).layer).toBe(start(known).layer)
})

test.each([
  { layer: 'gold' },
  { service: 'none' },
  { speed: 'fast' },
  { minutes: '0' },
  { minutes: '-15' },
  { at: '8T10:00' },
  { at: '1T24:00' },
  { level: 'building' },
  { area: "x';--" },
  { mode: 'delete' },
  { view: '1/2' },
  { view: 'a/b/c' },
  { view: '12/95/104' },
] as Record<string, string>[])('%o is as at the start', (params) => {
  expect(readState(params, known)).toEqual(start(known))
})

test('bands are thirds of the limit and end at it', () => {
  expect(bandsOf(15)).toEqual([5, 10, 15])
  expect(bandsOf(5)).toEqual([2, 3, 5])
  expect(bandsOf(20)).toEqual([7, 13, 20])
  expect(bandsOf(1)).toEqual([1])
})

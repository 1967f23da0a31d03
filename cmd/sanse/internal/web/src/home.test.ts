import { expect, test } from 'vitest'
import { firstPath, handedOnly, homeOf, homes } from './home.ts'
import type { Me } from './seat.ts'
import { viewer } from './viewer.ts'

const district = (...viewer: string[]) => ({ code: '510199', viewer })

test.each([
  ['the public begins with the district', [], ['510199']],
  ['whoever answers for all there is, with the district', [''], ['510199']],
  ['whoever answers for the district too, with it alone', ['510199102', '510199'], ['510199']],
  ['whoever answers for a town, with the town', ['510199102'], ['510199102']],
  ['whoever has several areas, with the widest; one within another is left out', ['510199102010001', '510199101', '510199101010'], ['510199101', '510199102010001']],
])('%s', (_, viewer, want) => {
  expect(homes(district(...viewer))).toEqual(want)
  expect(homeOf(district(...viewer))).toBe(want[0])
})

test('of several areas the one is meant in which another lies', () => {
  const d = district('510199101', '510199102')
  expect([homeOf(d, '510199102010'), homeOf(d, '510199103'), homeOf(d, '510199')]).toEqual(['510199102', '510199101', '510199101'])
})

test('a department begins with those in its hands, whoever else has more to do does not', () => {
  const who = (...roles: string[]) => ({ roles: roles.map((role) => ({ role })) }) as Me
  expect([handedOnly(who('department')), handedOnly(who('department', 'planner')), handedOnly(who()), handedOnly(null)]).toEqual([true, false, false, false])
  expect(firstPath(who('department'))).toBe('/handed')
  viewer.value = 'public'
  expect(handedOnly(who('department'))).toBe(false)
  viewer.value = ''
})

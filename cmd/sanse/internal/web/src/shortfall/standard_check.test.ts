import { expect, test } from 'vitest'
import { inBoth, type Standard } from '../api_standards.ts'
import { tidied, unitOf, wrongOf } from './standard_check.ts'
import { setIn } from './standards_file.tsx'

const good: Standard = {
  id: 'meals',
  name: { zh: '助餐', en: 'Meals' },
  service: 'meals',
  whom: { key: 'over60', zh: '老年人', en: 'people over 60' },
  measure: 'reach',
  minutes: 15,
  speed: 'elderly',
  target: { value: 90, unit: '%', year: 2030 },
  source: { title: '规划', year: 2024 },
}

test('a standard with everything that its measure asks for can be saved', () => {
  expect(wrongOf(good, ['other'], 2026)).toEqual([])
  expect(wrongOf({ ...good, steps: [{ year: 2024, value: 65 }, { year: 2027, value: 85 }] }, [], 2026)).toEqual([])
  const idle: Standard = { ...good, measure: 'idle', service: '', whom: { key: '', zh: '', en: '' }, target: { value: 10, unit: '%', year: 2030 }, steps: [{ year: 2025, value: 20 }] }
  expect(wrongOf(idle, [], 2026)).toEqual([])
})

test.each<[string, Partial<Standard>, string, string]>([
  ['no id', { id: '' }, 'id', 'id'],
  ['an id with spaces', { id: 'a b' }, 'id', 'id'],
  ['an id that another has', { id: 'taken' }, 'id', 'taken'],
  ['no name in any language', { name: { zh: ' ', en: '' } }, 'name', 'empty'],
  ['no service', { service: '' }, 'service', 'empty'],
  ['no minutes', { minutes: 0 }, 'minutes', 'number'],
  ['a walk of two hours', { minutes: 120 }, 'minutes', 'number'],
  ['nobody whom it is for', { whom: { key: '', zh: '', en: '' } }, 'whom', 'empty'],
  ['a target of 0', { target: { value: 0, unit: '%', year: 2030 } }, 'target.value', 'number'],
  ['a target that is no number', { target: { value: NaN, unit: '%', year: 2030 } }, 'target.value', 'number'],
  ['more than all of them', { target: { value: 101, unit: '%', year: 2030 } }, 'target.value', 'most'],
  ['a year that has gone by', { target: { value: 90, unit: '%', year: 2025 } }, 'target.year', 'past'],
  ['no year', { target: { value: 90, unit: '%', year: NaN } }, 'target.year', 'year'],
  ['steps that lead away from the target', { steps: [{ year: 2027, value: 95 }] }, 'steps', 'steps'],
  ['steps after the target', { steps: [{ year: 2031, value: 85 }] }, 'steps', 'steps'],
  ['no source', { source: { title: '', year: 2024 } }, 'source.title', 'empty'],
  ['no year of the source', { source: { title: '规划', year: 24 } }, 'source.year', 'year'],
  ['of every area, but of which level', { measure: 'per_area' }, 'level', 'empty'],
  ['for how many households', { measure: 'per_households', service: '', resource: 'grid_workers' }, 'per', 'number'],
])('%s is said beside its field', (_, over, field, what) => {
  expect(wrongOf({ ...good, ...over }, ['taken'], 2026)).toEqual([{ field, what }])
})

test('what the measure does not ask for is not saved unseen', () => {
  const s = tidied({ ...good, measure: 'per_households', resource: 'grid_workers', per: 300, days: 5, or: ['clinic'] })
  expect(s).toEqual({
    id: 'meals',
    name: good.name,
    whom: good.whom,
    measure: 'per_households',
    resource: 'grid_workers',
    per: 300,
    days: 5,
    target: { value: 90, unit: '/300', year: 2030 },
    source: good.source,
  })
  expect(tidied({ ...good, or: ['meals', 'clinic'] }).or).toEqual(['clinic'])
  expect(unitOf({ measure: 'area_m2_per_thousand' })).toBe('m²/1000')
})

test.each<[string, Record<string, string>, Record<string, string>]>([
  ['Chinese', { zh: '助餐' }, { zh: '助餐', en: '' }],
  ['English', { en: 'Meals' }, { zh: '', en: 'Meals' }],
])('a standard that is named in %s alone can be edited and saved', (_, answered, name) => {
  const answer = JSON.parse(JSON.stringify({ items: [{ ...good, name: answered }], reference: false, version: 1 }))
  const [s] = inBoth(answer).items ?? []
  if (!s) throw new Error('no standard')
  expect(wrongOf(s, [], 2026)).toEqual([])
  expect(tidied(s)).toMatchObject({ name })
})

test('a set without rates has none after the names are filled in', () => {
  expect(inBoth({ items: null, reference: true, version: 0 })).toEqual({ items: null, rates: null, reference: true, version: 0 })
})

test('a file is read as it was exported, and anything else is no set', () => {
  expect(setIn(JSON.stringify({ items: [good], rates: [] }))).toEqual({ items: [good], rates: [] })
  expect(setIn(JSON.stringify({ items: [good] }))).toEqual({ items: [good] })
  for (const text of ['', '{', '[]', '{"items":[]}', '{"items":[{"id":1}]}', '"items"', 'null']) expect(setIn(text)).toBeNull()
})

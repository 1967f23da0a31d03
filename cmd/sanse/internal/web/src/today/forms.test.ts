import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { formOf, keepForm } from './forms.ts'

const asked = (id: string) => ({ form: { id, items: [] }, reasons: { no_code: [], not_seen: [{ code: 'away', zh: '外出', en: 'away' }] } })
let kept: Map<string, string>

beforeEach(() => {
  kept = new Map()
  vi.stubGlobal('localStorage', { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v) })
})
afterEach(() => vi.unstubAllGlobals())

test('the last few forms are kept with their reasons, and nothing of the day that they came with', () => {
  for (const id of ['f1', 'f2', 'f3', 'f1', 'f4', 'f5', 'f6']) keepForm({ ...asked(id), stops: [{ name: '张三' }] } as never)
  expect(['f1', 'f2', 'f3', 'f4', 'f5', 'f6'].filter((id) => formOf(id))).toEqual(['f1', 'f3', 'f4', 'f5', 'f6'])
  expect(formOf('f6')).toEqual(asked('f6'))
  expect([...kept.values()].join()).not.toContain('张三')
})

test('a phone that keeps nothing, or something else, has no forms', () => {
  kept.set('sanse.forms', '{"form":1}')
  expect(formOf('f1')).toBeNull()
  vi.stubGlobal('localStorage', undefined)
  keepForm(asked('f1'))
  expect(formOf('f1')).toBeNull()
})

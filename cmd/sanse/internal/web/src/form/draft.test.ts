import { expect, test } from 'vitest'
import { heldForm, type VisitForm } from '../api_form.ts'
import { begin, faults, finished, moved, newCode } from './draft.ts'

const choice = (code: string, zh = '好', en = 'well') => ({ code, zh, en })
const form = (): VisitForm => ({
  id: 'reference-1',
  from: '',
  items: [{ id: 'health', group: 'ask', zh: '身体', en: 'Health', answers: [choice('good'), { ...choice('worse'), bad: true }] }],
  reasons: { no_code: [choice('other')], not_seen: [choice('away')], postpone: [choice('ill')] },
})

test('the form of a day is the one that began last, else the reference', () => {
  const f = (id: string, from: string) => ({ ...form(), id, from })
  const forms = { items: [f('a', '2026-12-01'), f('b', '2026-12-05'), f('c', '2026-12-05')], reference: form() }
  expect(['2026-11-30', '2026-12-01', '2026-12-04', '2026-12-05'].map((d) => heldForm(forms, d).id)).toEqual(['reference-1', 'a', 'a', 'c'])
  expect(heldForm({ items: null, reference: form() }, '2026-12-01').id).toBe('reference-1')
})

test('what is written leaves the form from which it began as it was', () => {
  const was = form()
  const d = begin(was, '2026-12-02')
  d.items[0]!.answers[0]!.zh = '很好'
  expect(was).toEqual(form())
  expect(d.from).toBe('2026-12-02')
})

test('what is wrong is said by its place', () => {
  const d = begin(form(), '2026-12-02')
  expect([...faults(d, '2026-12-01')]).toEqual([])
  expect([...faults({ ...d, from: '2026-12-01' }, '2026-12-01')]).toEqual([['from', 'day']])
  expect([...faults({ ...d, from: '' }, '2026-12-01')]).toEqual([['from', 'day']])
  expect([...faults({ ...d, items: [] }, '2026-12-01')]).toEqual([['items', 'items']])
  d.items[0]!.zh = '  '
  d.items[0]!.en = 'x'.repeat(61)
  d.items[0]!.answers = [choice('good', '', 'well')]
  d.reasons.not_seen = []
  expect([...faults(d, '2026-12-01')]).toEqual([['items.0.zh', 'words'], ['items.0.en', 'long'], ['items.0.answers', 'answers'], ['items.0.answers.0.zh', 'words'], ['not_seen', 'reasons']])
})

test('codes stay, and what is new gets one of its own', () => {
  expect([newCode('Room heater', []), newCode('Room heater', ['room_heater']), newCode('  ', []), newCode('', ['q', 'q_2'])]).toEqual(['room_heater', 'room_heater_2', 'q', 'q_3'])
  expect(newCode('x'.repeat(80), [])).toHaveLength(36)
  const d = begin(form(), '2026-12-02')
  d.items.push({ id: '', group: 'check', zh: ' 取暖 ', en: 'Health', answers: [choice('', '好', 'fine'), choice('', '坏', 'fine')] })
  const out = finished(d)
  expect(out.items.map((i) => [i.id, i.zh, i.answers.map((a) => a.code)])).toEqual([
    ['health', '身体', ['good', 'worse']],
    ['health_2', '取暖', ['fine', 'fine_2']],
  ])
  expect([...faults(out, '2026-12-01')]).toEqual([])
})

test('what is first moves up no further', () => {
  expect([moved([1, 2, 3], 1, -1), moved([1, 2, 3], 0, -1), moved([1, 2, 3], 2, 1)]).toEqual([[2, 1, 3], [1, 2, 3], [1, 2, 3]])
})

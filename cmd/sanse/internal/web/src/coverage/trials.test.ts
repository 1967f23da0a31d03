import { expect, test, vi } from 'vitest'
import type { Change, TryAnswer } from '../api_coverage.ts'
import { asChange, changeOf, Trials } from './trials.ts'

/** A service that answers when it is told to; what it was asked is kept. */
function slow() {
  const asked: Change[][] = []
  const waiting: ((fail?: string) => void)[] = []
  const trials = new Trials(
    (changes) =>
      new Promise<TryAnswer>((ok, no) => {
        asked.push(changes)
        waiting.push((fail) => (fail ? no(new Error(fail)) : ok({ took_ms: asked.length, services: {}, areas: [], cells: { type: 'FeatureCollection', features: [] } })))
      }),
    () => 0,
  )
  const answer = async (fail?: string) => {
    await vi.waitFor(() => expect(waiting.length).toBeGreaterThan(0))
    waiting.shift()!(fail)
    await vi.waitFor(() => undefined)
    await Promise.resolve()
  }
  return { trials, asked, answer, waiting }
}
const hall = { id: 'F1', service: 'meals', name: '一号食堂' }

test('several trials add up and are asked together', async () => {
  const s = slow()
  s.trials.add('meals', [104, 30])
  await s.answer()
  s.trials.turn('close', hall, [104.1, 30.1])
  await s.answer()
  expect(s.asked.at(-1)).toEqual([
    { op: 'add', service: 'meals', location: [104, 30] },
    { op: 'close', facility: 'F1' },
  ])
})

test('while one request is under way no other is made, and the last place of a drag is the one that is shown', async () => {
  const s = slow()
  const key = s.trials.add('meals', [104, 30])
  await s.answer()
  s.trials.grip(key)
  for (let i = 1; i <= 20; i++) s.trials.drag(key, [104 + i / 100, 30])
  s.trials.drop()
  expect(s.asked.length).toBe(2)
  await s.answer()
  await s.answer()
  await vi.waitFor(() => expect(s.trials.busy.value).toBe(false))
  expect(s.asked.length).toBe(3)
  expect(s.asked[2]).toEqual([{ op: 'add', service: 'meals', location: [104.2, 30] }])
  expect(s.trials.answer.value?.took_ms).toBe(3)
})

test('a drag is one step of undo, and a facility that is undone stands where it stood', async () => {
  const s = slow()
  const key = s.trials.grip({ ...hall, at: [104, 30] })
  s.trials.drag(key, [104.1, 30])
  s.trials.drag(key, [104.2, 30])
  s.trials.drop()
  expect(s.trials.list.value.map(asChange)).toEqual([{ op: 'move', facility: 'F1', location: [104.2, 30] }])
  s.trials.undo()
  expect(s.trials.list.value).toEqual([])
  expect(s.trials.canUndo).toBe(false)
})

test('a click that moves nothing is no step', () => {
  const s = slow()
  s.trials.grip({ ...hall, at: [104, 30] })
  s.trials.drop()
  expect([s.trials.list.value, s.trials.canUndo, s.asked]).toEqual([[], false, []])
})

test('a facility has one change at most', () => {
  const s = slow()
  const key = s.trials.grip({ ...hall, at: [104, 30] })
  s.trials.drag(key, [104.1, 30])
  s.trials.drop()
  s.trials.turn('close', hall, [104, 30])
  expect(s.trials.list.value.map(asChange)).toEqual([{ op: 'close', facility: 'F1' }])
  s.trials.undo()
  expect(s.trials.list.value.map((t) => t.op)).toEqual(['move'])
})

test('a facility that is closed is not dragged', () => {
  const s = slow()
  s.trials.turn('close', hall, [104, 30])
  expect(s.trials.grip({ ...hall, at: [104, 30] })).toBe(0)
  expect(s.trials.list.value.map((t) => t.op)).toEqual(['close'])
})

test('an answer that comes after all was cleared is not shown', async () => {
  const s = slow()
  s.trials.add('meals', [104, 30])
  s.trials.clear()
  await s.answer()
  await vi.waitFor(() => expect(s.trials.busy.value).toBe(false))
  expect(s.trials.answer.value).toBeNull()
  s.trials.undo()
  expect(s.trials.list.value.length).toBe(1)
})

test('a refusal is told and the numbers of other changes are not left standing', async () => {
  const s = slow()
  s.trials.add('meals', [104, 30])
  await s.answer()
  await vi.waitFor(() => expect(s.trials.answer.value).not.toBeNull())
  s.trials.add('meals', [0, 0])
  await s.answer('too far')
  await vi.waitFor(() => expect(s.trials.error.value).toBe('too far'))
  expect(s.trials.answer.value).toBeNull()
  s.trials.undo()
  await s.answer()
  await vi.waitFor(() => expect(s.trials.answer.value).not.toBeNull())
  expect(s.trials.error.value).toBe('')
})

test.each([
  [null, 900, 'won'],
  [901, 900, 'won'],
  [900, 901, 'lost'],
  [900, null, 'lost'],
  [900, -1, 'lost'],
  [600, 300, 'quicker'],
  [2000, 1500, 'quicker'],
  [300, 600, 'slower'],
  [600, 600, null],
  [null, -1, null],
] as const)('a cell of %s seconds that comes to %s is %s', (before, after, want) => {
  expect(changeOf(before, after, 900)).toBe(want)
})

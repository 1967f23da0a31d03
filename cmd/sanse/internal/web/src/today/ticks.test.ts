import { expect, test } from 'vitest'
import { inMemory } from './device.ts'
import { Queue } from './queue.ts'
import { isPoint, passed, Ticks, type Tick, type TickAnswer } from './ticks.ts'

const point = { key: 's1', task: 't1', arrive: '09:00', minutes: 5, walk_seconds: 0 }
const today = { task: 't1', date: '2026-12-01' }

test('a tick waits without signal, is sent once, and is told as sent', async () => {
  const store = inMemory()
  const sent: Tick[][] = []
  let line = false
  const ticks = new Ticks('a1', store, (list) => {
    if (!line) return Promise.reject(new Error('no signal'))
    sent.push([...list])
    return Promise.resolve(list.map((): TickAnswer => 'stored'))
  })
  await ticks.put(today, 1)
  await ticks.put(today, 2)
  await expect(ticks.send()).rejects.toThrow('no signal')
  expect(passed(point, await ticks.all(), today.date)).toBe('waiting')
  line = true
  await ticks.send()
  await ticks.send()
  expect(sent).toEqual([[today]])
  expect(passed(point, await ticks.all(), today.date)).toBe('sent')
  expect(passed(point, await ticks.all(), '2026-12-02')).toBe('due')
  await ticks.tidy('2026-12-02')
  expect(await ticks.all()).toEqual([])
})

test('one that comes back can be tried again, and the records know nothing of ticks', async () => {
  const store = inMemory()
  let answer: TickAnswer = 'refused'
  const ticks = new Ticks('a1', store, (list) => Promise.resolve(list.map(() => answer)))
  await ticks.put(today, 1)
  await ticks.send()
  expect(passed(point, await ticks.all(), today.date)).toBe('refused')
  answer = 'same'
  await ticks.put(today, 2)
  const posted: unknown[] = []
  const queue = new Queue({ account: 'a1', store, now: () => 1, lock: (f) => f(), post: (r) => (posted.push(r), Promise.resolve({ kind: 'out' })) })
  expect([await queue.all(), await queue.send(true), posted]).toEqual([[], 'idle', []])
  await ticks.send()
  expect(passed(point, await ticks.all(), today.date)).toBe('sent')
})

test('what is done at a home is no point', () => {
  expect([isPoint(point), isPoint({ task: 't1', resident: 'r1' }), isPoint({ resident: 'r1' })]).toEqual([true, false, false])
})

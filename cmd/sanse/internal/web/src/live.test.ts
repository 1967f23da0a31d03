import { expect, test } from 'vitest'
import type { Live } from './api_live.ts'
import { follow, type Followed, type Line } from './live.ts'

/** A line whose time, streams and answers the test moves. */
function bed() {
  let now = 1_000_000
  let nextId = 1
  const timers = new Map<number, { at: number; f: () => void }>()
  const streams: { on: Record<string, (e: unknown) => void>; readyState: number; closed: boolean }[] = []
  const answers: { ok: (d: Live) => void; no: (e: Error) => void }[] = []
  const told: Partial<Followed>[] = []
  const line: Line = {
    open: () => {
      const s = { on: {} as Record<string, (e: unknown) => void>, readyState: 1, closed: false }
      streams.push(s)
      return { addEventListener: (n: string, f: (e: unknown) => void) => (s.on[n] = f), close: () => (s.closed = true), get readyState() { return s.readyState } } as unknown as EventSource
    },
    ask: () => new Promise((ok, no) => answers.push({ ok, no })),
    now: () => now,
    set: (f, ms) => {
      timers.set(nextId, { at: now + ms, f })
      return nextId++
    },
    clear: (id) => void timers.delete(id),
  }
  const pass = (ms: number) => {
    const until = now + ms
    for (;;) {
      const next = [...timers].filter(([, x]) => x.at <= until).sort((a, b) => a[1].at - b[1].at)[0]
      if (!next) break
      timers.delete(next[0])
      now = next[1].at
      next[1].f()
    }
    now = until
  }
  const stop = follow('/v1/live?area=1', (f) => told.push(f), line)
  return { streams, answers, told, pass, stop, timers, last: () => Object.assign({}, ...told) as Partial<Followed> }
}
const day = (due: number) => ({ totals: { due } }) as Live
const settle = () => new Promise((r) => setTimeout(r))

test('each state of a stream is told, and the clock of the service', () => {
  const b = bed()
  b.streams[0]?.on['time']?.({ data: new Date(1_000_000 + 5000).toISOString() })
  b.streams[0]?.on['state']?.({ data: JSON.stringify(day(3)) })
  expect(b.last()).toMatchObject({ how: 'live', ahead: 5000, day: { totals: { due: 3 } } })
  b.stop()
  expect([b.streams[0]?.closed, b.timers.size]).toEqual([true, 0])
})

test('a stream that falls silent is given up, the day is asked for, and a stream tried again', async () => {
  const b = bed()
  b.streams[0]?.on['state']?.({ data: JSON.stringify(day(3)) })
  b.pass(39_000)
  expect(b.answers.length).toBe(0)
  b.pass(2_000)
  expect([b.streams[0]?.closed, b.answers.length]).toEqual([true, 1])
  b.answers[0]?.ok(day(4))
  await settle()
  expect(b.last()).toMatchObject({ how: 'asks', day: { totals: { due: 4 } } })
  b.pass(20_000)
  expect(b.streams.length).toBe(2)
  b.stop()
})

test('a stream that is refused is not opened over and over', async () => {
  const b = bed()
  const s = b.streams[0]
  if (s) s.readyState = 2
  s?.on['error']?.({})
  b.answers[0]?.no(new Error('no'))
  await settle()
  expect(b.last()).toMatchObject({ how: 'lost' })
  b.pass(30_000)
  expect([b.streams.length, b.answers.length]).toEqual([1, 2]) // one at a time
  b.pass(31_000)
  expect(b.streams.length).toBe(2)
  b.stop()
})

test('a session that is over ends the stream; a server that stops is come back to by the browser', () => {
  const b = bed()
  b.streams[0]?.on['end']?.({ data: 'closing' })
  expect([b.streams[0]?.closed, b.answers.length]).toEqual([false, 0])
  b.streams[0]?.on['end']?.({ data: 'over' })
  expect([b.streams[0]?.closed, b.answers.length]).toEqual([true, 1])
  b.stop()
})

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { today } from '../api_today.ts'
import { ApiError } from '../request.ts'
import { me } from '../seat.ts'
import { inMemory, type Device } from './device.ts'
import { formOf } from './forms.ts'
import { notSeen, seen } from './record.ts'
import { Round } from './round.ts'
import { startAt } from './start.ts'

const stop = { key: 'p1.r.r1', resident: 'r1', arrive: '09:00', minutes: 20, walk_seconds: 0 }
const day = { date: '2026-12-01', now: '2026-12-01T01:00:00Z', zone: 'Asia/Shanghai', visitor: 'v1', visitor_name: '', stops: [stop], form: { id: 'f1', items: [] }, reasons: { no_code: [], not_seen: [] } }
const sitting = { account: 'a1', visitor: 'v1', stage: 'full', csrf: 'c' }
const nowhere: Device = { read: () => Promise.resolve(null), write: () => Promise.resolve(), forget: () => Promise.resolve() }

/** What the service answers for /v1/today and /v1/session. */
let told: { day: object; who: object } = { day, who: sitting }
/** What the service answers for /v1/records; hang: it never does. */
let line: 'fine' | 'busy' | 'hang' = 'fine'
let asked: string[] = []
const times = (what: string) => asked.filter((a) => a === what).length

beforeEach(() => {
  vi.useFakeTimers({ now: new Date('2026-12-01T01:00:00Z') })
  line = 'fine'
  asked = []
  told = { day, who: sitting }
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', { getItem: (k: string) => kept.get(k) ?? null, setItem: (k: string, v: string) => kept.set(k, v) })
  vi.stubGlobal('BroadcastChannel', class { postMessage() {} })
  vi.stubGlobal('navigator', {})
  vi.stubGlobal('history', { pushState() {}, replaceState() {} })
  vi.stubGlobal('location', { search: '' })
  vi.stubGlobal('scrollTo', () => undefined)
  vi.stubGlobal('fetch', (address: string, init: RequestInit) => {
    const path = address.split('?')[0]!
    asked.push(`${init.method} ${path}`)
    const json = (body: unknown, status = 200) => Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } }))
    if (line === 'hang') return new Promise((_, no) => init.signal?.addEventListener('abort', () => no(init.signal?.reason as Error)))
    if (path === '/v1/session') return json(told.who)
    if (path === '/v1/today') return json(told.day)
    if (path !== '/v1/records') return json({})
    if (line === 'busy') return json({ title: 'busy' }, 503)
    const { records } = JSON.parse(String(init.body)) as { records: { id: string }[] }
    return json({ records: records.map((r) => ({ id: r.id, status: 'stored' })) })
  })
})
afterEach(() => {
  me.value = undefined
  vi.unstubAllGlobals()
  vi.useRealTimers()
})

/** recorded is a round with one record that is finished while the line is as told. */
async function recorded(is: typeof line): Promise<Round> {
  const round = new Round(inMemory(), nowhere, '')
  await round.connect()
  await startAt(round, stop, { noCode: 'torn' })
  line = is
  await round.finish(round.kept.value[0]!.id, (r) => seen(r, '', new Date()))
  return round
}

test('a request at a door that is never answered ends, and what waits is sent when there is signal again', async () => {
  const round = await recorded('hang')
  await vi.advanceTimersByTimeAsync(20_500)
  expect([round.line.value, round.kept.value[0]?.state]).toEqual(['off', 'waiting'])
  line = 'fine'
  await vi.advanceTimersByTimeAsync(6_000)
  expect([round.line.value, round.kept.value[0]?.state]).toEqual(['on', 'sent'])
})

test('whoever asks is told that nothing was answered, and an abort of their own stays one', async () => {
  line = 'hang'
  const refused = expect(today('v1')).rejects.toEqual(expect.objectContaining({ status: 0 }) as ApiError)
  await vi.advanceTimersByTimeAsync(21_000)
  await refused
})

test('a record that is tried again opens no day at the desk', async () => {
  const round = await recorded('busy')
  await vi.advanceTimersByTimeAsync(60_000)
  expect(times('POST /v1/records')).toBeGreaterThan(2)
  expect(times('GET /v1/today')).toBe(1)
  await round.connect()
  expect(times('GET /v1/today')).toBe(1)
  await vi.advanceTimersByTimeAsync(60_001)
  await round.connect()
  expect(times('GET /v1/today')).toBe(2)
})

test('a code that is scanned at a door with an open record is kept in it', async () => {
  const round = new Round(inMemory(), nowhere, '')
  await round.connect()
  await startAt(round, stop, { noCode: 'torn' })
  await vi.advanceTimersByTimeAsync(3_600_000)
  await startAt(round, stop, { token: 'T' })
  expect(round.kept.value.map((k) => k.record)).toEqual([expect.objectContaining({ how: 'code', token: 'T', arrived: '2026-12-01T02:00:00.000Z' })])
  expect(round.kept.value[0]?.record).not.toHaveProperty('no_code')
})

test('whoever is no visitor and records visits has a day without stops, and a code opens a record', async () => {
  told = { day: { ...day, visitor: '', stops: [] }, who: { ...sitting, visitor: '', may: ['visit'] } }
  const round = new Round(inMemory(), nowhere, '')
  await round.connect()
  expect([times('GET /v1/today'), round.today.value?.stops]).toEqual([1, []])
  await startAt(round, { key: '', resident: 'r7' }, { token: 'T' })
  expect(round.kept.value.map((k) => k.record)).toEqual([expect.objectContaining({ resident: 'r7', token: 'T', form: 'f1' })])
})

test('whoever records no visits asks for no day', async () => {
  told = { day, who: { ...sitting, visitor: '', may: ['plan'] } }
  const round = new Round(inMemory(), nowhere, '')
  await round.connect()
  expect([times('GET /v1/today'), round.today.value]).toEqual([0, null])
})

test('a record that is open when the day ends can be finished without the list, by what was asked when it began', async () => {
  const store = inMemory()
  let held: { who: { account: string; visitor: string }; today: typeof day | null } | null = null
  const device: Device = {
    read: () => Promise.resolve(held as never),
    write: (who, today) => Promise.resolve(void (held = { who, today: today as never })),
    forget: () => Promise.resolve(void (held = null)),
  }
  const before = new Round(store, device, '')
  await before.connect()
  await startAt(before, stop, { noCode: 'torn' })
  line = 'hang'
  vi.setSystemTime(new Date('2026-12-01T16:30:00Z')) // half past midnight in Shanghai
  vi.stubGlobal('document', { addEventListener: () => undefined, hidden: false })
  vi.stubGlobal('addEventListener', () => undefined)
  const after = new Round(store, device, '')
  await after.wake()
  expect([after.today.value, held]).toEqual([null, { who: { account: 'a1', visitor: 'v1' }, today: null }])
  const [open] = after.kept.value
  expect([open?.state, formOf(open?.record?.form ?? '')]).toEqual(['open', { form: day.form, reasons: day.reasons }])
  await after.finish(open!.id, (r) => notSeen(r, 'away', new Date()))
  expect(after.kept.value[0]).toMatchObject({ state: 'waiting', day: '2026-12-01' })
})

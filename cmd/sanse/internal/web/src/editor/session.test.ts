import { afterEach, expect, test, vi } from 'vitest'
import { DraftClient } from '../api_editor.ts'
import { Desk } from './desk.ts'
import { Ground } from './ground.ts'
import { madeUp } from './made_up.ts'
import { Session } from './session.ts'

const base = madeUp({ seed: 3 })
const home = base.area.code
const micro = `${home}001001`
const beside = `${home}001002`

/** A service of one draft whose borders can be out of reach; writes are kept and answered with what `write` says. */
function service() {
  const s = { version: 1, grounds: true, locks: [] as string[], sent: [] as { address: string; version: string; body: unknown }[], changes: [] as unknown[] }
  vi.stubGlobal('fetch', async (address: string, o: RequestInit) => {
    const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
    const draft = () => ({ id: 7, state: 'open', version: s.version, position: s.changes.length, total: s.changes.length, locks: s.locks, changes: s.changes, changed_at: '' })
    if (address.includes('/ground')) {
      if (!s.grounds) return answer(503, {})
      const features = base.areas.features.map((f) => ({ ...f, properties: { ...f.properties, locked: s.locks.includes(f.properties.code) } }))
      return answer(200, { ...base, version: s.version, areas: { ...base.areas, features } })
    }
    if (address.includes('/check')) return answer(200, { version: s.version, ok: true, problems: [], findings: [], conflicts: [] })
    if (o.method === 'GET') return answer(200, draft())
    const body = o.body ? (JSON.parse(o.body as string) as { areas?: string[] }) : null
    s.sent.push({ address, version: (o.headers as Record<string, string>)['If-Match'] ?? '', body })
    s.version++
    if (address.includes('/locks')) s.locks = body?.areas ?? []
    return answer(200, { ...draft(), change: { seq: 1, kind: 'rename', areas: [], retired: [], lineage: [], at: '' }, areas: { type: 'FeatureCollection', features: [] }, gone: [] })
  })
  return s
}

let session: Session
async function opened() {
  session = new Session(new DraftClient(7), home)
  await session.open()
  session.level.value = 'micro-grid'
  return session
}
afterEach(() => {
  session.end()
  vi.unstubAllGlobals()
})

test('a version that is known before its borders are shown carries no edit of what was changed', async () => {
  const s = service()
  await opened()
  s.version = 2
  s.changes = [{ seq: 1, kind: 'reshape', areas: [micro], retired: [], lineage: [], at: '' }]
  s.grounds = false
  await session.look()
  session.commit({ op: 'rename', area: micro, name: 'x' })
  await vi.waitFor(() => expect(session.pending.value[0]?.state).toBe('beaten'))
  expect(s.sent).toEqual([])
  session.forget(session.pending.value[0]!.key)
  // What theirs does not concern goes on, and theirs are looked for until they are shown.
  s.grounds = true
  await session.look()
  expect(session.ground.value?.answer.version).toBe(2)
  expect(session.client.conflict.value).toBeNull()
  session.commit({ op: 'rename', area: micro, name: 'x' })
  await vi.waitFor(() => expect(s.sent).toMatchObject([{ version: '"2"' }]))
})

test('two areas that are locked at once are both locked', async () => {
  const s = service()
  await opened()
  await Promise.all([session.lock(micro), session.lock(beside)])
  expect(s.locks).toEqual([micro, beside])
  await Promise.all([session.lock(micro), session.lock(micro)])
  expect(s.locks).toEqual([micro, beside])
})

test('a drag goes on with the point that was taken when an answer numbers the points anew', async () => {
  service()
  await opened()
  const desk = new Desk(session)
  desk.select(micro)
  const handle = desk.handles.value.find((h) => h.vertex >= 0)!
  const to = [handle.at[0] + 1e-5, handle.at[1] + 1e-5] as [number, number]
  desk.grip(handle)
  desk.drag(to)
  const features = [...base.areas.features].reverse()
  const again = new Ground({ ...base, areas: { ...base.areas, features } })
  expect(again.at(handle.vertex)).not.toEqual(handle.at)
  session.ground.value = again
  desk.drag(to)
  const commit = vi.spyOn(session, 'commit').mockImplementation(() => undefined)
  desk.letGo()
  expect(commit).toHaveBeenCalledWith({ op: 'vertex', at: handle.at, to })
  desk.end()
})

test('what was painted whole, or nudged, on the last ground is not on the next', async () => {
  service()
  await opened()
  const desk = new Desk(session)
  const fresh = () => (session.ground.value = new Ground(base))
  session.level.value = 'grid'
  desk.select(`${home}001`)
  desk.painted.value = new Set([session.ground.value!.faces.length - 1])
  fresh()
  expect(desk.painted.value.size).toBe(0)
  session.level.value = 'micro-grid'
  desk.select(micro)
  desk.nextVertex(1)
  desk.nudge(1, 0)
  expect(session.live.value).not.toBeNull()
  fresh()
  expect(session.live.value).toBeNull()
  desk.end()
})

test('cells painted for one area do not go to another', async () => {
  service()
  await opened()
  const desk = new Desk(session)
  desk.take('brush')
  desk.select(micro)
  const there = session.ground.value!.cells
  desk.stroke([there.x[there.x.length - 1]!, there.y[there.y.length - 1]!])
  desk.lift()
  expect(desk.painted.value.size).toBeGreaterThan(0)
  session.ground.value = new Ground(base) // cells keep their numbers
  expect(desk.painted.value.size).toBeGreaterThan(0)
  desk.select(beside)
  expect(desk.painted.value.size).toBe(0)
  expect(session.live.value).toBeNull()
  const commit = vi.spyOn(session, 'commit')
  desk.dip()
  expect(commit).not.toHaveBeenCalled()
  desk.end()
})

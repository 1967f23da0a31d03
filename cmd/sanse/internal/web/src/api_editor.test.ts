import { afterEach, expect, test, vi } from 'vitest'
import { apart, DraftClient, DraftError, type DraftEdit, type Edit } from './api_editor.ts'

const step = (verb: string, ...areas: string[]): DraftEdit => ({ version: 2, verb, areas, at: '' })

test.each([
  ['nothing was done', [], ['a'], true],
  ['others edited elsewhere', [step('reshape', 'b', 'c')], ['a'], true],
  ['others edited one of ours', [step('reshape', 'b', 'a')], ['a'], false],
  ['an edit that names nothing may concern all', [step('reshape')], ['a'], false],
  ['a new name of the draft concerns no area', [step('describe')], ['a'], true],
  ['a rebase concerns all', [step('rebase', 'b')], ['a'], false],
  ['an undo concerns what it takes back', [step('undo', 'a')], ['a'], false],
])('%s', (_, edits, ours, want) => {
  expect(apart(edits, ours)).toBe(want)
})

/** A service of one draft that others edit: `theirs` are made before the edit that comes next. */
function service() {
  const s = { version: 1, position: 0, theirs: [] as DraftEdit[], calls: [] as string[], open: 0, most: 0, down: false }
  const draft = () => ({ id: 7, name: 'n', note: '', base: '2026-12-01', state: 'open', version: s.version, position: s.position, total: s.position, created_at: '', changed_at: '' })
  const answer = (status: number, body: unknown) =>
    new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json', ETag: `"${s.version}"` } })
  vi.stubGlobal('fetch', async (address: string, o: RequestInit) => {
    s.calls.push(`${o.method} ${address}`)
    if (s.down) throw new TypeError('offline')
    if (o.method === 'GET') return answer(200, { ...draft(), changes: [] })
    s.most = Math.max(s.most, ++s.open)
    await Promise.resolve()
    s.open--
    const meanwhile = s.theirs
    s.version += meanwhile.length
    s.position += meanwhile.length
    s.theirs = []
    if ((o.headers as Record<string, string>)['If-Match'] !== `"${s.version}"`)
      return answer(412, { status: 412, detail: 'changed', reason: 'draft_changed', version: s.version, meanwhile })
    s.version++
    s.position++
    return answer(200, { ...draft(), change: { seq: s.position, kind: 'reshape', areas: ['a'], retired: [], lineage: [], at: '' }, areas: { type: 'FeatureCollection', features: [] }, gone: [] })
  })
  return s
}
afterEach(() => vi.unstubAllGlobals())

const rename: Edit = { op: 'rename', area: 'a', name: 'x' }

test('edits wait for each other and each names the version that the one before made', async () => {
  const s = service()
  const c = new DraftClient(7)
  const made = await Promise.all([c.edit(rename, ['a']), c.edit(rename, ['a']), c.undo()])
  expect(made.map((m) => m.version)).toEqual([2, 3, 4])
  expect(s.most).toBe(1)
  expect(c.version.value).toBe(4)
  expect(c.waiting.value).toBe(0)
})

test('where others edited elsewhere the edit is made again, and what they did is told', async () => {
  const s = service()
  const c = new DraftClient(7)
  await c.load()
  s.theirs = [step('reshape', 'b')]
  const made = await c.edit(rename, ['a'])
  expect(made.version).toBe(3)
  expect(c.conflict.value).toMatchObject({ made: true, edits: [{ verb: 'reshape' }] })
})

test.each([
  ['an edit of the same area', (c: DraftClient) => c.edit(rename, ['a']), step('merge', 'a')],
  ['an edit that does not say what it touches', (c: DraftClient) => c.edit(rename), step('merge', 'b')],
  ['an undo, which would take theirs back', (c: DraftClient) => c.undo(), step('merge', 'b')],
])('%s is refused where others were quicker, and may be made knowingly afterwards', async (_, act, theirs) => {
  const s = service()
  const c = new DraftClient(7)
  await c.load()
  s.theirs = [theirs]
  const refused = await act(c).catch((e: unknown) => e)
  expect(refused).toBeInstanceOf(DraftError)
  expect((refused as DraftError).reason).toBe('draft_changed')
  expect(c.conflict.value?.made).toBe(false)
  expect(c.version.value).toBe(2)
  expect(await act(c).catch((e: DraftError) => e.reason)).toBe('draft_changed')
  c.heed()
  expect(await act(c)).toMatchObject({ version: 3 })
})

test('where the service does not answer the edit is the caller’s to make again', async () => {
  const s = service()
  const c = new DraftClient(7)
  await c.load()
  s.down = true
  const refused = await c.edit(rename, ['a']).catch((e: unknown) => e)
  expect((refused as DraftError).passing).toBe(true)
  s.down = false
  expect(await c.edit(rename, ['a'])).toMatchObject({ version: 2 })
})

test('an edit that waits behind one that went round theirs is held where theirs concerns it', async () => {
  const s = service()
  const c = new DraftClient(7)
  await c.load()
  s.theirs = [step('reshape', 'b')]
  const [first, second, third] = await Promise.allSettled([c.edit(rename, ['a']), c.edit(rename, ['b']), c.edit(rename, ['c'])])
  expect(first).toMatchObject({ status: 'fulfilled' })
  expect(second).toMatchObject({ status: 'rejected', reason: { reason: 'draft_changed', meanwhile: [{ areas: ['b'] }] } })
  expect(third).toMatchObject({ status: 'fulfilled' })
  // On borders that are older than what is known it is held still, on theirs it is made.
  c.heed()
  await expect(c.edit(rename, ['b'], 1)).rejects.toMatchObject({ reason: 'draft_changed' })
  expect(await c.edit(rename, ['b'], 2)).toMatchObject({ version: 5 })
})

test('an undo behind an edit that was not made is not sent', async () => {
  const s = service()
  const c = new DraftClient(7)
  await c.load()
  s.down = true
  const both = Promise.allSettled([c.edit(rename, ['a']), c.undo()])
  expect((await both)[1]).toMatchObject({ status: 'rejected', reason: { reason: 'not_saved' } })
  expect(s.calls.filter((x) => x.includes('undo'))).toEqual([])
  s.down = false
  expect(await c.undo()).toMatchObject({ version: 2 })
})

test('which areas are locked is asked when the turn comes', async () => {
  const sent: unknown[] = []
  let version = 1
  vi.stubGlobal('fetch', async (_: string, o: RequestInit) => {
    const locks = o.method === 'PUT' ? (JSON.parse(o.body as string) as { areas: string[] }).areas : []
    if (o.method === 'PUT') sent.push(locks)
    return new Response(JSON.stringify({ id: 7, state: 'open', version: ++version, position: 0, total: 0, locks, changes: [] }), { status: 200 })
  })
  const c = new DraftClient(7)
  await Promise.all([c.lock((l) => [...l, 'a']), c.lock((l) => [...l, 'b'])])
  expect(sent).toEqual([['a'], ['a', 'b']])
})

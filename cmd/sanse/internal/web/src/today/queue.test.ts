import { describe, expect, test } from 'vitest'
import type { RecordAnswer, VisitRecord } from '../api_today.ts'
import { Queue, rest, type Kept, type Reply, type Store } from './queue.ts'

/** A phone's memory: what is written stays, whatever happens to the app. Copies go in and out, as of a real one. */
class Memory implements Store {
  readonly kept = new Map<string, Kept>()
  async all(account: string): Promise<Kept[]> {
    await Promise.resolve()
    return structuredClone([...this.kept.values()].filter((k) => k.account === account))
  }
  async change(id: string, f: (was: Kept | undefined) => Kept | null | undefined): Promise<void> {
    await Promise.resolve()
    const now = f(structuredClone(this.kept.get(id)))
    if (now === null) this.kept.delete(id)
    else if (now) this.kept.set(id, structuredClone(now))
  }
}

/** The service as the contract has it: the same id with the same content is the same, with another a conflict. */
class Service {
  readonly stored = new Map<string, string>()
  readonly refuses = new Set<string>()
  twice = 0
  take(records: readonly VisitRecord[]): RecordAnswer[] {
    return records.map((r) => {
      const was = this.stored.get(r.id)
      const now = JSON.stringify(r)
      if (this.refuses.has(r.id)) return { id: r.id, status: 'refused', code: 'not_yours' }
      if (was === now) return { id: r.id, status: 'same' }
      if (was !== undefined) {
        this.twice++
        return { id: r.id, status: 'refused', code: 'conflict' }
      }
      this.stored.set(r.id, now)
      return { id: r.id, status: 'stored' }
    })
  }
}

/** mutex lets one after another in, as Web Locks do across windows. */
function mutex() {
  let last: Promise<unknown> = Promise.resolve()
  return <T>(f: () => Promise<T>): Promise<T> => {
    const mine = last.then(f, f)
    last = mine.catch(() => undefined)
    return mine
  }
}

/** random is mulberry32: the same numbers for the same seed. */
function random(seed: number) {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0
    let x = Math.imul(seed ^ (seed >>> 15), 1 | seed)
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296
  }
}

const visit = (id: string, over: Partial<VisitRecord> = {}): VisitRecord => ({
  id, resident: `r-${id}`, arrived: '2026-12-01T01:00:00Z', how: 'hand', result: 'seen', form: 'f1', answers: {}, ...over,
})

const answered = (records: readonly RecordAnswer[]): Reply => ({ kind: 'answered', records })

/** bed is one queue on one memory with a service that can always be had. */
function bed(post?: (records: readonly VisitRecord[], service: Service) => Promise<Reply>) {
  const memory = new Memory()
  const service = new Service()
  const clock = { now: 1_000 }
  const make = (account = 'a') =>
    new Queue({
      account,
      store: memory,
      lock: mutex(),
      now: () => clock.now,
      random: () => 0,
      post: (records) => (post ? post(records, service) : Promise.resolve(answered(service.take(records)))),
    })
  return { memory, service, clock, queue: make(), make }
}

const states = async (q: Queue) => Object.fromEntries((await q.all()).map((k) => [k.id, k.state]))

describe('a record', () => {
  test('is open until it is finished, waits until it is sent, and is then no longer on the phone', async () => {
    const { queue, service } = bed()
    await queue.begin('2026-12-01', visit('1'))
    await queue.edit('1', (r) => ({ ...r, answers: { health: 'well' } }))
    expect(await queue.send()).toBe('idle')
    expect([...service.stored]).toEqual([])
    await queue.finish('1', (r) => ({ ...r, left: '2026-12-01T01:10:00Z' }))
    expect(await states(queue)).toEqual({ 1: 'waiting' })
    expect(await queue.send()).toBe('idle')
    const [kept] = await queue.all()
    expect([kept?.state, kept?.record, kept?.resident, kept?.result]).toEqual(['sent', null, 'r-1', 'seen'])
    expect(JSON.parse(service.stored.get('1') ?? '')).toEqual(visit('1', { answers: { health: 'well' }, left: '2026-12-01T01:10:00Z' }))
  })

  test('that is finished never changes: nothing edits, finishes or drops it', async () => {
    const { queue, memory } = bed(() => Promise.resolve({ kind: 'later', busy: false }))
    await queue.begin('2026-12-01', visit('1'))
    await queue.finish('1')
    const before = structuredClone(memory.kept.get('1'))
    await queue.edit('1', (r) => ({ ...r, text: 'late' }))
    await queue.finish('1', (r) => ({ ...r, text: 'later' }))
    await queue.begin('2026-12-01', visit('1', { text: 'other' }))
    await queue.drop('1')
    expect(memory.kept.get('1')).toEqual(before)
  })

  test('that is refused stays with its reason, and is mended as a new one', async () => {
    const { queue, service } = bed()
    service.refuses.add('1')
    await queue.begin('2026-12-01', visit('1', { text: 'kept' }))
    await queue.finish('1')
    await queue.send()
    expect((await queue.all())[0]).toMatchObject({ state: 'refused', why: { code: 'not_yours' }, record: { text: 'kept' } })
    await queue.anew('1', '2')
    expect((await queue.all()).map((k) => [k.id, k.state, k.record?.text])).toEqual([['2', 'open', 'kept']])
    await queue.anew('2', '3')
    expect(await states(queue)).toEqual({ 2: 'open' })
    await queue.drop('2')
    expect(await queue.all()).toEqual([])
  })

  test('that corrects one that has not come is kept and sent again, holds up no other, and is given back after a week', async () => {
    const { queue, service, clock } = bed((records, service) =>
      Promise.resolve(answered(records.map((r) => (r.corrects && !service.stored.has(r.corrects) ? { id: r.id, status: 'refused', code: 'waiting_for' } : service.take([r])[0]!)))),
    )
    const finished = async (id: string, corrects: string) => {
      await queue.begin('2026-12-01', visit(id, { ...(corrects && { corrects }) }))
      await queue.finish(id)
    }
    await finished('1', 'elsewhere')
    await finished('2', '3') // a chain that is answered from its end
    await finished('3', '')
    await finished('4', 'never')
    expect(await queue.send()).toBe('later')
    expect(await states(queue)).toEqual({ 1: 'waiting', 2: 'sent', 3: 'sent', 4: 'waiting' })
    expect(await queue.send()).toBe('later')
    service.stored.set('elsewhere', '')
    clock.now = queue.until
    expect(await queue.send()).toBe('later')
    expect(await states(queue)).toEqual({ 1: 'sent', 2: 'sent', 3: 'sent', 4: 'waiting' })
    clock.now += 7 * 24 * 3_600_000 + 1
    expect(await queue.send()).toBe('idle')
    expect((await queue.all()).find((k) => k.id === '4')).toMatchObject({ state: 'refused', why: { code: 'corrects' } })
  })

  test('is seen and sent by nobody but the account that made it', async () => {
    const { queue, make, service, memory } = bed()
    await queue.begin('2026-12-01', visit('1'))
    await queue.finish('1')
    const other = make('b')
    expect(await other.all()).toEqual([])
    expect(await other.send()).toBe('idle')
    for (const act of [other.drop('1'), other.finish('1'), other.edit('1', (r) => ({ ...r, text: 'x' })), other.anew('1', '2')]) await act
    expect([service.stored.size, memory.kept.get('1')?.state]).toEqual([0, 'waiting'])
    expect([await make().send(), service.stored.size]).toEqual(['idle', 1])
  })

  test('that was sent on an earlier day is forgotten, and nothing else is', async () => {
    const { queue, service } = bed()
    service.refuses.add('refused')
    for (const [id, day] of [['old', '2026-11-30'], ['new', '2026-12-01'], ['refused', '2026-11-30'], ['open', '2026-11-30']] as const) {
      await queue.begin(day, visit(id))
      if (id !== 'open') await queue.finish(id)
    }
    await queue.send()
    await queue.tidy('2026-12-01')
    expect(await states(queue)).toEqual({ new: 'sent', refused: 'refused', open: 'open' })
  })
})

describe('sending', () => {
  test('goes in parts of fifty', async () => {
    const sizes: number[] = []
    const { queue, service } = bed((records, s) => {
      sizes.push(records.length)
      return Promise.resolve(answered(s.take(records)))
    })
    for (let i = 0; i < 120; i++) {
      await queue.begin('2026-12-01', visit(String(i)))
      await queue.finish(String(i))
    }
    expect(await queue.send()).toBe('idle')
    expect([sizes, service.stored.size]).toEqual([[50, 50, 20], 120])
  })

  test('waits longer after each failure, as long as the service asks, and not at all when told to try', async () => {
    let after: number | undefined
    let asked = 0
    const { queue, clock } = bed(() => {
      asked++
      return Promise.resolve(after === undefined ? { kind: 'later', busy: false } : { kind: 'later', busy: true, after })
    })
    await queue.begin('2026-12-01', visit('1'))
    await queue.finish('1')
    const waits: number[] = []
    for (let i = 0; i < 8; i++) {
      expect(await queue.send()).toBe('later')
      waits.push(queue.until - clock.now)
      clock.now = queue.until
    }
    expect(waits).toEqual([5_000, 10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000])
    after = 900_000
    await queue.send()
    expect([queue.until - clock.now, asked]).toEqual([900_000, 9])
    await queue.send()
    expect(asked).toBe(9)
    await queue.send(true)
    expect(asked).toBe(10)
    expect(rest(0, 1)).toBe(2_500)
  })

  test('stops where nobody is signed in, and nothing is lost', async () => {
    const { queue } = bed(() => Promise.resolve({ kind: 'out' }))
    await queue.begin('2026-12-01', visit('1'))
    await queue.finish('1')
    expect(await queue.send()).toBe('out')
    expect(await states(queue)).toEqual({ 1: 'waiting' })
  })

  test('finds the one record that makes a request bad, and the others are stored', async () => {
    const { queue, service } = bed((records, s) =>
      Promise.resolve<Reply>(records.some((r) => r.id === '17') ? { kind: 'bad', code: 'too_large', detail: '' } : answered(s.take(records))),
    )
    for (let i = 0; i < 40; i++) {
      await queue.begin('2026-12-01', visit(String(i)))
      await queue.finish(String(i))
    }
    expect(await queue.send()).toBe('idle')
    expect([service.stored.size, (await queue.all()).find((k) => k.id === '17')?.why?.code]).toEqual([39, 'too_large'])
  })

  test('is not held up for ever by one record that breaks the service', async () => {
    const { queue, service, clock } = bed((records, s) =>
      Promise.resolve<Reply>(records.some((r) => r.id === '3') ? { kind: 'later', busy: true } : answered(s.take(records))),
    )
    for (let i = 0; i < 9; i++) {
      await queue.begin('2026-12-01', visit(String(i)))
      await queue.finish(String(i))
    }
    for (let i = 0; i < 30; i++) {
      await queue.send()
      clock.now = Math.max(clock.now, queue.until)
    }
    expect([service.stored.size, (await states(queue))['3']]).toEqual([8, 'waiting'])
  })

  test('does not go round for ever on answers that say nothing', async () => {
    const { queue } = bed((records) => Promise.resolve(answered(records.map((r) => ({ id: r.id + 'x', status: 'stored' })))))
    await queue.begin('2026-12-01', visit('1'))
    await queue.finish('1')
    expect(await queue.send()).toBe('later')
    expect(await states(queue)).toEqual({ 1: 'waiting' })
  })
})

// The model: whoever walks makes, mends, finishes and gives up records on a phone
// that is killed at any step, with two windows open and two accounts in turn, on a
// line that drops, repeats, delays and reorders. At the end the service has every
// record that was finished, once, as it was finished.
test.each(Array.from({ length: 60 }, (_, seed) => seed + 1))('whatever happens, what was finished is stored once (%i)', async (seed) => {
  const dice = random(seed)
  const chance = (p: number) => dice() < p
  const memory = new Memory()
  const service = new Service()
  const line: (() => void)[] = [] // requests that arrive when nobody waits for them any more
  const finished = new Map<string, string>() // id → content
  const given = new Set<string>() // refused and given up
  let signedIn = 'a'
  let faults = true
  let clock = 0
  let ids = 0
  const locked = { a: mutex(), b: mutex() }
  class Killed extends Error {}
  /** open starts the app: it lives for some steps, then it is killed. */
  const open = (account: 'a' | 'b', withLocks: boolean) => {
    let life = faults ? Math.floor(dice() * 40) : Infinity
    const step = () => {
      if (life-- <= 0) throw new Killed()
    }
    const store: Store = {
      all: async (who) => {
        step()
        return memory.all(who)
      },
      change: async (id, f) => {
        step() // killed before it is written, or
        await memory.change(id, f)
        step() // killed after
      },
    }
    const post = async (records: readonly VisitRecord[]): Promise<Reply> => {
      step()
      if (signedIn !== account) return { kind: 'out' }
      const mine = structuredClone(records)
      expect(mine.every((r) => r.id.startsWith(account))).toBe(true)
      if (!faults) return answered(service.take(mine))
      const fate = dice()
      if (fate < 0.2) return { kind: 'later', busy: false } // never arrived
      if (fate < 0.3) {
        line.push(() => service.take(mine)) // arrives after all, later
        return { kind: 'later', busy: false }
      }
      const got = service.take(mine)
      if (fate < 0.4) service.take(mine) // arrived twice
      if (fate < 0.5) return { kind: 'later', busy: true } // the answer is lost
      step()
      if (fate < 0.6) return answered(got.slice(1)) // an answer cut short
      return answered([...got].reverse())
    }
    return new Queue({ account, store, post, now: () => clock++, random: dice, lock: withLocks ? locked[account] : (f) => f() })
  }
  const alive = async (f: () => Promise<unknown>) => {
    try {
      await f()
      return true
    } catch (e) {
      if (e instanceof Killed) return false
      throw e
    }
  }
  const windows = [open('a', true), open('a', chance(0.5)), open('b', true)]
  const owner = ['a', 'a', 'b'] as const
  const before = () => new Map([...memory.kept].map(([id, k]) => [id, k.state]))
  /** note looks at what is in memory: what waits now and did not before is what was finished. */
  const note = (was: Map<string, string>) => {
    for (const [id, k] of memory.kept) {
      if (k.state === 'waiting' && was.get(id) === 'open') finished.set(id, JSON.stringify(k.record))
    }
  }
  for (let turn = 0; turn < 120; turn++) {
    const w = Math.floor(dice() * windows.length)
    const q = windows[w]
    const account = owner[w]
    if (!q || !account) continue
    const mine = [...memory.kept.values()].filter((k) => k.account === account)
    const any = mine[Math.floor(dice() * mine.length)]?.id ?? ''
    const was = before()
    const what = dice()
    const fine = await alive(async () => {
      if (what < 0.2) {
        const id = `${account}${ids++}`
        if (chance(0.1)) service.refuses.add(id)
        await q.begin('2026-12-01', visit(id))
      } else if (what < 0.35) await q.edit(any, (r) => ({ ...r, text: `turn ${turn}` }))
      else if (what < 0.6) await q.finish(any)
      else if (what < 0.65) {
        if (memory.kept.get(any)?.state === 'refused') given.add(any)
        await q.drop(any)
      } else if (what < 0.7) {
        if (memory.kept.get(any)?.state === 'refused') given.add(any)
        await q.anew(any, `${account}${ids++}`)
      } else if (what < 0.8) signedIn = chance(0.5) ? 'a' : 'b'
      else if (what < 0.85) line.splice(Math.floor(dice() * line.length), 1)[0]?.()
      else if (what < 0.92) await Promise.all([q.send(true), q.send(true)])
      else await q.send()
    })
    note(was)
    if (!fine) windows[w] = open(account, chance(0.7))
  }
  faults = false
  for (const f of line) f()
  for (const account of ['a', 'b'] as const) {
    signedIn = account
    const q = open(account, true)
    expect(await q.send(true)).toBe('idle')
    for (const k of await q.all()) {
      expect(k.state).not.toBe('waiting')
      if (k.state === 'sent') expect([service.stored.has(k.id), k.record]).toEqual([true, null])
    }
  }
  expect(service.twice).toBe(0)
  for (const [id, content] of finished) {
    if (service.refuses.has(id)) expect(given.has(id) || memory.kept.get(id)?.state === 'refused').toBe(true)
    else expect(service.stored.get(id)).toBe(content)
  }
  expect([...service.stored.keys()].filter((id) => !finished.has(id))).toEqual([])
  expect(finished.size).toBeGreaterThan(3)
})

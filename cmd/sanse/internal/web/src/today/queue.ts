import type { RecordAnswer, VisitRecord } from '../api_today.ts'

// The records of visits on a phone, from the first answer at a door until the
// service has them. The phone is killed at any moment, the signal comes and goes,
// two windows are open at once: what was finished is sent until the service says
// that it has it, and the id made here keeps it from being stored twice.

/**
 * How far a record is: open is being written, waiting is finished and never
 * changes again, sent is with the service, refused came back with a reason and
 * stays until whoever made it has dealt with it.
 */
export type State = 'open' | 'waiting' | 'sent' | 'refused'

/** Kept is a record on the phone. It belongs to the account that made it; no other sees or sends it. */
export interface Kept {
  id: string
  account: string
  /** the day of the visit, as the phone had it */
  day: string
  resident: string
  state: State
  /** what is sent; null once the service has it, for then the phone need not */
  record: VisitRecord | null
  /** of one that was sent: when one came and left, so that it can be corrected */
  was?: { arrived: string; left?: string }
  /** of a patrol point that was passed: the task; then there is no record, and the queue of records passes it by */
  tick?: string
  /** the record that it corrects */
  corrects?: string
  /** of one that is finished: whether somebody was seen */
  result?: VisitRecord['result']
  /** of one that was refused: why */
  why?: { code: string; detail: string }
  /** of a correction that waits for what it corrects: since when, in milliseconds */
  held?: number
  /** when it was last changed, in milliseconds */
  changed: number
}

/** Store keeps records through anything that happens to the app. */
export interface Store {
  all(account: string): Promise<Kept[]>
  /**
   * change reads one record and writes what f makes of it as one step, which no
   * other window can come between: null drops it, undefined leaves it as it is.
   */
  change(id: string, f: (was: Kept | undefined) => Kept | null | undefined): Promise<void>
}

/** What became of a whole request. */
export type Reply =
  | { kind: 'answered'; records: readonly RecordAnswer[] }
  /** no signal, or the service cannot now; after is its own word, in milliseconds; busy: it was reached */
  | { kind: 'later'; after?: number; busy: boolean }
  /** nobody is signed in, or somebody else */
  | { kind: 'out' }
  /** the request as such is not taken, whatever is tried */
  | { kind: 'bad'; code: string; detail: string }

/** Where sending ended: idle is that nothing waits. */
export type Sent = 'idle' | 'later' | 'out'

export interface QueueOptions {
  account: string
  store: Store
  post: (records: readonly VisitRecord[]) => Promise<Reply>
  /** lets one window after another send */
  lock: <T>(f: () => Promise<T>) => Promise<T>
  /** milliseconds */
  now: () => number
  /** 0 to 1: keeps a thousand phones from coming back in the same second */
  random?: () => number
}

/** The service takes as many at once. */
const most = 50
/** So long a correction waits for what it corrects to come, from whichever phone has it, in milliseconds. */
const heldMost = 7 * 24 * 3_600_000
/** So often it is asked for again meanwhile, where nothing else is sent. */
const heldRest = 300_000

/** rest is how long to wait after so many failures, in milliseconds: 5 seconds, doubling to 5 minutes, less up to a half. */
export function rest(failures: number, random: number): number {
  return Math.min(5_000 * 2 ** Math.min(failures, 10), 300_000) * (1 - random / 2)
}

function timesOf({ arrived, left }: VisitRecord): { arrived: string; left?: string } {
  return left ? { arrived, left } : { arrived }
}

/** Queue is the records of one account on this phone. */
export class Queue {
  /** Not before this moment is anything sent by itself, in milliseconds. */
  until = 0
  private failures = 0
  private size = most
  /** How often a record was in a request that the service could not take: the others go first. */
  private readonly tried = new Map<string, number>()
  private readonly o: QueueOptions

  constructor(o: QueueOptions) {
    this.o = o
  }

  /** all are the records of the account, the oldest first. */
  async all(): Promise<Kept[]> {
    return (await this.o.store.all(this.o.account)).filter((k) => !k.tick).sort((a, b) => a.changed - b.changed || (a.id < b.id ? -1 : 1))
  }

  /** begin keeps a new record, open. */
  async begin(day: string, record: VisitRecord): Promise<void> {
    await this.o.store.change(record.id, (was) => (was ? undefined : this.kept(day, record, 'open')))
  }

  /** edit changes a record that is open; one that is finished stays as it was. */
  async edit(id: string, f: (r: VisitRecord) => VisitRecord): Promise<void> {
    await this.own(id, (k) => (k.state === 'open' && k.record ? { ...k, record: f(k.record), changed: this.o.now() } : undefined))
  }

  /** finish makes an open record one that waits; from here on it is the service's to say what becomes of it. */
  async finish(id: string, f: (r: VisitRecord) => VisitRecord = (r) => r): Promise<void> {
    await this.own(id, (k) => {
      if (k.state !== 'open' || !k.record) return undefined
      const record = f(k.record)
      return { ...k, record, result: record.result, state: 'waiting', changed: this.o.now() }
    })
  }

  /** drop gives up a record that is open or was refused; one that waits or is sent stays. */
  async drop(id: string): Promise<void> {
    await this.own(id, (k) => (k.state === 'open' || k.state === 'refused' ? null : undefined))
  }

  /**
   * anew writes a refused record again as a new one that is open, so that it can
   * be mended. The new one is kept before the old one goes: killed between the
   * two, the old one is still there.
   */
  async anew(id: string, fresh: string): Promise<void> {
    const old = (await this.all()).find((k) => k.id === id)
    if (old?.state !== 'refused' || !old.record) return
    await this.begin(old.day, { ...old.record, id: fresh })
    await this.drop(id)
  }

  /** tidy forgets that records of earlier days were sent. */
  async tidy(today: string): Promise<void> {
    for (const k of await this.all()) {
      if (k.state === 'sent' && k.day < today) await this.own(k.id, (now) => (now.state === 'sent' ? null : undefined))
    }
  }

  /**
   * send sends all that waits, unless it is too early to try again; now tries all
   * the same. It ends when nothing waits, or nothing but corrections of what has not
   * come, or when the service cannot be had.
   */
  send(now = false): Promise<Sent> {
    return this.o.lock(async () => {
      const held = new Set<string>()
      for (;;) {
        const waiting = (await this.all()).filter((k) => k.state === 'waiting' && !held.has(k.id))
        if (waiting.length === 0 && held.size === 0) return 'idle'
        if (waiting.length === 0) {
          this.until = this.o.now() + heldRest
          return 'later'
        }
        if (!now && this.o.now() < this.until) return 'later'
        const times = (k: Kept) => this.tried.get(k.id) ?? 0
        const batch = waiting.sort((a, b) => times(a) - times(b)).slice(0, this.size)
        const reply = await this.o.post(batch.flatMap((k) => k.record ?? []))
        if (reply.kind === 'out') return 'out'
        if (reply.kind === 'bad') await this.part(batch, reply)
        else if (reply.kind === 'answered' && (await this.take(batch, reply.records, held)) > 0) this.well()
        else return this.later(batch, reply)
      }
    })
  }

  /**
   * take applies the answers and returns how many records of the batch have one. held
   * are the corrections whose record has not come; once anything is stored it may have.
   */
  private async take(batch: readonly Kept[], answers: readonly RecordAnswer[], held: Set<string>): Promise<number> {
    let n = 0
    for (const a of answers) {
      const k = batch.find((x) => x.id === a.id)
      if (!k) continue
      if (a.status === 'refused' && a.code === 'waiting_for') await this.hold(k, a.detail ?? '', held)
      else if (a.status === 'refused') await this.refuse(a.id, a.code ?? '', a.detail ?? '')
      else if (a.status === 'stored' || a.status === 'same') await this.waits(a.id, (k) => ({ ...k, state: 'sent', record: null, ...(k.record && { was: timesOf(k.record) }), changed: this.o.now() }))
      else continue // a word that this app does not know says nothing
      n++
    }
    if (answers.some((a) => a.status === 'stored')) held.clear()
    return n
  }

  /** part finds what in a request is not taken: half of it is tried, until one alone is refused. */
  private async part(batch: readonly Kept[], why: { code: string; detail: string }): Promise<void> {
    const [only] = batch
    if (batch.length === 1 && only) await this.refuse(only.id, why.code, why.detail)
    else this.size = Math.ceil(batch.length / 2)
  }

  private well(): void {
    this.failures = 0
    this.until = 0
    this.size = Math.min(this.size * 2, most)
  }

  /** later puts the next try off. What the service could not take goes in smaller parts, and behind the others. */
  private later(batch: readonly Kept[], reply: Reply): Sent {
    const told = reply.kind === 'later' ? reply : { busy: true }
    if (told.busy) {
      for (const k of batch) this.tried.set(k.id, (this.tried.get(k.id) ?? 0) + 1)
      this.size = Math.max(1, Math.floor(this.size / 2))
    }
    const after = 'after' in told ? (told.after ?? 0) : 0
    this.until = this.o.now() + Math.max(after, rest(this.failures, (this.o.random ?? Math.random)()))
    this.failures++
    return 'later'
  }

  /** hold keeps a correction until what it corrects has come; after some days nobody has it any more. */
  private hold(k: Kept, detail: string, held: Set<string>): Promise<void> {
    const now = this.o.now()
    if (now - (k.held ?? now) > heldMost) return this.refuse(k.id, 'corrects', detail)
    held.add(k.id)
    return this.waits(k.id, (was) => ({ ...was, held: was.held ?? now }))
  }

  private refuse(id: string, code: string, detail: string): Promise<void> {
    return this.waits(id, (k) => ({ ...k, state: 'refused', why: { code, detail }, changed: this.o.now() }))
  }

  /** waits changes a record that still waits: another window may have had its answer already. */
  private waits(id: string, f: (k: Kept) => Kept): Promise<void> {
    return this.own(id, (k) => (k.state === 'waiting' ? f(k) : undefined))
  }

  /** own changes a record of this account; one that is not there, or is another's, stays. */
  private own(id: string, f: (k: Kept) => Kept | null | undefined): Promise<void> {
    return this.o.store.change(id, (was) => (was && was.account === this.o.account ? f(was) : undefined))
  }

  private kept(day: string, record: VisitRecord, state: State): Kept {
    return { id: record.id, account: this.o.account, day, resident: record.resident, ...(record.corrects && { corrects: record.corrects }), state, record, changed: this.o.now() }
  }
}

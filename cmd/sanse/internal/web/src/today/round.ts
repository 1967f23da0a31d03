import { signal } from '@preact/signals'
import { sendRecords, sendTicks, today as askToday, type Today, type TodayStop, type VisitRecord } from '../api_today.ts'
import { begin } from '../api_session.ts'
import { ApiError } from '../request.ts'
import { may, me } from '../seat.ts'
import type { Device, Who } from './device.ts'
import { hashOf } from './code.ts'
import { keepForm } from './forms.ts'
import { Queue, type Kept, type Reply, type Store } from './queue.ts'
import { arrivedAgain, dayIn, isOver, type Arrival } from './record.ts'
import { drawn } from '../rate/token.ts'
import { replyTo } from './reply.ts'
import { Ticks } from './ticks.ts'

/** A list that is older than this is asked for again when the app comes into view, in milliseconds. */
const stale = 60_000
/** How often a phone without signal looks for it, beside what the browser tells, in milliseconds. */
const look = 30_000

/**
 * Round is the state of a day on the phone: shown at once from what the phone
 * keeps, then brought up to date. Whatever it cannot do now it does later.
 */
export class Round {
  /** whose day is shown; null: nobody's yet */
  readonly who = signal<Who | null>(null)
  readonly today = signal<Today | null>(null)
  readonly kept = signal<Kept[]>([])
  /** whether the service was reached when it was last asked */
  readonly line = signal<'asking' | 'on' | 'off'>('asking')
  /** out: the service wants somebody to sign in, and until then shows nothing of the day */
  readonly seat = signal<'asking' | 'in' | 'out'>('asking')
  /** why the list could not be had though the service was reached */
  readonly trouble = signal<Error | null>(null)
  /** the code by which whoever was seen last can rate the visit, in memory only; empty: none */
  readonly code = signal('')
  /** the doors behind a plate that was scanned; the code is in memory only */
  readonly plate = signal<{ token: string; stops: readonly TodayStop[] } | null>(null)
  /** The doors that codes opened, by resident, in memory only: they may be on no list. */
  readonly met = new Map<string, TodayStop>()
  /** patrol points that were passed */
  readonly ticked = signal<Kept[]>([])
  private queue: Queue | null = null
  private ticks: Ticks | null = null
  private opening: Promise<unknown> = Promise.resolve()
  private fetched = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private connecting: Promise<void> | null = null
  private readonly others = 'BroadcastChannel' in globalThis ? new BroadcastChannel('sanse.records') : null
  private readonly store: Store
  private readonly device: Device
  /** Whose day was asked for by name; empty: one's own. */
  private readonly visitor: string

  constructor(store: Store, device: Device, visitor: string) {
    this.store = store
    this.device = device
    this.visitor = visitor
  }

  /** wake shows what the phone keeps, follows the signal, and asks the service. */
  async wake(): Promise<void> {
    if (this.others) this.others.onmessage = () => void this.recall()
    addEventListener('online', () => void this.connect())
    addEventListener('offline', () => (this.line.value = 'off'))
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden && (this.line.value !== 'on' || Date.now() - this.fetched > stale)) void this.connect()
    })
    const had = await this.device.read().catch(() => null)
    if (had && (!this.visitor || had.who.visitor === this.visitor)) {
      // Names and addresses of a day that has ended are kept no longer.
      if (had.today && isOver(had.today, new Date())) await this.device.write(had.who, null).catch(() => undefined)
      else this.today.value = had.today
      await this.sitDown(had.who)
    }
    void this.connect()
  }

  /** connect asks who sits here and brings the day and the records up to date; one at a time. */
  connect(): Promise<void> {
    this.connecting ??= this.reach().finally(() => (this.connecting = null))
    return this.connecting
  }

  private async reach(): Promise<void> {
    clearTimeout(this.timer)
    try {
      await begin()
    } catch (e) {
      return this.lost(e)
    }
    this.line.value = 'on'
    const now = me.value
    if (!now || now.stage !== 'full') {
      this.seat.value = 'out'
      return
    }
    const who = { account: now.account, visitor: this.visitor || now.visitor || '' }
    if (this.who.value?.account !== who.account || this.who.value.visitor !== who.visitor) {
      // Somebody else's day is not for whoever sits here now; their records stay.
      if (this.who.value) await this.device.forget().catch(() => undefined)
      this.today.value = null
      await this.sitDown(who)
    }
    this.seat.value = 'in'
    // The day is opened at the desk and that is recorded: a list that is fresh does.
    if (!this.today.value || Math.abs(Date.now() - this.fetched) > stale) await this.refresh(who)
    await this.send(true)
  }

  private async refresh(who: Who): Promise<void> {
    // Who is no visitor and records visits has a day without stops.
    if (!who.visitor && !may('visit')) return
    try {
      const got = await askToday(who.visitor)
      keepForm(got)
      if (this.who.value !== who && (this.who.value?.account !== who.account || this.who.value.visitor !== who.visitor)) return
      this.trouble.value = null
      this.today.value = got
      this.fetched = Date.now()
      await this.device.write(who, got).catch(() => undefined) // then it is asked for each time
      await this.queue?.tidy(got.date)
      await this.ticks?.tidy(got.date)
      await this.recall()
    } catch (e) {
      if (e instanceof ApiError && (e.status === 401 || e.problem.stage)) this.seat.value = 'out'
      else this.lost(e)
    }
  }

  /** lost is called where the service was not to be had. */
  private lost(e: unknown): void {
    const reached = e instanceof ApiError && e.status > 0
    this.line.value = reached ? 'on' : 'off'
    this.trouble.value = reached ? e : null
    this.later(look)
  }

  private later(ms: number, what: () => Promise<void> = () => this.connect()): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void what(), ms)
  }

  /** sitDown begins with the records of whoever sits here. */
  private async sitDown(who: Who): Promise<void> {
    this.who.value = who
    const lock = <T>(f: () => Promise<T>): Promise<T> =>
      // Without Web Locks two windows may send the same record: by its id it is stored once.
      'locks' in navigator ? (navigator.locks.request(`sanse.records.${who.account}`, f) as Promise<T>) : f()
    this.queue = new Queue({ account: who.account, store: this.store, lock, now: Date.now, post: (r) => this.post(who, r) })
    this.ticks = new Ticks(who.account, this.store, async (list) => {
      if (me.value?.stage !== 'full' || me.value.account !== who.account) throw new Error('somebody else sits here')
      return (await sendTicks(list)).ticks ?? []
    })
    await this.recall()
  }

  /** tick notes that a patrol point was passed, and sends that as soon as it can be. */
  async tick(task: string): Promise<void> {
    await this.ticks?.put({ task, date: this.day() }, Date.now())
    await this.recall()
    void this.send(true)
  }

  private async post(who: Who, records: readonly VisitRecord[]): Promise<Reply> {
    if (me.value?.stage !== 'full' || me.value.account !== who.account) return { kind: 'out' }
    try {
      const { records: answers } = await sendRecords(new Date().toISOString(), records)
      this.line.value = 'on'
      if (this.today.value) this.trouble.value = null
      return { kind: 'answered', records: answers ?? [] }
    } catch (e) {
      const reply = replyTo(e)
      if (e instanceof ApiError) this.line.value = e.status > 0 ? 'on' : 'off'
      if (reply.kind === 'later' && e instanceof ApiError && e.status > 0) this.trouble.value = e
      return reply
    }
  }

  /** send sends what waits, and sees to it that it is tried again. */
  async send(now = false): Promise<void> {
    const q = this.queue
    if (!q) return
    // Before it is known who sits here nothing can be sent.
    if (me.value?.stage !== 'full') return this.connecting ? undefined : this.connect()
    const ended = await q.send(now)
    // Without signal they wait, and go out the next time.
    await this.ticks?.send().catch((e: unknown) => {
      if (e instanceof ApiError && e.status === 0) this.line.value = 'off'
      this.later(look)
    })
    await this.recall()
    this.others?.postMessage('changed')
    if (ended === 'out') {
      // The session ended, or was made anew in another window.
      clearTimeout(this.timer)
      const before = me.value?.csrf
      await begin().catch(() => undefined)
      if (me.value?.stage !== 'full') this.seat.value = 'out'
      else if (me.value.csrf !== before) this.later(0)
      else this.later(look)
    } else if (ended === 'later') this.later(Math.max(1_000, q.until - Date.now()), () => this.send())
  }

  /** recall reads the records again. */
  private async recall(): Promise<void> {
    const q = this.queue
    const all = q ? await q.all() : []
    const points = (await this.ticks?.all()) ?? []
    if (q === this.queue) [this.kept.value, this.ticked.value] = [all, points]
  }

  /** The day of a record that is made now: of the list where there is one. */
  day(): string {
    const list = this.today.value
    return list ? dayIn(list.zone, new Date()) : dayIn('', new Date())
  }

  /**
   * leave ends the record of a door. Of somebody who was seen it has the digest of a code
   * by which they can rate the visit; the code is drawn here, and shown until the next door.
   */
  async leave(id: string, f: (r: VisitRecord) => VisitRecord, ratable: boolean): Promise<void> {
    const code = ratable ? drawn() : ''
    const rating = code && (await hashOf(code).catch(() => ''))
    await this.finish(id, (r) => ({ ...f(r), ...(rating && { rating }) }))
    this.code.value = rating ? code : ''
  }

  /**
   * open is the id of the record of a door that is being written, to which one came
   * once more, else of the one that make makes, which is kept then; begins tells
   * whether the visit begins now. Two taps in a glove are one record: whoever asks
   * second waits for the first. What is being mended is of a visit that is over.
   */
  open(resident: string, arrival: Arrival, make: () => VisitRecord): Promise<{ id: string; begins: boolean }> {
    const mine = this.opening.then(async () => {
      this.code.value = '' // that of the last door is not for this one
      const q = this.queue
      if (!q) throw new Error('nobody sits here')
      const had = (await q.all()).find((k) => k.state === 'open' && !k.record?.left && k.resident === resident && k.day === this.day())
      if (had) {
        let begins = false
        await this.edit(had.id, (was) => {
          const { record, again } = arrivedAgain(was, arrival, new Date())
          begins = again
          return record
        })
        return { id: had.id, begins }
      }
      const r = make()
      await this.change((to) => to.begin(this.day(), r))
      // Asked once somebody relies on it; a browser that refuses keeps it all the same until space is short.
      void navigator.storage?.persist?.().catch(() => false)
      return { id: r.id, begins: true }
    })
    this.opening = mine.catch(() => undefined)
    return mine
  }

  edit(id: string, f: (r: VisitRecord) => VisitRecord): Promise<void> {
    return this.change((q) => q.edit(id, f))
  }

  /** finish ends a record and sends it as soon as it can be. */
  async finish(id: string, f: (r: VisitRecord) => VisitRecord): Promise<void> {
    await this.change((q) => q.finish(id, f))
    void this.send(true)
  }

  /** changed asks for the day again after the service has changed it. */
  async changed(): Promise<void> {
    this.fetched = 0
    await this.connect()
  }

  /** correct begins a record in the place of one that was sent today; the id of the new one. */
  async correct(k: Kept, fresh: string): Promise<string | null> {
    const list = this.today.value
    if (!list || !k.was) return null
    const had = (await this.queue?.all())?.find((o) => o.corrects === k.id && o.state === 'open')
    if (had) return had.id
    const stop = list.stops?.find((s) => s.resident === k.resident)
    const r: VisitRecord = { id: fresh, resident: k.resident, ...(stop?.key && { stop: stop.key }), ...k.was, how: 'hand', result: 'seen', form: list.form.id, answers: {}, corrects: k.id }
    await this.change((q) => q.begin(k.day, r))
    return fresh
  }

  drop(id: string): Promise<void> {
    return this.change((q) => q.drop(id))
  }

  anew(id: string, fresh: string): Promise<void> {
    return this.change((q) => q.anew(id, fresh))
  }

  private async change(f: (q: Queue) => Promise<void>): Promise<void> {
    if (!this.queue) return
    await f(this.queue)
    await this.recall()
    this.others?.postMessage('changed')
  }

  /** left is called where whoever sat here signed out, here or in another window: the day goes, the records stay. */
  async left(): Promise<void> {
    clearTimeout(this.timer)
    this.queue = null
    this.ticks = null
    this.ticked.value = []
    this.who.value = null
    this.today.value = null
    this.plate.value = null
    this.code.value = ''
    this.met.clear()
    this.kept.value = []
    me.value = null
    this.seat.value = 'out'
    await this.device.forget().catch(() => undefined)
  }
}

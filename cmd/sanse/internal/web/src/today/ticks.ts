import type { TodayStop } from '../api_today.ts'
import type { Kept, Store } from './queue.ts'
import { isVisit } from './record.ts'

// Patrol points that were passed: a place, not a person, so a tap is enough. They
// are kept beside the records and sent like them; task and day make each the one.

/** Tick is a patrol point that was passed on a day. */
export interface Tick {
  task: string
  date: string
}

/** What the service says of each tick. */
export type TickAnswer = 'stored' | 'same' | 'refused'

const idOf = (account: string, t: Tick): string => `tick ${account} ${t.date} ${t.task}`

/** The service takes as many at once. */
const most = 200

/** Ticks are those of one account on this phone. */
export class Ticks {
  private readonly account: string
  private readonly store: Store
  private readonly post: (ticks: readonly Tick[]) => Promise<readonly TickAnswer[]>

  constructor(account: string, store: Store, post: (ticks: readonly Tick[]) => Promise<readonly TickAnswer[]>) {
    this.account = account
    this.store = store
    this.post = post
  }

  async all(): Promise<Kept[]> {
    return (await this.store.all(this.account)).filter((k) => k.tick)
  }

  /** put keeps a tick until the service has it; one that came back is tried again. */
  async put(t: Tick, now: number): Promise<void> {
    const id = idOf(this.account, t)
    await this.store.change(id, (was) => (was && was.state !== 'refused' ? undefined : { id, account: this.account, day: t.date, resident: '', state: 'waiting', record: null, tick: t.task, changed: now }))
  }

  /** send sends what waits; an error leaves it waiting. */
  async send(): Promise<void> {
    const waiting = (await this.all()).filter((k) => k.state === 'waiting').slice(0, most)
    if (waiting.length === 0) return
    const answers = await this.post(waiting.map((k) => ({ task: k.tick ?? '', date: k.day })))
    for (const [i, k] of waiting.entries()) {
      const a = answers[i]
      if (a) await this.store.change(k.id, (was) => (was?.state === 'waiting' ? { ...was, state: a === 'refused' ? 'refused' : 'sent' } : undefined))
    }
  }

  /** tidy forgets what earlier days have done with. */
  async tidy(today: string): Promise<void> {
    for (const k of await this.all()) if (k.state !== 'waiting' && k.day < today) await this.store.change(k.id, () => null)
  }
}

/** isPoint tells whether a stop is a place and nobody's home. */
export function isPoint(s: Pick<TodayStop, 'resident' | 'task'>): boolean {
  return Boolean(s.task) && !s.resident && !isVisit(s)
}

/** passed is how a patrol point stands: what the phone has of it goes before what the service told. */
export function passed(s: TodayStop, ticks: readonly Kept[], day: string): 'waiting' | 'sent' | 'refused' | 'done' | 'due' {
  const mine = ticks.find((k) => k.tick === s.task && k.day === day)
  if (mine && mine.state !== 'open') return mine.state
  return s.done ? 'done' : 'due'
}

import { signal } from '@preact/signals'
import type { FacilityProperties } from '../api.ts'
import type { Change, TryAnswer } from '../api_coverage.ts'
import type { CellChange } from './map_layers.ts'

/** Longitude and latitude, degrees. */
export type LonLat = [number, number]

/** One thing that is tried; key tells it from the others for as long as the page is open. */
export interface Trial {
  key: number
  op: 'add' | 'move' | 'close' | 'open'
  service: string
  /** of the facility that there is; empty: a new one */
  facility: string
  /** the facility's name; empty: a new one */
  name: string
  /** where it was, of one that is moved */
  from: LonLat | null
  at: LonLat
}

/** What is tried of a facility. */
export type Standing = Pick<FacilityProperties, 'id' | 'service' | 'name'>

/** asChange is what the service is asked. */
export function asChange(t: Trial): Change {
  switch (t.op) {
    case 'add':
      return { op: 'add', service: t.service, location: t.at }
    case 'move':
      return { op: 'move', facility: t.facility, location: t.at }
    default:
      return { op: t.op, facility: t.facility }
  }
}

/** changeOf is what becomes of a cell, both in seconds; null where nothing worth drawing does. */
export function changeOf(before: number | null, after: number | null, limit: number): CellChange | null {
  const far = (s: number | null) => (s === null || s < 0 ? Infinity : s)
  const [b, a] = [far(before), far(after)]
  if (b > limit && a <= limit) return 'won'
  if (b <= limit && a > limit) return 'lost'
  if (a < b) return 'quicker'
  return a > b ? 'slower' : null
}

/**
 * Trials are the changes that are tried together, with their undo, and the
 * answer to the latest of them. One request is under way at a time: while a
 * facility is dragged, what it passes is skipped and where it stops is asked.
 */
export class Trials {
  readonly list = signal<readonly Trial[]>([])
  readonly answer = signal<TryAnswer | null>(null)
  readonly error = signal('')
  readonly busy = signal(false)
  readonly selected = signal(0)
  /** milliseconds from the change to its answer, the latest */
  readonly took = signal(0)
  private past: (readonly Trial[])[] = []
  private last = 0
  private wanted = 0
  private since = 0
  private under = false
  private held = false
  private ended = false

  constructor(
    private readonly ask: (changes: Change[]) => Promise<TryAnswer>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** add tries a new facility of a service. */
  add(service: string, at: LonLat): number {
    return this.adds([{ service, at }])
  }

  /** adds tries several at once, in one step of undo. */
  adds(list: readonly { service: string; at: LonLat; idle?: Standing }[]): number {
    const made = list.map(({ service, at, idle }): Trial => ({ key: ++this.last, op: idle ? 'open' : 'add', service, facility: idle?.id ?? '', name: idle?.name ?? '', from: null, at }))
    const named = new Set(made.map((t) => t.facility).filter(Boolean))
    this.step([...this.list.value.filter((t) => !named.has(t.facility)), ...made])
    this.selected.value = made.at(-1)?.key ?? 0
    return this.selected.value
  }

  /** turn closes a facility, or opens one that is idle or planned; a facility has one change at most. */
  turn(op: 'close' | 'open', f: Standing, at: LonLat): void {
    const t: Trial = { key: ++this.last, op, service: f.service, facility: f.id, name: f.name, from: null, at }
    this.step([...this.list.value.filter((x) => x.facility !== f.id), t])
    this.selected.value = t.key
  }

  /** grip takes a trial, or a facility that stands, in hand; drag moves it, and drop makes that one step. */
  grip(what: number | (Standing & { at: LonLat })): number {
    if (this.held) this.drop()
    const before = this.list.value
    let key = typeof what === 'number' ? what : (before.find((t) => t.facility === what.id)?.key ?? 0)
    const was = before.find((t) => t.key === key)
    if (was && was.op !== 'add' && was.op !== 'move') return 0
    if (!was) {
      if (typeof what === 'number') return 0
      key = ++this.last
    }
    this.past.push(before)
    this.held = true
    if (!was && typeof what !== 'number')
      this.list.value = [...before, { key, op: 'move', service: what.service, facility: what.id, name: what.name, from: what.at, at: what.at }]
    this.selected.value = key
    return key
  }

  drag(key: number, at: LonLat): void {
    this.list.value = this.list.value.map((t) => (t.key === key ? { ...t, at } : t))
    this.want()
  }

  /** drop ends a drag; one that led nowhere is no step. */
  drop(): void {
    if (!this.held) return
    this.held = false
    const before = this.past.at(-1) ?? []
    const moved = this.list.value.some((t) => {
      const b = before.find((x) => x.key === t.key)
      const [x, y] = b?.at ?? t.from ?? t.at
      return x !== t.at[0] || y !== t.at[1]
    })
    if (!moved) {
      this.past.pop()
      this.list.value = before
    }
  }

  remove(key: number): void {
    this.step(this.list.value.filter((t) => t.key !== key))
  }

  clear(): void {
    if (this.list.value.length > 0) this.step([])
  }

  get canUndo(): boolean {
    return this.past.length > 0
  }

  undo(): void {
    const before = this.past.pop()
    if (!before) return
    this.list.value = before
    this.want()
  }

  /** again asks once more: how one walks has changed, or the service was away. */
  again(): void {
    this.want()
  }

  end(): void {
    this.ended = true
  }

  private step(next: readonly Trial[]): void {
    if (this.held) this.drop()
    this.past.push(this.list.value)
    this.list.value = next
    this.want()
  }

  private want(): void {
    this.wanted++
    this.since = this.now()
    void this.run()
  }

  private async run(): Promise<void> {
    if (this.under) return
    this.under = this.busy.value = true
    for (let done = -1; done !== this.wanted && !this.ended; ) {
      done = this.wanted
      const since = this.since
      const changes = this.list.value.map(asChange)
      if (changes.length === 0) {
        this.answer.value = null
        this.error.value = ''
        continue
      }
      try {
        const a = await this.ask(changes)
        if (this.ended || this.list.value.length === 0) continue
        this.answer.value = a
        this.error.value = ''
        this.took.value = this.now() - since
      } catch (e) {
        // What was known belongs to other changes.
        if (done === this.wanted) {
          this.answer.value = null
          this.error.value = e instanceof Error ? e.message : String(e)
        }
      }
    }
    this.under = this.busy.value = false
  }
}

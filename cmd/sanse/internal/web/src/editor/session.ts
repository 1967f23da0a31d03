import { computed, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import { DraftError, type Check, type DraftClient, type DraftEdit, type Edit, type LonLat, type Made } from '../api_editor.ts'
import { withLocks, withMade } from './answer.ts'
import { targetOf, type Aim, type Target } from './balance.ts'
import { previewOf } from './gesture.ts'
import { Ground, type EditLevel } from './ground.ts'
import type { Preview } from './preview.ts'
import { rows, type Row } from './sums.ts'

/** An edit that is not yet answered, or was not made. */
export interface Pending {
  key: number
  edit: Edit
  /** waiting: its turn comes; stuck: the service did not answer; beaten: others changed the same areas */
  state: 'waiting' | 'stuck' | 'beaten'
  why: string
  theirs: DraftEdit[]
}

/** What was done or refused, to be said once. */
export interface Said {
  kind: 'done' | 'refused' | 'theirs'
  /** a reason or a verb, and codes; words are the page's */
  reason: string
  areas: string[]
  /** the service's own words, for a reason that has none here */
  message: string
  at: LonLat | null
  /** an edit that was made, with the codes that began and ended with it, at the level that was edited */
  edit: Edit | null
  fresh: string[]
  gone: string[]
}

/**
 * Session is one community of a draft under the hands of its editor: the ground
 * as it was answered last, the edits that wait for an answer on top, and what
 * the mouse is doing on top of these. Edits are shown at once; an answer puts
 * the exact areas in their place, a refusal takes them away and says why.
 */
export class Session {
  readonly client: DraftClient
  readonly code: string
  readonly ground: Signal<Ground | null> = signal(null)
  readonly failed: Signal<Error | null> = signal(null)
  readonly level: Signal<EditLevel> = signal('grid')
  readonly selected: Signal<string> = signal('')
  readonly live: Signal<Preview | null> = signal(null)
  readonly pending: Signal<readonly Pending[]> = signal([])
  readonly said: Signal<Said | null> = signal(null)
  readonly check: Signal<Check | null> = signal(null)
  readonly aim: Signal<Aim> = signal({ weight: 'households', by: 'mean', tolerance: 0.1 })
  /** What waits for an answer, as previews on the ground of now. */
  readonly previews: ReadonlySignal<readonly Preview[]> = computed(() => {
    const g = this.ground.value
    return g ? this.pending.value.map((p) => previewOf(g, p.edit)) : []
  })
  /** Sums without and with what the mouse is doing. */
  readonly before: ReadonlySignal<readonly Row[]> = computed(() => (this.ground.value ? rows(this.ground.value, this.level.value, this.previews.value) : []))
  readonly after: ReadonlySignal<readonly Row[]> = computed(() => {
    const live = this.live.value
    return live && this.ground.value ? rows(this.ground.value, this.level.value, [...this.previews.value, live]) : this.before.value
  })
  /** Index of the weight that is balanced by; -1: the ground has none of that name. */
  readonly weight: ReadonlySignal<number> = computed(() => this.ground.value?.weights.indexOf(this.aim.value.weight) ?? -1)
  readonly target: ReadonlySignal<Target | null> = computed(() =>
    this.ground.value ? targetOf(this.before.value, this.weight.value, this.aim.value, this.ground.value.answer.standard) : null,
  )
  #next = 0
  /** The version that was read whole last: answers of edits bring their own areas only, not what others did. */
  #seen = 0
  #stop = new AbortController()
  #refresh: ReturnType<typeof setTimeout> | undefined

  constructor(client: DraftClient, code: string) {
    this.client = client
    this.code = code
  }

  /** open reads the ground; end gives the session up. */
  async open(): Promise<void> {
    try {
      if (!this.client.draft.value) await this.client.load()
      await this.reload()
      const g = this.ground.value
      if (g && !g.answer.areas.features.some((f) => f.properties.level === 'grid')) this.level.value = 'micro-grid'
    } catch (e) {
      if (!this.#stop.signal.aborted) this.failed.value = e instanceof Error ? e : new Error(String(e))
    }
  }

  end(): void {
    this.#stop.abort()
    clearTimeout(this.#refresh)
  }

  /** reload reads the ground and the check anew: the numbers as the service counts them. */
  async reload(): Promise<void> {
    const answer = await this.client.ground(this.code, this.#stop.signal)
    // An edit was answered meanwhile: this is of before, the next one is not.
    if (this.ground.value && answer.version < this.ground.value.answer.version) return this.later()
    this.failed.value = null
    this.ground.value = new Ground(answer)
    this.#seen = answer.version
    // What was held because of theirs may go on: they are shown.
    if (this.client.conflict.value?.made === false && answer.version >= this.client.version.value) this.client.heed()
    if (this.selected.value && !this.ground.value.area(this.selected.value)) this.selected.value = ''
    try {
      this.check.value = await this.client.check(this.#stop.signal)
    } catch {
      this.check.value = null // the list of problems is shorter; publishing checks again
    }
  }

  /** later reloads when no edit has been made for a while. */
  later(): void {
    clearTimeout(this.#refresh)
    this.#refresh = setTimeout(() => {
      if (this.pending.value.some((p) => p.state === 'waiting') || this.live.value) return this.later()
      this.reload().catch(() => undefined) // what is shown stays; the next edit tells
    }, 700)
  }

  /** look asks whether others have changed the draft, and shows it. */
  async look(): Promise<void> {
    if (this.pending.value.length > 0 || this.live.value || this.client.waiting.value > 0) return
    const before = this.client.draft.value?.changes.length ?? 0
    const now = await this.client.look().catch(() => null)
    // The client may have heard of a version that was never shown.
    const shown = this.ground.value?.answer.version
    if (!now || shown === undefined || now.version === shown) return
    const areas = [...new Set(now.changes.slice(before, now.position).flatMap((c) => c.areas))]
    const verb = now.changes[now.position - 1]?.kind ?? ''
    // The version is known before its borders are: until these are shown, edits that theirs concern are held.
    this.client.conflict.value = { edits: [{ version: now.version, verb, areas, at: now.changed_at }], made: false }
    this.say({ kind: 'theirs', reason: verb, areas })
    await this.reload().catch(() => this.later())
  }

  say(s: Partial<Said> & Pick<Said, 'kind' | 'reason'>): void {
    this.said.value = { areas: [], message: '', at: null, edit: null, fresh: [], gone: [], ...s }
  }

  /** commit sends an edit and shows it until the answer comes. What would be refused is not sent. */
  commit(edit: Edit): void {
    const g = this.ground.value
    this.live.value = null
    if (!g) return
    const p = previewOf(g, edit)
    if (p.bad) {
      this.say({ kind: 'refused', reason: p.bad, areas: p.bad === 'locked' ? p.touches.filter((c) => g.locked(c)) : [], at: placeOf(edit) })
      return
    }
    const item: Pending = { key: ++this.#next, edit, state: 'waiting', why: '', theirs: [] }
    this.pending.value = [...this.pending.value, item]
    void this.#send(item, p.touches, this.#seen)
  }

  /** retry sends what was not made once more. */
  retry(key: number): void {
    const item = this.pending.value.find((p) => p.key === key)
    const g = this.ground.value
    if (!item || !g) return
    this.#change(key, { state: 'waiting', why: '', theirs: [] })
    this.client.heed()
    // Made knowingly: what is known to have been done is seen.
    void this.#send(item, previewOf(g, item.edit).touches, this.client.version.value)
  }

  /** forget gives up an edit that was not made. */
  forget(key: number): void {
    this.pending.value = this.pending.value.filter((p) => p.key !== key)
    this.client.heed()
  }

  #change(key: number, to: Partial<Pending>): void {
    this.pending.value = this.pending.value.map((p) => (p.key === key ? { ...p, ...to } : p))
  }

  async #send(item: Pending, touches: readonly string[], seen: number): Promise<void> {
    try {
      const made = await this.client.edit(item.edit, touches, seen)
      this.answered(made, item.key, item.edit, touches)
    } catch (e) {
      await this.#refused(item, e)
    }
  }

  /** answered takes over what an edit made. */
  answered(made: Made, key?: number, edit: Edit | null = null, touches: readonly string[] = []): void {
    const others = this.client.conflict.value
    const g = this.ground.value
    if (g) this.ground.value = withMade(g, made)
    if (key !== undefined) this.pending.value = this.pending.value.filter((p) => p.key !== key)
    const heir = made.change.lineage.find((l) => l.from === this.selected.value)?.to
    if (this.selected.value && !this.ground.value?.area(this.selected.value)) this.selected.value = heir && this.ground.value?.area(heir) ? heir : ''
    const digits = this.code.length + (this.level.value === 'grid' ? 3 : 6)
    const atLevel = (list: readonly string[]) => list.filter((c) => c.length === digits)
    const moved = edit?.op === 'vertex' || edit?.op === 'border'
    this.say({
      kind: 'done',
      reason: made.change.kind,
      // Neighbours that merely got a vertex are not what was done.
      areas: moved ? atLevel(touches) : made.change.kind === 'draw' ? atLevel(made.areas.features.map((f) => f.properties.code)) : made.change.areas,
      edit,
      fresh: atLevel(made.change.areas.filter((c) => !g?.area(c) && !made.gone.includes(c))),
      gone: atLevel(made.gone),
    })
    if (others) {
      this.say({ kind: 'theirs', reason: others.edits.at(-1)?.verb ?? '', areas: [...new Set(others.edits.flatMap((x) => x.areas ?? []))] })
      this.client.heed()
      this.reload().catch(() => this.later())
    } else this.later()
  }

  async #refused(item: Pending, e: unknown): Promise<void> {
    if (!(e instanceof DraftError)) {
      this.#change(item.key, { state: 'stuck', why: e instanceof Error ? e.message : String(e) })
      return
    }
    if (e.passing) {
      this.#change(item.key, { state: 'stuck', why: e.message })
      return
    }
    if (e.reason === 'draft_changed') {
      this.#change(item.key, { state: 'beaten', why: e.message, theirs: e.meanwhile })
      await this.reload().then(
        () => this.client.heed(),
        () => this.later(),
      )
      return
    }
    this.pending.value = this.pending.value.filter((p) => p.key !== item.key)
    this.say({ kind: 'refused', reason: e.reason, areas: e.areas, message: e.message, at: e.at ?? placeOf(item.edit) })
    if (e.reason === 'no_vertex' || e.reason === 'bad_cells' || e.reason === 'unknown_area') this.later()
  }

  async #step(act: () => Promise<unknown>, reason: string, areas: readonly string[]): Promise<void> {
    try {
      await act()
      this.say({ kind: 'done', reason, areas: [...areas] })
    } catch (e) {
      const d = e instanceof DraftError ? e : null
      this.client.heed()
      if (d?.reason === 'draft_changed') this.say({ kind: 'refused', reason: 'draft_changed', areas: [...new Set(d.meanwhile.flatMap((m) => m.areas ?? []))] })
      else this.say({ kind: 'refused', reason: d?.reason ?? '', message: e instanceof Error ? e.message : String(e), areas: d?.areas ?? [] })
    }
    await this.reload().catch(() => this.later())
  }

  /** undo takes the draft's last change back, redo makes it again. */
  undo(): Promise<void> {
    const d = this.client.draft.value
    return this.#step(() => this.client.undo(), 'undo', d?.changes[d.position - 1]?.areas ?? [])
  }

  redo(): Promise<void> {
    const d = this.client.draft.value
    return this.#step(() => this.client.redo(), 'redo', d?.changes[d.position]?.areas ?? [])
  }

  /** lock locks an area, or unlocks it. */
  lock(code: string): Promise<void> {
    const g = this.ground.value
    // What is shown counts: a lock of a moment ago may not be answered yet.
    const shown = g ? g.answer.areas.features.flatMap((f) => (f.properties.locked ? f.properties.code : [])) : (this.client.draft.value?.locks ?? [])
    const on = !shown.includes(code)
    const turned = (codes: readonly string[]) => [...new Set([...codes.filter((c) => c !== code), ...(on ? [code] : [])])].sort()
    if (g) this.ground.value = withLocks(g, turned(shown))
    return this.#step(() => this.client.lock(turned), on ? 'lock' : 'unlock', [code])
  }
}

/** placeOf is where an edit is, to point at. */
export function placeOf(edit: Edit): LonLat | null {
  switch (edit.op) {
    case 'vertex':
      return edit.to
    case 'border':
      return edit.new[edit.new.length >> 1] ?? null
    case 'split':
      return edit.line[edit.line.length >> 1] ?? null
    case 'give':
      return (edit.polygon.coordinates[0]?.[0] as LonLat | undefined) ?? null
    default:
      return null
  }
}

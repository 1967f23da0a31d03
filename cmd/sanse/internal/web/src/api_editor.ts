import { signal, type Signal } from '@preact/signals'
import type { FeatureCollection, LineString, MultiPolygon, Polygon } from 'geojson'
import { ApiError, url, type Bounds, type Level } from './api.ts'
import { t } from './i18n.ts'
import { problemOf, request } from './request.ts'

// Drafts of boundaries, and the editor's part of /v1. Points are [lon, lat] in
// WGS 84 degrees; a draft's version goes out as If-Match and comes back as ETag.

/** A point, degrees. */
export type LonLat = [number, number]

/** A draft: a named set of changes on published boundaries. */
export interface Draft {
  id: number
  name: string
  note: string
  /** the day whose boundaries it changes */
  base: string
  state: 'open' | 'published' | 'dropped'
  version: number
  /** how many of the changes hold */
  position: number
  /** how many there are, those undone included */
  total: number
  created_at: string
  changed_at: string
  /** codes that every edit leaves alone */
  locks?: string[] | null
}

/** One change of a draft, without its boundaries. */
export interface DraftStep {
  seq: number
  kind: string
  areas: string[]
  retired: string[]
  lineage: Lineage[]
  at: string
}

/** Which area came from which. */
export interface Lineage {
  from: string
  to: string
}

export interface DraftDetail extends Draft {
  changes: DraftStep[]
}

/** What made a version of a draft. */
export interface DraftEdit {
  version: number
  verb: string
  areas: string[] | null
  at: string
}

/** A way to mend a finding. */
export interface FindingMend {
  kind: string
  to: string
}

/** A place where areas do not tile. */
export interface Finding {
  key?: string
  kind: string
  /** codes concerned; the check by levels calls them codes */
  areas?: string[] | null
  codes?: string[] | null
  area_m2: number
  width_m?: number
  at: LonLat
  message: string
  place?: MultiPolygon | null
  mends?: FindingMend[] | null
}

/** What stands between a draft and its publication. */
export interface Check {
  version: number
  ok: boolean
  problems: string[]
  findings: Finding[]
  conflicts: string[]
}

/** An area of a draft that is edited. */
export interface EditedArea {
  code: string
  name: string
  level: Level
  parent: string
  special: boolean | string
  locked?: boolean
  /** how many pieces it may be in; 0 and 1: one */
  parts?: number
}
export type EditedAreas = FeatureCollection<MultiPolygon, EditedArea>

/** Counts of households that an area of a level is to have. */
export interface Standard {
  households?: { least?: number; most?: number; target?: number }
}

/** A community with all that its editor needs. */
export interface GroundAnswer {
  version: number
  area: { code: string; name: string; level: Level; bounds: Bounds; outline: MultiPolygon }
  areas: EditedAreas
  /** names of the weights, grades among them */
  weights: string[]
  places: {
    /** lon, lat of each place, one after the other */
    at: number[]
    /** by weight, one value a place */
    values: Record<string, number[]>
    /** index into areas.features of the finest area that each place is in */
    in: number[]
    /** places whose area an address decides: no border moves them */
    fixed?: boolean[] | null
  }
  /** rings: lon, lat of each vertex, one after the other, the first again at the end */
  cells: { resolution: number; ids: string[]; rings: number[][] }
  barriers: FeatureCollection<LineString, { kind: string }>
  standard: Partial<Record<Level, Standard>>
}

/** The sums of an area of a draft, in the order of the weights. */
export interface BalanceRow {
  code: string
  level: Level
  parent: string
  name: string
  special: boolean | string
  locked?: boolean
  values: number[]
  visitors?: number
  m2?: number
  polsby_popper?: number
}

export interface Balance {
  version: number
  weights: string[]
  areas: BalanceRow[]
}

/** An edit of a draft, by its op. docs/drafts.md tells what each does. */
export type Edit =
  | { op: 'vertex'; at: LonLat; to: LonLat; level?: Level }
  | { op: 'border'; old: LonLat[]; new: LonLat[] }
  | { op: 'paint'; level: Level; cells: string[]; to: string; name?: string; special?: boolean }
  | { op: 'give'; polygon: Polygon; to: string; level: Level; parent?: string; name?: string; special?: boolean }
  | { op: 'assign'; areas: string[]; to: string; name?: string }
  | { op: 'split'; area: string; line: LonLat[]; name?: string }
  | { op: 'merge'; areas: string[]; as: string }
  | { op: 'retire'; area: string }
  | { op: 'rename'; area: string; name?: string; special?: boolean }
  | { op: 'recode'; area: string }
  | { op: 'mend'; findings?: string[] }

/** A draft after an edit, the change, and the areas as they are now. */
export interface Made extends Draft {
  change: DraftStep
  areas: EditedAreas
  /** codes that ended */
  gone: string[]
}

/** What publishing a draft did. */
export interface PublishedDraft {
  id: number
  effective: string
  at: string
  created: string[]
  changed: string[]
  retired: string[]
  lineage: Lineage[]
  /** residents who are in another grid or micro-grid */
  moved: number
  stale_plan: { plan: number; from: string; itineraries: number } | null
}

/** What a drawing is to be. */
export interface DrawingInput {
  area: string
  level: 'grid' | 'micro-grid'
  zones?: number
  standard?: { weight: string; least?: number; most?: number; target?: number }
  weights: { name: string; tolerance: number }[]
  barriers: boolean
  stay: number
  seconds: number
  seed?: number
  locked_cells?: string[]
  whole_blocks?: boolean
}

/** What forbids a tolerance; kinds are words of the dictionary. */
export interface DrawingForbid {
  kind: string
  areas?: string[] | null
  weight?: string
  short?: number
  at?: LonLat | null
  message: string
}

/** A drawing under way, or done. */
export interface Drawing {
  job: string
  state: 'running' | 'done' | 'failed' | 'stopped'
  message?: string
  progress?: { iterations: number; excess: number; goal: number; spent: number } | null
  result?: {
    areas: FeatureCollection<MultiPolygon, { code: string; name: string; level: Level } & Record<string, unknown>>
    metrics: { zones: number; worst?: Record<string, number>; polsby_popper?: number; moved?: number } & Record<string, unknown>
    forbids: DrawingForbid[] | null
  } | null
}

/** A refusal of an edit: reason is a code to branch on, 0 the status of an answer that never came. */
export class DraftError extends ApiError {
  readonly reason: string
  readonly areas: string[]
  readonly at: LonLat | null
  readonly version: number
  readonly meanwhile: DraftEdit[]
  readonly findings: Finding[]
  /** what is wrong with which field of what was sent */
  readonly errors: { location?: string; message: string }[]
  constructor(status: number, message: string, p: Problem = {}) {
    super(status, message)
    this.name = 'DraftError'
    this.reason = p.reason ?? ''
    this.areas = p.areas ?? []
    this.at = p.at ?? null
    this.version = p.version ?? 0
    this.meanwhile = p.meanwhile ?? []
    this.findings = p.findings ?? []
    this.errors = p.errors ?? []
  }
  /** Whether asking again later may help: no answer, or a service that is down. */
  get passing(): boolean {
    return this.status === 0 || this.status >= 500
  }
}

interface Problem {
  title?: string
  detail?: string
  reason?: string
  areas?: string[] | null
  at?: LonLat | null
  version?: number
  meanwhile?: DraftEdit[] | null
  findings?: Finding[] | null
  errors?: { location?: string; message: string }[] | null
}

/** ask sends a request to the API and reads its JSON and version; a refusal is a DraftError. */
export async function ask<T>(
  method: string,
  address: string,
  o: { body?: unknown; version?: number; signal?: AbortSignal } = {},
): Promise<{ data: T; version: number }> {
  const headers: Record<string, string> = { Accept: 'application/json, application/geo+json' }
  if (o.body !== undefined) headers['Content-Type'] = 'application/json'
  if (o.version !== undefined) headers['If-Match'] = `"${o.version}"`
  let r: Response
  try {
    r = await request(address, { method, headers, body: o.body === undefined ? null : JSON.stringify(o.body), signal: o.signal ?? null })
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new DraftError(0, t('error.network'))
  }
  const version = Number(/^"(\d+)"$/.exec(r.headers.get('ETag') ?? '')?.[1] ?? 0)
  if (r.ok) {
    if (r.status === 204) return { data: null as T, version }
    try {
      return { data: (await r.json()) as T, version }
    } catch {
      throw new DraftError(0, t('error.network')) // the connection broke half-way
    }
  }
  const status = t('error.status', { status: r.status })
  const p: Problem = await problemOf(r)
  throw new DraftError(r.status, p.detail ?? p.title ?? status, p)
}

const id = encodeURIComponent

/** The addresses of drafts, one function each. */
export const atDraft = {
  list: () => url('/drafts'),
  draft: (n: number) => url(`/drafts/${n}`),
  areas: (n: number, level?: Level, parent?: string) => url(`/drafts/${n}/areas`, { level, parent }),
  step: (n: number, step: 'undo' | 'redo' | 'rebase' | 'edits' | 'changes' | 'publish' | 'check' | 'balance' | 'locks' | 'drawings') => url(`/drafts/${n}/${step}`),
  ground: (n: number, area: string) => url(`/drafts/${n}/ground`, { area }),
  drawing: (n: number, job: string) => url(`/drafts/${n}/drawings/${id(job)}`),
  apply: (n: number, job: string) => url(`/drafts/${n}/drawings/${id(job)}/apply`),
}

/** Drafts of the district, those changed last first. */
export async function drafts(abort?: AbortSignal): Promise<Draft[]> {
  return (await ask<{ items: Draft[] | null }>('GET', atDraft.list(), abort ? { signal: abort } : {})).data.items ?? []
}

/** beginDraft begins one on the latest boundaries. */
export async function beginDraft(name: string, note = ''): Promise<Draft> {
  return (await ask<Draft>('POST', atDraft.list(), { body: { name, note } })).data
}

/** Others' edits that came between: what they were, and whether ours went through after them. */
export interface Meanwhile {
  edits: DraftEdit[]
  /** false: ours was not made, its areas are among theirs */
  made: boolean
}

/**
 * DraftClient is one draft as this page knows it. Everything that changes the
 * draft waits in one queue, so that no two are ever in flight, and names the
 * version that is known when its turn comes. Where others were quicker, an edit
 * whose areas none of theirs concerns is made again on the new version; any
 * other is refused with what they did (DraftError, reason draft_changed), and
 * nothing of it is lost: the caller has it still.
 */
export class DraftClient {
  readonly id: number
  /** The version that is known; 0 before the first answer. */
  readonly version: Signal<number> = signal(0)
  readonly draft: Signal<DraftDetail | null> = signal(null)
  /** What others did since we looked; null once it was read (see heed). */
  readonly conflict: Signal<Meanwhile | null> = signal(null)
  /** Requests that wait or are in flight. */
  readonly waiting: Signal<number> = signal(0)
  #queue: Promise<unknown> = Promise.resolve()
  /** All that others are known to have done since the page was opened. */
  #theirs: DraftEdit[] = []
  /** How many requests of ours were not done. */
  #lost = 0

  constructor(n: number) {
    this.id = n
  }

  /** load reads the draft and its changes. */
  async load(): Promise<DraftDetail> {
    const { data } = await ask<DraftDetail>('GET', atDraft.draft(this.id))
    this.#know(data, data.changes ?? [])
    return data
  }

  /** look is load in its turn: it never takes over a version between an edit of ours and its answer. */
  look(): Promise<DraftDetail> {
    const turn = this.#queue.then(() => this.load())
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /**
   * edit makes an edit. touches are the codes of all areas that it can concern:
   * with them it is made again where others edited elsewhere meanwhile, without
   * them never. seen is the version of the borders that it was made on, where
   * that is not the one that is known.
   */
  edit(body: Edit, touches?: readonly string[], seen?: number): Promise<Made> {
    return this.#write<Made>('POST', atDraft.step(this.id, 'edits'), body, touches ?? null, seen)
  }

  /** undo takes the last change back, and only if it is the one that we know to be last. */
  undo(): Promise<Draft> {
    return this.#write<Draft>('POST', atDraft.step(this.id, 'undo'), undefined, null)
  }

  /** redo makes the change hold again that was undone last. */
  redo(): Promise<Draft> {
    return this.#write<Draft>('POST', atDraft.step(this.id, 'redo'), undefined, null)
  }

  /** rebase carries the changes over to the latest published boundaries. */
  rebase(): Promise<Draft> {
    return this.#write<Draft>('POST', atDraft.step(this.id, 'rebase'), undefined, null)
  }

  /**
   * lock says which areas every edit leaves alone: all of them. Which these are
   * is asked when its turn comes, with those that are locked by then.
   */
  lock(codes: (locked: readonly string[]) => readonly string[]): Promise<Draft> {
    return this.#write<Draft>('PUT', atDraft.step(this.id, 'locks'), () => ({ areas: codes(this.draft.value?.locks ?? []) }), null)
  }

  /** describe gives the draft another name or note. */
  describe(to: { name?: string; note?: string }): Promise<Draft> {
    return this.#write<Draft>('PATCH', atDraft.draft(this.id), to, null)
  }

  /** drop gives the draft up. */
  drop(): Promise<Draft> {
    return this.#write<Draft>('DELETE', atDraft.draft(this.id), undefined, null)
  }

  /** publish makes the draft's boundaries hold from a day to come. */
  publish(effective: string): Promise<PublishedDraft> {
    return this.#write<PublishedDraft>('POST', atDraft.step(this.id, 'publish'), { effective }, null)
  }

  /** draw begins a drawing; it is polled with drawing and put into the draft with apply. */
  async draw(body: DrawingInput): Promise<{ job: string }> {
    return (await ask<{ job: string }>('POST', atDraft.step(this.id, 'drawings'), { body })).data
  }

  async drawing(job: string, abort?: AbortSignal): Promise<Drawing> {
    return (await ask<Drawing>('GET', atDraft.drawing(this.id, job), abort ? { signal: abort } : {})).data
  }

  async stopDrawing(job: string): Promise<void> {
    await ask<unknown>('DELETE', atDraft.drawing(this.id, job))
  }

  /** apply puts a drawing into the draft as one change. */
  apply(job: string): Promise<Made> {
    return this.#write<Made>('POST', atDraft.apply(this.id, job), undefined, null)
  }

  async check(abort?: AbortSignal): Promise<Check> {
    return (await ask<Check>('GET', atDraft.step(this.id, 'check'), abort ? { signal: abort } : {})).data
  }

  async balance(abort?: AbortSignal): Promise<Balance> {
    return (await ask<Balance>('GET', atDraft.step(this.id, 'balance'), abort ? { signal: abort } : {})).data
  }

  async ground(area: string, abort?: AbortSignal): Promise<GroundAnswer> {
    return (await ask<GroundAnswer>('GET', atDraft.ground(this.id, area), abort ? { signal: abort } : {})).data
  }

  async areas(level?: Level, parent?: string, abort?: AbortSignal): Promise<EditedAreas> {
    return (await ask<EditedAreas>('GET', atDraft.areas(this.id, level, parent), abort ? { signal: abort } : {})).data
  }

  /** heed puts away what others did, once it is on the page: until then edits that it concerns are refused. */
  heed(): void {
    this.conflict.value = null
  }

  /**
   * write queues a request that changes the draft. touches null: where others
   * were quicker it is refused, whatever they did, and so it is where what it
   * was queued behind was not done: an undo would take back something else. A
   * body that is a function is made when its turn comes.
   */
  #write<T extends Draft | PublishedDraft>(method: string, address: string, body: unknown, touches: readonly string[] | null, seen = this.version.value): Promise<T> {
    this.waiting.value++
    const lost = this.#lost
    const elsewhere = (edits: readonly DraftEdit[]) => touches !== null && apart(edits, touches)
    const changed = (meanwhile: DraftEdit[]) => new DraftError(412, t('error.status', { status: 412 }), { reason: 'draft_changed', meanwhile, version: this.version.value })
    const turn = this.#queue.then(async () => {
      try {
        // The edit before this one may have gone round theirs; that says nothing of this one.
        const unseen = this.#theirs.filter((e) => e.version > seen)
        if (unseen.length > 0 && !elsewhere(unseen)) throw changed(unseen)
        // Others may be quicker again and again, but each time something was done.
        for (;;) {
          if (this.version.value === 0) await this.load()
          // What was queued before theirs was told is made on a view that lacks it.
          const unheeded = this.conflict.value
          if (unheeded && !unheeded.made && !elsewhere(unheeded.edits)) throw changed(unheeded.edits)
          if (touches === null && this.#lost > lost) throw new DraftError(409, t('ed.why.not_saved'), { reason: 'not_saved' })
          try {
            const { data, version } = await ask<T>(method, address, { body: typeof body === 'function' ? body() : body, version: this.version.value })
            if ('position' in data) this.#know(data, 'change' in data ? (data as Made).change : null)
            else if (version > 0) this.version.value = version
            return data
          } catch (e) {
            if (!(e instanceof DraftError) || e.reason !== 'draft_changed') throw e
            await this.load()
            this.#theirs.push(...e.meanwhile)
            const made = elsewhere(e.meanwhile)
            const told = this.conflict.value
            this.conflict.value = { edits: [...(told?.edits ?? []), ...e.meanwhile], made: made && (told?.made ?? true) }
            if (!made) throw e
          }
        }
      } catch (e) {
        this.#lost++
        throw e
      } finally {
        this.waiting.value--
      }
    })
    // A refusal is the caller's to hear; the queue goes on.
    this.#queue = turn.catch(() => undefined)
    return turn
  }

  /** know keeps what an answer says of the draft; steps are all its changes, or the one that was made. */
  #know(d: Draft, steps: DraftStep[] | DraftStep | null): void {
    const before = this.draft.value?.changes ?? []
    const changes = Array.isArray(steps) ? steps : steps ? [...before.slice(0, d.position - 1), steps] : before
    const locks = d.locks ?? this.draft.value?.locks ?? []
    const { id, name, note, base, state, version, position, total, created_at, changed_at } = d
    this.draft.value = { id, name, note, base, state, version, position, total, created_at, changed_at, locks, changes }
    this.version.value = d.version
  }
}

/**
 * apart tells whether none of the edits concerns one of the codes. What is done
 * in an undo names its codes too. A rebase concerns all, and so does an edit
 * that names nothing, but for a new name of the draft and its locks.
 */
export function apart(edits: readonly DraftEdit[], touches: readonly string[]): boolean {
  const ours = new Set(touches)
  return edits.every((e) => {
    if (e.verb === 'describe' || e.verb === 'lock' || e.verb === 'locks') return true
    if (['drop', 'publish', 'rebase'].includes(e.verb)) return false
    const theirs = e.areas ?? []
    return theirs.length > 0 && !theirs.some((c) => ours.has(c))
  })
}

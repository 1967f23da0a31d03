import type { Feature, FeatureCollection, LineString, MultiLineString, MultiPolygon, Point, Polygon } from 'geojson'
import type { Term } from './i18n.ts'
import { ApiError, json } from './request.ts'
import { viewer } from './viewer.ts'

// The types of /v1. Dates are YYYY-MM-DD, clock times HH:MM in the district's
// time zone, durations whole seconds, points [lon, lat] in WGS 84 degrees.

/** West, south, east, north in degrees. */
export type Bounds = [number, number, number, number]

/** Counts by the key of a grade. */
export type ByGrade = Record<string, number>

export interface District {
  code: string
  name: string
  made_up: boolean
  note: string
  attribution: string
  /** under which the maps were reviewed (审图号); empty: none is set */
  review_number?: string
  time_zone: string
  today: string
  data_version: string | number
  /** Part of the addresses of the ground's tiles. */
  ground_version: string
  bounds: Bounds
  services: Term[]
  grades: Term[]
  kinds: Term[]
  visitor_kinds: Term[]
  tiers: Term[]
  reasons: Term[]
  task_kinds: Term[]
  skills: Term[]
  /** Codes of the areas that whoever looks answers for; empty: the public. Ask answersFor. */
  viewer: string[]
  plan: { id: string | number; start: string; days: number; end: string; made_at: string } | null
  summary: Summary | null
}

export interface Summary {
  residents: ByGrade
  visits_required: number
  visits_planned: number
  owed_at_start: number
  owed_cleared_on: string | null
  lapses: number
  /** Of services, patrols and doors; left out where there are none. */
  task_lapses?: number
  unplanned: Record<string, number>
  visitor_days: number
  walk_seconds: number
  coverage: Record<string, number>
  /** What stands in the way, by community, where visits are not planned. */
  binding?: Binding[] | null
}

/** What keeps one community from meeting every window, over the whole plan. Minutes are whole. */
export interface Binding {
  block: string
  lapses: number
  owed: number
  /** The most frequent reason. */
  reason: string
  by_reason: Record<string, number>
  /** What the missing visits take at the doors. */
  care_minutes: number
  /** Working time of all visitors in scope, and what itineraries take of it. */
  shift_minutes: number
  used_minutes: number
  /** A shortage proves that no plan is without lapses here. */
  proven?: boolean
  detail: string
}

/** What one kind of field work beside the care visits comes to in an area and a period. */
export interface TaskRow {
  kind: string
  tasks: number
  done: number
  planned: number
  lapses: number
}

export type Level = 'district' | 'town' | 'community' | 'grid' | 'micro-grid'

export interface AreaProperties {
  code: string
  name: string
  level: Level
  parent: string
  special?: string | boolean
  /** null: not told to outsiders */
  residents: number | null
  households: number
}
export type Areas = FeatureCollection<Polygon | MultiPolygon, AreaProperties>

export interface AreaHit {
  code: string
  name: string
  level: Level
  path: string[]
  bounds: Bounds
}

export type Period = 'week' | 'month' | 'horizon'

/** One line of the board. on_time is a share 0..1 of the windows that closed before today, null where none has. */
export interface Row {
  /** to outsiders as far as it was released: several grades may be one ("red+yellow"), or all ("all") */
  residents: ByGrade
  /** null: not told to outsiders, as all counts of visits */
  required: number | null
  done: number | null
  planned: number | null
  due: number | null
  late: number | null
  owed: number | null
  lapses: number | null
  on_time: number | null
}

export interface AreaName {
  code: string
  name: string
  level: Level
}

export interface Week {
  from: string
  to: string
  required: number
  planned: number
  done: number
  late: number
  by_grade: Record<string, Row> | null
}

export interface Board {
  area: AreaName
  path: AreaName[]
  period: { kind: Period; from: string; to: string }
  totals: Row
  /** Totals by grade. */
  grades?: Record<string, Row> | null
  children: (Row & AreaName)[]
  weeks: Week[] | null
  tasks: TaskRow[] | null
  coverage: Record<string, { people_share: number | null; resident_share: number | null }>
  /** what the figures are from, where they are not the true ones */
  released?: { day: string; next: string; k: number } | null
}

/** A change that would free a visit. */
export interface Mend {
  kind: string
  visitor?: string
  date: string | null
  minutes?: number
  skill?: string
}

/** What proves that no plan of a community, or of several together, is without lapses. */
export interface Shortage {
  /** code of the community; empty: several together */
  block: string
  name: string
  days: string[]
  visitors: number
  /** who they are, where they are few */
  only: string[] | null
  needs: number
  need_minutes: number
  have_minutes: number
  short_minutes: number
  mend_minutes: number
  /** what the visits are for: care visits where there is no kind */
  work: { kind?: string; what?: string; visits: number }[] | null
}

export interface UnplannedItem {
  /** whose home it is; empty for a task with a place of its own */
  resident: string
  /** the task left out and its kind; none for a care visit */
  task?: string
  kind?: string
  /** what is done at the task: a key of the district's skills, or words */
  what?: string
  grade: string
  grid: string
  due_by: string
  reason: string
  detail: string
  owed?: boolean
  /** the shift that comes nearest to holding the visit; null where the reason is not about time */
  visitor: string | null
  date: string | null
  minutes_short: number
  /** the smallest changes that would free it, smallest first */
  mends: Mend[] | null
}

export interface Unplanned {
  items: UnplannedItem[]
  total: number
}

export type HeatLayer = 'residents' | 'over60' | 'disabled'

export interface Heatmap {
  res: number
  k: number
  cells: FeatureCollection<Polygon | MultiPolygon, { cell: string; count: number | null; hidden: boolean; rolled_up?: boolean }>
}

export interface FacilityProperties {
  id: string
  name: string
  service: string
  capacity: number
  /** null: those who look may not know */
  in_use: number | null
  status: string
  address?: string
  /** square metres of its rooms, and people who work there; 0 and none: not known */
  area_m2?: number
  staff?: number
  /** null: not known; empty: closed all week */
  hours?: OpenHours[] | null
}
/** When a facility is open: weekday 1 is Monday, clock times HH:MM. */
export interface OpenHours {
  weekday: number
  from: string
  to: string
}
export type Facilities = FeatureCollection<Point, FacilityProperties>

export interface CircleProperties {
  facility: string
  minutes: number
  speed: number
  people: number
  /** null: not told to outsiders */
  residents: number | null
  area_km2: number
}
export type Circle = Feature<Polygon | MultiPolygon, CircleProperties>

export type WalkCells = FeatureCollection<Polygon | MultiPolygon, { cell: string; seconds: number | null }>

export type Routes = FeatureCollection<LineString | MultiLineString, { visitor: string; stops: number; block: string }>

export interface VisitorItem {
  id: string
  kind: string
  tier: string
  scope?: string[]
  name?: string
  stops: number
  depart?: string | null
  back?: string | null
}

export interface Visitors {
  items: VisitorItem[]
  total: number
}

/** What is done at a stop beside a care visit. */
export interface DayTask {
  id: string
  kind: string
  /** a key of the district's skills, or words */
  what: string
  skills: string[]
}

export interface DayStop {
  seq: number
  /** empty at a task with a place of its own */
  resident: string
  /** null: a care visit */
  task: DayTask | null
  /** in which it may begin that day; none: any time */
  hours: { from: string; to: string }[] | null
  /** visitors who must be there as well */
  with: string[] | null
  name: string
  grade: string
  kinds: string[] | null
  address: string
  location: [number, number]
  arrive: string
  leave: string
  minutes: number
  walk_seconds: number
  due_by: string
  owed?: boolean
  /** Why that day: owed, due_today, due_soon, on_the_way. */
  why?: string
}

export interface DayItinerary {
  depart: string
  back: string
  return_seconds: number
  walk_seconds: number
  route: LineString | MultiLineString | null
  stops: DayStop[]
}

/** DirectionLeg is the way to one door; to is empty for the end of the walk. */
export interface DirectionLeg {
  to: string
  seconds: number
  metres: number
  steps: DirectionStep[]
}

/** DirectionStep is one thing to do on the way, in OSRM's words and in a sentence. */
export interface DirectionStep {
  text: string
  type: string
  modifier?: string
  metres: number
  seconds: number
  location: [number, number]
}

export interface WalkDirections {
  legs: DirectionLeg[]
}

export interface Day {
  visitor: {
    id: string
    name: string
    kind: string
    tier: string
    scope?: string[]
    mode: string
    shifts: { from: string; to: string }[] | null
  }
  date: string
  prev: string | null
  next: string | null
  itineraries: DayItinerary[] | null
  leads: VisitorItem[] | null
}

/** A visitor and a day on which a visit could be made: what that costs, or the reason that forbids it. */
export interface Choice {
  date: string
  visitor?: string
  reason?: string
  minutes_short?: number
  walk_seconds: number
  sets_out?: boolean
  steps: number
  lapses?: number
}

/** Why a visit is on its day and by its visitor. */
export interface Answer {
  resident: string
  task?: string
  date: string
  visitors: string[]
  made?: boolean
  locked?: boolean
  owed?: boolean
  /** the day from which the resident has another grade, where nobody has been there since */
  grade_since?: string
  windows: { rule: string; first: string; last: string; need: number; met: number }[]
  without: { due_by: string; owed?: boolean; count: number }[]
  here: Choice
  near?: string
  near_seconds?: number
  days: Choice[]
  other_visitors: Choice[]
  text: string
}

export interface VisitAt {
  date: string
  arrive: string
  visitors: string[]
}

export interface MovedVisit {
  resident?: string
  task?: string
  block: string
  kind: string
  from?: VisitAt
  to?: VisitAt
}

/** A plan made again, and what it moves. */
export interface Replan {
  /** number of the new plan; 0 where it was not published */
  plan: number
  replaces: number
  now: string
  lapses_before: number
  lapses: number
  missing: UnplannedItem[]
  moved: {
    kept: number
    time: number
    visitor: number
    day: number
    dropped: number
    added: number
    missed: number
    early: number
    other_person: number
    visits: MovedVisit[]
  }
}

export interface ReplanInput {
  off: { visitor: string; from: string; to: string }[]
  now?: string
  publish?: boolean
  replaces?: number
}

export { ApiError }

/** forbidden tells whether an answer was refused because of who asks: somebody else may, or whoever signs in. */
export function forbidden(e: Error | null): boolean {
  return e instanceof ApiError && (e.status === 403 || e.status === 401)
}

type Query = Record<string, string | number | undefined | null>

/** url writes a path of the API with the parameters that have a value, and who asks (see viewer). */
export function url(path: string, query: Query = {}): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(query)) if (v !== undefined && v !== null && v !== '') q.set(k, String(v))
  if (viewer.value) q.set('as', viewer.value)
  const s = q.toString()
  return '/v1' + path + (s ? '?' + s : '')
}

/** get asks for JSON; a refusal is an ApiError, an abort stays an AbortError. */
export function get<T>(address: string, signal?: AbortSignal): Promise<T> {
  return json<T>('GET', address, signal ? { signal } : {})
}

/** post sends JSON and reads the answer; a refusal is an ApiError. */
export function post<T>(address: string, body: unknown): Promise<T> {
  return json<T>('POST', address, { body })
}

const id = encodeURIComponent

/** The addresses of the API, one function each. */
export const at = {
  district: () => url('/district'),
  areas: (level: Level, parent?: string) => url('/areas', { level, parent }),
  searchAreas: (q: string) => url('/areas/search', { q }),
  board: (area: string, period: Period, from?: string) => url('/board', { area, period, from }),
  unplanned: (area: string) => url('/unplanned', { area }),
  shortages: (area: string) => url('/shortages', { area }),
  heatmap: (layer: HeatLayer, res: number) => url('/heatmap', { res, layer }),
  facilities: () => url('/facilities'),
  circle: (facility: string) => url(`/facilities/${id(facility)}/circle`),
  walk: (service: string) => url('/coverage', { service }),
  routes: (date: string, area?: string) => url('/routes', { date, area }),
  visitors: (area: string, date: string, q?: string) => url('/visitors', { area, date, q }),
  day: (visitor: string, date: string) => url(`/visitors/${id(visitor)}/day`, { date }),
  why: (visitor: string, date: string, resident: string, task?: string) => url(`/visitors/${id(visitor)}/why`, { date, resident, task }),
  replan: () => url('/plans/replan'),
  directions: (visitor: string, date: string, lang: string) => url(`/visitors/${id(visitor)}/directions`, { date, lang }),
  tiles: (version: string) => `/v1/tiles/ground/${id(version)}/{z}/{x}/{y}.mvt`,
}

import type { Feature, FeatureCollection, MultiPolygon, Point, Polygon } from 'geojson'
import { url, type AreaName, type Level } from './api.ts'
import { ask } from './api_editor.ts'

// What the map of coverage asks of /v1: reach on foot, trials, siting, supply,
// areas against their standards. Seconds on foot; points [lon, lat] in degrees.

/** People of a place: all of them, and those whom the services are for. */
export interface People {
  people: number
  over60: number
  disabled: number | null
  residents: number | null
}

/** Ground from which a service is reached within so many minutes, and who lives on it. */
export interface BandProperties extends People {
  minutes: number
  area_km2: number
}
export type Bands = FeatureCollection<Polygon | MultiPolygon, BandProperties>

/** Cells with the seconds to the nearest facility; below 0 and null: none in reach. */
export type MinuteCells = FeatureCollection<Polygon | MultiPolygon, { cell: string; seconds: number | null }>

/** What could not be put onto the streets, or counts for nothing, and why. */
export interface UnplacedItem {
  what: 'resident' | 'population' | 'facility'
  count: number
  reason: string
  detail?: string
  id?: string
  name?: string
  service?: string
  location?: Point | [number, number] | null
}
export interface Unplaced {
  totals?: Record<string, number> | null
  items: UnplacedItem[] | null
}

/** Counts by cell as the heatmap gives them; rolled_up: several cells with one count together. */
export interface HeatCell {
  cell: string
  count: number | null
  hidden: boolean
  rolled_up?: boolean
  /** the larger area whose count it is a part of, and how many cells it stands for */
  of?: string
  cells?: number
  /** of visits on time, 0 to 1 */
  share?: number | null
}
export interface HeatCells {
  res: number
  k: number
  cells: FeatureCollection<Polygon | MultiPolygon, HeatCell>
  released?: { day: string; next: string } | null
}

/** One change that is tried. */
export type Change =
  | { op: 'add'; service: string; location: [number, number]; capacity?: number }
  | { op: 'move'; facility: string; location: [number, number] }
  | { op: 'close' | 'open'; facility: string }

export interface TryAsk {
  changes: Change[]
  minutes: number
  speed: string
  services?: string[]
  area?: string
  at?: string
}

export interface Effect {
  before: People
  after: People
  total: People
}

export type ChangedCells = FeatureCollection<Polygon | MultiPolygon, { cell: string; service?: string; before: number | null; after: number | null }>

export interface TryAnswer {
  took_ms: number
  services: Record<string, Effect>
  areas: (AreaName & Effect & { service: string })[] | null
  cells: ChangedCells
  /** why the first place that counts for nothing does, a code, and the sentence */
  unplaced?: string | null
  unplaced_detail?: string
}

export const atCoverage = {
  cells: (q: { service: string; speed: string; minutes: number; at: string; res: number }) => url('/coverage', q),
  bands: (q: { service: string; speed: string; minutes: readonly number[]; at: string }) => url('/reach', { ...q, minutes: q.minutes.join(',') }),
  circle: (facility: string, q: { speed: string; at: string; minutes: readonly number[] }) =>
    url(`/facilities/${encodeURIComponent(facility)}/circle`, { ...q, minutes: q.minutes.join(',') }),
  unplaced: (q: { speed: string; at: string }) => url('/unplaced', q),
  try: () => url('/coverage/try'),
  heat: (layer: string, res: number) => url('/heatmap', { layer, res }),
  /** who asks for places: needs, of those who answer for the district alone */
  supply: (q: { service: string; method: string; who: string }) => url('/supply/cells', q),
  standards: () => url('/standards'),
  byArea: (standard: string, level: string, report: string) => url('/shortfall/map', { standard, level, report }),
  reports: () => url('/reports'),
  siting: (job = '') => url(job ? `/siting/${encodeURIComponent(job)}` : '/siting'),
}

/** tryChanges asks what changes would do; nothing is stored. */
export async function tryChanges(body: TryAsk, signal: AbortSignal): Promise<TryAnswer> {
  return (await ask<TryAnswer>('POST', atCoverage.try(), { body, signal })).data
}

/** Cells by how far the places of a service go; ratio is null where no capacity is known. */
export type SupplyCells = FeatureCollection<Polygon | MultiPolygon, { cell: string; people: number; covered: number; on_paper_only: number; no_data: number; ratio: number | null }>

/** A circle of one facility: one band, or several. */
export type FacilityBands = Feature<Polygon | MultiPolygon, BandProperties> | Bands

/** bandList is a circle as its bands, the widest first so that the narrow ones are drawn upon it. */
export function bandList(c: FacilityBands | Bands): Feature<Polygon | MultiPolygon, BandProperties>[] {
  const list = c.type === 'Feature' ? [c] : c.features
  return [...list].sort((a, b) => b.properties.minutes - a.properties.minutes)
}

/** A standard, as far as the map needs it. */
export interface Standard {
  id: string
  name: { zh: string; en: string }
  service?: string
  measure: string
  target: { value: number; unit: string; year?: number }
}
export interface Standards {
  items: Standard[] | null
  /** how many of a population are to be expected in care; areas are held against these too */
  rates?: { id: string; name: { zh: string; en: string } }[] | null
}

export type StandardStatus = 'met' | 'short' | 'no_data' | 'not_applicable'

/** An area against a standard. */
export interface StandardArea {
  code: string
  name: string
  level?: Level
  have: number | null
  need: number | null
  short: number | null
  share: number | null
  status: StandardStatus
  /** what have is a part of */
  total?: number | null
  /** in the unit of the target */
  value?: number | null
  /** of no_data and not_applicable: hidden and others */
  reason?: string
}
export type StandardAreas = FeatureCollection<Polygon | MultiPolygon, StandardArea>

/** A report that was taken, with the values of all areas on its day. */
export interface Report {
  id: string | number
  day: string
  made_at: string
}

/** A place of one's own where a facility could be. */
export interface SitingCandidate {
  id: string
  location: [number, number]
  price?: number
  capacity?: number
}

/** What siting is asked for; the answer is a job. */
export interface SitingAsk {
  service: string
  goal: 'mclp' | 'lscp' | 'pmedian' | 'pcenter'
  p?: number
  /** what the sites may cost together, by the prices of the candidates */
  budget?: number
  minutes: number
  speed: string
  who: 'people' | 'over60' | 'disabled' | 'residents' | 'unmet'
  candidates: 'buildings' | 'streets' | SitingCandidate[]
  area?: string
  beside?: number
  seconds: number
}

/** A site of an answer, in the order in which to open them. */
export interface Site {
  rank: number
  /** of the candidate, the building or the facility */
  id: string
  price?: number
  status: 'new' | 'idle' | 'planned'
  facility?: string
  gain: number
  after: number
  share?: number | null
}

export interface SitingResult {
  sites: FeatureCollection<Point, Site>
  objective: number
  bound: number
  /** |objective − bound| / bound */
  gap: number | null
  proven: boolean
  reached: number
  total: number
  hopeless: number
  /** the proof in a sentence */
  message?: { zh: string; en: string } | null
}

export interface SitingJob {
  job: string
  state: 'running' | 'done' | 'failed' | 'stopped'
  /** share of the time that is over, 0 to 1 */
  progress?: number | null
  result?: SitingResult | null
  error?: string
}

/** startSiting asks for a search; the job is polled by sitingJob. */
export async function startSiting(body: SitingAsk): Promise<SitingJob> {
  return (await ask<SitingJob>('POST', atCoverage.siting(), { body })).data
}

export async function sitingJob(job: string, signal?: AbortSignal): Promise<SitingJob> {
  return (await ask<SitingJob>('GET', atCoverage.siting(job), signal ? { signal } : {})).data
}

export async function stopSiting(job: string): Promise<void> {
  await ask('DELETE', atCoverage.siting(job))
}

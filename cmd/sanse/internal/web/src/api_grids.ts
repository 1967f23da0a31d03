import type { FeatureCollection, MultiPolygon, Point, Polygon } from 'geojson'
import { url, type AreaName, type ByGrade, type Level } from './api.ts'
import { ask, type Check, type Finding, type Lineage, type PublishedDraft } from './api_editor.ts'

// What the pages round the editor ask of /v1: publications, history, and the
// effect of a draft. Days are YYYY-MM-DD, both ends of a span included.

/** A place that a check found; blocks false: it is told and does not keep from publishing. */
export type Place = Finding & { blocks?: boolean }
export type DraftCheck = Omit<Check, 'findings'> & { findings: Place[] | null }

/** Boundaries that were published: those of a draft, or of an earlier day. */
export interface Publication {
  id: number
  /** null: a roll-back */
  draft: number | null
  /** null: a draft */
  back_to: string | null
  effective: string
  at: string
}

/** A publication, and what it does from its first day on. */
export type Published = PublishedDraft & Pick<Publication, 'draft' | 'back_to'>

/** A run of days on which a place lies in the same areas. */
export interface Spell {
  from: string
  /** the last day; null: for as long as is known */
  to: string | null
  /** from the district down; empty: in none */
  path: AreaName[]
}

/** A lineage with the publication that made it. */
export interface AreaLineage extends Lineage {
  publication: number
  effective: string
}

/** What has become of an area. */
export interface AreaHistory {
  versions: { from: string; to: string | null; name: string; area_m2: number }[]
  /** where it came from */
  from: AreaLineage[]
  /** what it became, or gave ground to */
  to: AreaLineage[]
}

/** What an area holds, before or after. */
export interface EffectFigures {
  residents: number
  by_grade: ByGrade | null
  households: number
  people: number
  care_minutes_per_week: number
  area_km2: number
  /** 4π·area/perimeter², 1 for a circle */
  polsby_popper: number
  visitors: number
  own_visitors: number
}

/** A grid or micro-grid that changes or whose people do. */
export interface EffectArea {
  code: string
  level: Level
  name: string
  /** the name before, where it is another */
  was?: string
  /** left out: the area is created */
  before?: EffectFigures
  /** left out: the area is retired */
  after?: EffectFigures
}

/** A resident who gets another grid or micro-grid. */
export interface EffectMove {
  resident: string
  grade: string
  from_grid: string
  to_grid: string
  from_micro_grid?: string
  to_micro_grid?: string
  due_by?: string | null
  owed?: boolean
  loses_visitors?: string[] | null
  keeps_visitors: number
}

/** The figures of a plan; seconds on the way, minutes of care, spread in minutes. */
export interface EffectWork {
  visits: number
  lapses: number
  task_lapses: number
  owed_left: number
  visitor_days: number
  care_minutes: number
  walk_seconds: number
  spread_minutes: number
  /** of how many visitors and weeks spread_minutes is the sum */
  visitor_weeks: number
}

export interface EffectPlanRow {
  code?: string
  name?: string
  before: EffectWork
  after: EffectWork
}

/** A grid or micro-grid on the maps; change: created, retired, reshaped, renamed, people, or empty. */
export type EffectAreas = FeatureCollection<Polygon | MultiPolygon, { code: string; name: string; level: Level; parent: string; special: boolean; change: string }>

/** Where residents live who move: no ids. */
export type MovedPlaces = FeatureCollection<Point, { grade: string; from: string; to: string; count: number }>

/** What publishing a draft for a day would do. docs/effect.md says what each figure means. */
export interface Effect {
  from: string
  days: number
  made?: string
  draft?: { id: number; name: string; version: number } | null
  findings: { kind: string; codes: string[] | null; area_m2: number; at: [number, number]; message: string }[] | null
  changes: Record<'created' | 'retired' | 'renamed' | 'reshaped' | 'no_visitor' | 'no_own_visitor' | 'stranded_visitors', string[] | null>
  areas: EffectArea[] | null
  moved: {
    residents: number
    by_grade: { grade: string; community: number; grid: number; micro_grid: number }[] | null
    flows: { from: string; to: string; by_grade: ByGrade }[] | null
    lose_familiar_visitor: ByGrade | null
    windows_open: number
    owed: number
    tasks: number
    buildings: number
    households: number
    people: number
    facilities: { id: string; from: string; to: string }[] | null
    nowhere: string[] | null
  }
  moves: EffectMove[] | null
  in_flight: {
    plan?: number
    visits: number
    out_of_scope: number
    by_grade: ByGrade | null
    list: { resident?: string; task?: string; date: string; visitor: string; from: string; to: string; in_scope: boolean }[] | null
  }
  plan: { planned: number; of: number; total: EffectPlanRow; communities: EffectPlanRow[] | null }
  before: EffectAreas
  after: EffectAreas
  moved_places: MovedPlaces
}

/** The addresses of what is published, one function each. */
export const atGrids = {
  publications: () => url('/publications'),
  pointHistory: (lon: number, lat: number) => url('/history', { point: `${lon.toFixed(6)},${lat.toFixed(6)}` }),
  effect: (draft: number, from?: string) => url(`/drafts/${draft}/effect`, { from }),
  /** the report to sign, or the workbook */
  effectFile: (draft: number, kind: 'html' | 'xlsx', from: string, lang: string) => url(`/drafts/${draft}/effect.${kind}`, { from, lang }),
  areaHistory: (code: string) => url(`/areas/${encodeURIComponent(code)}/history`),
}

/** answer asks for JSON as get does; a refusal is a DraftError with its reason. */
export async function answer<T>(address: string, signal: AbortSignal): Promise<T> {
  return (await ask<T>('GET', address, { signal })).data
}

/** rollBack makes the boundaries of an earlier day hold again from a day to come. */
export async function rollBack(backTo: string, effective: string): Promise<Published> {
  return (await ask<Published>('POST', atGrids.publications(), { body: { back_to: backTo, effective } })).data
}

import type { EChartsCoreOption } from 'echarts/core'
import { url, type AreaName, type ByGrade } from './api.ts'
import { ask } from './api_editor.ts'

// What the boards of shortfall, the standards and the ledger of needs ask of
// /v1. Days are YYYY-MM-DD, durations whole seconds, points [lon, lat] in WGS 84
// degrees, shares 0..1. What has no value is null or left out, never 0.

/** A text in both languages. */
export interface Both {
  zh: string
  en: string
}

/** How an area stands against a standard. No data is a state of its own. */
export type Standing = 'met' | 'short' | 'no_data' | 'not_applicable'

/** The same as a page shows it: what is kept from outsiders is no lack of data. */
export type Shown = Standing | 'hidden'

/** shown is how a figure is shown. */
export function shown(f: Pick<Figures, 'status' | 'reason'> | undefined): Shown {
  if (!f) return 'no_data'
  return f.reason === 'hidden' ? 'hidden' : f.status
}

export interface Figures {
  /** whole numbers of what the measure counts: people, areas, places, persons, square metres, visits */
  have?: number | null
  need?: number | null
  short?: number | null
  /** what have is a part of, or counted for */
  total?: number | null
  /** have of total where the target is in per cent, else have of need; may be above 1 */
  share?: number | null
  /** what there is in the unit of the target */
  value?: number | null
  /** facilities without a figure: have may be more */
  unknown?: number
  status: Standing
  /** why there are no figures */
  reason?: string
}

/** unit reads on from the value: "%", "/1000", "m²/1000", "/300". */
export interface StandardTarget {
  value: number
  unit: string
  year: number
}

/** What one standard comes to in an area. */
export interface StandardRow extends Figures {
  standard: string
  name: Both
  measure: string
  unit: string
  /** the target in force */
  target: StandardTarget
  /** the last target, where a step is in force */
  aim?: StandardTarget | null
  urban?: Figures | null
  rural?: Figures | null
  /** what a report before had: its share, or what there was where there is none */
  trend?: { value?: number | null; have?: number | null; short?: number | null; day: string } | null
}

/** People whom no facility of a service covers. */
export interface Uncovered {
  total: number
  by_grade: ByGrade | null
  by_kind: Record<string, number> | null
}

/** Needs for one service that nobody meets. */
export interface Unmatched {
  total: number
  /** by the code of the reason; open: nothing has been proposed yet */
  by_reason: Record<string, number> | null
}

/** People who are to be expected by a known rate, against those enrolled. */
export interface Expected {
  /** id of the rate */
  kind: string
  name?: Both
  expected: number | null
  enrolled: number | null
  gap: number | null
  /** so few that chance does not explain it */
  few?: boolean
  /** a head */
  rate: number | null
  source: { title: string; year?: number; note?: string }
}

/** A kind of place, where people slip out of care or do not. */
export interface Place {
  place: string
  population: number | null
  expected: number | null
  enrolled: number | null
  few?: boolean
}

export interface Shortfall {
  area: AreaName
  path: AreaName[]
  day: string
  previous?: string | null
  rows: StandardRow[] | null
  children: { area: AreaName; rows: (Figures & { standard: string })[] | null }[] | null
  uncovered?: { by_service: Record<string, Uncovered> | null } | null
  unmatched?: { by_service: Record<string, Unmatched> | null } | null
  expected?: Expected[] | null
  places?: Place[] | null
  team?: { residents: number; complete: number; lacking: Record<string, number> | null } | null
  facilities?: { open: number; idle: number; planned: number; full: number | null; unused: number | null } | null
  visitor_minutes?: { short: number; blocks: number } | null
}

export interface Report {
  id: number
  day: string
  made_at: string
}

export type BehindWhat = 'people' | 'facilities' | 'areas'

/** One that stands behind a number: a person by an opaque id, a facility, an area. */
export interface BehindItem {
  /** spot: so many people of a building or a cell */
  kind: 'spot' | 'resident' | 'facility' | 'area' | (string & {})
  id: string
  /** of a facility or an area */
  name?: string
  location?: [number, number] | null
  area: string
  count?: number
  note?: string
  /** the walk to the nearest; negative or null: none */
  seconds?: number | null
}

export interface Behind {
  total: number
  items: BehindItem[] | null
}

/** A chart as the service drew it: options for ECharts, data only. */
export interface ServedChart {
  id: string
  title: string
  note?: string
  /** in pixels */
  height?: number
  option: EChartsCoreOption
}

/** The addresses, one function each; a report is the one that is looked back at. */
export const atShortfall = {
  board: (area: string, report?: string) => url('/shortfall', { area, report }),
  charts: (area: string, lang: string, report?: string) => url('/shortfall/charts', { area, lang, report }),
  behind: (standard: string, area: string, what: BehindWhat, limit: number, offset: number) =>
    url('/shortfall/behind', { standard, area, what, limit, offset }),
  reports: () => url('/reports'),
  standards: () => url('/standards'),
  print: (area: string, lang: string, report?: string) => url('/shortfall.pdf', { area, lang, report }),
  workbook: (area: string, report?: string) => url('/shortfall.xlsx', { area, report }),
}

/** takeReport keeps what all standards come to in all areas now. */
export async function takeReport(): Promise<Report> {
  return (await ask<Report>('POST', atShortfall.reports())).data
}

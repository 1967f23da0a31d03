import { url, type AreaName } from './api.ts'
import { json } from './request.ts'

// What was required, done and owed: /v1/ledger.

export const spans = ['week', 'month', 'whole'] as const
export type LedgerSpan = (typeof spans)[number]

/** Required is in_time + missed + open; on_time is in_time of in_time + missed, null where no window is over. */
export interface LedgerTally {
  residents: number
  required: number
  in_time: number
  missed: number
  open: number
  done: number
  owed: number
  on_time: number | null
}

export interface LedgerRow extends LedgerTally {
  grades: Record<string, LedgerTally> | null
}

export interface LedgerPeriod extends LedgerRow {
  first: string
  last: string
}

export interface LedgerArea extends AreaName, LedgerRow {
  periods: LedgerPeriod[] | null
}

export interface Ledger {
  from: string
  to: string
  by: LedgerSpan
  today: string
  /** since when visits are known: nothing before is judged */
  records: string | null
  path: AreaName[] | null
  grades: string[] | null
  area: LedgerArea
  areas: LedgerArea[] | null
}

export interface LedgerQuery {
  area?: string | undefined
  from?: string | undefined
  to?: string | undefined
  by?: string | undefined
}

export const ledgerAt = {
  account: (q: LedgerQuery): string => url('/ledger', { ...q }),
  workbook: (q: LedgerQuery): string => url('/ledger.xlsx', { ...q }),
  table: (q: LedgerQuery): string => url('/ledger.csv', { ...q }),
}

// The monthly board of the district's own indicators: /v1/indicators; and how the visits of
// one's own residents went: /v1/rate.

export const measures = ['on_time', 'missed', 'owed', 'covered', 'reached', 'answered', 'satisfaction', 'coverage'] as const
export type Measure = (typeof measures)[number]

export interface Indicator {
  code: string
  zh: string
  en: string
  measure: Measure
  /** of coverage alone */
  service?: string
  target?: number | null
}

export interface IndicatorSet {
  from: string
  indicators: Indicator[]
}

export interface IndicatorColumn extends Indicator {
  unit: 'share' | 'count' | 'rating'
  less?: boolean
  /** of fewer than so many it is not told */
  k?: number
}

export interface IndicatorValue {
  value: number | null
  kept: boolean | null
}

export interface IndicatorRow extends AreaName {
  values: Record<string, IndicatorValue[]>
}

export interface IndicatorBoard {
  today: string
  path: AreaName[] | null
  months: string[]
  own: boolean
  columns: IndicatorColumn[]
  area: IndicatorRow
  areas: IndicatorRow[] | null
  sets: IndicatorSet[] | null
  reference: IndicatorSet
}

export interface OwnRate extends LedgerTally {
  first: string
  last: string
  /** visits that one made oneself */
  mine: number
}

export const indicatorsAt = {
  board: (area: string, to: string | undefined, months: number): string => url('/indicators', { area, to, months }),
  rate: (): string => url('/rate'),
}

/** putIndicators sets what the district measures itself by from a month on. */
export function putIndicators(set: IndicatorSet): Promise<unknown> {
  return json('PUT', url('/indicators'), { body: set })
}

// The work report of an area: /v1/work-report.

export interface WorkWords {
  zh: string
  en: string
}

export interface WorkReport {
  area: string
  first: string
  last: string
  today: string
  title: WorkWords
  under: WorkWords
  sections: { title: WorkWords; lines: WorkWords[] | null }[] | null
}

export const workAt = {
  report: (area: string, by: string, on: string): string => url('/work-report', { area, by, on }),
  page: (area: string, by: string, on: string, lang: string): string => url('/work-report.pdf', { area, by, on, lang }),
  workbook: (area: string, by: string, on: string): string => url('/work-report.xlsx', { area, by, on }),
}

import { url, type AreaName } from './api.ts'

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

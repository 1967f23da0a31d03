import { url, type AreaName } from './api.ts'

// The day of an area under way: /v1/live.

/** Residents to be seen today: done and late are of due; so is covered, whoever was seen since or not. */
export interface LiveCounts {
  due: number
  done: number
  late: number
  covered: number
  cases: number
  overdue: number
}

export interface LiveClock {
  kind: string
  level: string
  /** nobody has taken it up: the deadline is that of the answer */
  waiting: boolean
  deadline: string
  /** the area right below in which it is */
  area: AreaName
}

export interface Live {
  area: AreaName
  path: AreaName[]
  date: string
  /** there is a plan for the day */
  plan: boolean
  /** visits that are not made in time are covered by others */
  ladder: boolean
  totals: LiveCounts
  children: (AreaName & LiveCounts)[]
  kinds: { kind: string; open: number; waiting: number; overdue: number; next: string }[]
  clocks: LiveClock[]
}

export const liveAt = (area: string): string => url('/live', { area })

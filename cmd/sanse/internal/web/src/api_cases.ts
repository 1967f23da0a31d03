import { url } from './api.ts'
import { json } from './request.ts'

// Cases with their clocks, who could come to one, and the ladder of cover:
// /v1/cases, /v1/ladder-rule.

/** The kinds of cases that somebody opens; a lapse opens its own. */
export const caseKinds = ['emergency', 'general'] as const
/** Where a case comes from that somebody opens. */
export const caseSources = ['found', 'resident', 'above'] as const
/** The stages of a case in their order. */
export const stages = ['call', 'arrival', 'handling', 'feedback', 'rating', 'closed'] as const
export type Stage = (typeof stages)[number]
/** Who holds a case. */
export const levels = ['grid', 'departments', 'task_force'] as const
export type CaseLevel = (typeof levels)[number]

export interface Case {
  id: string
  kind: string
  source: string
  /** none: it is of nobody */
  resident?: string
  area: string
  /** names of the areas from the town down to it */
  where?: string[] | null
  level: CaseLevel
  /** the department that leads */
  body?: string
  stage: Stage
  opened: string
  /** to answer while the stage is call, afterwards to solve it */
  deadline: string
  closed?: string
}

export interface CaseStep {
  n: number
  at: string
  /** the account; none: the program */
  by?: string
  stage: Stage
  level: CaseLevel
  body?: string
  deadline: string
  text?: string
}

export interface CaseFile {
  case: Case
  steps: CaseStep[]
}

export interface Cases {
  /** the time of the service: clocks go by that */
  at: string
  items: Case[]
  /** there are others: ask for a smaller area */
  more?: boolean
}

/** Somebody who could come to a case. */
export interface Helper {
  visitor: string
  name?: string
  phone?: string
  kind: string
  tier?: string
  mode: 'foot' | 'e-bike' | 'car'
  duty: 'working' | 'later'
  seconds: number
  /** from where the plan has them now, else from where their day begins */
  planned: boolean
  /** at a door now, by the plan */
  busy: boolean
}

export interface Helpers {
  at: string
  visitors: Helper[]
  bases: { facility: string; name: string; service: string; seconds: number }[]
  off_streets?: boolean
}

const of = (id: string, what = '') => url(`/cases/${encodeURIComponent(id)}${what}`)

export const casesAt = (area: string, open: boolean): string => url('/cases', { area, open: open ? 'true' : undefined })
export const caseAt = (id: string): string => of(id)
export const helpersAt = (id: string): string => of(id, '/helpers')

/** openCase opens a case of a resident or of a place. */
export const openCase = (c: { kind: string; source: string; resident?: string; area?: string; text: string }): Promise<Case> => json('POST', url('/cases'), { body: c })

/** stepCase takes a case to a stage, or writes about the one it is at. */
export const stepCase = (id: string, stage: Stage, text: string): Promise<Case> => json('POST', of(id, '/steps'), { body: { stage, ...(text ? { text } : {}) } })

/** passCase gives a case to others. */
export const passCase = (id: string, to: CaseLevel, body: string, text: string): Promise<Case> =>
  json('POST', of(id, '/pass'), { body: { to, ...(body ? { body } : {}), ...(text ? { text } : {}) } })

/** A step of the ladder: clock times HH:MM. */
export interface RuleStep {
  tier: string
  at: string
  deadline: string
}

export interface Rule {
  from: string
  remind: string
  steps: RuleStep[]
}

export interface Rules {
  /** dated, the first first; the one that began last holds */
  items: Rule[]
  reference: Rule
}

export const rulesAt = (): string => url('/ladder-rule')

/** putRule sets the ladder that holds from its day on. */
export const putRule = (rule: Rule): Promise<null> => json('PUT', rulesAt(), { body: rule })

/** Covered is what of today's ladders the page sums up: who has them, and what became of the messages. */
export interface Covered {
  items: { id: number; holder?: string; tier?: string; closed?: string; steps: { kind: string; holder?: string; told?: { accounts: number; waiting?: boolean } }[] }[] | null
  more?: boolean
  told: { messages: number; nobody: number; delivered: number; read: number }
}

/** coveredAt is where the open ladders of an area are. */
export const coveredAt = (area: string): string => url('/ladders', { area, open: 'true' })

/** VisitMove is a visit that whoever was to make it gave out of their day. */
export interface VisitMove {
  id: string
  kind: string
  resident: string
  visitor: string
  date: string
  to_visitor?: string | undefined
  to_day?: string
  /** Why it does not hold any more: whoever it was given to has left, is off that day, or has another area. */
  loose?: 'left' | 'off' | 'area'
  told?: { accounts: number; waiting?: boolean }
}

/** VisitMoves are the moves of an area in the past week and of days to come, the latest first. */
export interface VisitMoves {
  items: VisitMove[] | null
}

/** movesAt is where the moves of an area are. */
export const movesAt = (area: string): string => url('/moves', { area })

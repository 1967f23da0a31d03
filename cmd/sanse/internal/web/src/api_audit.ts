import { url } from './api.ts'
import { json } from './request.ts'

// The trace of every look and every change: /v1/audit, for auditors. And the
// ways to a person's name, which leave such a trace.

export type Outcome = 'ok' | 'refused' | 'refused_by_database' | 'failed'
export const outcomes: readonly Outcome[] = ['ok', 'refused', 'refused_by_database', 'failed']

/** One look or change: who, when, what, where from, why. ids are opaque. */
export interface AuditEvent {
  id: number
  at: string
  account?: string | null
  login?: string | null
  session?: string | null
  role?: string | null
  action: string
  object?: string | null
  ids?: string[] | null
  n?: number
  area?: string | null
  address?: string | null
  purpose?: string | null
  reason?: string | null
  outcome: Outcome
  detail?: Record<string, unknown> | null
}

export interface AuditPage {
  items: AuditEvent[] | null
  /** what before= is told for the next page; null: this is the last */
  next: number | null
}

/** A run of looks that is out of the ordinary, and why. */
export interface Unusual {
  kind: string
  account: string
  login?: string | null
  count: number
  from: string
  to: string
  why: string
}

/** What the check of the chain found. */
export interface Verified {
  ok: boolean
  rows: number
  links: number
  /** not chained yet: the last second's */
  unlinked?: number
  /** gone when their time was over, as the chain says */
  removed?: number
  last?: { n: number; at: string; anchor: string } | null
  broken?: { kind: string; link: number; from: number; upto: number; why: string } | null
}

/** What is looked for; from and to are days of the district, both included. */
export interface AuditQuery {
  from?: string | undefined
  to?: string | undefined
  account?: string | undefined
  action?: string | undefined
  object?: string | undefined
  outcome?: string | undefined
  /** only rows of unusual looks of that kind */
  unusual?: string | undefined
  before?: string | undefined
}

export const auditAt = {
  list: (q: AuditQuery, limit: number) => url('/audit', { ...q, limit }),
  unusual: (lang: string) => url('/audit/unusual', { lang }),
  verify: () => url('/audit/verify'),
  file: (format: 'ocsf' | 'cef', q: AuditQuery) => url('/audit/export', { format, from: q.from, to: q.to, account: q.account, action: q.action, outcome: q.outcome }),
}

/** verify recomputes the whole chain. */
export const verify = (): Promise<Verified> => json('GET', auditAt.verify())

/** Whoever is behind an opaque id; asked for one at a time, and written down each time. */
export interface PersonTold {
  name: string
  phone?: string | null
  address?: string | null
  note?: string | null
  id_number_last4?: string | null
}

/** person asks who a resident is. */
export const person = (resident: string): Promise<PersonTold> => json('GET', url(`/residents/${encodeURIComponent(resident)}/person`))

/** The fewest characters of a reason to break the glass. */
export const leastReason = 10

/** breakGlass opens the names of one resident for a while, with a reason that the auditor reads. */
export const breakGlass = (resident: string, reason: string): Promise<{ until: string; n: number }> => json('POST', url('/break-glass'), { body: { resident, reason } })

import { url } from './api.ts'
import { json } from './request.ts'

// What is kept of residents, what for and how long, and what they ask of it: /v1/privacy.

/** What personal data are used for, and by which rule of the law. */
export interface Purpose {
  code: string
  zh: string
  en: string
  basis: string
}

/** How long a kind of record is kept. Days are whole; least is the fewest that the law asks for, 0 none. */
export interface Retention {
  kind: string
  keep_days: number
  least: number
  basis: string
  source: string
  oldest?: string | null
  /** how many are older than that and go with the next run */
  due?: number | null
}

export const requestKinds = ['erasure', 'correction', 'restriction', 'access'] as const
export type RequestKind = (typeof requestKinds)[number]

/** What a resident, or somebody for them, asks of what is kept. resident is an opaque id. */
export interface PrivacyRequest {
  id: string
  resident: string
  kind: string
  status: 'open' | 'accepted' | 'refused' | 'done'
  asked_at: string
  asked_by?: string | null
  decided_at?: string | null
  decided_by?: string | null
  done_at?: string | null
  reason?: string | null
  decision_reason?: string | null
}

export interface Privacy {
  purposes: Purpose[] | null
  retention: Retention[] | null
  requests: PrivacyRequest[] | null
}

/** The fields that a correction can name. */
export const correctable = ['name', 'phone', 'address', 'id_number', 'note'] as const

export const privacyAt = {
  all: () => url('/privacy'),
  record: () => url('/privacy/record.pdf'),
  copy: (request: string) => url(`/privacy/requests/${encodeURIComponent(request)}/copy`),
}

/** askFor raises a request for a resident; it is decided by somebody else. */
export const askFor = (resident: string, r: { kind: string; reason: string; fields?: Record<string, string> }): Promise<{ id: string }> =>
  json('POST', url(`/residents/${encodeURIComponent(resident)}/requests`), { body: r })

/** decide accepts or refuses a request, with a reason. */
export const decide = (request: string, decision: 'accept' | 'refuse', reason: string): Promise<PrivacyRequest> =>
  json('POST', url(`/privacy/requests/${encodeURIComponent(request)}`), { body: { decision, reason } })

/** keep says how long a kind of record is kept from now on. */
export const keep = (kind: string, keep_days: number, basis: string): Promise<unknown> => json('PUT', url('/privacy/retention'), { body: { kind, keep_days, basis } })

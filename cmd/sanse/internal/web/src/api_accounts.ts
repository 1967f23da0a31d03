import { url } from './api.ts'
import { json } from './request.ts'

// Who comes in and what as: /v1/accounts, for administrators.

/** The roles, from those who make visits to those who look after the service. */
export const roles = ['worker', 'leader', 'planner', 'official', 'department', 'task_force', 'provider', 'auditor', 'administrator', 'service'] as const
export type Role = (typeof roles)[number]

/** What a role is held for: an area, a body, the linked visitor's own areas, or the whole district. */
export const heldFor: Readonly<Record<Role, 'area' | 'body' | 'visitor' | 'district'>> = {
  worker: 'visitor', leader: 'area', planner: 'area', official: 'area', department: 'body', task_force: 'area',
  provider: 'body', auditor: 'district', administrator: 'district', service: 'area',
}

/** A role that somebody holds from a moment on, who gave it and why; to is the first moment without it. */
export interface Grant {
  n: number
  role: string
  area?: string | null
  area_name?: string | null
  body?: string | null
  from: string
  to?: string | null
  reason?: string | null
  given_by?: string | null
  ended_at?: string | null
}

export interface Account {
  id: string
  login: string
  name: string
  kind?: 'person' | 'key' | 'made_up'
  visitor?: string | null
  issuer?: string | null
  disabled?: boolean
  /** disabled for so long that its time is over: nothing is left of it but the id. */
  closed?: boolean
  locked_until?: string | null
  totp?: boolean
  must_change?: boolean
  created_at?: string | null
  seen_at?: string | null
  grants: Grant[] | null
}

/** What a new grant is made of; from and to are moments (RFC 3339), without from it is now. */
export interface NewGrant {
  role: string
  area?: string
  body?: string
  from?: string
  to?: string
  reason: string
}

/** Whether a role must have a second factor: in every district, or because this one says so. */
export interface Factor {
  role: string
  always: boolean
  asked: boolean
  basis: string
}

export interface Factors {
  items: Factor[] | null
}

const id = encodeURIComponent

export const factorsAt = (): string => url('/second-factors')
/** askFactor has a role have a second factor from now on; dropFactor no more. */
export const askFactor = (role: string, basis: string): Promise<Factors> => json('PUT', url(`/second-factors/${id(role)}`), { body: { basis } })
export const dropFactor = (role: string): Promise<Factors> => json('DELETE', url(`/second-factors/${id(role)}`))

/** Where accounts are listed, by a word in login or name and by role. */
export const accountsAt = (text?: string, role?: string): string => url('/accounts', { text, role })

const one = (account: string, part = '') => url(`/accounts/${id(account)}${part}`)

/** addAccount makes an account; the secret of the first sign-in is told this one time. */
export const addAccount = (a: { login: string; name: string; visitor?: string; grants: NewGrant[] }): Promise<{ account: Account; secret: string }> => json('POST', url('/accounts'), { body: a })

/** changeAccount changes what is named: the name, the linked visitor, whether it may come in at all. */
export const changeAccount = (account: string, to: { name?: string; disabled?: boolean; visitor?: string | null }): Promise<unknown> => json('PATCH', one(account), { body: to })

/** newSecret replaces the password by a one-time secret; all sessions of the account end. */
export const newSecret = (account: string): Promise<{ secret: string }> => json('POST', one(account, '/secret'), { body: {} })

/** give gives a role. */
export const give = (account: string, g: NewGrant): Promise<unknown> => json('POST', one(account, '/grants'), { body: g })

/** endGrant takes a role away now; what was stays in the record. */
export const endGrant = (account: string, n: number): Promise<unknown> => json('DELETE', one(account, `/grants/${n}`))

/** endSessions ends every session of the account at once. */
export const endSessions = (account: string): Promise<unknown> => json('DELETE', one(account, '/sessions'))

/** addKey makes a key for another program; it is told this one time. */
export const addKey = (k: { name: string; scopes: string[]; area: string; to?: string }): Promise<{ account: Account; key: string }> => json('POST', url('/keys'), { body: k })

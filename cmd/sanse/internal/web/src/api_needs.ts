import { ask } from './api_editor.ts'
import { url } from './api.ts'

// The ledger of needs: who needs which service how often, and who gives it.

export type NeedStatus = 'open' | 'matched' | 'unmatched'
export const needStatuses: readonly NeedStatus[] = ['unmatched', 'open', 'matched']

/** Who gives what a need asks for: a facility or a provider who comes home. */
export interface NeedMatch {
  by: 'proposal' | 'hand'
  facility?: string
  provider?: string
  name?: string
  /** on foot; left out for one who comes home */
  seconds?: number | null
  /** the first day */
  since: string
  reason?: string
  /** against the rules, with a reason */
  forced?: boolean
  hand: boolean
}

export interface Need {
  id: string
  resident: string
  service: string
  /** "2/week", "every 3 days", several with "; " */
  frequency: string
  place?: string
  minutes?: number
  /** the kind of resident that it follows from */
  kind?: string
  /** the assessment */
  source?: string
  /** the grid or micro-grid */
  area: string
  grade?: string
  from?: string
  to?: string
  status: NeedStatus
  match?: NeedMatch | null
  /** a code: why nobody gives it */
  reason?: string
  /** in words, where somebody decided so */
  detail?: string
}

export interface Needs {
  total: number
  items: Need[] | null
}

/** What a proposal came to. */
export interface Proposed {
  needs: number
  matched: number
  unmatched: number
  changed?: number
  kept_by_hand?: number
  by_reason: Record<string, number> | null
  no_data?: Record<string, number> | null
}

/** One that could give what a need asks for. */
export interface NeedOption {
  facility?: string
  provider?: string
  name?: string
  seconds?: number | null
  /** people of a facility, services in four weeks of a provider; null: its capacity is not known */
  room?: number | null
  fits: boolean
  reason?: string
}

/** One match of a need in its history; neither facility nor provider: nobody gave it. */
export interface NeedPast extends NeedMatch {
  n: number
  /** the first day on which another held; left out: it holds */
  ended?: string
  at: string
}

export interface NeedQuery {
  area?: string | undefined
  service?: string | undefined
  status?: string | undefined
  limit: number
  offset: number
}

const id = encodeURIComponent

export const atNeeds = {
  list: (q: NeedQuery) => url('/needs', { ...q }),
  options: (need: string) => url(`/needs/${id(need)}/options`),
  history: (need: string) => url(`/needs/${id(need)}/history`),
  match: (need: string) => url(`/needs/${id(need)}/match`),
}

/** proposeMatches asks for the best assignment; matches made by hand stay. */
export async function proposeMatches(q: { area?: string | undefined; services?: string[] }): Promise<Proposed> {
  return (await ask<Proposed>('POST', url('/needs/match'), { body: { ...q, keep_hand: true } })).data
}

/** Choice is what somebody decides for a need by hand. */
export type Choice = { facility: string } | { provider: string } | { none: true } | { auto: true }

/** matchByHand gives a need to somebody, or to nobody, and says why; force goes against what does not fit. */
export async function matchByHand(need: string, choice: Choice, reason: string, force: boolean): Promise<void> {
  await ask<unknown>('PUT', atNeeds.match(need), { body: { ...choice, reason, ...(force ? { force } : {}) } })
}

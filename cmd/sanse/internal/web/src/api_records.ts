import { url } from './api.ts'
import type { Choice, Item } from './api_today.ts'
import { json } from './request.ts'

// What was recorded at doors, as it is looked at: /v1/records, /v1/flags, /v1/samples.

/** What in a record a human should look at, in the order in which it is offered. */
export const flags = ['code_forged', 'code_retired', 'code_other', 'code_photographed', 'clock', 'far', 'short', 'fast', 'hours', 'same_minute'] as const
export const verdicts = ['fine', 'talk', 'wrong'] as const
export type Verdict = (typeof verdicts)[number]
export const callResults = ['confirmed', 'differs', 'not_reached', 'declined'] as const
export type CallResult = (typeof callResults)[number]

/** A flag on a record, with what was found of it each time, the last last. */
export interface SeenFlag {
  id: string
  flag: string
  at: string
  detail?: Record<string, string>
  looks: { at: string; by: string; verdict: Verdict; reason?: string }[] | null
}

/** A record as it is looked at; name, answers and text of those alone whose name is told. */
export interface SeenRecord {
  id: string
  resident: string
  name?: string
  area: string
  /** names of the areas from the town down to it */
  where?: string[]
  visitor?: string
  visitor_name?: string
  day: string
  arrived: string
  left: string | null
  received: string
  result: 'seen' | 'not_seen'
  not_seen?: string
  how: string
  no_code?: string
  form: string
  answers?: Record<string, string>
  bad?: string[]
  text?: string
  evidence: string
  metres: number | null
  corrects?: string
  corrected?: string
  flags: SeenFlag[] | null
  calls?: { at: string; by: string; result: CallResult; rating?: number; words?: string }[]
  /** by residents and families themselves; of one's own visits left out */
  ratings?: { at: string; by: 'resident' | 'family'; rating: number; words?: string }[]
}

export interface SeenRecords {
  area: string
  where?: string[]
  from: string
  to: string
  items: SeenRecord[] | null
  /** to be asked for with after; left out: there are no more */
  next?: string
}

/** The sample of a week (its Monday) and an area; drawn is null before it is. */
export interface Sample {
  week: string
  area: string
  drawn: string | null
  seed?: string
  size: number
  records: number
  items: SeenRecord[] | null
}

/** A form of visits, by which answers and reasons are read. */
export interface AskedForm {
  id: string
  items: Item[]
  reasons: { no_code: Choice[]; not_seen: Choice[] }
}

export interface Forms {
  items: AskedForm[] | null
  reference: AskedForm
}

export interface RecordQuery {
  area?: string | undefined
  from?: string | undefined
  to?: string | undefined
  flag?: string | undefined
  open?: string | undefined
  after?: string | undefined
}

export const recordsAt = {
  list: (q: RecordQuery): string => url('/records', { ...q }),
  sample: (area: string, week: string): string => url('/samples', { area, week }),
  forms: (): string => url('/form'),
}

/** judge writes down what was found of a flag. */
export function judge(flag: string, verdict: Verdict, reason: string): Promise<unknown> {
  return json('POST', url(`/flags/${encodeURIComponent(flag)}`), { body: { verdict, reason } })
}

/** draw draws the sample of a week and an area. */
export function draw(area: string, week: string): Promise<Sample> {
  return json<Sample>('POST', url('/samples'), { body: { area, week } })
}

/** called writes down what was said on a call about a visit that was drawn. */
export function called(record: string, result: CallResult, rating: number, words: string): Promise<unknown> {
  return json('POST', url(`/records/${encodeURIComponent(record)}/calls`), { body: { result, ...(rating > 0 && { rating }), ...(words && { words }) } })
}

/** formOf is the form of a record; the reference where it is not known. */
export function formOf(forms: Forms | null, id: string): AskedForm | null {
  return forms?.items?.find((f) => f.id === id) ?? forms?.reference ?? null
}

/** mondayOf is the Monday of the week of a day. */
export function mondayOf(day: string): string {
  const at = new Date(`${day}T00:00:00Z`)
  at.setUTCDate(at.getUTCDate() - ((at.getUTCDay() + 6) % 7))
  return at.toISOString().slice(0, 10)
}

import { url } from './api.ts'
import type { Term } from './i18n.ts'
import { json } from './request.ts'

// The day of whoever walks, and what was found at the doors: /v1/today, /v1/door
// and /v1/records. All is asked atDoor: a phone in a stairwell is told that its
// session is over and goes on; no window opens over what is being written.

/** A word with its code, in both languages. */
export interface Choice extends Omit<Term, 'key'> {
  code: string
}

/** One thing that is asked, checked or cleared at a door, and what may be answered. */
export interface Item extends Omit<Term, 'key'> {
  id: string
  group: 'ask' | 'check' | 'clear'
  answers: (Choice & { /** something to see to */ bad?: boolean })[]
}

/** Stop is one place of a day, in order. A place of other work than a visit has no resident. */
export interface TodayStop {
  key: string
  resident?: string | null
  task?: string | null
  service?: string | null
  arrive: string
  minutes: number
  walk_seconds: number
  due_by?: string | null
  why?: string
  name?: string
  phone?: string
  address?: string
  note?: string
  last?: { day: string; result: string } | null
  /** of each door code in force here the SHA-256 (base64url), so that a scan is understood without signal */
  codes?: string[] | null
  /** the record by which it is done already */
  done?: string | null
  covering?: { ladder: string; tier: string; deadline: string } | null
  /** of a visit that was put off to this day, or handed over: whose it was and when, and why */
  moved?: { kind: 'postpone' | 'hand_over'; from: string; date: string; why: string } | null
}

/** Today is a day as the phone carries it: names and addresses, no grade, no colour. */
export interface Today {
  date: string
  /** the clock of the service when it answered (RFC 3339) */
  now: string
  zone: string
  visitor: string
  visitor_name: string
  stops: TodayStop[] | null
  /** the visitor walks in another order than the plan's */
  reordered?: boolean
  form: { id: string; items: Item[] }
  reasons: { no_code: Choice[]; not_seen: Choice[]; postpone?: Choice[] | null }
}

/** VisitRecord is what was found at a door. Its id is made on the phone and sent as often as need be. */
export interface VisitRecord {
  id: string
  resident: string
  stop?: string
  /** moments of the phone's own clock (RFC 3339) */
  arrived: string
  left?: string
  /** of a correction: as what it corrects was made */
  how: 'code' | 'hand'
  token?: string
  no_code?: string
  /** used once for how far from the door, and not kept by the service */
  at?: { lon: number; lat: number; accuracy: number }
  result: 'seen' | 'not_seen'
  not_seen?: string
  form: string
  answers: Record<string, string>
  text?: string
  corrects?: string
  /** SHA-256 (base64url) of the code by which whoever was seen can rate the visit; the code stays on this phone */
  rating?: string
}

/** What became of one record that was sent. */
export interface RecordAnswer {
  id: string
  status: 'stored' | 'same' | 'refused'
  /** why it was refused: a word for programs, and in words */
  code?: string
  detail?: string
}

/** today asks for the day of a visitor; date is that of the service where none is given. */
export function today(visitor: string): Promise<Today> {
  return json<Today>('GET', url('/today', { visitor }), { atDoor: true })
}

/** sendRecords sends 1 to 50 records; the answers are in their order. */
export function sendRecords(sent: string, records: readonly VisitRecord[]): Promise<{ records: RecordAnswer[] }> {
  return json('POST', url('/records'), { body: { sent, records }, atDoor: true })
}

/** sendTicks sends patrol points that were passed; the answers are in their order. */
export function sendTicks(ticks: readonly { task: string; date: string }[]): Promise<{ ticks: ('stored' | 'same' | 'refused')[] | null }> {
  return json('POST', url('/ticks'), { body: { ticks }, atDoor: true })
}

/** myCalendar tells since when one has an address of a calendar; makeCalendar makes another, told once; endCalendar revokes it. */
export const myCalendar = (): Promise<{ made_at: string | null }> => json('GET', url('/today/calendar'), { atDoor: true })
export const makeCalendar = (): Promise<{ path: string }> => json('POST', url('/today/calendar'), { atDoor: true })
export const endCalendar = (): Promise<unknown> => json('DELETE', url('/today/calendar'), { atDoor: true })

/** paperAt are the addresses of the day as a sheet to print, of slips to leave at its doors, and of its way as GPX. */
export const paperAt = {
  sheet: (visitor: string, date: string, lang: string) => url('/today/sheet.pdf', { visitor, date, lang, purpose: 'daily_work' }),
  slips: (visitor: string, date: string, lang: string) => url('/today/slips.pdf', { visitor, date, lang, purpose: 'daily_work' }),
  walk: (visitor: string, date: string) => url('/today/walk.gpx', { visitor, date, purpose: 'daily_work' }),
}

/** openDoor asks for whom a scanned code stands; unknown ones and those that are not for whoever asks are a 404 alike. */
export function openDoor(token: string): Promise<{ resident?: string | null; stops?: TodayStop[] | null }> {
  return json('POST', url('/door'), { body: { token }, atDoor: true })
}

/** What else may become of a visit of a day. */
export interface MoveOptions {
  due_by: string
  days: string[]
  colleagues: { visitor: string; name: string; tier: string; walk_seconds: number }[]
  /** the open ladder of the day: the visit can be passed on, or closed */
  ladder?: string
  reasons: Choice[]
}

/** Move is what is to become of a visit. Its id is made on the phone: however often it is sent, it is done once. */
export interface Move {
  id: string
  kind: 'postpone' | 'hand_over' | 'pass_on'
  visitor: string
  date: string
  resident: string
  to_day?: string
  to_visitor?: string
  why: string
}

/** What comes of an order: when each door is reached, and what it breaks. */
export interface Ordered {
  kept: boolean
  stops: { door: string; arrive: string; walk_seconds: number }[]
  breaks: { code: string; door?: string; firm: boolean }[]
}

/** moveOptions asks what else may become of a visit. */
export function moveOptions(visitor: string, date: string, resident: string): Promise<MoveOptions> {
  return json('GET', url('/today/options', { visitor, date, resident }), { atDoor: true })
}

/** moveVisit puts a visit off, hands it over or passes it on. */
export function moveVisit(m: Move): Promise<{ status: 'stored' | 'same'; holder?: string; until?: string }> {
  return json('POST', url('/today/moves'), { body: m, atDoor: true })
}

/** closeLadder ends the ladder of a visit for what one knows of the resident. */
export function closeLadder(id: string, how: string, reason: string): Promise<unknown> {
  return json('POST', url(`/ladders/${encodeURIComponent(id)}/close`), { body: { how, reason }, atDoor: true })
}

/** orderDay keeps the doors of a day in an order; none: as planned. */
export function orderDay(visitor: string, date: string, doors: readonly string[], why: string): Promise<Ordered> {
  return json('PUT', url('/today/order'), { body: { visitor, date, doors, ...(why && { why }) }, atDoor: true })
}

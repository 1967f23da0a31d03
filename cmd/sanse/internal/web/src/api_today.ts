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

/** openDoor asks for whom a scanned code stands; unknown ones and those that are not for whoever asks are a 404 alike. */
export function openDoor(token: string): Promise<{ resident?: string | null; stops?: TodayStop[] | null }> {
  return json('POST', url('/door'), { body: { token }, atDoor: true })
}

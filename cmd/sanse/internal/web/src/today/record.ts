import type { Choice, Item, Today, TodayStop, VisitRecord } from '../api_today.ts'
import { lang } from '../i18n.ts'
import type { Kept, State } from './queue.ts'

// What a record is made of, and what the list says of a door: no storage, no line.

const groups: readonly Item['group'][] = ['ask', 'check', 'clear']

/** itemsOf are the questions in the order in which they are put: what is asked, what is checked, what is cleared. */
export function itemsOf(today: Pick<Today, 'form'>): Item[] {
  return groups.flatMap((g) => today.form.items.filter((i) => i.group === g))
}

/** nextItem is the first question without an answer; the number of questions where all have one. */
export function nextItem(items: readonly Item[], answers: Readonly<Record<string, string>>): number {
  const i = items.findIndex((x) => !(x.id in answers))
  return i < 0 ? items.length : i
}

/** toSeeTo are the questions whose answer is something to see to, with that answer. */
export function toSeeTo(items: readonly Item[], answers: Readonly<Record<string, string>>): { item: Item; answer: Choice }[] {
  return items.flatMap((item) => {
    const answer = item.answers.find((a) => a.code === answers[item.id])
    return answer?.bad ? [{ item, answer }] : []
  })
}

/** word is a choice in the language shown now. */
export function word(c: { zh: string; en: string }): string {
  return c[lang.value] || c.zh
}

/** How one came to a door: with a code, or with a reason why there was none. */
export type Arrival = { token: string } | { noCode: string }

/** begun is a record at its beginning. */
export function begun(id: string, today: Pick<Today, 'form'>, stop: Pick<TodayStop, 'key' | 'resident'>, arrival: Arrival, now: Date): VisitRecord {
  const how = 'token' in arrival ? { how: 'code' as const, token: arrival.token } : { how: 'hand' as const, no_code: arrival.noCode }
  return { id, resident: stop.resident ?? '', ...(stop.key && { stop: stop.key }), arrived: now.toISOString(), ...how, result: 'seen', form: today.form.id, answers: {} }
}

/**
 * arrivedAgain is an open record whose door one comes to once more: a code goes
 * before a reason why there was none, and where nothing was answered yet the visit
 * begins only now. again tells that it does.
 */
export function arrivedAgain(r: VisitRecord, arrival: Arrival, now: Date): { record: VisitRecord; again: boolean } {
  const again = Object.keys(r.answers).length === 0 && ('token' in arrival || !r.token)
  if (!again && !('token' in arrival)) return { record: r, again }
  const { how: _, token: __, no_code: ___, at, ...rest } = r
  const how = 'token' in arrival ? { how: 'code' as const, token: arrival.token } : { how: 'hand' as const, no_code: arrival.noCode }
  return { record: { ...rest, ...how, ...(again ? { arrived: now.toISOString() } : at && { at }) }, again }
}

/** longest is how much is taken down, in characters. */
export const longest = 2000

/** cleaned is a text as it is sent: without control characters but line breaks, cut where it is too long. */
export function cleaned(text: string): string {
  const plain = text.replace(/\r\n?/g, '\n').replace(/[\p{Cc}\p{Cf}]/gu, (c) => (c === '\n' || c === '\t' ? c : ''))
  return [...plain.trim()].slice(0, longest).join('')
}

/**
 * seen is a record as somebody leaves who was let in; notSeen as somebody who was
 * not. One that is mended was left when it was left, not when it is mended.
 */
export function seen(r: VisitRecord, text: string, now: Date): VisitRecord {
  const said = cleaned(text)
  const { text: _, not_seen: __, ...rest } = r
  return { ...rest, left: r.left ?? now.toISOString(), result: 'seen', ...(said && { text: said }) }
}

/** notSeen is a record of a door that nobody opened: why, and no answers. */
export function notSeen(r: VisitRecord, why: string, now: Date): VisitRecord {
  const { text: _, rating: __, ...rest } = r
  return { ...rest, left: r.left ?? now.toISOString(), result: 'not_seen', not_seen: why, answers: {} }
}

/** isRatable tells whether whoever is seen can be shown a code by which they rate the visit: one is at the door now, and corrects nothing. */
export function isRatable(r: VisitRecord): boolean {
  return !r.left && !r.corrects
}

/** isVisit tells whether a stop is a visit to somebody, of which a record is made; patrol points and services are other work. */
export function isVisit(s: Pick<TodayStop, 'resident' | 'task'>): boolean {
  return Boolean(s.resident) && !s.task
}

/** standing is how a door stands: what the phone has of it goes before what the service told. */
export function standing(stop: TodayStop, kept: readonly Kept[], day: string): State | 'done' | 'due' {
  const mine = kept.filter((k) => isVisit(stop) && k.resident === stop.resident && k.day === day)
  for (const s of ['refused', 'open', 'waiting', 'sent'] as const) if (mine.some((k) => k.state === s)) return s
  return stop.done ? 'done' : 'due'
}

/** isMissed tells whether all that the phone has of a door and a day is that nobody was seen. */
export function isMissed(stop: TodayStop, kept: readonly Kept[], day: string): boolean {
  const mine = kept.filter((k) => isVisit(stop) && k.resident === stop.resident && k.day === day && k.result)
  return mine.length > 0 && mine.every((k) => k.result === 'not_seen')
}

/** dayIn is the calendar day of a moment in a zone; that of the phone where it does not know the zone. */
export function dayIn(zone: string, now: Date): string {
  const options = { year: 'numeric', month: '2-digit', day: '2-digit' } as const
  try {
    return new Intl.DateTimeFormat('en-CA', { ...options, timeZone: zone }).format(now)
  } catch {
    return new Intl.DateTimeFormat('en-CA', options).format(now)
  }
}

/** isOver tells whether the day of a list has ended: names and addresses are kept no longer. */
export function isOver(today: Pick<Today, 'date' | 'zone'>, now: Date): boolean {
  return dayIn(today.zone, now) > today.date
}

import type { VisitForm } from '../api_form.ts'
import type { Choice, Item } from '../api_today.ts'

// A form while it is written: what becomes of it at each step, and what is wrong with it.

/** What is written: a form without its id. */
export type Draft = Omit<VisitForm, 'id'>

export const groups = ['ask', 'check', 'clear'] as const
export const reasonLists = ['no_code', 'not_seen', 'postpone'] as const
export type ReasonList = (typeof reasonLists)[number]

/** The most that a form may have, as the service checks it too. */
export const most = { items: 40, choices: 20, words: 60 } as const

/** What is wrong: which words are missing or too long, too few answers, no reason, or the day. */
export type Fault = 'words' | 'long' | 'answers' | 'reasons' | 'items' | 'day'

/** begin is a draft that begins as a form is, from a day on. */
export function begin(f: VisitForm, from: string): Draft {
  const copy = structuredClone(f)
  return { from, items: copy.items, reasons: copy.reasons }
}

/** newCode is a code for something that is new: of its English words, and none that is taken. Codes stay as they are: records and rules for grades go by them. */
export function newCode(en: string, taken: readonly string[]): string {
  const base = en.toLowerCase().replace(/[^a-z0-9]+/g, '_').replace(/^_+|_+$/g, '').slice(0, 36).replace(/_+$/, '') || 'q'
  if (!taken.includes(base)) return base
  let n = 2
  while (taken.includes(`${base}_${n}`)) n++
  return `${base}_${n}`
}

/** moved has the i-th of a list trade places with the one by steps further; outside the list nothing happens. */
export function moved<T>(list: readonly T[], i: number, by: number): T[] {
  const out = [...list]
  const [a, b] = [out[i], out[i + by]]
  if (a === undefined || b === undefined) return out
  out[i] = b
  out[i + by] = a
  return out
}

/** finished is a draft to be sent: words without blanks around them, and a code for all that has none. */
export function finished(d: Draft): Draft {
  const choices = <C extends Choice>(list: readonly C[]): C[] => {
    const taken = list.map((c) => c.code).filter(Boolean)
    return list.map((c) => {
      const out = { ...c, zh: c.zh.trim(), en: c.en.trim() }
      if (!out.code) taken.push((out.code = newCode(out.en, taken)))
      return out
    })
  }
  const taken = d.items.map((i) => i.id).filter(Boolean)
  const items = d.items.map((it): Item => {
    const out = { ...it, zh: it.zh.trim(), en: it.en.trim(), answers: choices(it.answers) }
    if (!out.id) taken.push((out.id = newCode(out.en, taken)))
    return out
  })
  return { from: d.from, items, reasons: { no_code: choices(d.reasons.no_code), not_seen: choices(d.reasons.not_seen), postpone: choices(d.reasons.postpone) } }
}

/** faults are what is wrong with a draft, by place: from, items, items.2.zh, items.2.answers, items.2.answers.0.en, not_seen, not_seen.1.zh. */
export function faults(d: Draft, today: string): Map<string, Fault> {
  const out = new Map<string, Fault>()
  const words = (at: string, w: { zh: string; en: string }) => {
    for (const k of ['zh', 'en'] as const) {
      const n = [...w[k].trim()].length
      if (n === 0) out.set(`${at}.${k}`, 'words')
      else if (n > most.words) out.set(`${at}.${k}`, 'long')
    }
  }
  if (!(d.from > today)) out.set('from', 'day')
  if (d.items.length === 0 || d.items.length > most.items) out.set('items', 'items')
  d.items.forEach((it, i) => {
    words(`items.${i}`, it)
    if (it.answers.length < 2 || it.answers.length > most.choices) out.set(`items.${i}.answers`, 'answers')
    it.answers.forEach((c, k) => words(`items.${i}.answers.${k}`, c))
  })
  for (const list of reasonLists) {
    if (d.reasons[list].length === 0 || d.reasons[list].length > most.choices) out.set(list, 'reasons')
    d.reasons[list].forEach((c, k) => words(`${list}.${k}`, c))
  }
  return out
}

import type { Today } from '../api_today.ts'

// What was asked when a record began: the form and the reasons, which are nobody's.
// They outlive the list of the day, so that a record can be finished after midnight,
// by whatever form holds then.

/** Asked is what is asked at a door, and the reasons to choose from. */
export type Asked = Pick<Today, 'form' | 'reasons'>

/** Where they are kept; trust/keep leaves it to the phone. */
const place = 'sanse.forms'
/** Records are as old as the last few forms at most. */
const most = 5

function all(): Asked[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? '[]')
    return Array.isArray(kept) ? (kept as Asked[]).filter((a) => Boolean(a?.form?.id && a.reasons)) : []
  } catch {
    return [] // storage is switched off, or holds something else
  }
}

/** keepForm keeps a form, the last one first. */
export function keepForm({ form, reasons }: Asked): void {
  try {
    localStorage.setItem(place, JSON.stringify([{ form, reasons }, ...all().filter((a) => a.form.id !== form.id)].slice(0, most)))
  } catch {
    // Then a record is finished as long as its list is there.
  }
}

/** formOf is the form of a record, if it was kept. */
export function formOf(id: string): Asked | null {
  return all().find((a) => a.form.id === id) ?? null
}

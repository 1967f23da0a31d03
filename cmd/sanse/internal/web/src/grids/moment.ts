import { day } from '../format.ts'

/** moment writes a time in a time zone: "11月22日 17:13", "22 Nov 17:13". What is no time is written as it came. */
export function moment(iso: string, timeZone: string): string {
  const at = new Date(iso)
  if (Number.isNaN(at.getTime())) return iso
  let parts: string[]
  try {
    const f = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
    parts = f.format(at).split(' ')
  } catch {
    return iso // a zone that the browser does not know
  }
  return `${day(parts[0] ?? '')} ${parts[1] ?? ''}`
}

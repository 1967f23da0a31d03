import { shown, type Both, type Figures, type StandardRow } from '../api_shortfall.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { decimal, number, percent } from '../format.ts'
import { lang, t } from '../i18n.ts'

/** said is a text that the service has in both languages; Chinese where the other is empty. */
export function said(text: Both | null | undefined): string {
  return text?.[lang.value] || text?.zh || text?.en || ''
}

/** known is the dictionary's text of that key, the word itself where it has none. */
export function known(key: string, word: string): string {
  return key in dictionary ? t(key as TextKey) : word
}

/** amount writes a value that may be none: a dash, never 0. */
export function amount(v: number | null | undefined): string {
  if (v === null || v === undefined) return '—'
  return Number.isInteger(v) ? number(v) : decimal(v, Math.abs(v) < 10 ? 2 : 1)
}

/** whole writes an expected number of people, rounded; a dash where there is none. */
export function whole(v: number | null | undefined): string {
  return v === null || v === undefined ? '—' : number(Math.round(v))
}

/** ownHalf is the half in the language of the page of a text that has both, parted by " · "; else all of it. */
export function ownHalf(text: string): string {
  const halves = text.split(' · ')
  if (halves.length !== 2) return text
  const han = halves.map((h) => /\p{Script=Han}/u.test(h))
  if (han[0] === han[1]) return text
  return halves[han.indexOf(lang.value === 'zh')] ?? text
}

/** counted writes a value with its unit: "12 处". */
export function counted(v: number | null | undefined, unit: string): string {
  if (v === null || v === undefined) return '—'
  const key = `shortfall.of.${unit}`
  return key in dictionary ? t(key as TextKey, { n: amount(v) }) : `${amount(v)} ${unit}`.trim()
}

/** targetOf writes what a standard asks for, by the unit that reads on from its value: "90%", "28 for 1,000". */
export function targetOf(value: number, unit: string): string {
  if (unit === '%') return `${amount(value)}%`
  if (unit.startsWith('m²/')) return t('shortfall.m2For', { n: amount(value), of: amount(Number(unit.slice(3))) })
  if (/^\/\d+$/.test(unit)) return t('shortfall.for', { n: amount(value), of: amount(Number(unit.slice(1))) })
  return `${amount(value)} ${unit}`
}

/** What the figures of each measure count: a key of the family shortfall.of. */
const units: Readonly<Record<string, string>> = {
  reach: 'people',
  per_area: 'areas',
  per_thousand: 'places',
  per_households: 'persons',
  area_m2_per_thousand: 'm2',
  response: 'calls',
  share: 'visits',
  idle: 'places',
}

/** countedIn is what the figures of a measure count. */
export function countedIn(measure: string): string {
  return units[measure] ?? ''
}

/** valueOf writes where an area stands in the unit of the target, where that is not told the share of what is needed; a dash where neither is known. */
export function valueOf(f: Figures, unit: string): string {
  if (unit === '%') return percent(f.share)
  return f.value === null || f.value === undefined ? percent(f.share) : amount(f.value)
}

/** noneText says why there are no figures. */
export function noneText(f: Figures): string {
  const standing = shown(f)
  if (standing === 'hidden') return t('shortfall.hiddenNumber')
  const usual = t(standing === 'no_data' ? 'shortfall.noData' : 'shortfall.notApplicable')
  return f.reason ? known(`shortfall.reason.${f.reason}`, usual) : usual
}

/** Which way a row went since the report before; null where nothing can be said. */
export function turn(row: StandardRow): { by: number; share: boolean; better: boolean } | null {
  if (!row.trend) return null
  const share = row.share !== null && row.share !== undefined
  const now = share ? row.share : row.have
  const then = share ? row.trend.value : (row.trend.have ?? row.trend.value)
  if (now === null || now === undefined || then === null || then === undefined) return null
  const by = now - then
  return { by, share, better: row.measure === 'idle' ? by < 0 : by > 0 }
}

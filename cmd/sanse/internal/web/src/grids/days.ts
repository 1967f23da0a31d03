import type { Publication } from '../api_grids.ts'
import { addDays, day } from '../format.ts'
import { t } from '../i18n.ts'

/**
 * firstDay is the first day that boundaries can be made to hold: tomorrow, or
 * the day after the latest that were published.
 */
export function firstDay(today: string, published: readonly Publication[]): string {
  return addDays(published.reduce((last, p) => (p.effective > last ? p.effective : last), today), 1)
}

/** inForce is the publication whose boundaries hold on a day; null: those from before the first. */
export function inForce(all: readonly Publication[], on: string): Publication | null {
  return all.reduce<Publication | null>((best, p) => (p.effective <= on && (!best || p.effective > best.effective) ? p : best), null)
}

/** dayOf names a publication by its day and number. */
export function dayOf(p: Publication): string {
  return t('grids.dayAndNumber', { day: day(p.effective), n: p.id })
}

import { DraftError } from '../api_editor.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { list } from '../format.ts'
import { t } from '../i18n.ts'

const shownCodes = 6

/** codes names a few codes and says how many more there are; none is a dash. */
export function codes(all: readonly string[]): string {
  if (all.length === 0) return '—'
  const some = list(all.slice(0, shownCodes))
  return all.length > shownCodes ? t('grids.codesMore', { some, n: all.length - shownCodes }) : some
}

/**
 * refused says in words why something was not done: by the reason where it has
 * one, else as the service put it. Nothing is lost by it, so nothing else is said.
 */
export function refused(e: unknown): string {
  if (!(e instanceof DraftError)) return e instanceof Error ? e.message : String(e)
  const key = `grids.refused.${e.reason}`
  return key in dictionary ? t(key as TextKey, { areas: codes(e.areas) }) : e.message
}

/** freeDay is the first day that a refusal says can be had; null where it says none. */
export function freeDay(e: unknown): string | null {
  if (!(e instanceof DraftError) || (e.reason !== 'day_taken' && e.reason !== 'day_past')) return null
  return /(\d{4}-\d{2}-\d{2})$/.exec(e.message)?.[1] ?? null
}

import { DraftError } from '../api_editor.ts'
import { overtaken, type Standard } from '../api_standards.ts'
import { t } from '../i18n.ts'
import { said } from './words.ts'

/**
 * refusedSet says why a set was not saved: in words where they are known, else as
 * the service put it, field by field. items are those that were sent.
 */
export function refusedSet(e: unknown, items: readonly Standard[]): string {
  if (overtaken(e)) return t('standards.overtaken')
  if (!(e instanceof DraftError) || e.errors.length === 0) return e instanceof Error ? e.message : String(e)
  const named = (id: string) => said(items.find((x) => x.id === id)?.name) || id
  return e.errors
    .map(({ location, message }) => {
      const other = /^(contradicts|asks the same as) ([a-z0-9_-]+)/.exec(message)
      const text = other?.[2] ? t(other[1] === 'contradicts' ? 'standards.wrong.contradicts' : 'standards.wrong.same', { other: named(other[2]) }) : message
      const at = /items\[(\d+)\]\.?(.*)$/.exec(location ?? '')
      const whose = at?.[1] ? said(items[Number(at[1])]?.name) : ''
      return [whose, other ? '' : at?.[2], text].filter(Boolean).join(': ')
    })
    .join('\n')
}

/** Unsaved says in words why a set was not saved. */
export class Unsaved extends Error {
  readonly overtaken: boolean
  constructor(message: string, overtaken: boolean) {
    super(message)
    this.overtaken = overtaken
  }
}

/** unsaved is what to say of a set that was not saved, and whether somebody was quicker. */
export function unsaved(e: unknown): { text: string; overtaken: boolean } {
  return { text: e instanceof Error ? e.message : String(e), overtaken: e instanceof Unsaved && e.overtaken }
}

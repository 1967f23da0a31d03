import { dictionary, type TextKey } from '../dictionary.ts'
import { t } from '../i18n.ts'

/** reasonWord is the word of a reason, or the service's own sentence for one that has none. */
export function reasonWord(reason: string, detail?: string): string {
  const key = `cov.reason.${reason}`
  return key in dictionary ? t(key as TextKey) : (detail ?? reason)
}

import { list } from '../format.ts'
import { t } from '../i18n.ts'
import { known } from './words.ts'

/** frequency says how often in the language of the page; what is not known stays as it came. */
export function frequency(text: string): string {
  return list(text.split('; ').map(one))
}

function one(text: string): string {
  const times = /^(\d+)\/(day|week|month)$/.exec(text)
  if (times?.[1] && times[2]) return t(`needs.per.${times[2] as 'day' | 'week' | 'month'}`, { n: times[1] })
  const every = /^every (\d+) days$/.exec(text)
  if (every?.[1]) return t('needs.everyDays', { n: every[1] })
  if (text === 'working days') return t('needs.workingDays')
  if (text === 'once') return t('needs.once')
  return text
}

/** giver names who gives what a need asks for. */
export function giver(m: { name?: string; facility?: string; provider?: string }): string {
  return m.name || m.facility || m.provider || t('needs.nobody')
}

/** whyNot says why nobody gives it, or why somebody does not fit. */
export function whyNot(reason: string): string {
  return known(`needs.reason.${reason}`, reason)
}

import type { District, Mend } from './api.ts'
import type { TextKey } from './dictionary.ts'
import { addDays, day, list, number } from './format.ts'
import { t, term } from './i18n.ts'

const kinds: readonly string[] = ['minutes', 'visits', 'tier', 'later', 'hours', 'skill']

/** mend says a change that would free a visit in a sentence; a kind that is not known is shown as it is. */
export function mend(m: Mend, district: Pick<District, 'skills'>): string {
  if (!kinds.includes(m.kind)) return m.kind
  return t(`mend.${m.kind}` as TextKey, {
    visitor: m.visitor ?? '',
    day: m.date ? day(m.date) : '',
    n: number(m.minutes ?? 0),
    skill: m.skill ? term(district.skills, m.skill) : '',
  })
}

const shownRuns = 3

/** days writes ascending dates in runs: "12月1日–12月3日、12月7日"; of many runs the first ones and how many days there are. */
export function days(dates: readonly string[]): string {
  const runs: { from: string; to: string }[] = []
  for (const d of dates) {
    const last = runs.at(-1)
    if (last && addDays(last.to, 1) === d) last.to = d
    else runs.push({ from: d, to: d })
  }
  const words = runs.slice(0, shownRuns).map((r) => (r.from === r.to ? day(r.from) : t('board.run', { from: day(r.from), to: day(r.to) })))
  if (words.length === 0) return ''
  return runs.length > shownRuns ? t('board.runs', { days: list(words), n: number(dates.length) }) : list(words)
}

import type { Board, District, Period } from './api.ts'
import { addDays, day, month } from './format.ts'
import { t } from './i18n.ts'

/** A period of the board with its first and last day. */
export type Span = Board['period']

/** startOf is the first day of the calendar week (from Monday) or month that holds a day. */
export function startOf(kind: 'week' | 'month', iso: string): string {
  if (kind === 'month') return iso.slice(0, 8) + '01'
  const weekday = new Date(iso + 'T00:00:00Z').getUTCDay()
  return addDays(iso, -((weekday + 6) % 7))
}

/** knownFrom is the first day from which visits are judged: of the month before the plan. */
export function knownFrom(planStart: string): string {
  return startOf('month', addDays(startOf('month', planStart), -1))
}

/** Steps are the first days of the periods before and after; null where nothing is known of them. */
export interface Steps {
  before: string | null
  after: string | null
}

/** stepsOf leads from a week or month to its neighbours, from what is known of the past to the plan's end. */
export function stepsOf(p: Span, plan: District['plan']): Steps {
  if (p.kind === 'horizon' || !plan) return { before: null, after: null }
  const before = startOf(p.kind, addDays(p.from, -1))
  return {
    before: before >= knownFrom(plan.start) ? before : null,
    after: p.to < plan.end ? addDays(p.to, 1) : null,
  }
}

/**
 * sameTime is the first day by which another kind of period stays where one
 * looks: from a week of last month to that month, and from a month to its first
 * whole week. What holds today needs no day to be named.
 */
export function sameTime(p: Span, kind: Period, today: string): string | undefined {
  if (kind === 'horizon' || p.kind === 'horizon' || (p.from <= today && today <= p.to)) return undefined
  const first = startOf(kind, p.from)
  return kind === 'week' && first < p.from ? addDays(first, 7) : first
}

/**
 * lastOver is the last week or month that is over today, whose share on time
 * stands in for that of a period in which nothing has fallen due yet; null for
 * a period that is over itself, and where nothing is known so far back. For
 * the whole plan it is a month.
 */
export function lastOver(p: Span, plan: District['plan'], today: string): { kind: Period; from: string } | null {
  if (!plan || p.to < today) return null
  const kind = p.kind === 'week' ? 'week' : 'month'
  const from = startOf(kind, addDays(startOf(kind, today), -1))
  return from >= knownFrom(plan.start) ? { kind, from } : null
}

/** periodName names a period: a month by its name, anything else by its first and last day. */
export function periodName(p: Span, long = false): string {
  if (p.kind === 'month') return month(p.from, long)
  return t('board.range', { from: day(p.from), to: day(p.to) })
}

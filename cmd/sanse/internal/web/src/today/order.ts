import type { TodayStop } from '../api_today.ts'

// The doors of a day in another order: no storage, no line.

/** doorOf is the id by which the service knows a stop: of the task, else of the resident. */
export function doorOf(s: Pick<TodayStop, 'task' | 'resident'>): string {
  return s.task || s.resident || ''
}

/** moved is a list with one of its entries a place further up or down; at the ends it stays. */
export function moved<T>(list: readonly T[], from: number, by: -1 | 1): T[] {
  const out = [...list]
  const to = from + by
  if (to < 0 || to >= out.length || from < 0 || from >= out.length) return out
  const [it] = out.splice(from, 1)
  out.splice(to, 0, it as T)
  return out
}

import type { Standard } from '../api_editor.ts'
import type { Level } from '../api.ts'
import type { Row } from './sums.ts'

/** What areas are balanced by: a weight, and what each is to have of it. */
export interface Aim {
  weight: string
  /** mean: the same for all that are not special; standard: the district's rule */
  by: 'mean' | 'standard'
  /** share by which an area may be off the mean, 0.1: ten in a hundred */
  tolerance: number
}

/** What an area of a level is to have: from least to most. */
export interface Target {
  least: number
  most: number
}

/**
 * standardTarget is what the rule of a level asks for; null where it says
 * nothing of the weight. A rule that names one number is met within the tolerance.
 */
export function standardTarget(standard: Partial<Record<Level, Standard>>, level: Level, aim: Aim): Target | null {
  const s = aim.weight === 'households' ? standard[level]?.households : undefined
  if (!s) return null
  if (s.target !== undefined && s.target > 0) return { least: s.target * (1 - aim.tolerance), most: s.target * (1 + aim.tolerance) }
  if (s.least === undefined && s.most === undefined) return null
  return { least: s.least ?? 0, most: s.most ?? Infinity }
}

/** meanTarget is the mean of the areas that are not special, give or take the tolerance. */
export function meanTarget(values: readonly number[], tolerance: number): Target | null {
  if (values.length === 0) return null
  const mean = values.reduce((a, b) => a + b, 0) / values.length
  return mean > 0 ? { least: mean * (1 - tolerance), most: mean * (1 + tolerance) } : null
}

/** targetOf is what each of some rows is to have; null: nothing can be asked of them. */
export function targetOf(list: readonly Row[], weight: number, aim: Aim, standard: Partial<Record<Level, Standard>>): Target | null {
  const level = list[0]?.level
  if (level === undefined) return null
  if (aim.by === 'standard') {
    const s = standardTarget(standard, level, aim)
    if (s) return s
  }
  return meanTarget(list.filter((r) => !r.special).map((r) => r.values[weight] ?? 0), aim.tolerance)
}

/** middle is where a target lies: between its ends, or at the one it has. */
export function middle(t: Target): number {
  return Number.isFinite(t.most) ? (t.least + t.most) / 2 : t.least
}

/** deviation is the share by which a value is off the middle of a target: 0.2 is a fifth too much. */
export function deviation(value: number, t: Target): number {
  const m = middle(t)
  return m > 0 ? value / m - 1 : 0
}

/** excess is the share by which a value is beyond the nearer end of a target; 0 within. */
export function excess(value: number, t: Target): number {
  const m = middle(t)
  if (m <= 0) return 0
  if (value > t.most) return (value - t.most) / m
  if (value < t.least) return (value - t.least) / m
  return 0
}

/**
 * Classes of balance, from far too little to far too much, on either side of
 * those that are met. Blue to orange, so that whoever sees no red and green
 * apart sees these; lighter is nearer.
 */
export const balanceColours = ['#2c5f9e', '#6d9fd1', '#b9d4ea', '#f1eee4', '#f7cf9c', '#e8964a', '#b4560f'] as const

/** Number of the class that is met. */
export const met = 3

/** classOf is the number of a value's class in balanceColours. */
export function classOf(value: number, t: Target): number {
  const e = excess(value, t)
  if (e === 0) return met
  const far = Math.abs(e)
  const step = far > 0.5 ? 3 : far > 0.2 ? 2 : 1
  return met + (e > 0 ? step : -step)
}

/** worstFirst orders rows by how far they are beyond their target, special ones last. */
export function worstFirst(list: readonly Row[], weight: number, t: Target | null): Row[] {
  const off = (r: Row) => (t && !r.special ? Math.abs(excess(r.values[weight] ?? 0, t)) : -1)
  const dev = (r: Row) => (t && !r.special ? Math.abs(deviation(r.values[weight] ?? 0, t)) : -1)
  return [...list].sort((a, b) => off(b) - off(a) || dev(b) - dev(a) || (a.code < b.code ? -1 : 1))
}

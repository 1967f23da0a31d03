import type { DrawingInput, GroundAnswer } from '../api_editor.ts'

/** What a planner wishes of a drawing, as the form has it. */
export interface DrawWish {
  level: 'grid' | 'micro-grid'
  /** code of a grid whose micro-grids alone are drawn; empty: the whole community */
  within: string
  /** by the standard, or so many */
  by: 'standard' | 'zones'
  zones: number
  /** of the standard, amounts of its weight; 0: none */
  weight: string
  target: number
  least: number
  most: number
  /** what is balanced, the most important first; tolerances in per cent */
  weights: { name: string; tolerance: number }[]
  barriers: boolean
  /** step of stays */
  stay: number
  seconds: number
  wholeBlocks: boolean
}

/** How dear it is to move, from drawing all anew to staying as it is; the service's measure. */
export const stays = [0, 0.1, 0.3, 1, 3, 10] as const
/** How long a search may last, seconds. */
export const times = [5, 10, 20, 60] as const
/** The most weights that are balanced at once. */
export const mostWeights = 5
const tolerance = 5 // per cent, as the service's own

/**
 * counted counts the areas of a level in a community, or in one grid of it: all,
 * and those that a drawing leaves alone, for they are special or locked.
 */
export function counted(g: GroundAnswer, level: 'grid' | 'micro-grid', within: string): { all: number; alone: number } {
  const left = new Set(g.areas.features.filter((f) => f.properties.special || f.properties.locked).map((f) => f.properties.code))
  const areas = g.areas.features.map((f) => f.properties).filter((p) => p.level === level && (within === '' || p.parent === within))
  return { all: areas.length, alone: areas.filter((p) => left.has(p.code) || left.has(p.parent)).length }
}

/** sumOf adds up a weight over the community, or over one grid. */
export function sumOf(g: GroundAnswer, weight: string, within: string): number {
  const values = g.places.values[weight] ?? []
  if (within === '') return values.reduce((a, b) => a + b, 0)
  const inside = g.areas.features.map((f) => f.properties.parent === within || f.properties.code === within)
  return values.reduce((a, b, i) => a + (inside[g.places.in[i] ?? -1] ? b : 0), 0)
}

/** zonesOf is about how many areas the wish comes to; null where the standard does not say. */
export function zonesOf(g: GroundAnswer, w: DrawWish): number | null {
  if (w.by === 'zones') return w.zones
  const sum = sumOf(g, w.weight, w.within)
  const each = w.target > 0 ? w.target : w.least > 0 && w.most > 0 ? (w.least + w.most) / 2 : 0
  return each > 0 && sum > 0 ? Math.max(1, Math.round(sum / each)) : null
}

/** defaults is as many areas as there are, or as the district's own rule asks for where there is one at most; balanced by households, close to today. */
export function defaults(g: GroundAnswer, level: 'grid' | 'micro-grid', selected: string | null): DrawWish {
  const rule = g.standard[level]?.households ?? {}
  const grid = selected === null ? '' : selected.slice(0, 15)
  const within = level === 'micro-grid' && g.areas.features.some((f) => f.properties.code === grid && f.properties.level === 'grid') ? grid : ''
  const first = g.weights.includes('households') ? 'households' : (g.weights[0] ?? '')
  const { all } = counted(g, level, within)
  const blocks = g.areas.features.some((f) => f.properties.level === 'micro-grid')
  return {
    level,
    within,
    by: all > 1 ? 'zones' : 'standard',
    zones: Math.max(1, all),
    weight: first,
    target: rule.target ?? 0,
    least: rule.least ?? 0,
    most: rule.most ?? 0,
    weights: first === '' ? [] : [{ name: first, tolerance }],
    barriers: g.barriers.features.length > 0,
    stay: 3,
    seconds: 10,
    wholeBlocks: level === 'grid' && blocks,
  }
}

/** toggled balances one more weight, or one less; the newest is the least important. */
export function toggled(w: DrawWish, name: string): DrawWish {
  if (w.weights.some((x) => x.name === name)) return { ...w, weights: w.weights.filter((x) => x.name !== name) }
  if (w.weights.length >= mostWeights) return w
  return { ...w, weights: [...w.weights, { name, tolerance: w.weights.at(-1)?.tolerance ?? tolerance }] }
}

/** inputOf writes the wish as the service reads it: shares instead of per cent, no zones where the standard says. */
export function inputOf(w: DrawWish, community: string): Omit<DrawingInput, 'seed'> {
  const amounts = w.target > 0 ? { target: Math.round(w.target) } : { least: Math.round(w.least), most: Math.round(w.most) }
  return {
    area: w.within || community,
    level: w.level,
    ...(w.by === 'zones' ? { zones: w.zones } : { standard: { weight: w.weight, ...amounts } }),
    weights: w.weights.map((x) => ({ name: x.name, tolerance: x.tolerance / 100 })),
    barriers: w.barriers,
    stay: stays[w.stay] ?? 1,
    seconds: w.seconds,
    ...(w.level === 'grid' ? { whole_blocks: w.wholeBlocks } : {}),
  }
}

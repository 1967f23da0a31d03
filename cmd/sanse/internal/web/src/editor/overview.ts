import type { Balance, BalanceRow } from '../api_editor.ts'
import { deviation, excess, meanTarget, standardTarget, type Aim, type Target } from './balance.ts'
import type { EditLevel } from './ground.ts'
import type { Level } from '../api.ts'
import type { Standard } from '../api_editor.ts'

/** A community with what of it wants looking at. */
export interface CommunityLine {
  code: string
  name: string
  town: string
  values: number[]
  grids: number
  micro: number
  /** areas of the level beyond their target, and how far the worst of them is off it */
  beyond: number
  worst: number
  target: Target | null
}

/** How an area of a level stands against the target of its community. */
export interface Standing {
  row: BalanceRow
  target: Target | null
}

/** overview sorts a draft's balance into communities; areas of the level are measured within their own. */
export function overview(
  b: Balance,
  level: EditLevel,
  aim: Aim,
  standard: Partial<Record<Level, Standard>>,
): { lines: CommunityLine[]; areas: Map<string, Standing> } {
  const w = b.weights.indexOf(aim.weight)
  const names = new Map(b.areas.map((a) => [a.code, a.name]))
  const within = new Map<string, BalanceRow[]>()
  const counts = new Map<string, { grids: number; micro: number }>()
  const halves = new Set(b.areas.filter((a) => a.level === 'micro-grid').map((a) => a.parent))
  const communityOf = new Map<string, string>()
  for (const a of b.areas) if (a.level === 'grid') communityOf.set(a.code, a.parent)
  for (const a of b.areas) {
    if (a.level !== 'grid' && a.level !== 'micro-grid') continue
    const c = a.level === 'grid' ? a.parent : (communityOf.get(a.parent) ?? '')
    const n = counts.get(c) ?? { grids: 0, micro: 0 }
    counts.set(c, n)
    if (a.level === 'grid') n.grids++
    else n.micro++
    // A grid without micro-grids stands among them.
    if (a.level === level || (level === 'micro-grid' && a.level === 'grid' && !halves.has(a.code))) within.set(c, [...(within.get(c) ?? []), a])
  }
  const special = new Set(b.areas.filter((a) => a.special).map((a) => a.code))
  const counted = (x: BalanceRow) => !x.special && !special.has(x.parent)
  const areas = new Map<string, Standing>()
  const lines: CommunityLine[] = []
  for (const a of b.areas) {
    if (a.level !== 'community') continue
    const list = within.get(a.code) ?? []
    const rule = aim.by === 'standard' ? standardTarget(standard, level, aim) : null
    const target = rule ?? meanTarget(list.filter(counted).map((x) => x.values[w] ?? 0), aim.tolerance)
    let beyond = 0
    let worst = 0
    for (const x of list) {
      areas.set(x.code, { row: x, target: counted(x) ? target : null })
      const e = target && counted(x) ? excess(x.values[w] ?? 0, target) : 0
      if (e === 0 || !target) continue
      beyond++
      const off = deviation(x.values[w] ?? 0, target)
      if (Math.abs(off) > Math.abs(worst)) worst = off
    }
    lines.push({ code: a.code, name: a.name, town: names.get(a.parent) ?? '', values: a.values, ...(counts.get(a.code) ?? { grids: 0, micro: 0 }), beyond, worst, target })
  }
  return { lines, areas }
}

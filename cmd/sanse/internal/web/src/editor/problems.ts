import type { Bounds } from '../api.ts'
import type { Check, Finding, LonLat } from '../api_editor.ts'
import { deviation, excess, type Target } from './balance.ts'
import type { Ground } from './ground.ts'
import { ringBounds } from './plane.ts'
import type { Row } from './sums.ts'

/** A place or an area that wants looking at. */
export type Problem =
  | { key: string; kind: 'finding'; finding: Finding; code: string }
  | { key: string; kind: 'parts'; code: string; name: string; n: number }
  | { key: string; kind: 'balance'; code: string; name: string; value: number; off: number }

/** codesOf are the areas that a finding names. */
export const codesOf = (f: Finding): string[] => f.codes ?? f.areas ?? []

/**
 * problems lists what is wrong in a community: what the check found, areas in
 * several pieces, and areas beyond their target, the farthest first.
 */
export function problems(g: Ground, list: readonly Row[], weight: number, target: Target | null, check: Check | null): Problem[] {
  const community = g.answer.area.code
  const out: Problem[] = []
  for (const f of check?.findings ?? []) {
    const mine = codesOf(f).filter((c) => c.startsWith(community))
    if (mine.length > 0) out.push({ key: f.key ?? `${f.kind}${f.at.join()}`, kind: 'finding', finding: f, code: mine.find((c) => g.area(c)) ?? '' })
  }
  for (const r of list) {
    const a = g.area(r.code)
    if (a && a.polygons.length > Math.max(1, a.parts ?? 1)) out.push({ key: `parts${r.code}`, kind: 'parts', code: r.code, name: r.name, n: a.polygons.length })
  }
  const off = target ? list.flatMap((r) => (r.special ? [] : [{ r, e: excess(r.values[weight] ?? 0, target) }])).filter((x) => x.e !== 0) : []
  off.sort((a, b) => Math.abs(b.e) - Math.abs(a.e))
  for (const { r } of off) out.push({ key: `balance${r.code}`, kind: 'balance', code: r.code, name: r.name, value: r.values[weight] ?? 0, off: deviation(r.values[weight] ?? 0, target!) })
  return out
}

/** boundsOf is what is to be in view to see a problem. */
export function boundsOf(g: Ground, p: Problem): Bounds | null {
  if (p.kind === 'finding') {
    const points = (p.finding.place?.coordinates.flat(2) ?? [p.finding.at]) as LonLat[]
    const b = ringBounds(points.length > 0 ? points : [p.finding.at])
    // A sliver is seen with what is around it.
    const pad = 0.0006
    return [b[0] - pad, b[1] - pad, b[2] + pad, b[3] + pad]
  }
  return g.area(p.code)?.box ?? null
}

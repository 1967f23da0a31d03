import type { EditLevel, Ground } from './ground.ts'
import type { Preview } from './preview.ts'

/** A line of the table: an area with its sums, weight by weight. */
export interface Row {
  code: string
  name: string
  level: EditLevel
  parent: string
  special: boolean
  locked: boolean
  values: Float64Array
  /** It begins with an edit that is not yet answered. */
  fresh: boolean
}

/**
 * rows are the sums of every area of a level under some previews, one upon the
 * other, in the order of the ground; areas that begin come last. What no
 * preview moves is not summed again.
 */
export function rows(g: Ground, level: EditLevel, previews: readonly Preview[]): Row[] {
  const n = g.weights.length
  const sums = new Map<string, Float64Array>()
  const parent = new Map<string, string>()
  g.faces.forEach((f, i) => {
    sums.set(f.code, g.sums[i]!.slice())
    parent.set(f.code, g.gridOfFace(i))
  })
  const at = new Map<number, string>()
  const joined = new Map<string, string>()
  const begun = new Map<string, Preview['begun'][number]>()
  const ended = new Set<string>()
  const sum = (code: string): Float64Array => {
    let s = sums.get(code)
    if (!s) sums.set(code, (s = new Float64Array(n)))
    if (!parent.has(code)) parent.set(code, code.startsWith('~') ? code.slice(1) : (begun.get(code)?.level === 'micro-grid' ? begun.get(code)!.parent : code))
    return s
  }
  const heir = (code: string): string => {
    while (joined.has(code)) code = joined.get(code)!
    return code
  }
  for (const p of previews) {
    for (const b of p.begun) begun.set(b.code, b)
    for (const c of p.ended) ended.add(c)
    for (const [place, code] of p.moves) {
      const from = heir(at.get(place) ?? g.faces[g.inFace[place]!]!.code)
      const to = heir(code)
      if (from === to) continue
      const [a, b] = [sum(from), sum(to)]
      for (let w = 0; w < n; w++) {
        const v = g.places.values[w]![place]!
        a[w]! -= v
        b[w]! += v
      }
      at.set(place, to)
    }
    for (const [from, code] of p.joins) {
      const to = heir(code)
      if (from === to) continue
      const [a, b] = [sum(from), sum(to)]
      for (let w = 0; w < n; w++) b[w]! += a[w]!
      sums.delete(from)
      joined.set(from, to)
    }
    for (const [face, grid] of p.parents) parent.set(face, grid)
  }
  const out: Row[] = []
  if (level === 'micro-grid') {
    for (const f of g.faces) {
      const values = sums.get(f.code)
      if (values) out.push({ code: f.code, name: f.name, level, parent: parent.get(f.code)!, special: Boolean(f.special), locked: g.locked(f.code), values, fresh: false })
    }
    for (const b of begun.values())
      if (b.level === level) out.push({ ...b, level, locked: false, values: sum(b.code), fresh: true })
    // What a grid gets, before the service has said which of its micro-grids gets it.
    for (const [code, values] of sums)
      if (code.startsWith('~')) out.push({ code, name: '', level, parent: parent.get(code)!, special: false, locked: false, values, fresh: true })
    return out
  }
  const byGrid = new Map<string, Float64Array>()
  for (const [code, values] of sums) {
    const grid = parent.get(code) ?? code
    const total = byGrid.get(grid)
    if (!total) byGrid.set(grid, values.slice())
    else for (let w = 0; w < n; w++) total[w]! += values[w]!
  }
  const none = () => new Float64Array(n)
  for (const f of g.grids)
    if (!ended.has(f.code))
      out.push({ code: f.code, name: f.name, level, parent: f.parent, special: Boolean(f.special), locked: g.locked(f.code), values: byGrid.get(f.code) ?? none(), fresh: false })
  for (const b of begun.values())
    if (b.level === level && !ended.has(b.code)) out.push({ ...b, level, locked: false, values: byGrid.get(b.code) ?? none(), fresh: true })
  return out
}

/** total sums rows, weight by weight: what no edit may change. */
export function total(list: readonly Row[], n: number): Float64Array {
  const out = new Float64Array(n)
  for (const r of list) for (let w = 0; w < n; w++) out[w]! += r.values[w]!
  return out
}

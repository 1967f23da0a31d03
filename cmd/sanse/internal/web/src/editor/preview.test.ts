import { describe, expect, test } from 'vitest'
import type { LonLat } from '../api_editor.ts'
import { Ground } from './ground.ts'
import { dice, madeUp } from './made_up.ts'
import { inPolygons } from './plane.ts'
import { assign, give, leftOf, merge, moveVertex, paint, redraw, retire, split, type Preview } from './preview.ts'
import { rows, total } from './sums.ts'

const seeds = Array.from({ length: 12 }, (_, i) => i + 1)
const pick = <T>(list: readonly T[], next: () => number): T => list[Math.floor(next() * list.length)]!

/** Where every place is by walking every ring, under borders where one point stands for another. */
function located(g: Ground, change: (p: LonLat) => LonLat): number[] {
  const shapes = g.faces.map((f) => f.polygons.map((rings) => rings.map((r) => Array.from(r, (v) => change(g.at(v))))))
  return Array.from({ length: g.places.n }, (_, p) => shapes.findIndex((s) => inPolygons(s, g.places.x[p]!, g.places.y[p]!)))
}

/** The face of every place under a preview. */
const under = (g: Ground, p: Preview) => Array.from(g.inFace, (f, i) => (p.moves.has(i) ? g.faceOf.get(p.moves.get(i)!)! : f))

/** Sums by face, from the places alone. */
function summed(g: Ground, where: readonly number[]): Map<string, number[]> {
  const out = new Map(g.faces.map((f) => [f.code, g.weights.map(() => 0)]))
  where.forEach((f, p) => g.weights.forEach((_, w) => (out.get(g.faces[f]!.code)![w]! += g.places.values[w]![p]!)))
  return out
}
const shown = (list: ReturnType<typeof rows>) => new Map(list.map((r) => [r.code, [...r.values]]))

const inner = (g: Ground) => Array.from({ length: g.xs.length }, (_, v) => v).filter((v) => g.corners(v).length > 1 && !g.outer(v))

describe('a vertex that moves', () => {
  test.each(seeds)('takes the places with it that lie between the old border and the new (seed %i)', (seed) => {
    const g = new Ground(madeUp({ seed }))
    const next = dice(seed * 7)
    let changed = 0
    for (let k = 0; k < 40; k++) {
      const v = pick(inner(g), next)
      const at = g.at(v)
      const to: LonLat = [at[0] + (next() - 0.5) * 0.0007, at[1] + (next() - 0.5) * 0.0007]
      const p = moveVertex(g, v, to)
      if (p.bad) continue
      const want = located(g, (q) => (q[0] === at[0] && q[1] === at[1] ? to : q))
      expect(under(g, p)).toEqual(want)
      expect(shown(rows(g, 'micro-grid', [p]))).toEqual(summed(g, want))
      changed += p.moves.size
    }
    expect(changed).toBeGreaterThan(0)
  })

  test('is refused on the border of the community, and where borders would cross', () => {
    const g = new Ground(madeUp({ seed: 3 }))
    const edge = g.vertex([104, 30])
    expect(moveVertex(g, edge, [104.0001, 30.0001]).bad).toBe('border_fixed')
    const v = inner(g)[5]!
    expect(moveVertex(g, v, [g.at(v)[0] + 0.004, g.at(v)[1] + 0.0043]).bad).toBe('border_crosses')
  })

  test('is refused where a face, or the grid around it, is locked', () => {
    for (const level of ['micro-grid', 'grid']) {
      const a = madeUp({ seed: 3 })
      const g0 = new Ground(a)
      const v = inner(g0)[5]!
      const face = g0.faces[g0.corners(v)[0]!.face]!
      const code = level === 'grid' ? face.parent : face.code
      for (const f of a.areas.features) if (f.properties.code === code) f.properties.locked = true
      expect(moveVertex(new Ground(a), v, g0.at(v)).bad).toBe('locked')
    }
  })

  test('leaves a place alone whose area an address decides', () => {
    const a = madeUp({ seed: 5 })
    a.places.fixed = a.places.in.map(() => true)
    const g = new Ground(a)
    const v = inner(g)[9]!
    expect(moveVertex(g, v, [g.at(v)[0] + 0.0004, g.at(v)[1]]).moves.size).toBe(0)
  })
})

test.each(seeds)('a stretch of a border that is redrawn moves what lies between (seed %i)', (seed) => {
  const g = new Ground(madeUp({ seed }))
  const next = dice(seed)
  const edges = g.borders('micro-grid')
  for (let k = 0; k < 20; k++) {
    const e = pick(edges, next)
    const [a, b] = [g.at(e.u), g.at(e.v)]
    const mid: LonLat = [(a[0] + b[0]) / 2 + (next() - 0.5) * 0.0006, (a[1] + b[1]) / 2 + (next() - 0.5) * 0.0006]
    const p = redraw(g, [a, b], [a, mid, b])
    if (p.bad) {
      expect(['border_crosses', 'border_fixed']).toContain(p.bad)
      continue
    }
    const shapes = g.faces.map((f) =>
      f.polygons.map((rings) => rings.map((r) => Array.from(r).flatMap((v, i) => {
        const after = r[(i + 1) % r.length]!
        return (v === e.u && after === e.v) || (v === e.v && after === e.u) ? [g.at(v), mid] : [g.at(v)]
      }))),
    )
    const want = Array.from({ length: g.places.n }, (_, i) => shapes.findIndex((s) => inPolygons(s, g.places.x[i]!, g.places.y[i]!)))
    expect(under(g, p)).toEqual(want)
  }
})

test.each(seeds)('cells that are painted bring the places in them (seed %i)', (seed) => {
  const g = new Ground(madeUp({ seed }))
  const next = dice(seed)
  const to = pick(g.faces, next).code
  const cells = g.cells.near(104 + next() * 0.016, 30 + next() * 0.016, 3)
  const p = paint(g, cells, 'micro-grid', to)
  for (let i = 0; i < g.places.n; i++) {
    const inside = cells.some((c) => inPolygons([[g.cells.rings[c]!]], g.places.x[i]!, g.places.y[i]!))
    expect(p.moves.get(i)).toBe(inside && g.faces[g.inFace[i]!]!.code !== to ? to : undefined)
  }
})

test.each(seeds)('whatever is previewed the totals stay (seed %i)', (seed) => {
  const g = new Ground(madeUp({ seed }))
  const next = dice(seed)
  const before = [...total(rows(g, 'grid', []), g.weights.length)]
  const face = pick(g.faces, next)
  const other = g.area(g.neighbours(face.code, 'micro-grid').find((n) => g.area(n.code)!.parent === face.parent)!.code)!
  const begun = { code: '+a', name: 'a', level: 'micro-grid' as const, parent: face.parent, special: false }
  const v = pick(inner(g), next)
  const [w, s, e, n] = face.box
  const list = [
    moveVertex(g, v, [g.at(v)[0] + 0.0002, g.at(v)[1]]),
    split(g, face.code, [[w - 0.001, (s + n) / 2], [e + 0.001, (s + n) / 2]], begun),
    give(g, [[w, s], [(w + e) / 2, s], [(w + e) / 2, n], [w, n]], 'grid', g.grids[0]!.code),
    merge(g, [face.code, other.code], face.code, 'micro-grid'),
    assign(g, [g.faceOf.get(face.code)!], g.grids.at(-1)!.code),
  ]
  for (let k = 1; k <= list.length; k++)
    for (const level of ['grid', 'micro-grid'] as const) {
      const sums = rows(g, level, list.slice(0, k))
      expect([...total(sums, g.weights.length)]).toEqual(before)
      expect(sums.every((r) => r.values.every((x) => x >= 0))).toBe(true)
    }
})

test.each(seeds)('a line splits an area into its left and the rest (seed %i)', (seed) => {
  const g = new Ground(madeUp({ seed }))
  const next = dice(seed)
  const f = pick(g.faces, next)
  const [w, s, e, n] = f.box
  const [a, b]: [LonLat, LonLat] = [
    [w + (e - w) * (0.3 + 0.4 * next()), s - 0.001],
    [w + (e - w) * (0.3 + 0.4 * next()), n + 0.001],
  ]
  const p = split(g, f.code, [a, b], { code: '+a', name: '', level: 'micro-grid', parent: f.parent, special: false })
  expect(p.bad).toBe(null)
  const mine = Array.from({ length: g.places.n }, (_, i) => i).filter((i) => g.faces[g.inFace[i]!]!.code === f.code)
  const left = mine.filter((i) => (b[0] - a[0]) * (g.places.y[i]! - a[1]) - (b[1] - a[1]) * (g.places.x[i]! - a[0]) > 0)
  expect([...p.moves.keys()].sort((x, y) => x - y)).toEqual(left)
  expect(mine.length).toBeGreaterThan(left.length)
})

test.each([
  ['from west to east: the north', [[-1, 1], [3, 1]], [[2, 1], [2, 2], [0, 2], [0, 1]]],
  ['from east to west: the south', [[3, 1], [-1, 1]], [[0, 1], [0, 0], [2, 0], [2, 1]]],
  ['in and out by one side, the bay between', [[0.5, -1], [0.5, 1], [1.5, 1], [1.5, -1]], null],
  ['that does not reach through', [[-1, 1], [1, 1]], null],
])('left of a line %s', (_, line, want) => {
  const square: LonLat[] = [[0, 0], [2, 0], [2, 2], [0, 2]]
  const got = leftOf([square], line as LonLat[])
  if (want) expect(new Set(got?.map(String))).toEqual(new Set((want as number[][]).map(String)))
  else if (line.length === 2) expect(got).toBe(null)
  else {
    // Left of up, across and down again is what lies outside the bay.
    expect(inPolygons([[got!]], 0.2, 1.5)).toBe(true)
    expect(inPolygons([[got!]], 1, 0.5)).toBe(false)
  }
})

test('areas that do not touch are not merged, and one that is retired goes to its longest neighbour', () => {
  const g = new Ground(madeUp({ seed: 1 }))
  expect(merge(g, [g.faces[0]!.code, g.faces.at(-1)!.code], g.faces[0]!.code, 'micro-grid').bad).toBe('apart')
  const code = g.faces[1]!.code
  const heir = g.neighbours(code, 'micro-grid').find((n) => g.area(n.code)!.parent === g.area(code)!.parent)!
  expect([...retire(g, code, 'micro-grid').joins]).toEqual([[code, heir.code]])
})

test('grids that merge keep all their micro-grids', () => {
  const g = new Ground(madeUp({ seed: 1 }))
  const [a, b] = [g.grids[0]!.code, g.grids[1]!.code]
  const after = rows(g, 'grid', [merge(g, [a, b], a, 'grid')])
  expect(after.map((r) => r.code)).not.toContain(b)
  const before = new Map(rows(g, 'grid', []).map((r) => [r.code, r.values]))
  expect(after.find((r) => r.code === a)!.values[0]).toBe(before.get(a)![0]! + before.get(b)![0]!)
})

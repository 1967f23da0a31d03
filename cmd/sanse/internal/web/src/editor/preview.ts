import type { Bounds } from '../api.ts'
import type { LonLat } from '../api_editor.ts'
import type { EditLevel, Ground } from './ground.ts'
import { crosses, inRing, meet, ringBounds, signedArea, within } from './plane.ts'

// What an edit would do, told while it is still under the mouse. The service
// has the last word: it works with exact topology, this with what is in view.

/** An area that a preview begins. */
export interface Begun {
  code: string
  name: string
  level: EditLevel
  parent: string
  special: boolean
}

/** Why an edit would be refused; reasons are those of the service. */
export type Bad = 'border_fixed' | 'border_crosses' | 'no_cut' | 'apart' | 'whole_area' | 'locked' | 'no_vertex' | 'nothing'

/** What an edit would do. */
export interface Preview {
  /** Places that change their face: the code they go to, by place. */
  moves: Map<number, string>
  /** Faces that go over whole into another, fixed places and all: by code. */
  joins: Map<string, string>
  /** Faces that go to another grid: by code. */
  parents: Map<string, string>
  begun: Begun[]
  /** Grids that end; faces that end are in joins. */
  ended: string[]
  /** Lines and rings as they would be, for the map. */
  lines: LonLat[][]
  rings: { code: string; ring: LonLat[] }[]
  /** Cells that are painted, by index. */
  cells: number[]
  /** Codes of all areas that it can touch. */
  touches: string[]
  bad: Bad | null
}

/** nothing is a preview that changes nothing. */
export function nothing(more: Partial<Preview> = {}): Preview {
  return { moves: new Map(), joins: new Map(), parents: new Map(), begun: [], ended: [], lines: [], rings: [], cells: [], touches: [], bad: null, ...more }
}

/** inGrid is the code under which a preview sums places that go to a grid, in whichever of its micro-grids. */
export const inGrid = (grid: string): string => `~${grid}`

/** touched adds to codes of faces their grids, and says which are locked. */
function touched(g: Ground, faces: Iterable<number>): string[] {
  const codes = new Set<string>()
  for (const i of faces) {
    codes.add(g.faces[i]!.code)
    codes.add(g.gridOfFace(i))
  }
  return [...codes]
}

const anyLocked = (g: Ground, codes: readonly string[]): Bad | null => (codes.some((c) => g.locked(c)) ? 'locked' : null)

type Edge = readonly [ax: number, ay: number, bx: number, by: number]

/**
 * swept finds the places whose face changes when edges of some faces are
 * replaced by others with the same ends. A place that is in a face is still
 * so unless the closed line of old and new edges winds round it, which the
 * parity of its crossings tells: no ring is walked.
 */
function swept(g: Ground, changes: ReadonlyMap<number, { old: Edge[]; new: Edge[] }>): Map<number, string> {
  const box: Bounds = [Infinity, Infinity, -Infinity, -Infinity]
  for (const c of changes.values())
    for (const list of [c.old, c.new])
      for (const e of list) {
        box[0] = Math.min(box[0], e[0], e[2])
        box[1] = Math.min(box[1], e[1], e[3])
        box[2] = Math.max(box[2], e[0], e[2])
        box[3] = Math.max(box[3], e[1], e[3])
      }
  const moves = new Map<number, string>()
  g.places.each(box, (p) => {
    const now = g.inFace[p]!
    if (g.places.fixed[p] || !changes.has(now)) return
    const x = g.places.x[p]!
    const y = g.places.y[p]!
    let to = -1
    let holds = 0
    for (const [face, c] of changes) {
      let inside = face === now
      for (const e of c.old) if (crosses(x, y, e[0], e[1], e[2], e[3])) inside = !inside
      for (const e of c.new) if (crosses(x, y, e[0], e[1], e[2], e[3])) inside = !inside
      if (inside) {
        holds++
        to = face
      }
    }
    if (holds === 1 && to !== now) moves.set(p, g.faces[to]!.code)
  })
  return moves
}

/** tangled tells whether new edges cross others of the faces, but for those that they replace. */
function tangled(g: Ground, faces: Iterable<number>, edges: readonly Edge[], gone: (u: number, v: number) => boolean): boolean {
  const box = ringBounds(edges.flatMap((e) => [[e[0], e[1]], [e[2], e[3]]]))
  for (const i of faces)
    for (const ring of g.faces[i]!.polygons.flat())
      for (let k = 0, j = ring.length - 1; k < ring.length; j = k++) {
        const [u, v] = [ring[j]!, ring[k]!]
        const [ux, uy, vx, vy] = [g.xs[u]!, g.ys[u]!, g.xs[v]!, g.ys[v]!]
        if (Math.max(ux, vx) < box[0] || Math.min(ux, vx) > box[2] || Math.max(uy, vy) < box[1] || Math.min(uy, vy) > box[3]) continue
        if (gone(u, v)) continue
        for (const e of edges) {
          // Edges that share an end only touch.
          if ((e[0] === ux && e[1] === uy) || (e[0] === vx && e[1] === vy) || (e[2] === ux && e[3] === uy) || (e[2] === vx && e[3] === vy)) continue
          if (meet([e[0], e[1]], [e[2], e[3]], [ux, uy], [vx, vy])) return true
        }
      }
  return false
}

/** moveVertex moves a vertex for all faces that have it. */
export function moveVertex(g: Ground, v: number, to: LonLat): Preview {
  const corners = g.corners(v)
  if (corners.length === 0) return nothing({ bad: 'no_vertex' })
  const [ox, oy] = g.at(v)
  const [x, y] = to
  const changes = new Map<number, { old: Edge[]; new: Edge[] }>()
  const lines: LonLat[][] = []
  const seen = new Set<number>()
  const edges: Edge[] = []
  for (const c of corners) {
    const change = changes.get(c.face) ?? { old: [], new: [] }
    changes.set(c.face, change)
    for (const o of [c.before, c.after]) {
      const [px, py] = g.at(o)
      change.old.push([px, py, ox, oy])
      change.new.push([px, py, x, y])
      if (seen.has(o)) continue
      seen.add(o)
      edges.push([px, py, x, y])
      lines.push([[px, py], [x, y]])
    }
  }
  const touches = touched(g, changes.keys())
  const bad: Bad | null = g.outer(v) ? 'border_fixed' : (anyLocked(g, touches) ?? (tangled(g, changes.keys(), edges, (a, b) => a === v || b === v) ? 'border_crosses' : null))
  return nothing({ moves: swept(g, changes), lines, touches, bad })
}

/** redraw replaces a stretch of one border, given as it was served, by another with the same ends. */
export function redraw(g: Ground, old: readonly LonLat[], by: readonly LonLat[]): Preview {
  const ids = old.map((p) => g.vertex(p))
  const [left, right] = [g.left(ids[0] ?? -1, ids[1] ?? -1), g.left(ids[1] ?? -1, ids[0] ?? -1)]
  if (ids.some((v) => v < 0) || (left < 0 && right < 0)) return nothing({ bad: 'no_vertex' })
  if (left < 0 || right < 0) return nothing({ bad: 'border_fixed' })
  const edgesOf = (line: readonly LonLat[]): Edge[] => line.slice(1).map((b, i) => [line[i]![0], line[i]![1], b[0], b[1]])
  const change = { old: edgesOf(old), new: edgesOf(by) }
  const changes = new Map([left, right].map((f) => [f, change]))
  const stretch = new Set(ids.slice(1).flatMap((v, i) => [`${ids[i]},${v}`, `${v},${ids[i]}`]))
  const touches = touched(g, changes.keys())
  const bad = anyLocked(g, touches) ?? (tangled(g, changes.keys(), change.new, (u, v) => stretch.has(`${u},${v}`)) ? 'border_crosses' : null)
  return nothing({ moves: swept(g, changes), lines: [[...by]], touches, bad })
}

/** toward is where the places go that an area of the level gets. */
function toward(g: Ground, level: EditLevel, to: string): string {
  return level === 'grid' && !g.faceOf.has(to) ? inGrid(to) : to
}

/** give gives ground inside a ring to an area, or to a new one. */
export function give(g: Ground, ring: readonly LonLat[], level: EditLevel, to: string, begun?: Begun): Preview {
  if (ring.length < 3) return nothing({ bad: 'no_cut' })
  const box = ringBounds(ring)
  const moves = new Map<number, string>()
  const faces = new Set<number>()
  const goal = toward(g, level, to)
  for (const p of g.places.inside(ring)) {
    const f = g.inFace[p]!
    if (f < 0 || g.codeAt(level, f) === to) continue
    faces.add(f)
    if (!g.places.fixed[p]) moves.set(p, goal)
  }
  // Ground without people counts as well: any face whose outline the ring meets or holds.
  g.faces.forEach((f, i) => {
    if (f.box[0] > box[2] || f.box[2] < box[0] || f.box[1] > box[3] || f.box[3] < box[1] || g.codeAt(level, i) === to) return
    const inside = f.polygons[0]?.[0]?.some((v) => inRing(ring, g.xs[v]!, g.ys[v]!)) || ring.some((p) => within(f.box, p[0], p[1]) && g.contains(f, p[0], p[1]))
    if (inside) faces.add(i)
  })
  const touches = [...new Set([...touched(g, faces), ...touched(g, g.facesOf(to)), to])]
  const bad: Bad | null = faces.size === 0 ? 'no_cut' : anyLocked(g, touches)
  return nothing({ moves, begun: begun ? [begun] : [], rings: [{ code: to, ring: [...ring] }], touches, bad })
}

/** paint gives the ground of cells to an area. */
export function paint(g: Ground, cells: Iterable<number>, level: EditLevel, to: string, begun?: Begun): Preview {
  const moves = new Map<number, string>()
  const faces = new Set<number>()
  const painted = [...cells]
  const goal = toward(g, level, to)
  for (const c of painted) {
    const at = g.faceOfCell(c)
    if (at >= 0) faces.add(at)
    for (const p of g.cells.places[c] ?? []) {
      const f = g.inFace[p]!
      if (f < 0 || g.codeAt(level, f) === to) continue
      faces.add(f)
      if (!g.places.fixed[p]) moves.set(p, goal)
    }
  }
  const touches = [...new Set([...touched(g, faces), ...touched(g, g.facesOf(to)), to])]
  const bad: Bad | null = painted.length === 0 ? 'nothing' : anyLocked(g, touches)
  return nothing({ moves, cells: painted, begun: begun ? [begun] : [], touches, bad })
}

/** assign moves whole faces into another grid. */
export function assign(g: Ground, faces: Iterable<number>, to: string, begun?: Begun): Preview {
  const list = [...faces].filter((i) => g.faces[i]!.level === 'micro-grid' && g.faces[i]!.parent !== to)
  const touches = [...new Set([...touched(g, list), to])]
  return nothing({
    parents: new Map(list.map((i) => [g.faces[i]!.code, to])),
    begun: begun ? [begun] : [],
    touches,
    bad: list.length === 0 ? 'nothing' : anyLocked(g, touches),
  })
}

/** merge makes one area of several; the others end. */
export function merge(g: Ground, codes: readonly string[], as: string, level: EditLevel): Preview {
  const others = codes.filter((c) => c !== as)
  const touches = [...new Set(touched(g, [as, ...others].flatMap((c) => g.facesOf(c))))]
  // Areas that touch, directly or through others of them, and lie in one parent.
  const reached = new Set([as])
  for (let grew = true; grew; ) {
    grew = false
    for (const c of others)
      if (!reached.has(c) && g.neighbours(c, level).some((n) => reached.has(n.code))) grew = Boolean(reached.add(c))
  }
  const oneParent = new Set([as, ...others].map((c) => g.area(c)?.parent)).size === 1
  const bad: Bad | null = others.length === 0 ? 'nothing' : (anyLocked(g, touches) ?? (others.every((c) => reached.has(c)) && oneParent ? null : 'apart'))
  if (level === 'micro-grid') return nothing({ joins: new Map(others.map((c) => [c, as])), touches, bad })
  const joins = new Map<string, string>()
  const parents = new Map<string, string>()
  for (const c of others) {
    if (g.faceOf.has(c)) joins.set(c, toward(g, level, as))
    else for (const i of g.facesOf(c)) parents.set(g.faces[i]!.code, as)
  }
  return nothing({ joins, parents, ended: others, touches, bad })
}

/** retire gives an area to the neighbour in its parent with which it has the longest border. */
export function retire(g: Ground, code: string, level: EditLevel): Preview {
  const parent = g.area(code)?.parent
  const heir = g.neighbours(code, level).find((n) => g.area(n.code)?.parent === parent)
  if (!heir) return nothing({ touches: [code], bad: 'apart' })
  return merge(g, [heir.code, code], heir.code, level)
}

/** split cuts an area along a line: what lies left of it is new. */
export function split(g: Ground, code: string, line: readonly LonLat[], begun: Begun): Preview {
  const area = g.area(code)
  const faces = g.facesOf(code)
  const touches = [...new Set([code, ...touched(g, faces)])]
  const ring = area && leftOf(ringsOf(g, area.polygons), line)
  if (!area || !ring) return nothing({ touches, lines: [[...line]], bad: 'no_cut' })
  const moves = new Map<number, string>()
  const mine = new Set(faces)
  const goal = area.level === 'grid' && !g.faceOf.has(code) ? inGrid(begun.code) : begun.code
  for (const p of g.places.inside(ring)) if (mine.has(g.inFace[p]!) && !g.places.fixed[p]) moves.set(p, goal)
  return nothing({ moves, begun: [begun], rings: [{ code: begun.code, ring }], lines: [[...line]], touches, bad: anyLocked(g, touches) })
}

function ringsOf(g: Ground, polygons: readonly Int32Array[][]): LonLat[][] {
  return polygons.map((rings) => Array.from(rings[0] ?? [], (v) => g.at(v)))
}

/**
 * leftOf is what a line cuts off a face to its left: of its stretches inside
 * one of the outer rings the longest counts. null: it cuts through none.
 */
export function leftOf(outers: readonly LonLat[][], line: readonly LonLat[]): LonLat[] | null {
  let best: { long: number; ring: LonLat[]; from: Hit; to: Hit } | null = null
  for (const given of outers) {
    const ring = signedArea(given) < 0 ? [...given].reverse() : given
    const hits: Hit[] = []
    for (let s = 0; s + 1 < line.length; s++)
      for (let e = 0; e < ring.length; e++) {
        const m = meet(line[s]!, line[s + 1]!, ring[e]!, ring[(e + 1) % ring.length]!)
        if (m) hits.push({ s, t: m.t, e, u: m.u, at: along(line[s]!, line[s + 1]!, m.t) })
      }
    hits.sort((a, b) => a.s + a.t - (b.s + b.t))
    for (let i = 0; i + 1 < hits.length; i++) {
      const [from, to] = [hits[i]!, hits[i + 1]!]
      const next = from.s === to.s ? to.at : line[from.s + 1]!
      if (!inRing(ring, (from.at[0] + next[0]) / 2, (from.at[1] + next[1]) / 2)) continue
      const path = [from.at, ...line.slice(from.s + 1, to.s + 1), to.at]
      let long = 0
      for (let k = 1; k < path.length; k++) long += Math.hypot(path[k]![0] - path[k - 1]![0], path[k]![1] - path[k - 1]![1])
      if (long > 0 && (!best || long > best.long)) best = { long, ring, from, to }
    }
  }
  if (!best) return null
  const { ring, from, to } = best
  const out: LonLat[] = [from.at, ...line.slice(from.s + 1, to.s + 1), to.at]
  // On along the ring, counter-clockwise, from where the line leaves to where it came in.
  const n = ring.length
  const ahead = from.e === to.e && from.u > to.u ? 0 : ((from.e - to.e + n) % n) || (from.e === to.e ? n : 0)
  for (let k = 1; k <= ahead; k++) out.push(ring[(to.e + k) % n]!)
  return out
}

interface Hit {
  s: number
  t: number
  e: number
  u: number
  at: LonLat
}

function along(a: LonLat, b: LonLat, t: number): LonLat {
  return [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]
}

import type { Bounds } from '../api.ts'
import type { EditedArea, GroundAnswer, LonLat } from '../api_editor.ts'
import { Cells } from './cells.ts'
import { Places } from './places.ts'
import { crosses, metres, ringBounds, within } from './plane.ts'

/** The levels that are edited. */
export type EditLevel = 'grid' | 'micro-grid'

/** An area with its rings as numbers of vertices, the last not the first again. */
export interface Face extends EditedArea {
  polygons: Int32Array[][]
  box: Bounds
}

/** Where a vertex is in the rings of a face: its neighbours there. */
export interface Corner {
  face: number
  before: number
  after: number
}

/** Vertices are numbered; a pair of them is one key. */
const pair = 2 ** 26

/**
 * Ground is a community as its editor knows it, never changed once it is made:
 * the faces of the finest level that tile it (micro-grids, and grids that have
 * none), the grids, where people are, and the cells. Vertices of the two sides
 * of a border are the same numbers, so a vertex is found by its coordinates and
 * an edge between two faces by its two ends.
 */
export class Ground {
  readonly answer: GroundAnswer
  readonly weights: readonly string[]
  readonly places: Places
  readonly cells: Cells
  readonly xs: Float64Array
  readonly ys: Float64Array
  /** The faces that tile the community. */
  readonly faces: readonly Face[]
  /** The grids, a grid that is a face itself included. */
  readonly grids: readonly Face[]
  /** Index into faces by code. */
  readonly faceOf: ReadonlyMap<string, number>
  readonly gridOf: ReadonlyMap<string, number>
  /** Index into faces of the face that each place is in; -1: none. */
  readonly inFace: Int32Array
  /** Sums by face, weight by weight. */
  readonly sums: readonly Float64Array[]
  readonly #corners: Corner[][]
  readonly #edges = new Map<number, number>()
  readonly #vertexOf: ReadonlyMap<string, number>
  #inCell: Int32Array | null = null

  constructor(answer: GroundAnswer, like?: Ground) {
    this.answer = answer
    this.weights = answer.weights
    const same = like && like.answer.places.at === answer.places.at
    this.places = same ? like.places : new Places(answer.places, answer.weights)
    this.cells = same && like.answer.cells === answer.cells ? like.cells : new Cells(answer.cells, this.places)

    const xs: number[] = []
    const ys: number[] = []
    const vertexOf = new Map<string, number>()
    const vertex = (p: readonly number[]): number => {
      const key = `${p[0]},${p[1]}`
      let v = vertexOf.get(key)
      if (v === undefined) {
        v = xs.length
        vertexOf.set(key, v)
        xs.push(p[0]!)
        ys.push(p[1]!)
      }
      return v
    }
    const parents = new Set(answer.areas.features.filter((f) => f.properties.level === 'micro-grid').map((f) => f.properties.parent))
    const faces: Face[] = []
    const grids: Face[] = []
    const faceAt = new Int32Array(answer.areas.features.length).fill(-1)
    answer.areas.features.forEach((f, i) => {
      const polygons = f.geometry.coordinates.map((rings) => rings.map((r) => Int32Array.from(r.slice(0, -1), vertex)))
      const face: Face = { ...f.properties, polygons, box: ringBounds(f.geometry.coordinates.flat(2)) }
      if (f.properties.level === 'grid') grids.push(face)
      if (f.properties.level === 'micro-grid' || (f.properties.level === 'grid' && !parents.has(f.properties.code))) {
        faceAt[i] = faces.length
        faces.push(face)
      }
    })
    // What lies in a special grid is special too: nobody balances a school's yard.
    const special = new Set(grids.filter((f) => f.special).map((f) => f.code))
    for (const f of faces) if (special.has(f.parent)) f.special = true
    this.faces = faces
    this.grids = grids
    this.faceOf = new Map(faces.map((f, i) => [f.code, i]))
    this.gridOf = new Map(grids.map((f, i) => [f.code, i]))
    this.xs = Float64Array.from(xs)
    this.ys = Float64Array.from(ys)
    this.#vertexOf = vertexOf
    this.inFace = Int32Array.from(answer.places.in, (i) => (i < 0 ? -1 : (faceAt[i] ?? -1)))
    this.sums = faces.map(() => new Float64Array(this.weights.length))
    for (let i = 0; i < this.places.n; i++) {
      const f = this.inFace[i]!
      if (f >= 0) this.weights.forEach((_, w) => (this.sums[f]![w]! += this.places.values[w]![i] ?? 0))
    }
    this.#corners = xs.map(() => [])
    faces.forEach((f, i) => {
      for (const ring of f.polygons.flat())
        ring.forEach((v, k) => {
          const after = ring[(k + 1) % ring.length]!
          this.#corners[v]!.push({ face: i, before: ring[(k + ring.length - 1) % ring.length]!, after })
          this.#edges.set(v * pair + after, i)
        })
    })
  }

  /** vertex finds a vertex by its very coordinates; -1 where there is none. */
  vertex(p: readonly number[]): number {
    return this.#vertexOf.get(`${p[0]},${p[1]}`) ?? -1
  }

  /** at is where a vertex lies. */
  at(v: number): LonLat {
    return [this.xs[v]!, this.ys[v]!]
  }

  /** corners are the places of a vertex in the rings of the faces. */
  corners(v: number): readonly Corner[] {
    return this.#corners[v] ?? []
  }

  /** left is the face that has the edge u→v in its ring; -1: none, the community ends there. */
  left(u: number, v: number): number {
    return this.#edges.get(u * pair + v) ?? -1
  }

  /** outer tells whether a vertex lies on the community's border, which no edit moves. */
  outer(v: number): boolean {
    return this.corners(v).some((c) => this.left(c.after, v) < 0 || this.left(v, c.before) < 0)
  }

  /** node tells whether more than two borders end at a vertex. */
  node(v: number): boolean {
    const ends = new Set<number>()
    for (const c of this.corners(v)) ends.add(c.before).add(c.after)
    return ends.size > 2
  }

  /** gridOfFace is the code of the grid that a face lies in, or is. */
  gridOfFace(i: number): string {
    const f = this.faces[i]!
    return f.level === 'grid' ? f.code : f.parent
  }

  /** area finds an area by its code. */
  area(code: string): Face | undefined {
    return this.grids[this.gridOf.get(code) ?? -1] ?? this.faces[this.faceOf.get(code) ?? -1]
  }

  /** facesOf lists the faces of an area: itself, or those of the grid. */
  facesOf(code: string): number[] {
    const own = this.faceOf.get(code)
    if (own !== undefined) return [own]
    const found: number[] = []
    this.faces.forEach((f, i) => {
      if (f.parent === code) found.push(i)
    })
    return found
  }

  /** areasAt lists the areas of a level: micro-grids stand with the grids that have none. */
  areasAt(level: EditLevel): readonly Face[] {
    return level === 'grid' ? this.grids : this.faces
  }

  /** codeAt is the code at a level of a face. */
  codeAt(level: EditLevel, face: number): string {
    return level === 'grid' ? this.gridOfFace(face) : this.faces[face]!.code
  }

  /** locked tells whether an area is locked, or lies in one or holds one that is. */
  locked(code: string): boolean {
    const a = this.area(code)
    return Boolean(a && (a.locked || this.area(a.parent)?.locked || this.facesOf(code).some((i) => this.faces[i]!.locked)))
  }

  /** contains tells whether a face holds a point. */
  contains(f: Face, x: number, y: number): boolean {
    if (!within(f.box, x, y)) return false
    let inside = false
    for (const rings of f.polygons)
      for (const ring of rings)
        for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
          const [a, b] = [ring[j]!, ring[i]!]
          if (crosses(x, y, this.xs[a]!, this.ys[a]!, this.xs[b]!, this.ys[b]!)) inside = !inside
        }
    return inside
  }

  /** faceAt is the face at a point; -1: outside the community. */
  faceAt(x: number, y: number): number {
    return this.faces.findIndex((f) => this.contains(f, x, y))
  }

  /** faceOfCell is the face that holds the centre of a cell; -1: none. */
  faceOfCell(cell: number): number {
    // Asked for every cell under the brush again and again: found once.
    this.#inCell ??= Int32Array.from(this.cells.ids, (_, i) => this.faceAt(this.cells.x[i]!, this.cells.y[i]!))
    return this.#inCell[cell] ?? -1
  }

  /** wholeIn tells whether a cell lies in an area of the level with its centre and all its corners. */
  wholeIn(cell: number, code: string, level: EditLevel): boolean {
    const f = this.faceOfCell(cell)
    if (f < 0 || this.codeAt(level, f) !== code) return false
    return this.cells.rings[cell]!.every((p) => this.contains(this.faces[f]!, p[0], p[1]))
  }

  /** borders are the edges between areas of a level, each once, with the faces left and right of it. */
  borders(level: EditLevel): { u: number; v: number; left: number; right: number }[] {
    const found: { u: number; v: number; left: number; right: number }[] = []
    for (const [key, left] of this.#edges) {
      const u = Math.floor(key / pair)
      const v = key % pair
      if (u > v) continue
      const right = this.left(v, u)
      if (right < 0 || this.codeAt(level, left) === this.codeAt(level, right)) continue
      found.push({ u, v, left, right })
    }
    return found
  }

  /** neighbours are the areas of the level that share a border with one, with its length in metres, the longest first. */
  neighbours(code: string, level: EditLevel): { code: string; metres: number }[] {
    const long = new Map<string, number>()
    for (const e of this.borders(level)) {
      const [a, b] = [this.codeAt(level, e.left), this.codeAt(level, e.right)]
      const other = a === code ? b : b === code ? a : null
      if (other !== null) long.set(other, (long.get(other) ?? 0) + metres(this.at(e.u), this.at(e.v)))
    }
    return [...long].map(([c, m]) => ({ code: c, metres: m })).sort((a, b) => b.metres - a.metres || (a.code < b.code ? -1 : 1))
  }
}

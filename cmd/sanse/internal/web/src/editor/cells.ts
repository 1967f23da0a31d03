import type { GroundAnswer, LonLat } from '../api_editor.ts'
import { ringBounds } from './plane.ts'
import type { Places } from './places.ts'

/** Cells are the H3 cells that are painted, with the places in each. */
export class Cells {
  readonly ids: readonly string[]
  readonly rings: readonly LonLat[][]
  /** Centres, degrees. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** Places by cell. */
  readonly places: readonly (readonly number[])[]
  /** Distance of neighbouring centres in degrees of latitude. */
  readonly step: number
  /** How much shorter a degree of longitude is. */
  readonly narrow: number

  constructor(answer: GroundAnswer['cells'], places: Places) {
    this.ids = answer.ids
    this.rings = answer.rings.map((flat) => Array.from({ length: flat.length >> 1 }, (_, k): LonLat => [flat[2 * k]!, flat[2 * k + 1]!]))
    const n = answer.ids.length
    this.x = new Float64Array(n)
    this.y = new Float64Array(n)
    this.narrow = Math.cos(((this.rings[0]?.[0]?.[1] ?? 0) * Math.PI) / 180)
    let height = 0
    for (let i = 0; i < n; i++) {
      const ring = this.rings[i]!
      // A closed ring repeats its first vertex, which would pull the centre.
      const last = ring.at(-1)
      const m = ring.length - (last && last[0] === ring[0]![0] && last[1] === ring[0]![1] ? 1 : 0)
      for (let k = 0; k < m; k++) {
        this.x[i]! += ring[k]![0] / m
        this.y[i]! += ring[k]![1] / m
      }
      let reach = 0
      for (let k = 0; k < m; k++) reach = Math.max(reach, Math.hypot((ring[k]![0] - this.x[i]!) * this.narrow, ring[k]![1] - this.y[i]!))
      height = Math.max(height, reach)
    }
    this.step = height * Math.sqrt(3) || 1e-4
    this.places = this.rings.map((r) => places.inside(r))
  }

  /** near lists the cells within so many steps of a point, the nearest first; 0: the one whose centre is nearest, within a step. */
  near(x: number, y: number, steps: number): number[] {
    const reach = this.step * (steps === 0 ? 0.75 : steps + 0.25)
    const found: { i: number; d: number }[] = []
    for (let i = 0; i < this.x.length; i++) {
      const dy = this.y[i]! - y
      if (dy > reach || dy < -reach) continue
      const d = Math.hypot((this.x[i]! - x) * this.narrow, dy)
      if (d <= reach) found.push({ i, d })
    }
    found.sort((a, b) => a.d - b.d)
    return (steps === 0 ? found.slice(0, 1) : found).map((f) => f.i)
  }

  /** along lists the cells that a stroke of the brush from one point to the next goes over. */
  along(from: LonLat, to: LonLat, steps: number): number[] {
    const long = Math.hypot((to[0] - from[0]) * this.narrow, to[1] - from[1])
    const n = Math.max(1, Math.ceil(long / (this.step * 0.5)))
    const found = new Set<number>()
    for (let k = 0; k <= n; k++)
      for (const i of this.near(from[0] + ((to[0] - from[0]) * k) / n, from[1] + ((to[1] - from[1]) * k) / n, steps)) found.add(i)
    return [...found]
  }
}

/** cellBounds is the box of some cells. */
export function cellBounds(cells: Cells, which: Iterable<number>) {
  return ringBounds([...which].flatMap((i) => cells.rings[i] ?? []))
}

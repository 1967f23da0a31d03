import type { Bounds } from '../api.ts'
import type { GroundAnswer } from '../api_editor.ts'
import { inRing, ringBounds } from './plane.ts'

/**
 * Places are where people are, as flat arrays, with an index by squares: what
 * lies in a small box is found without looking at the rest.
 */
export class Places {
  readonly n: number
  /** Degrees. */
  readonly x: Float64Array
  readonly y: Float64Array
  /** By weight, one value a place. */
  readonly values: readonly Float64Array[]
  /** 1: an address decides, no border moves it. */
  readonly fixed: Uint8Array
  readonly #box: Bounds
  readonly #side: number
  readonly #first: Int32Array
  readonly #order: Int32Array

  constructor(answer: GroundAnswer['places'], weights: readonly string[]) {
    const n = (this.n = answer.in.length)
    this.x = new Float64Array(n)
    this.y = new Float64Array(n)
    this.fixed = new Uint8Array(n)
    const box: Bounds = [Infinity, Infinity, -Infinity, -Infinity]
    for (let i = 0; i < n; i++) {
      const x = (this.x[i] = answer.at[2 * i] ?? 0)
      const y = (this.y[i] = answer.at[2 * i + 1] ?? 0)
      if (answer.fixed?.[i]) this.fixed[i] = 1
      if (x < box[0]) box[0] = x
      if (y < box[1]) box[1] = y
      if (x > box[2]) box[2] = x
      if (y > box[3]) box[3] = y
    }
    this.values = weights.map((w) => Float64Array.from(answer.values[w] ?? [], Number))
    // About four places a square; a counting sort puts them in order.
    const side = (this.#side = Math.max(1, Math.ceil(Math.sqrt(n / 4))))
    this.#box = box
    const first = (this.#first = new Int32Array(side * side + 1))
    const order = (this.#order = new Int32Array(n))
    for (let i = 0; i < n; i++) first[this.#square(this.x[i]!, this.y[i]!) + 1]!++
    for (let s = 0; s < side * side; s++) first[s + 1]! += first[s]!
    const next = first.slice()
    for (let i = 0; i < n; i++) order[next[this.#square(this.x[i]!, this.y[i]!)]!++] = i
  }

  #column(x: number): number {
    const wide = this.#box[2] - this.#box[0] || 1
    return Math.min(this.#side - 1, Math.max(0, Math.floor(((x - this.#box[0]) / wide) * this.#side)))
  }

  #row(y: number): number {
    const high = this.#box[3] - this.#box[1] || 1
    return Math.min(this.#side - 1, Math.max(0, Math.floor(((y - this.#box[1]) / high) * this.#side)))
  }

  #square(x: number, y: number): number {
    return this.#row(y) * this.#side + this.#column(x)
  }

  /** each calls f with every place in the bounds, borders included. */
  each(b: Bounds, f: (place: number) => void): void {
    const [c0, c1, r0, r1] = [this.#column(b[0]), this.#column(b[2]), this.#row(b[1]), this.#row(b[3])]
    for (let r = r0; r <= r1; r++) {
      const end = this.#first[r * this.#side + c1 + 1]!
      for (let k = this.#first[r * this.#side + c0]!; k < end; k++) {
        const i = this.#order[k]!
        const x = this.x[i]!
        const y = this.y[i]!
        if (x >= b[0] && x <= b[2] && y >= b[1] && y <= b[3]) f(i)
      }
    }
  }

  /** inside lists the places inside a ring. */
  inside(ring: readonly (readonly number[])[]): number[] {
    const found: number[] = []
    this.each(ringBounds(ring), (i) => {
      if (inRing(ring, this.x[i]!, this.y[i]!)) found.push(i)
    })
    return found
  }
}

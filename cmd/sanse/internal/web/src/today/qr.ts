// A QR code (ISO/IEC 18004), drawn on the phone, for there may be no signal: bytes, level
// M, versions 1 to 10, which is 213 bytes, enough for the address of any house.

/** For each version from 1 on, of level M: how many bytes of correction a block has, and how many data bytes each of its blocks. */
const blocks: readonly [correction: number, ...data: number[]][] = [
  [10, 16],
  [16, 28],
  [26, 44],
  [18, 32, 32],
  [24, 43, 43],
  [16, 27, 27, 27, 27],
  [18, 31, 31, 31, 31],
  [22, 38, 38, 39, 39],
  [22, 36, 36, 36, 37, 37],
  [26, 43, 43, 43, 43, 44],
]

/** Where the alignment patterns of a version stand. */
const aligned: readonly number[][] = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]]

const masks: readonly ((y: number, x: number) => boolean)[] = [
  (y, x) => (y + x) % 2 === 0,
  (y) => y % 2 === 0,
  (_, x) => x % 3 === 0,
  (y, x) => (y + x) % 3 === 0,
  (y, x) => (Math.floor(y / 2) + Math.floor(x / 3)) % 2 === 0,
  (y, x) => ((y * x) % 2) + ((y * x) % 3) === 0,
  (y, x) => (((y * x) % 2) + ((y * x) % 3)) % 2 === 0,
  (y, x) => (((y + x) % 2) + ((y * x) % 3)) % 2 === 0,
]

/** times multiplies in GF(256) by the polynomial 0x11d. */
function times(a: number, b: number): number {
  let out = 0
  for (let i = 7; i >= 0; i--) out = (out << 1) ^ ((out >> 7) * 0x11d) ^ (((b >> i) & 1) * a)
  return out & 0xff
}

/** correction are the Reed-Solomon bytes of a block. */
function correction(data: readonly number[], n: number): number[] {
  const generator = new Array<number>(n).fill(0)
  generator[n - 1] = 1
  for (let root = 1, i = 0; i < n; i++, root = times(root, 2))
    for (let k = 0; k < n; k++) generator[k] = times(generator[k]!, root) ^ (k + 1 < n ? generator[k + 1]! : 0)
  const rest = new Array<number>(n).fill(0)
  for (const b of data) {
    const factor = b ^ rest.shift()!
    rest.push(0)
    for (let k = 0; k < n; k++) rest[k] = rest[k]! ^ times(generator[k]!, factor)
  }
  return rest
}

/** codewords are the bytes of a text as they are written: blocks side by side, then their corrections. */
function codewords(bytes: Uint8Array, version: number): number[] {
  const [n, ...sizes] = blocks[version - 1]!
  const room = sizes.reduce((a, b) => a + b, 0)
  const bits: number[] = []
  const put = (value: number, length: number) => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1)
  }
  put(4, 4)
  put(bytes.length, version < 10 ? 8 : 16)
  for (const b of bytes) put(b, 8)
  for (let i = 0; i < 4 && bits.length < room * 8; i++) bits.push(0)
  while (bits.length % 8) bits.push(0)
  const data: number[] = []
  for (let i = 0; i < bits.length; i += 8) data.push(parseInt(bits.slice(i, i + 8).join(''), 2))
  for (let pad = 0xec; data.length < room; pad ^= 0xec ^ 0x11) data.push(pad)
  let at = 0
  const parts = sizes.map((size) => data.slice(at, (at += size)))
  const checks = parts.map((p) => correction(p, n))
  const out: number[] = []
  for (let i = 0; i < Math.max(...sizes); i++) for (const p of parts) if (i < p.length) out.push(p[i]!)
  for (let i = 0; i < n; i++) for (const c of checks) out.push(c[i]!)
  return out
}

/** bch is a value with its remainder by a generator, as format and version are written. */
function bch(value: number, generator: number, n: number): number {
  let rest = value
  for (let i = 0; i < n; i++) rest = (rest << 1) ^ ((rest >> (n - 1)) * generator)
  return (value << n) | rest
}

class Drawing {
  readonly dark: boolean[][]
  private readonly fixed: boolean[][]

  constructor(
    private readonly version: number,
    readonly size = 17 + 4 * version,
  ) {
    this.dark = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
    this.fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false))
    this.patterns()
  }

  private set(y: number, x: number, dark: boolean): void {
    this.dark[y]![x] = dark
    this.fixed[y]![x] = true
  }

  private patterns(): void {
    const { size, version } = this
    for (let i = 0; i < size; i++) {
      this.set(6, i, i % 2 === 0)
      this.set(i, 6, i % 2 === 0)
    }
    for (const [cy, cx] of [
      [3, 3],
      [3, size - 4],
      [size - 4, 3],
    ] as const)
      for (let dy = -4; dy <= 4; dy++)
        for (let dx = -4; dx <= 4; dx++) {
          const [y, x, far] = [cy + dy, cx + dx, Math.max(Math.abs(dy), Math.abs(dx))]
          if (y >= 0 && y < size && x >= 0 && x < size) this.set(y, x, far !== 2 && far !== 4)
        }
    const places = aligned[version - 1]!
    const last = places.length - 1
    places.forEach((cy, i) =>
      places.forEach((cx, k) => {
        if ((i === 0 && k === 0) || (i === 0 && k === last) || (i === last && k === 0)) return
        for (let dy = -2; dy <= 2; dy++) for (let dx = -2; dx <= 2; dx++) this.set(cy + dy, cx + dx, Math.max(Math.abs(dy), Math.abs(dx)) !== 1)
      }),
    )
    this.format(0)
    if (version < 7) return
    const bits = bch(version, 0x1f25, 12)
    for (let i = 0; i < 18; i++) {
      const [a, b] = [size - 11 + (i % 3), Math.floor(i / 3)]
      this.set(b, a, ((bits >> i) & 1) === 1)
      this.set(a, b, ((bits >> i) & 1) === 1)
    }
  }

  /** format writes level M, whose bits are 0, and the mask. */
  format(mask: number): void {
    const bits = bch(mask, 0x537, 10) ^ 0x5412
    const bit = (i: number) => ((bits >> i) & 1) === 1
    const s = this.size
    for (let i = 0; i < 15; i++) {
      this.set(i < 6 ? i : i < 8 ? i + 1 : s - 15 + i, 8, bit(i))
      this.set(8, i < 8 ? s - 1 - i : i < 9 ? 7 : 14 - i, bit(i))
    }
    this.set(s - 8, 8, true)
  }

  /** write fills in the bytes, two columns at a time, up and down, from the right. */
  write(bytes: readonly number[]): void {
    let i = 0
    for (let right = this.size - 1; right >= 1; right -= 2) {
      if (right === 6) right = 5
      for (let n = 0; n < this.size; n++)
        for (const x of [right, right - 1]) {
          const y = ((right + 1) & 2) === 0 ? this.size - 1 - n : n
          if (this.fixed[y]![x]) continue
          this.dark[y]![x] = i < bytes.length * 8 && ((bytes[i >> 3]! >> (7 - (i & 7))) & 1) === 1
          i++
        }
    }
  }

  /** mask turns what is not fixed; twice is as it was. */
  mask(k: number): void {
    for (let y = 0; y < this.size; y++) for (let x = 0; x < this.size; x++) if (!this.fixed[y]![x] && masks[k]!(y, x)) this.dark[y]![x] = !this.dark[y]![x]
  }

  /** penalty is how hard it is to read: runs, blocks, what looks like a corner, and too much of one colour. */
  penalty(): number {
    const n = this.size
    let out = 0
    let dark = 0
    for (let a = 0; a < n; a++)
      for (const line of [this.dark[a]!, this.dark.map((row) => row[a]!)]) {
        for (let from = 0, i = 1; i <= n; i++)
          if (i === n || line[i] !== line[from]) {
            if (i - from >= 5) out += i - from - 2
            from = i
          }
        const text = line.map((d) => (d ? '1' : '0')).join('')
        for (const corner of ['10111010000', '00001011101']) for (let at = text.indexOf(corner); at >= 0; at = text.indexOf(corner, at + 1)) out += 40
      }
    for (let y = 0; y < n; y++)
      for (let x = 0; x < n; x++) {
        const d = this.dark[y]![x]
        if (d) dark++
        if (y > 0 && x > 0 && d === this.dark[y - 1]![x] && d === this.dark[y]![x - 1] && d === this.dark[y - 1]![x - 1]) out += 3
      }
    return out + 10 * Math.floor(Math.abs((dark * 20) / (n * n) - 10))
  }
}

/** qrOf is a text as a QR code: rows of which true is dark, without the quiet zone; null where it is too long. */
export function qrOf(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text)
  const version = blocks.findIndex(([, ...sizes], i) => bytes.length + (i < 9 ? 2 : 3) <= sizes.reduce((a, b) => a + b, 0)) + 1
  if (version === 0) return null
  const drawing = new Drawing(version)
  drawing.write(codewords(bytes, version))
  let best = 0
  let least = Infinity
  for (let k = 0; k < masks.length; k++) {
    drawing.mask(k)
    drawing.format(k)
    const p = drawing.penalty()
    if (p < least) [best, least] = [k, p]
    drawing.mask(k)
  }
  drawing.mask(best)
  drawing.format(best)
  return drawing.dark
}

/** pathOf is such a code as the path of an SVG of one unit a module, with the quiet zone of four that readers want; side is how wide that is. */
export function pathOf(code: readonly (readonly boolean[])[]): { d: string; side: number } {
  let d = ''
  code.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      const from = x
      while (x < row.length && row[x]) x++
      if (x > from) d += `M${from + 4} ${y + 4}h${x - from}v1h-${x - from}z`
    }
  })
  return { d, side: code.length + 8 }
}

import { breaks } from '../map/shape.ts'

// Classes and their colours. Every ramp falls in lightness from end to end, so
// that a grey print keeps the order; hues go from blue to orange, which those
// who mix up red and green tell apart.

/** More of something: pale to dark teal. */
export const more: readonly string[] = ['#e6f1ee', '#b5d9d2', '#7dbdb6', '#3f9092', '#115058']

/** What is within a limit, pale blues; what is beyond, oranges that darken. */
export const within: readonly string[] = ['#d9eaf7', '#a3cbe9', '#639fd0']
export const beyond: readonly string[] = ['#bf7a2c', '#93501b', '#58240a']

/** What is lacking: pale blue for nothing, oranges for more and more. */
export const lack: readonly string[] = ['#c3dcf0', '#eab878', '#d28a3c', '#a1541c', '#5e2609']

/** What a place is without a value. */
export type Blank = 'none' | 'hidden' | 'not_applicable'

/** What a place is worth: a number, or why there is none. */
export type Worth = number | Blank

/** Classes of values: from is the lower bound of each, rising strictly. */
export interface Scale {
  from: readonly number[]
  colours: readonly string[]
}

/** classOf is the class of a value: the last whose lower bound it reaches; what is below the first is in it. */
export function classOf(scale: Scale, v: number): number {
  let i = 0
  while (i + 1 < scale.from.length && v >= (scale.from[i + 1] ?? Infinity)) i++
  return i
}

/** quantiles are classes of about equal size over the values, in the darkest colours of the ramp where there are fewer. */
export function quantiles(values: readonly number[], ramp: readonly string[]): Scale {
  const from = breaks(values, ramp.length)
  return { from, colours: ramp.slice(ramp.length - from.length) }
}

/** An entry of the legend. */
export interface ClassCount {
  index: number
  colour: string
  from: number
  /** lower bound of the class above; null: no end */
  to: number | null
  count: number
}

/** What a legend says: how many places are in each class, and how many have no value and why. */
export interface Counted {
  classes: ClassCount[]
  blanks: Record<Blank, number>
}

/** count counts places by class. Nothing that is drawn is left out of the sum. */
export function count(scale: Scale, worths: readonly Worth[]): Counted {
  const blanks: Record<Blank, number> = { none: 0, hidden: 0, not_applicable: 0 }
  const counts = scale.from.map(() => 0)
  for (const w of worths) {
    if (typeof w === 'number') {
      const i = classOf(scale, w)
      counts[i] = (counts[i] ?? 0) + 1
    } else blanks[w]++
  }
  return {
    classes: scale.from.map((from, i) => ({ index: i, colour: scale.colours[i] ?? '#cccccc', from, to: scale.from[i + 1] ?? null, count: counts[i] ?? 0 })),
    blanks,
  }
}

/** minuteScale has seconds for its bounds: the bands of a limit in blues, what lies beyond in oranges. */
export function minuteScale(bands: readonly number[]): Scale {
  const limit = bands.at(-1) ?? 15
  const inside = [0, ...bands.slice(0, -1)].map((m) => (m === 0 ? 0 : m * 60 + 1))
  return {
    from: [...inside, limit * 60 + 1, Math.round(limit * 1.5) * 60 + 1, limit * 2 * 60 + 1],
    colours: [...within.slice(within.length - inside.length), ...beyond],
  }
}

/** luminance is the relative luminance of #rrggbb, 0 black to 1 white (WCAG 2). */
export function luminance(colour: string): number {
  const c = [1, 3, 5].map((i) => {
    const v = parseInt(colour.slice(i, i + 2), 16) / 255
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * (c[0] ?? 0) + 0.7152 * (c[1] ?? 0) + 0.0722 * (c[2] ?? 0)
}

import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson'
import type { HeatCells, MinuteCells, StandardArea, StandardAreas, SupplyCells } from '../api_coverage.ts'
import { beyond, classOf, count, lack, minuteScale, more, quantiles, within, type Blank, type Counted, type Scale, type Worth } from './scale.ts'

// From answers to what is drawn: every place gets the colour of its class, or
// says why it has none; the legend counts the same places.

type Shape = Polygon | MultiPolygon

/** What of a place the map reads. */
export interface Painted {
  /** features with colour, or with blank and no colour */
  data: FeatureCollection<Shape>
  scale: Scale
  counted: Counted
}

/** paint colours the features by their worth in a scale, or in one made of the values themselves. */
export function paint<P extends object>(features: readonly Feature<Shape, P>[], worth: (p: P) => Worth, by: Scale | ((values: number[]) => Scale)): Painted {
  const worths = features.map((f) => worth(f.properties))
  const scale = typeof by === 'function' ? by(worths.filter((w) => typeof w === 'number')) : by
  const painted = features.map((f, i): Feature<Shape> => {
    const w = worths[i] ?? 'none'
    const seen = typeof w === 'number' ? { colour: scale.colours[classOf(scale, w)] ?? '#cccccc', worth: w } : { blank: w }
    return { type: 'Feature', geometry: f.geometry, properties: { ...f.properties, ...seen } }
  })
  return { data: { type: 'FeatureCollection', features: painted }, scale, counted: count(scale, worths) }
}

/** paintMinutes colours cells by the walk to the nearest facility; the limit parts blues from oranges. */
export function paintMinutes(cells: MinuteCells, bands: readonly number[]): Painted {
  return paint(cells.features, (p) => (p.seconds === null || p.seconds < 0 ? 'none' : p.seconds), minuteScale(bands))
}

/** paintHeat colours cells by a count of people or visits; small counts are hidden. */
export function paintHeat(h: HeatCells): Painted {
  return paint(h.cells.features, (p) => (p.hidden ? 'hidden' : (p.count ?? 'none')), (values) => quantiles(values, more))
}

/** Shares of visits on time, the worst first. */
const timeSteps = [0, 0.6, 0.8, 0.9, 0.95] as const

/** paintOnTime colours cells by the share of visits that were on time. */
export function paintOnTime(h: HeatCells): Painted {
  return paint(h.cells.features, (p) => p.share ?? (p.hidden ? 'hidden' : 'none'), { from: [...timeSteps], colours: [...lack].reverse() })
}

/** Shares of what is needed, worst to best; the last class is met. */
const shareSteps = [0, 0.25, 0.5, 0.75] as const
/** A worth beyond all shares that are short: the standard is met. */
export const met = 2

/** shareScale has the shares of the need that short areas have, and beyond them those that meet it. */
export const shareScale: Scale = { from: [...shareSteps, met], colours: [beyond[2], beyond[1], beyond[0], '#e0a868', within[0]].map((c) => c ?? '#cccccc') }

const blankOf = (p: StandardArea): Blank | null =>
  p.reason === 'hidden' ? 'hidden' : p.status === 'no_data' ? 'none' : p.status === 'not_applicable' ? 'not_applicable' : null

/** fraction is how much of what it needs an area has, 0 to 1; where less is better, how much it may have of what it has. */
export function fraction(p: StandardArea): number | null {
  if (p.have === null || p.need === null) return p.share
  if (p.need <= 0) return p.have > 0 ? 0 : null
  return p.status === 'short' && p.have > p.need ? p.need / p.have : p.have / p.need
}

/** paintShare colours areas by how much of what they need they have. */
export function paintShare(areas: StandardAreas): Painted {
  return paint(
    areas.features,
    (p) => {
      const part = fraction(p)
      return blankOf(p) ?? (p.status === 'met' ? met : part === null ? 'none' : Math.min(part, 0.9999))
    },
    shareScale,
  )
}

/** paintShort colours areas by what they lack; those that lack nothing are the first class. */
export function paintShort(areas: StandardAreas): Painted {
  return paint(
    areas.features,
    (p) => blankOf(p) ?? (p.status === 'met' ? 0 : (p.short ?? 'none')),
    (values) => {
      const some = quantiles(values.filter((v) => v > 0), lack.slice(1))
      return { from: [0, ...some.from], colours: [lack[0] ?? '#cccccc', ...some.colours] }
    },
  )
}

/** Shares of people with a place, the worst first. */
const placeSteps = [0, 0.25, 0.5, 0.75, 0.95] as const

/** paintSupply colours cells by what there is for the people there: a share of them with a place, or places a person; the least is the darkest. */
export function paintSupply(cells: SupplyCells, share: boolean): Painted {
  const ramp = [...lack].reverse()
  return paint(
    cells.features,
    (p) => p.ratio ?? 'none',
    share
      ? { from: [...placeSteps], colours: ramp }
      : (values) => {
          const some = quantiles(values.filter((v) => v > 0), ramp.slice(1))
          return { from: [0, ...some.from], colours: [ramp[0] ?? '#cccccc', ...some.colours] }
        },
  )
}

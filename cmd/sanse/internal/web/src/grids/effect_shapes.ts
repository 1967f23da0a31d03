import type { Feature, FeatureCollection, LineString, Point, Position } from 'geojson'
import type { Bounds, ByGrade } from '../api.ts'
import type { Effect, EffectAreas } from '../api_grids.ts'
import { bounds, join, labelPoint } from '../map/shape.ts'
import { gradeColour } from '../theme.ts'

/** How many grades are told apart by gravity; others come after them. */
const grave = ['red', 'yellow', 'blue']

/** gravest is the gravest grade that counts anybody. */
export function gravest(counts: ByGrade): string {
  const keys = Object.keys(counts).filter((g) => (counts[g] ?? 0) > 0)
  return grave.find((g) => keys.includes(g)) ?? keys[0] ?? ''
}

/** How far a flow bends aside, as a share of its length, so that two opposite ones are two. */
const bend = 0.18
const pieces = 16
/** Where the head of a flow is on its way, short of the name in the middle of the area. */
const end = 0.86

/** arc is a bent line from a to a little before b; its bend lies to the right of the way. Degrees, lat scales lon. */
export function arc(a: Position, b: Position): Position[] {
  const [ax = 0, ay = 0] = a
  const [bx = 0, by = 0] = b
  const scale = Math.cos((((ay + by) / 2) * Math.PI) / 180)
  const dx = (bx - ax) * scale
  const dy = by - ay
  const mx = (ax + bx) / 2 + (dy * bend) / scale
  const my = (ay + by) / 2 - dx * bend
  const out: Position[] = []
  for (let i = 0; i <= pieces; i++) {
    const u = (i / pieces) * end
    const v = 1 - u
    out.push([v * v * ax + 2 * v * u * mx + u * u * bx, v * v * ay + 2 * v * u * my + u * u * by])
  }
  return out
}

/** heading is the way from a to b in degrees clockwise from north. */
export function heading(a: Position, b: Position): number {
  const [ax = 0, ay = 0] = a
  const [bx = 0, by = 0] = b
  const scale = Math.cos((((ay + by) / 2) * Math.PI) / 180)
  return (Math.atan2((bx - ax) * scale, by - ay) * 180) / Math.PI
}

/** Flows as lines with their heads: who goes from which area to which. */
export interface Flows {
  lines: FeatureCollection<LineString>
  heads: FeatureCollection<Point>
}

/**
 * flowsOf draws the flows from where people live, or the middle of the area they
 * leave, to the middle of the grid or micro-grid that they come to. An area that is
 * on neither map has no arrow.
 */
export function flowsOf(e: Effect): Flows {
  const middle = (areas: EffectAreas) => new Map(areas.features.map((f) => [f.properties.code, labelPoint(f.geometry)]))
  const [before, after] = [middle(e.before), middle(e.after)]
  const lines: Feature<LineString>[] = []
  const heads: Feature<Point>[] = []
  for (const f of e.moved.flows ?? []) {
    const n = Object.values(f.by_grade).reduce((a, b) => a + b, 0)
    const from = homes(e, f.from, f.to) ?? before.get(f.from)
    // Who gets another grid goes to its middle; the micro-grid may be the same ground as before.
    const grid = f.to.slice(0, 15)
    const to = after.get(f.from.startsWith(grid) ? f.to : grid) ?? after.get(f.to)
    if (!from || !to || n === 0) continue
    const line = arc(from, to)
    const [last, one] = [line.at(-1) ?? to, line.at(-2) ?? from]
    const properties = { n, colour: gradeColour(gravest(f.by_grade)), from: f.from, to: f.to, turn: heading(one, last) }
    lines.push({ type: 'Feature', geometry: { type: 'LineString', coordinates: line }, properties })
    heads.push({ type: 'Feature', geometry: { type: 'Point', coordinates: last }, properties })
  }
  return { lines: { type: 'FeatureCollection', features: lines }, heads: { type: 'FeatureCollection', features: heads } }
}

/** homes is the mean of the places of one flow; null where none is known. */
function homes(e: Effect, from: string, to: string): Position | null {
  let [n, x, y] = [0, 0, 0]
  for (const f of e.moved_places.features) {
    if (f.properties.from !== from || f.properties.to !== to) continue
    const [lon = 0, lat = 0] = f.geometry.coordinates
    const k = f.properties.count
    n += k
    x += lon * k
    y += lat * k
  }
  return n === 0 ? null : [x / n, y / n]
}

/** boundsOf is what the maps show at first: the areas that change, all of them where none does. */
export function boundsOf(e: Effect, code?: string): Bounds | null {
  const all = [...e.before.features, ...e.after.features]
  const some = code ? all.filter((f) => f.properties.code === code) : all.filter((f) => f.properties.change !== '')
  return (some.length > 0 ? some : all).reduce<Bounds | null>((b, f) => join(b, bounds(f.geometry)), null)
}

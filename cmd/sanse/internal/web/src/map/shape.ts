import type { Bounds } from '../api.ts'
import type { Geometry, MultiPolygon, Polygon, Position } from 'geojson'

/** bounds is west, south, east, north of a geometry; null of one without points. */
export function bounds(g: Geometry): Bounds | null {
  const b: Bounds = [Infinity, Infinity, -Infinity, -Infinity]
  const add = (v: unknown): void => {
    if (!Array.isArray(v)) return
    if (typeof v[0] === 'number' && typeof v[1] === 'number') {
      b[0] = Math.min(b[0], v[0])
      b[1] = Math.min(b[1], v[1])
      b[2] = Math.max(b[2], v[0])
      b[3] = Math.max(b[3], v[1])
      return
    }
    for (const w of v) add(w)
  }
  if (g.type === 'GeometryCollection') {
    for (const part of g.geometries) {
      const p = bounds(part)
      if (p) add([p.slice(0, 2), p.slice(2)])
    }
  } else add(g.coordinates)
  return b[0] <= b[2] ? b : null
}

/** join is the bounds around both. */
export function join(a: Bounds | null, b: Bounds | null): Bounds | null {
  if (!a || !b) return a ?? b
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])]
}

/** Twice the signed area and the centroid of a closed ring. */
function ringCentroid(ring: readonly Position[]): { area: number; at: [number, number] } {
  const [ox = 0, oy = 0] = ring[0] ?? []
  let area = 0
  let x = 0
  let y = 0
  for (let i = 0; i + 1 < ring.length; i++) {
    const [ax = 0, ay = 0] = ring[i] ?? []
    const [bx = 0, by = 0] = ring[i + 1] ?? []
    const cross = (ax - ox) * (by - oy) - (bx - ox) * (ay - oy)
    area += cross
    x += (ax + bx - 2 * ox) * cross
    y += (ay + by - 2 * oy) * cross
  }
  if (area === 0) return { area: 0, at: [ox, oy] }
  return { area, at: [ox + x / (3 * area), oy + y / (3 * area)] }
}

/** The longitudes where the rings cross a latitude, west to east. */
function crossings(rings: readonly (readonly Position[])[], lat: number): number[] {
  const xs: number[] = []
  for (const ring of rings)
    for (let i = 0; i + 1 < ring.length; i++) {
      const [ax = 0, ay = 0] = ring[i] ?? []
      const [bx = 0, by = 0] = ring[i + 1] ?? []
      if (ay <= lat !== by <= lat) xs.push(ax + ((lat - ay) / (by - ay)) * (bx - ax))
    }
  return xs.sort((a, b) => a - b)
}

/**
 * labelPoint is where the name of an area is written: the centroid of its
 * largest polygon or, where that lies outside (a crescent, a ring), the middle
 * of the widest stretch inside at the centroid's latitude.
 */
export function labelPoint(g: Polygon | MultiPolygon): [number, number] | null {
  const polygons = g.type === 'Polygon' ? [g.coordinates] : g.coordinates
  let best: { area: number; at: [number, number]; rings: Position[][] } | null = null
  for (const rings of polygons) {
    const outer = rings[0]
    if (!outer || outer.length < 4) continue
    const c = ringCentroid(outer)
    if (!best || Math.abs(c.area) > best.area) best = { area: Math.abs(c.area), at: c.at, rings }
  }
  if (!best) return null
  const [lon, lat] = best.at
  const xs = crossings(best.rings, lat)
  let widest: [number, number] | null = null
  for (let i = 0; i + 1 < xs.length; i += 2) {
    const [a, b] = [xs[i] ?? 0, xs[i + 1] ?? 0]
    if (a <= lon && lon <= b) return best.at
    if (!widest || b - a > widest[1] - widest[0]) widest = [a, b]
  }
  return widest ? [(widest[0] + widest[1]) / 2, lat] : best.at
}

/**
 * breaks are the lower bounds of at most n classes of about equal size, the
 * first of them the smallest count. They rise strictly.
 */
export function breaks(counts: readonly number[], n: number): number[] {
  const sorted = [...counts].sort((a, b) => a - b)
  const out: number[] = []
  for (let i = 0; i < n; i++) {
    const v = sorted[Math.floor((i * sorted.length) / n)]
    const last = out.at(-1)
    if (v !== undefined && (last === undefined || v > last)) out.push(v)
  }
  return out
}

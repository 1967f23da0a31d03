import type { Bounds } from '../api.ts'
import type { LonLat } from '../api_editor.ts'

// Plane geometry on degrees, for what is shown while the mouse moves. Borders
// here are a few hundred metres long: that a degree of longitude is shorter than
// one of latitude matters to lengths alone, not to what lies inside what.

/** Metres of a degree of latitude. */
export const metresPerDegree = 111_195

/**
 * crosses tells whether the ray from a point to the east crosses an edge: of
 * its ends the southern belongs to it and the northern does not, so that a ray
 * through a vertex is counted once.
 */
export function crosses(x: number, y: number, ax: number, ay: number, bx: number, by: number): boolean {
  return ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)
}

/** inRing tells whether a point lies inside a ring, closed or not. */
export function inRing(ring: readonly (readonly number[])[], x: number, y: number): boolean {
  let inside = false
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[j]!
    const b = ring[i]!
    if (crosses(x, y, a[0]!, a[1]!, b[0]!, b[1]!)) inside = !inside
  }
  return inside
}

/** inPolygons tells whether a point lies in one of the polygons and in none of its holes. */
export function inPolygons(polygons: readonly (readonly (readonly (readonly number[])[])[])[], x: number, y: number): boolean {
  let inside = false
  for (const rings of polygons) for (const ring of rings) if (inRing(ring, x, y)) inside = !inside
  return inside
}

/** ringBounds is west, south, east, north of points. */
export function ringBounds(points: readonly (readonly number[])[]): Bounds {
  const b: Bounds = [Infinity, Infinity, -Infinity, -Infinity]
  for (const p of points) {
    b[0] = Math.min(b[0], p[0]!)
    b[1] = Math.min(b[1], p[1]!)
    b[2] = Math.max(b[2], p[0]!)
    b[3] = Math.max(b[3], p[1]!)
  }
  return b
}

/** within tells whether a point lies in bounds, borders included. */
export function within(b: Bounds, x: number, y: number): boolean {
  return x >= b[0] && x <= b[2] && y >= b[1] && y <= b[3]
}

/** signedArea of a ring in square degrees: positive counter-clockwise. */
export function signedArea(ring: readonly (readonly number[])[]): number {
  let sum = 0
  const [ox, oy] = [ring[0]?.[0] ?? 0, ring[0]?.[1] ?? 0]
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const a = ring[j]!
    const b = ring[i]!
    sum += (a[0]! - ox) * (b[1]! - oy) - (b[0]! - ox) * (a[1]! - oy)
  }
  return sum / 2
}

/** metres between two points some hundred metres apart. */
export function metres(a: readonly number[], b: readonly number[]): number {
  const dx = (a[0]! - b[0]!) * Math.cos((((a[1]! + b[1]!) / 2) * Math.PI) / 180)
  return Math.hypot(dx, a[1]! - b[1]!) * metresPerDegree
}

/** moved is a point so many metres further east and north. */
export function moved(p: LonLat, east: number, north: number): LonLat {
  return [p[0] + east / (metresPerDegree * Math.cos((p[1] * Math.PI) / 180)), p[1] + north / metresPerDegree]
}

/** Where a segment p→q meets a segment a→b: the share of the way along each; null where they do not. */
export function meet(p: readonly number[], q: readonly number[], a: readonly number[], b: readonly number[]): { t: number; u: number } | null {
  const [rx, ry] = [q[0]! - p[0]!, q[1]! - p[1]!]
  const [sx, sy] = [b[0]! - a[0]!, b[1]! - a[1]!]
  const cross = rx * sy - ry * sx
  if (cross === 0) return null // parallel: a cut along a border is for the service to judge
  const [dx, dy] = [a[0]! - p[0]!, a[1]! - p[1]!]
  const t = (dx * sy - dy * sx) / cross
  const u = (dx * ry - dy * rx) / cross
  return t >= 0 && t <= 1 && u >= 0 && u < 1 ? { t, u } : null
}

/** nearestOn is the point of a segment that is nearest to p, and how far along it lies, 0…1. */
export function nearestOn(p: readonly number[], a: readonly number[], b: readonly number[]): { at: LonLat; share: number } {
  // Lengths decide here, so longitudes are scaled as they are on the ground.
  const k = Math.cos((p[1]! * Math.PI) / 180)
  const [dx, dy] = [(b[0]! - a[0]!) * k, b[1]! - a[1]!]
  const long = dx * dx + dy * dy
  const share = long === 0 ? 0 : Math.min(1, Math.max(0, (((p[0]! - a[0]!) * k) * dx + (p[1]! - a[1]!) * dy) / long))
  return { at: [a[0]! + (b[0]! - a[0]!) * share, a[1]! + (b[1]! - a[1]!) * share], share }
}

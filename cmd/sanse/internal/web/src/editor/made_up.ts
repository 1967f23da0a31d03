import type { EditedAreas, GroundAnswer, LonLat } from '../api_editor.ts'

/** A sequence of numbers 0…1 from a seed (mulberry32), so that a test can be repeated. */
export function dice(seed: number): () => number {
  let a = seed >>> 0
  return () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/**
 * madeUp is a community for tests: a lattice whose inner vertices are shaken,
 * cut into side × side faces of span × span squares; grids are two faces wide
 * and two high. People are strewn over it, cells are hexagons.
 */
export function madeUp(o: { seed: number; side?: number; span?: number; places?: number; cells?: number }): GroundAnswer {
  const { seed, side = 4, span = 5, places = 600, cells = 300 } = o
  const next = dice(seed)
  const n = side * span
  const step = 0.0008
  const point: LonLat[][] = []
  for (let r = 0; r <= n; r++) {
    const row: LonLat[] = []
    for (let c = 0; c <= n; c++) {
      const inner = r > 0 && r < n && c > 0 && c < n
      const shake = () => (inner ? (next() - 0.5) * 0.6 * step : 0)
      row.push([104 + c * step + shake(), 30 + r * step + shake()])
    }
    point.push(row)
  }
  const ring = (r0: number, c0: number, r1: number, c1: number): LonLat[] => {
    const out: LonLat[] = []
    for (let c = c0; c < c1; c++) out.push(point[r0]![c]!)
    for (let r = r0; r < r1; r++) out.push(point[r]![c1]!)
    for (let c = c1; c > c0; c--) out.push(point[r1]![c]!)
    for (let r = r1; r >= r0; r--) out.push(point[r]![c0]!)
    return out
  }
  const community = '510113001001'
  const features: EditedAreas['features'] = []
  const add = (code: string, level: 'grid' | 'micro-grid', parent: string, box: [number, number, number, number]) =>
    features.push({
      type: 'Feature',
      properties: { code, name: code.slice(12), level, parent, special: false, locked: false },
      geometry: { type: 'MultiPolygon', coordinates: [[ring(...box)]] },
    })
  const finest: number[] = []
  const half = Math.ceil(side / 2)
  const three = (k: number) => String(k).padStart(3, '0')
  for (let gr = 0; gr < half; gr++)
    for (let gc = 0; gc < half; gc++) {
      const grid = community + three(gr * half + gc + 1)
      const [r0, c0, r1, c1] = [gr * 2, gc * 2, Math.min(side, gr * 2 + 2), Math.min(side, gc * 2 + 2)]
      add(grid, 'grid', community, [r0 * span, c0 * span, r1 * span, c1 * span])
      let k = 0
      for (let r = r0; r < r1; r++)
        for (let c = c0; c < c1; c++) {
          finest[r * side + c] = features.length
          add(grid + three(++k), 'micro-grid', grid, [r * span, c * span, (r + 1) * span, (c + 1) * span])
        }
    }
  const at: number[] = []
  const inside: number[] = []
  const values: Record<string, number[]> = { households: [], people: [], red: [], minutes: [] }
  const holds = (rings: LonLat[], x: number, y: number) => {
    let yes = false
    for (let i = 0, j = rings.length - 1; i < rings.length; j = i++) {
      const [a, b] = [rings[j]!, rings[i]!]
      if (a[1] > y !== b[1] > y && x < a[0] + ((y - a[1]) / (b[1] - a[1])) * (b[0] - a[0])) yes = !yes
    }
    return yes
  }
  for (let i = 0; i < places; i++) {
    const x = 104 + next() * n * step
    const y = 30 + next() * n * step
    at.push(x, y)
    inside.push(finest.find((f) => holds(features[f]!.geometry.coordinates[0]![0] as LonLat[], x, y)) ?? -1)
    const h = 1 + Math.floor(next() * 30)
    values['households']!.push(h)
    values['people']!.push(h * 3)
    values['red']!.push(next() < 0.1 ? 1 : 0)
    values['minutes']!.push(Math.floor(next() * 90))
  }
  const rings: number[][] = []
  const ids: string[] = []
  const across = Math.max(1, Math.round(Math.sqrt(cells)))
  const w = (n * step) / across
  const radius = w / Math.sqrt(3)
  for (let r = 0; rings.length < cells; r++)
    for (let c = 0; c < across && rings.length < cells; c++) {
      const [x, y] = [104 + (c + (r % 2 === 0 ? 0.25 : 0.75)) * w, 30 + (r + 0.5) * radius * 1.5]
      const hexagon: LonLat[] = []
      for (let k = 0; k <= 6; k++) hexagon.push([x + radius * Math.sin((k * Math.PI) / 3), y + radius * Math.cos((k * Math.PI) / 3)])
      hexagon[6] = hexagon[0]!
      rings.push(hexagon.flat())
      ids.push(`cell${rings.length}`)
    }
  return {
    version: 1,
    area: {
      code: community,
      name: 'Made up',
      level: 'community',
      bounds: [104, 30, 104 + n * step, 30 + n * step],
      outline: { type: 'MultiPolygon', coordinates: [[ring(0, 0, n, n)]] },
    },
    areas: { type: 'FeatureCollection', features },
    weights: ['households', 'people', 'red', 'minutes'],
    places: { at, values, in: inside },
    cells: { resolution: 11, ids, rings },
    barriers: { type: 'FeatureCollection', features: [] },
    standard: { 'micro-grid': { households: { least: 50, most: 120 } }, grid: { households: { target: 300 } } },
  }
}

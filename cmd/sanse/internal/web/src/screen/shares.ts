import type { FeatureCollection } from 'geojson'
import type { Areas } from '../api.ts'
import type { Live, LiveCounts } from '../api_live.ts'

// How an area is painted: by the share of those to be seen today who were.

/** From which share on a class begins, and its colour: pale to full. */
export const classes: readonly { from: number; colour: string }[] = [
  { from: 0, colour: '#f3d9c4' },
  { from: 0.25, colour: '#e3e2bd' },
  { from: 0.5, colour: '#b5d9d2' },
  { from: 0.75, colour: '#58a7a5' },
  { from: 1, colour: '#17646b' },
]

/** shareOf is the share of those to be seen who were; null where nobody is to be. */
export function shareOf(c: LiveCounts): number | null {
  return c.due > 0 ? c.done / c.due : null
}

/** colourOf is the colour of a share; all, and nothing less than all, is the last class. */
export function colourOf(share: number): string {
  return classes.findLast((c) => share >= c.from)?.colour ?? ''
}

/** paintLive colours the areas right below the one that is shown; where nobody is to be seen they are hatched. */
export function paintLive(areas: Areas | null, day: Live | null): FeatureCollection | null {
  if (!areas || !day) return null
  const counts = new Map(day.children.map((c) => [c.code, c]))
  return {
    type: 'FeatureCollection',
    features: areas.features.flatMap((f) => {
      const c = counts.get(f.properties.code)
      if (!c) return []
      const share = shareOf(c)
      return [{ type: 'Feature' as const, geometry: f.geometry, properties: { code: c.code, ...(share === null ? { hidden: true } : { colour: colourOf(share) }) } }]
    }),
  }
}

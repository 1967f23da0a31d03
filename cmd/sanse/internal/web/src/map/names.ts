import type { Feature, FeatureCollection, Point } from 'geojson'
import type { Areas } from '../api.ts'
import { labelPoint } from './shape.ts'

/** nameFeatures are the points where areas are named. */
export function nameFeatures(...sets: (Areas | null)[]): FeatureCollection {
  const features: Feature<Point>[] = []
  for (const set of sets)
    for (const f of set?.features ?? []) {
      const p = labelPoint(f.geometry)
      if (p)
        features.push({
          type: 'Feature',
          geometry: { type: 'Point', coordinates: p },
          properties: { name: f.properties.name, level: f.properties.level },
        })
    }
  return { type: 'FeatureCollection', features }
}

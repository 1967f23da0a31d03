import type { ExpressionSpecification, FilterSpecification, GeoJSONSource, MapLibreMap } from 'maplibre-gl'
import type { FeatureCollection } from 'geojson'
import { labelPoint } from '../map/shape.ts'
import { colours } from '../theme.ts'
import type { EffectAreas, MovedPlaces } from '../api_grids.ts'
import { brief } from './levels.ts'
import type { Flows } from './effect_shapes.ts'

const none: FeatureCollection = { type: 'FeatureCollection', features: [] }
const sources = ['effect-areas', 'effect-names', 'effect-places', 'effect-flows', 'effect-heads'] as const

/** What becomes of an area, and the colour of its ground. */
export const changeColours = {
  created: '#2c7a54',
  retired: '#b02a2a',
  reshaped: '#17646b',
  renamed: '#6a4fc0',
  people: '#c4861f',
} as const

const byChange = (of: (colour: string) => string, other: string): ExpressionSpecification => [
  'match',
  ['get', 'change'],
  'created',
  of(changeColours.created),
  'retired',
  of(changeColours.retired),
  'reshaped',
  of(changeColours.reshaped),
  'renamed',
  of(changeColours.renamed),
  'people',
  of(changeColours.people),
  other,
]
const level = (l: string): FilterSpecification => ['==', ['get', 'level'], l]
const changed: ExpressionSpecification = ['!=', ['get', 'change'], '']
const halo = { 'text-halo-color': 'rgba(255,255,255,.94)', 'text-halo-width': 1.7 }

/** addEffectLayers puts the layers of an effect onto a map, empty; once a map. */
export function addEffectLayers(map: MapLibreMap): void {
  if (map.getSource(sources[0])) return
  for (const s of sources) map.addSource(s, { type: 'geojson', data: none })
  map.addImage('effect-arrow', arrow(22), { sdf: true })
  // Areas of today, which the tiles hold, would lie about the draft.
  for (const id of ['micro-grid', 'grid', 'micro-grid-name', 'grid-name', 'town-name']) map.setLayoutProperty(id, 'visibility', 'none')
  map.addLayer({
    id: 'effect-fill',
    type: 'fill',
    source: 'effect-areas',
    filter: level('grid'),
    paint: { 'fill-color': byChange((c) => c, '#ffffff'), 'fill-opacity': ['case', changed, 0.16, 0] },
  })
  map.addLayer({
    id: 'effect-micro-fill',
    type: 'fill',
    source: 'effect-areas',
    filter: level('micro-grid'),
    paint: { 'fill-color': byChange((c) => c, '#ffffff'), 'fill-opacity': ['case', changed, 0.13, 0] },
  })
  map.addLayer({
    id: 'effect-micro',
    type: 'line',
    source: 'effect-areas',
    filter: level('micro-grid'),
    minzoom: 12.5,
    paint: { 'line-color': '#7a8790', 'line-width': ['case', changed, 1.3, 0.8], 'line-dasharray': [2, 2] },
  })
  map.addLayer({
    id: 'effect-grid',
    type: 'line',
    source: 'effect-areas',
    filter: level('grid'),
    layout: { 'line-join': 'round' },
    paint: {
      'line-color': byChange((c) => c, '#5f7480'),
      'line-width': ['interpolate', ['linear'], ['zoom'], 10, ['case', changed, 1.5, 0.5], 14, ['case', changed, 3, 1.2]],
    },
  })
  map.addLayer({
    id: 'effect-selected',
    type: 'line',
    source: 'effect-areas',
    filter: ['==', ['get', 'code'], ''],
    layout: { 'line-join': 'round' },
    paint: { 'line-color': colours.ink, 'line-width': 4.5 },
  })
  map.addLayer({
    id: 'effect-flows',
    type: 'line',
    source: 'effect-flows',
    layout: { 'line-cap': 'round' },
    paint: { 'line-color': ['get', 'colour'], 'line-width': ['interpolate', ['linear'], ['get', 'n'], 1, 1.6, 20, 6], 'line-opacity': 0.75 },
  })
  map.addLayer({
    id: 'effect-places',
    type: 'circle',
    source: 'effect-places',
    paint: {
      'circle-color': ['get', 'colour'],
      'circle-radius': ['interpolate', ['linear'], ['zoom'], 11, ['+', 1.6, ['*', 0.3, ['get', 'count']]], 15, ['+', 4, ['*', 0.9, ['get', 'count']]]],
      'circle-stroke-color': '#ffffff',
      'circle-stroke-width': 1.2,
    },
  })
  map.addLayer({
    id: 'effect-heads',
    type: 'symbol',
    source: 'effect-heads',
    layout: { 'icon-image': 'effect-arrow', 'icon-rotate': ['get', 'turn'], 'icon-rotation-alignment': 'map', 'icon-allow-overlap': true, 'icon-ignore-placement': true },
    paint: { 'icon-color': ['get', 'colour'], 'icon-halo-color': '#ffffff', 'icon-halo-width': 1 },
  })
  map.addLayer({
    id: 'effect-names',
    type: 'symbol',
    source: 'effect-names',
    minzoom: 12.4,
    layout: { 'text-field': ['get', 'name'], 'text-size': 12, 'text-max-width': 8, 'text-padding': 3 },
    paint: { 'text-color': '#26404d', ...halo },
  })
}

/** showEffect fills the layers of one of the two maps. */
export function showEffect(map: MapLibreMap, areas: EffectAreas, places: MovedPlaces & FeatureCollection, flows: Flows | null): void {
  const set = (id: (typeof sources)[number], data: FeatureCollection) => void (map.getSource(id) as GeoJSONSource | undefined)?.setData(data)
  set('effect-areas', areas)
  set('effect-places', places)
  set('effect-flows', flows?.lines ?? none)
  set('effect-heads', flows?.heads ?? none)
  set('effect-names', {
    type: 'FeatureCollection',
    features: areas.features.flatMap((f) => {
      const at = f.properties.level === 'grid' ? labelPoint(f.geometry) : null
      return at ? [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: at }, properties: { name: brief(f.properties.code) } }] : []
    }),
  })
}

/** arrow is the head of an arrow that points north, as a signed distance field of n by n pixels. */
function arrow(n: number): { width: number; height: number; data: Uint8Array } {
  const data = new Uint8Array(n * n * 4)
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++) {
      // A triangle: its tip in the middle of the icon, so that it ends where the flow ends.
      const [dx, dy] = [Math.abs(x + 0.5 - n / 2), y + 0.5 - n * 0.32]
      const inside = Math.min(dy * 0.55 - dx, n * 0.86 - (y + 0.5)) // pixels, positive inside
      data[(y * n + x) * 4 + 3] = Math.max(0, Math.min(255, Math.round(191 + inside * 18)))
    }
  return { width: n, height: n, data }
}

import type { GeoJSONSource, MapLibreMap } from 'maplibre-gl'
import type { FeatureCollection } from 'geojson'
import { colours } from '../theme.ts'

const none: FeatureCollection = { type: 'FeatureCollection', features: [] }

/** The sources that the map of coverage adds to the style, from the ground up. */
export const sources = ['cov-fill', 'cov-changed', 'cov-bands', 'cov-area', 'cov-unplaced', 'cov-ties', 'cov-own', 'cov-trials', 'cov-sites'] as const
export type CoverageSource = (typeof sources)[number]

/** What becomes of a cell by a trial; the pattern tells lost from won without colour. */
export const changeColours = { won: '#1c6aa8', quicker: '#9cc7e6', slower: '#eec08d', lost: '#a9521f' } as const
export type CellChange = keyof typeof changeColours

/** addCoverageLayers puts the layers onto a map, empty; once a map. */
export function addCoverageLayers(map: MapLibreMap): void {
  if (map.getSource(sources[0])) return
  for (const s of sources) map.addSource(s, { type: 'geojson', data: none })
  if (!map.hasImage('dots')) map.addImage('dots', dots(), { pixelRatio: 2 })
  // Facilities are what this map is about: their dots can be seen, and aimed at, from afar.
  map.setPaintProperty('facility-dots', 'circle-radius', ['interpolate', ['linear'], ['zoom'], 9, 1.6, 12.5, 4])
  map.setPaintProperty('facility-dots', 'circle-opacity', 1)
  map.setPaintProperty('facility-dots', 'circle-stroke-width', ['case', ['get', 'hollow'], 1.4, 0.8])
  map.setPaintProperty('facility-dots', 'circle-stroke-opacity', 1)
  // Colours lie under the streets, so that one can tell where one is.
  const ground = map.getLayer('street-small-case') ? 'street-small-case' : undefined
  const fade = ['interpolate', ['linear'], ['zoom'], 13, 0.78, 16, 0.5] as never
  map.addLayer({ id: 'cov-fill', type: 'fill', source: 'cov-fill', filter: ['has', 'colour'], paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': fade } }, ground)
  map.addLayer(
    {
      id: 'cov-blank',
      type: 'fill',
      source: 'cov-fill',
      filter: ['has', 'blank'],
      paint: { 'fill-pattern': ['match', ['get', 'blank'], 'hidden', 'hatch', 'none', 'dots', 'dots'], 'fill-opacity': ['match', ['get', 'blank'], 'not_applicable', 0, 0.8] },
    },
    ground,
  )
  map.addLayer(
    { id: 'cov-edge', type: 'line', source: 'cov-fill', paint: { 'line-color': '#ffffff', 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0, 12, 0.4, 15, 1], 'line-opacity': 0.7 } },
    ground,
  )
  map.addLayer({ id: 'cov-changed', type: 'fill', source: 'cov-changed', filter: ['has', 'colour'], paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.85 } }, ground)
  map.addLayer({ id: 'cov-changed-lost', type: 'fill', source: 'cov-changed', filter: ['==', ['get', 'change'], 'lost'], paint: { 'fill-pattern': 'hatch', 'fill-opacity': 0.55 } }, ground)
  // Bands lie upon each other, so the nearest is the darkest.
  map.addLayer(
    { id: 'cov-bands', type: 'fill', source: 'cov-bands', layout: { 'fill-sort-key': ['-', 0, ['get', 'minutes']] }, paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.24 } },
    ground,
  )
  map.addLayer(
    {
      id: 'cov-bands-edge',
      type: 'line',
      source: 'cov-bands',
      layout: { 'line-join': 'round' },
      paint: { 'line-color': ['get', 'colour'], 'line-width': ['match', ['get', 'rank'], 0, 2.2, 1, 1.4, 1] },
    },
    'routes-case',
  )
  map.addLayer(
    { id: 'cov-area', type: 'line', source: 'cov-area', layout: { 'line-join': 'round' }, paint: { 'line-color': colours.ink, 'line-width': 3.5 } },
    'routes-case',
  )
  map.addLayer({
    id: 'cov-unplaced',
    type: 'circle',
    source: 'cov-unplaced',
    paint: { 'circle-radius': 6, 'circle-color': '#ffffff', 'circle-stroke-color': '#7b2d8b', 'circle-stroke-width': 2.5 },
  })
  map.addLayer({ id: 'cov-ties', type: 'line', source: 'cov-ties', paint: { 'line-color': colours.ink, 'line-width': 1.6, 'line-dasharray': [2, 1.5] } })
  // Candidates are hollow, and lie below what is chosen of them.
  map.addLayer({
    id: 'cov-own',
    type: 'circle',
    source: 'cov-own',
    paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 5, 14, 10], 'circle-color': '#ffffff', 'circle-stroke-color': colours.ink, 'circle-stroke-width': 1.6, 'circle-opacity': 0.85 },
  })
  map.addLayer({
    id: 'cov-own-label',
    type: 'symbol',
    source: 'cov-own',
    layout: { 'text-field': ['get', 'label'], 'text-size': 11 },
    paint: { 'text-color': colours.ink },
  })
  for (const id of ['cov-trials', 'cov-sites'] as const) {
    map.addLayer({
      id,
      type: 'circle',
      source: id,
      paint: {
        'circle-radius': 13,
        'circle-color': ['coalesce', ['get', 'fill'], '#ffffff'],
        'circle-stroke-color': ['get', 'colour'],
        'circle-stroke-width': ['case', ['==', ['get', 'selected'], true], 5, 3],
      },
    })
    map.addLayer({
      id: `${id}-label`,
      type: 'symbol',
      source: id,
      layout: { 'text-field': ['get', 'label'], 'text-size': 13, 'text-allow-overlap': true, 'text-ignore-placement': true },
      paint: { 'text-color': ['coalesce', ['get', 'ink'], colours.ink] },
    })
  }
}

/** show fills one of the sources; null empties it. */
export function show(map: MapLibreMap, source: CoverageSource, data: FeatureCollection | null): void {
  void (map.getSource(source) as GeoJSONSource | undefined)?.setData(data ?? none)
}

/** bandColour is the hue of all bands: they lie upon each other. */
export const bandColour = '#1c6aa8'
/** How the bands look upon each other on the ground, the nearest first: what legends show. */
export const bandTints: readonly string[] = ['#86abc9', '#abc4d4', '#c9d6dd']

/** dots is the pattern of what has no data: grey points on white, 16 pixels at a ratio of 2. */
function dots(): { width: number; height: number; data: Uint8Array } {
  const n = 16
  const data = new Uint8Array(n * n * 4)
  for (let y = 0; y < n; y++)
    for (let x = 0; x < n; x++) {
      const near = Math.hypot(((x + 8) % 16) - 7.5, ((y + 8) % 16) - 7.5) < 2.4 || Math.hypot(x - 7.5, y - 7.5) < 2.4
      data.set(near ? [110, 120, 125, 255] : [255, 255, 255, 150], (y * n + x) * 4)
    }
  return { width: n, height: n, data }
}

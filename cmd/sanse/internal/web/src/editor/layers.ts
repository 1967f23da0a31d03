import type { ExpressionSpecification, GeoJSONSource, LayerSpecification, MapLibreMap } from 'maplibre-gl'
import type { Feature, FeatureCollection } from 'geojson'
import { colours } from '../theme.ts'
import { balanceColours } from './balance.ts'

/** The GeoJSON sources of the editor. */
export const editorSources = ['ed-around', 'ed-faces', 'ed-thin', 'ed-cells', 'ed-painted', 'ed-barriers', 'ed-places', 'ed-names', 'ed-ghost', 'ed-handles', 'ed-problem', 'ed-cross', 'ed-drawn'] as const
export type EditorSource = (typeof editorSources)[number]

const selectedColour = '#0b3d91'
const ghostColour = '#c2185b'
const alarm = '#b02a2a'

const byClass: ExpressionSpecification = [
  'match',
  ['coalesce', ['feature-state', 'cls'], -1],
  ...balanceColours.flatMap((c, i) => [i, c]),
  '#e4e4df',
] as unknown as ExpressionSpecification

const state = (key: string): ExpressionSpecification => ['boolean', ['feature-state', key], false]

const layers: LayerSpecification[] = [
  { id: 'ed-fill', type: 'fill', source: 'ed-faces', filter: ['!', ['to-boolean', ['get', 'special']]], paint: { 'fill-color': byClass, 'fill-opacity': ['case', state('hover'), 0.78, 0.6] } },
  // Special areas are no part of the balance: hatched, whatever they hold.
  { id: 'ed-special', type: 'fill', source: 'ed-faces', filter: ['to-boolean', ['get', 'special']], paint: { 'fill-pattern': 'hatch', 'fill-opacity': 0.75 } },
  { id: 'ed-cell-fill', type: 'fill', source: 'ed-painted', paint: { 'fill-color': ghostColour, 'fill-opacity': 0.4 } },
  { id: 'ed-cell-edge', type: 'line', source: 'ed-cells', paint: { 'line-color': '#4a5860', 'line-width': 0.6, 'line-opacity': 0.35 } },
  {
    id: 'ed-barrier',
    type: 'line',
    source: 'ed-barriers',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: {
      'line-color': ['match', ['get', 'kind'], 'water', '#3f87b5', 'river', '#3f87b5', 'railway', '#5b4a66', 'wall', '#6b5b45', '#96702c'],
      'line-width': ['interpolate', ['linear'], ['zoom'], 11, 1, 16, 3.2],
      'line-opacity': 0.75,
    },
  },
  {
    id: 'ed-place',
    type: 'circle',
    source: 'ed-places',
    minzoom: 13.2,
    paint: {
      'circle-radius': ['interpolate', ['exponential', 1.7], ['zoom'], 13, ['*', 0.55, ['get', 'size']], 18, ['*', 3.2, ['get', 'size']]],
      'circle-color': ['match', ['get', 'grade'], 'red', colours.grades['red'] ?? '#d64545', 'yellow', colours.grades['yellow'] ?? '#e0a100', 'blue', colours.grades['blue'] ?? '#2f6fde', '#39474f'],
      'circle-opacity': ['match', ['get', 'grade'], 'none', 0.42, 0.85],
      'circle-stroke-width': ['case', state('moves'), 2, 0],
      'circle-stroke-color': ghostColour,
    },
  },
  { id: 'ed-thin', type: 'line', source: 'ed-thin', paint: { 'line-color': '#51626c', 'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.4, 16, 1.2], 'line-dasharray': [3, 2], 'line-opacity': 0.8 } },
  {
    id: 'ed-line',
    type: 'line',
    source: 'ed-faces',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': '#33444e', 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.4, 12, 1.1, 16, 2.2] },
  },
  {
    id: 'ed-around',
    type: 'line',
    source: 'ed-around',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': '#1b2a33', 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1, 12, 2.2, 16, 4] },
  },
  {
    id: 'ed-selected',
    type: 'line',
    source: 'ed-faces',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': selectedColour, 'line-width': 4, 'line-opacity': ['case', state('selected'), 1, 0] },
  },
  { id: 'ed-problem-fill', type: 'fill', source: 'ed-problem', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': alarm, 'fill-opacity': 0.35 } },
  { id: 'ed-problem-line', type: 'line', source: 'ed-problem', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'line-color': alarm, 'line-width': 2.5 } },
  {
    id: 'ed-problem-point',
    type: 'circle',
    source: 'ed-problem',
    filter: ['==', ['geometry-type'], 'Point'],
    paint: { 'circle-radius': 15, 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-color': alarm, 'circle-stroke-width': 3.5 },
  },
  { id: 'ed-drawn-fill', type: 'fill', source: 'ed-drawn', paint: { 'fill-color': '#ffffff', 'fill-opacity': 0.35 } },
  {
    id: 'ed-drawn',
    type: 'line',
    source: 'ed-drawn',
    layout: { 'line-join': 'round' },
    paint: { 'line-color': ghostColour, 'line-width': 3 },
  },
  { id: 'ed-ghost-fill', type: 'fill', source: 'ed-ghost', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ['case', ['get', 'bad'], alarm, ghostColour], 'fill-opacity': 0.22 } },
  {
    id: 'ed-ghost-line',
    type: 'line',
    source: 'ed-ghost',
    layout: { 'line-cap': 'round', 'line-join': 'round' },
    paint: { 'line-color': ['case', ['get', 'bad'], alarm, ghostColour], 'line-width': 3, 'line-dasharray': [1.5, 1.5] },
  },
  {
    id: 'ed-name',
    type: 'symbol',
    source: 'ed-names',
    layout: {
      'text-field': ['get', 'text'],
      'text-size': ['interpolate', ['linear'], ['zoom'], 10, 10.5, 15, 13.5],
      'text-max-width': 9,
      'text-padding': 3,
      'symbol-sort-key': ['get', 'order'],
    },
    paint: { 'text-color': '#18252d', 'text-halo-color': 'rgba(255,255,255,.95)', 'text-halo-width': 1.8 },
  },
  {
    id: 'ed-handle',
    type: 'circle',
    source: 'ed-handles',
    paint: {
      'circle-radius': ['match', ['get', 'kind'], 'focus', 8.5, 'node', 6.5, 'vertex', 5.5, 3.6],
      'circle-color': ['match', ['get', 'kind'], 'focus', ghostColour, 'node', selectedColour, 'vertex', '#ffffff', '#ffffff'],
      'circle-opacity': ['match', ['get', 'kind'], 'mid', 0.75, 1],
      'circle-stroke-color': ['match', ['get', 'kind'], 'mid', '#7f93a8', selectedColour],
      'circle-stroke-width': ['match', ['get', 'kind'], 'mid', 1.3, 2],
    },
  },
  {
    id: 'ed-cross',
    type: 'circle',
    source: 'ed-cross',
    paint: { 'circle-radius': 11, 'circle-color': 'rgba(255,255,255,.25)', 'circle-stroke-color': ghostColour, 'circle-stroke-width': 2.5 },
  },
]

/** Layers of published areas, which would lie about a draft. */
const published = ['micro-grid', 'micro-grid-name', 'grid', 'grid-name', 'grid-hit', 'micro-grid-hit']

/** addLayers puts the editor's sources and layers on the map, once. */
export function addLayers(map: MapLibreMap): void {
  for (const s of editorSources)
    map.addSource(s, { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, ...(s === 'ed-faces' ? { promoteId: 'code' } : {}) })
  for (const l of layers) map.addLayer(l)
  for (const id of published) map.setLayoutProperty(id, 'visibility', 'none')
}

/** put fills a source of the editor; null empties it. */
export function put(map: MapLibreMap, source: EditorSource, data: FeatureCollection | Feature[] | null): void {
  const s = map.getSource(source) as GeoJSONSource | undefined
  void s?.setData(Array.isArray(data) ? { type: 'FeatureCollection', features: data } : (data ?? { type: 'FeatureCollection', features: [] }))
}

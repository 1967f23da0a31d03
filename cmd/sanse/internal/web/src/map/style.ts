import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { colours } from '../theme.ts'

type Empty = { type: 'geojson'; data: { type: 'FeatureCollection'; features: [] } }
const empty = (): Empty => ({ type: 'geojson', data: { type: 'FeatureCollection', features: [] } })

/** The GeoJSON sources that the pages fill; all start empty. */
export const sources = ['town', 'community', 'grid', 'names', 'cells', 'circle', 'routes', 'facilities', 'stops'] as const
/** The name of a GeoJSON source. */
export type SourceName = (typeof sources)[number]

/** Width of a street by class at a zoom, scaled by the zoom's factor. */
const width = (factor: number, extra = 0): ExpressionSpecification => [
  '+',
  extra,
  [
    '*',
    factor,
    [
      'match',
      ['get', 'class'],
      ['motorway', 'trunk'],
      3.4,
      ['motorway_link', 'trunk_link', 'primary', 'primary_link'],
      2.8,
      ['secondary', 'secondary_link'],
      2.3,
      ['tertiary', 'tertiary_link'],
      1.9,
      ['residential', 'unclassified', 'living_street', 'road'],
      1.3,
      ['footway', 'path', 'steps', 'cycleway', 'track', 'corridor', 'bridleway'],
      0.5,
      0.8,
    ],
  ],
]

const byZoom = (extra: number): ExpressionSpecification => [
  'interpolate',
  ['exponential', 1.6],
  ['zoom'],
  9,
  width(0.3, extra * 0.3),
  12,
  width(0.75, extra * 0.6),
  15,
  width(2, extra),
  18,
  width(8, extra * 1.6),
]

const smallStreets: ExpressionSpecification = [
  'in',
  ['get', 'class'],
  ['literal', ['footway', 'path', 'steps', 'cycleway', 'track', 'corridor', 'bridleway', 'service', 'pedestrian']],
]
const largeStreets: ExpressionSpecification = [
  'in',
  ['get', 'class'],
  ['literal', ['motorway', 'motorway_link', 'trunk', 'trunk_link', 'primary', 'primary_link', 'secondary', 'secondary_link', 'tertiary', 'tertiary_link']],
]

/**
 * The zoom from which routes have colours and facilities their signs. From
 * further away both are quiet, so that people and areas are read first.
 */
const near = 12.5
const quiet = '#a0662f'

const halo = { 'text-halo-color': 'rgba(255,255,255,.92)', 'text-halo-width': 1.6 }
const names = (id: string, level: string, min: number, max: number, size: number, colour: string): LayerSpecification => ({
  id,
  type: 'symbol',
  source: 'names',
  filter: ['==', ['get', 'level'], level],
  minzoom: min,
  maxzoom: max,
  layout: { 'text-field': ['get', 'name'], 'text-size': size, 'text-max-width': 8, 'text-padding': 4 },
  paint: { 'text-color': colour, ...halo },
})

/**
 * style is the map with no base map: our own tiles under the GeoJSON that the
 * pages fill in. No glyphs are named, so labels are drawn with local fonts.
 */
export function style(tiles: string): StyleSpecification {
  const streets = (id: string, filter: ExpressionSpecification, min: number): LayerSpecification[] => [
    {
      id: `${id}-case`,
      type: 'line',
      source: 'tiles',
      'source-layer': 'street',
      filter,
      minzoom: Math.max(min, 13),
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: { 'line-color': '#d5d3cc', 'line-width': byZoom(1.4) },
    },
    {
      id,
      type: 'line',
      source: 'tiles',
      'source-layer': 'street',
      filter,
      minzoom: min,
      layout: { 'line-cap': 'round', 'line-join': 'round' },
      paint: {
        'line-color': ['interpolate', ['linear'], ['zoom'], 11, '#cbc8bd', 13.5, '#ffffff'],
        'line-width': byZoom(0),
      },
    },
  ]
  return {
    version: 8,
    sources: {
      tiles: { type: 'vector', tiles: [tiles], minzoom: 0, maxzoom: 16 },
      ...Object.fromEntries(sources.map((s) => [s, empty()])),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': colours.ground } },
      {
        id: 'water',
        type: 'fill',
        source: 'tiles',
        'source-layer': 'water',
        filter: ['==', ['geometry-type'], 'Polygon'],
        paint: { 'fill-color': '#bcd8e6' },
      },
      {
        id: 'waterway',
        type: 'line',
        source: 'tiles',
        'source-layer': 'water',
        filter: ['==', ['geometry-type'], 'LineString'],
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': '#bcd8e6', 'line-width': ['interpolate', ['exponential', 1.6], ['zoom'], 9, 2.5, 14, 6, 18, 24] },
      },
      {
        id: 'cells',
        type: 'fill',
        source: 'cells',
        filter: ['!=', ['get', 'hidden'], true],
        paint: { 'fill-color': ['coalesce', ['get', 'colour'], '#cccccc'], 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.62, 16, 0.3] },
      },
      {
        id: 'cells-hidden',
        type: 'fill',
        source: 'cells',
        filter: ['==', ['get', 'hidden'], true],
        paint: { 'fill-pattern': 'hatch', 'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13, 0.8, 16, 0.4] },
      },
      {
        id: 'cells-edge',
        type: 'line',
        source: 'cells',
        paint: {
          'line-color': '#ffffff',
          'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.2, 12, 0.7, 15, 1.2],
          'line-opacity': 0.7,
        },
      },
      ...streets('street-small', smallStreets, 13),
      ...streets('street-middle', ['!', ['any', smallStreets, largeStreets]], 11),
      ...streets('street-large', largeStreets, 8),
      {
        id: 'building',
        type: 'fill',
        source: 'tiles',
        'source-layer': 'building',
        minzoom: 13.5,
        paint: {
          'fill-color': '#e2ded4',
          'fill-outline-color': '#c9c4b8',
          'fill-opacity': ['interpolate', ['linear'], ['zoom'], 13.5, 0, 14.5, 0.9],
        },
      },
      {
        id: 'micro-grid',
        type: 'line',
        source: 'tiles',
        'source-layer': 'area',
        filter: ['==', ['get', 'level'], 'micro-grid'],
        minzoom: 14.5,
        paint: { 'line-color': '#7a8790', 'line-width': 0.9, 'line-dasharray': [2, 2] },
      },
      {
        id: 'grid',
        type: 'line',
        source: 'grid',
        minzoom: 11.3,
        paint: {
          'line-color': '#5f7480',
          'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.5, 14, 1.2, 17, 2],
          'line-opacity': ['interpolate', ['linear'], ['zoom'], 11.3, 0.35, 13, 0.9],
        },
      },
      {
        id: 'community',
        type: 'line',
        source: 'community',
        layout: { 'line-join': 'round' },
        paint: {
          'line-color': '#3f5663',
          'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5, 12, 1.3, 16, 3],
          'line-opacity': 0.55,
        },
      },
      {
        id: 'town',
        type: 'line',
        source: 'town',
        layout: { 'line-join': 'round' },
        // Borders often run along rivers and roads: let them show through.
        paint: {
          'line-color': '#22343f',
          'line-width': ['interpolate', ['linear'], ['zoom'], 9, 1.2, 13, 2.4, 16, 4],
          'line-opacity': 0.7,
        },
      },
      // Nothing to see, but clicks find the area.
      { id: 'grid-hit', type: 'fill', source: 'grid', paint: { 'fill-color': '#000', 'fill-opacity': 0 } },
      {
        id: 'micro-grid-hit',
        type: 'fill',
        source: 'tiles',
        'source-layer': 'area',
        filter: ['==', ['get', 'level'], 'micro-grid'],
        minzoom: 15,
        paint: { 'fill-color': '#000', 'fill-opacity': 0 },
      },
      { id: 'community-hit', type: 'fill', source: 'community', paint: { 'fill-color': '#000', 'fill-opacity': 0 } },
      ...(['town', 'community', 'grid'] as const).map(
        (s): LayerSpecification => ({
          id: `${s}-selected`,
          type: 'line',
          source: s,
          filter: ['==', ['get', 'code'], ''],
          layout: { 'line-join': 'round' },
          paint: { 'line-color': colours.accent, 'line-width': 4.5 },
        }),
      ),
      {
        id: 'micro-grid-selected',
        type: 'line',
        source: 'tiles',
        'source-layer': 'area',
        filter: ['==', ['get', 'code'], ''],
        minzoom: 14.5,
        layout: { 'line-join': 'round' },
        paint: { 'line-color': colours.accent, 'line-width': 3.5 },
      },
      {
        id: 'circle',
        type: 'fill',
        source: 'circle',
        paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.2 },
      },
      {
        id: 'circle-edge',
        type: 'line',
        source: 'circle',
        layout: { 'line-join': 'round' },
        paint: { 'line-color': ['get', 'colour'], 'line-width': 2.2 },
      },
      {
        id: 'routes-case',
        type: 'line',
        source: 'routes',
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: {
          'line-color': '#ffffff',
          'line-opacity': ['interpolate', ['linear'], ['zoom'], near, 0, near + 0.3, 0.85],
          'line-width': ['interpolate', ['linear'], ['zoom'], 12, 4.4, 13, 5, 17, 9],
        },
      },
      {
        id: 'routes',
        type: 'line',
        source: 'routes',
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: {
          'line-color': ['step', ['zoom'], quiet, near, ['get', 'colour']],
          'line-opacity': ['step', ['zoom'], 0.5, near, 1],
          'line-width': ['interpolate', ['linear'], ['zoom'], 9, 0.5, near, 1.3, near + 0.3, 2.7, 17, 5.5],
        },
      },
      {
        id: 'routes-selected',
        type: 'line',
        source: 'routes',
        filter: ['==', ['get', 'visitor'], ''],
        layout: { 'line-cap': 'round', 'line-join': 'round' },
        paint: { 'line-color': colours.ink, 'line-width': ['interpolate', ['linear'], ['zoom'], 10, 3, 13, 4.5, 17, 8] },
      },
      {
        id: 'street-name',
        type: 'symbol',
        source: 'tiles',
        'source-layer': 'street',
        minzoom: 14,
        filter: ['!=', ['coalesce', ['get', 'name'], ''], ''],
        layout: {
          'symbol-placement': 'line',
          'text-field': ['get', 'name'],
          'text-size': ['interpolate', ['linear'], ['zoom'], 14, 10.5, 18, 14],
          'text-padding': 6,
          'symbol-spacing': 320,
        },
        paint: { 'text-color': '#6b6557', ...halo },
      },
      {
        id: 'micro-grid-name',
        type: 'symbol',
        source: 'tiles',
        'source-layer': 'area',
        filter: ['==', ['get', 'level'], 'micro-grid'],
        minzoom: 16.5,
        layout: { 'text-field': ['get', 'name'], 'text-size': 11, 'text-max-width': 8, 'text-padding': 12 },
        paint: { 'text-color': '#69757d', ...halo },
      },
      // From afar a facility is a dot, so that hundreds do not hide the ground.
      {
        id: 'facility-dots',
        type: 'circle',
        source: 'facilities',
        maxzoom: near,
        paint: {
          'circle-radius': ['interpolate', ['linear'], ['zoom'], 9, 0.8, near, 2.6],
          'circle-color': ['case', ['get', 'hollow'], '#ffffff', ['get', 'colour']],
          'circle-opacity': 0.45,
          'circle-stroke-color': ['case', ['get', 'hollow'], ['get', 'colour'], '#ffffff'],
          'circle-stroke-width': ['case', ['get', 'hollow'], 0.7, 0],
          'circle-stroke-opacity': 0.5,
        },
      },
      {
        id: 'facilities',
        type: 'symbol',
        source: 'facilities',
        minzoom: near,
        layout: {
          'icon-image': ['get', 'icon'],
          'icon-allow-overlap': true,
          // Names of areas are not hidden by icons; they are drawn above them.
          'icon-ignore-placement': true,
          'icon-size': ['interpolate', ['linear'], ['zoom'], 12, 0.5, 13.5, 0.75, 15, 1],
          'symbol-sort-key': ['get', 'order'],
        },
      },
      {
        id: 'facility-name',
        type: 'symbol',
        source: 'facilities',
        minzoom: 15,
        layout: { 'text-field': ['get', 'name'], 'text-size': 11.5, 'text-anchor': 'top', 'text-offset': [0, 1.1], 'text-max-width': 9 },
        paint: { 'text-color': colours.ink, ...halo },
      },
      names('grid-name', 'grid', 13.4, 16.4, 12, '#44545e'),
      names('community-name', 'community', 11.6, 15, 13, '#26404d'),
      names('town-name', 'town', 8, 12.4, 15, '#16262f'),
      {
        id: 'stops',
        type: 'circle',
        source: 'stops',
        paint: {
          'circle-radius': ['case', ['get', 'start'], 7, 13],
          'circle-color': ['case', ['get', 'start'], colours.ink, '#ffffff'],
          'circle-stroke-color': ['get', 'colour'],
          'circle-stroke-width': 3.5,
        },
      },
      {
        id: 'stop-number',
        type: 'symbol',
        source: 'stops',
        layout: { 'text-field': ['get', 'label'], 'text-size': 13, 'text-allow-overlap': true, 'text-ignore-placement': true },
        paint: { 'text-color': colours.ink },
      },
    ],
  }
}

import type { Feature, FeatureCollection, Point } from 'geojson'
import type { District, Facilities } from '../api.ts'
import { bandList, type Bands, type ChangedCells, type FacilityBands, type SitingResult } from '../api_coverage.ts'
import { facilityState, facilityStates, iconName } from '../map/icons.ts'
import { colours, serviceColour } from '../theme.ts'
import { bandColour, changeColours, type CellChange } from './map_layers.ts'
import { paintMinutes } from './paint.ts'
import type { Candidate } from './candidates.ts'
import { changeOf, type LonLat, type Trial } from './trials.ts'

// What is drawn of trials, bands and sites: plain values into features.

/** drawBands are bands the widest first, ranked from the nearest. */
export function drawBands(b: Bands | FacilityBands | null, colour = bandColour): FeatureCollection {
  const list = b ? bandList(b) : []
  return {
    type: 'FeatureCollection',
    features: list.map((f, i) => ({ ...f, properties: { ...f.properties, colour, rank: i } })),
  }
}

/** drawFacilities are the facilities of a service with their icons; what is tried of them goes before what is. */
export function drawFacilities(district: District, all: Facilities | null, service: string, tried: readonly Trial[]): FeatureCollection<Point> {
  const keys = district.services.map((s) => s.key)
  const moved = new Set(tried.filter((x) => x.op === 'move').map((x) => x.facility))
  const features = (all?.features ?? [])
    .filter((f) => f.properties.service === service && !moved.has(f.properties.id))
    .map((f) => {
      const op = tried.find((x) => x.facility === f.properties.id)?.op
      const state = op === 'close' ? 'idle' : op === 'open' ? 'room' : facilityState(f.properties)
      return {
        ...f,
        properties: {
          ...f.properties,
          icon: iconName(f.properties.service, state),
          colour: serviceColour(f.properties.service, keys),
          hollow: state === 'idle' || state === 'planned',
          order: facilityStates.indexOf(state),
        },
      }
    })
  return { type: 'FeatureCollection', features }
}

const signs = { add: '', move: '↔', close: '×', open: '✓' } as const

/** drawTrials are the places of what is tried: new ones by number, the others by a sign. */
export function drawTrials(list: readonly Trial[], selected: number): FeatureCollection<Point> {
  let n = 0
  return {
    type: 'FeatureCollection',
    features: list.map(
      (x): Feature<Point> => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: x.at },
        properties: {
          key: String(x.key),
          label: x.op === 'add' ? String(++n) : signs[x.op],
          colour: x.op === 'close' ? changeColours.lost : changeColours.won,
          selected: x.key === selected,
        },
      }),
    ),
  }
}

/** drawTies are lines from where moved facilities stand to where they are tried. */
export function drawTies(list: readonly Trial[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: list.flatMap((x): Feature[] => (x.from ? [{ type: 'Feature', geometry: { type: 'LineString', coordinates: [x.from, x.at] }, properties: {} }] : [])),
  }
}

/** drawChanges colours the cells that a trial changes and counts them. */
export function drawChanges(cells: ChangedCells | null, minutes: number, service: string): { data: FeatureCollection; counts: Record<CellChange, number> } {
  const counts: Record<CellChange, number> = { won: 0, quicker: 0, slower: 0, lost: 0 }
  const features = (cells?.features ?? []).flatMap((f): Feature[] => {
    if (f.properties.service && f.properties.service !== service) return []
    const change = changeOf(f.properties.before, f.properties.after, minutes * 60)
    if (!change) return []
    counts[change]++
    return [{ ...f, properties: { cell: f.properties.cell, change, colour: changeColours[change] } }]
  })
  return { data: { type: 'FeatureCollection', features }, counts }
}

/** drawAfter colours the cells that a trial changes by the walk after it; those that fall out of reach are drawn as lost. */
export function drawAfter(cells: ChangedCells, service: string, bands: readonly number[]): FeatureCollection {
  const only = cells.features.filter((f) => !f.properties.service || f.properties.service === service)
  const { data } = paintMinutes({ type: 'FeatureCollection', features: only.map((f) => ({ ...f, properties: { cell: f.properties.cell, seconds: f.properties.after } })) }, bands)
  const lost = { change: 'lost', colour: changeColours.lost }
  return { ...data, features: data.features.map((f) => (f.properties?.['colour'] ? f : { ...f, properties: { cell: f.properties?.['cell'], ...lost } })) }
}

/** drawSites are numbered in the order in which to open them. */
export function drawSites(result: SitingResult | null, selected: number): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: (result?.sites.features ?? [])
      .map((f) => ({
        ...f,
        properties: { ...f.properties, label: String(f.properties.rank), colour: f.properties.status !== 'new' ? '#8a5a2b' : colours.ink, fill: '#ffd75e', selected: f.properties.rank === selected },
      })),
  }
}

/** drawOwn are the places of one's own among which a search chooses. */
export function drawOwn(own: readonly Candidate[]): FeatureCollection<Point> {
  return {
    type: 'FeatureCollection',
    features: own.map((c) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: c.at }, properties: { id: c.id, label: c.id.length > 4 ? '' : c.id } })),
  }
}

/** placesOf is where the sites of a search lie, in the order in which to open them. */
export function placesOf(result: SitingResult | null): { at: LonLat; rank: number; status: string; facility: string }[] {
  return (result?.sites.features ?? [])
    .map((f) => ({ at: f.geometry.coordinates as LonLat, rank: f.properties.rank, status: f.properties.status, facility: f.properties.facility ?? '' }))
}

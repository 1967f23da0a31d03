// What the map of coverage shows, as its address says it: keys, codes, opaque
// ids and a place on the ground, never a person.

/** How one walks: a profile of the street network. */
export type Speed = 'cane' | 'elderly' | 'foot' | 'wheelchair'
export const speeds: readonly Speed[] = ['cane', 'elderly', 'foot', 'wheelchair']

/** Metres a second on the level; a wheelchair takes no steps. */
export const pace: Readonly<Record<Speed, string>> = { cane: '0.8', elderly: '1.0', foot: '1.3', wheelchair: '0.8' }

/** What colours the map: one of these, or the key of a grade. */
export const layers = ['bands', 'minutes', 'supply', 'share', 'short', 'people', 'residents', 'over60', 'disabled', 'load', 'on_time', 'none'] as const
export type Layer = string

/** What the district has to choose from: keys of services and of grades. */
export interface Known {
  services: readonly string[]
  grades: readonly string[]
}

/** The layers that count people or visits by cell, as the heatmap of the service names them. */
export function heatLayers(known: Known): string[] {
  return ['people', 'residents', ...known.grades, 'over60', 'disabled', 'load', 'on_time']
}

/** Which areas a choropleth colours. */
export const levels = ['town', 'community', 'grid'] as const
export type AreaLevel = (typeof levels)[number]

/** How places are shared out: the first two give places a person, the others a share of people with a place. */
export const methods = ['assigned', 'nearest', '2sfca', 'e2sfca'] as const
export type Method = (typeof methods)[number]
export const isShare = (m: Method): boolean => m === 'assigned' || m === 'nearest'

/** What a click does: look, try a facility, or see where one would serve most. */
export const modes = ['look', 'try', 'site'] as const
export type Mode = (typeof modes)[number]

/** Zoom and the middle of the map, degrees. */
export interface View {
  z: number
  lat: number
  lon: number
}

export interface State {
  layer: Layer
  service: string
  speed: Speed
  minutes: number
  /** weekday 1–7 (1: Monday) and time, 2T10:00; empty: whenever it is open */
  at: string
  level: AreaLevel
  standard: string
  report: string
  method: Method
  area: string
  facility: string
  mode: Mode
  view: View | null
}

/** The limits that can be chosen, minutes. */
export const limits: readonly number[] = [5, 10, 15, 20, 30]

/** The bands inside a limit, minutes, the widest last: thirds of it, whole. */
export function bandsOf(minutes: number): number[] {
  const out = [Math.round(minutes / 3), Math.round((minutes * 2) / 3), minutes]
  return out.filter((m, i) => m > 0 && m !== out[i - 1])
}

/** start is what the page shows unless the address says otherwise. */
export function start(known: Known): State {
  return {
    layer: 'bands',
    service: known.services[0] ?? '',
    speed: 'elderly',
    minutes: 15,
    at: '',
    level: 'community',
    standard: '',
    report: '',
    method: 'assigned',
    area: '',
    facility: '',
    mode: 'look',
    view: null,
  }
}

const oneOf = <T extends string>(list: readonly T[], v: string | undefined): T | undefined => list.find((x) => x === v)
const atForm = /^[1-7]T([01]\d|2[0-3]):[0-5]\d$/

/** readState reads an address; what it does not say, or says wrongly, is as at the start. */
export function readState(params: Readonly<Record<string, string>>, known: Known): State {
  const s = start(known)
  const moment = params['at'] ?? ''
  return {
    layer: oneOf<Layer>([...layers, ...known.grades], params['layer']) ?? s.layer,
    service: oneOf(known.services, params['service']) ?? s.service,
    speed: oneOf(speeds, params['speed']) ?? s.speed,
    minutes: limits.find((m) => String(m) === params['minutes']) ?? s.minutes,
    at: atForm.test(moment) ? moment : '',
    level: oneOf(levels, params['level']) ?? s.level,
    standard: params['standard'] ?? '',
    report: params['report'] ?? '',
    method: oneOf(methods, params['method']) ?? s.method,
    area: /^\d{6,}$/.test(params['area'] ?? '') ? (params['area'] ?? '') : '',
    facility: params['facility'] ?? '',
    mode: oneOf(modes, params['mode']) ?? s.mode,
    view: readView(params['view']),
  }
}

/** writeState is what the address says; what is as at the start is left out. */
export function writeState(s: State, known: Known): Record<string, string> {
  const first = start(known)
  const out: Record<string, string> = {}
  for (const k of ['layer', 'service', 'speed', 'minutes', 'at', 'level', 'standard', 'report', 'method', 'area', 'facility', 'mode'] as const)
    if (s[k] !== first[k]) out[k] = String(s[k])
  if (s.view) out['view'] = writeView(s.view)
  return out
}

function readView(text: string | undefined): View | null {
  const [z, lat, lon] = (text ?? '').split('/').map(Number)
  if (z === undefined || lat === undefined || lon === undefined) return null
  const within = (v: number, low: number, high: number) => Number.isFinite(v) && v >= low && v <= high
  return within(z, 0, 24) && within(lat, -85, 85) && within(lon, -180, 180) ? { z, lat, lon } : null
}

function writeView(v: View): string {
  return `${v.z.toFixed(2)}/${v.lat.toFixed(5)}/${v.lon.toFixed(5)}`
}

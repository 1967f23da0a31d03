import type { SitingCandidate } from '../api_coverage.ts'
import { dictionary } from '../dictionary.ts'
import type { LonLat } from './trials.ts'

/** A place of one's own where a facility could be. */
export interface Candidate {
  id: string
  /** longitude and latitude, WGS 84 */
  at: LonLat
  /** whole, in a unit of one's own: that of the budget */
  price: number
  /** how many it could serve; left out: as many as come */
  capacity?: number
}

/** What the service takes at most. */
export const mostCandidates = 5000

/** What is wrong with a file: a key of the dictionary with the line, 0 for the whole. */
export class CandidatesError extends Error {
  constructor(
    readonly code: 'columns' | 'place' | 'price' | 'twice' | 'none' | 'many' | 'json',
    readonly line: number,
  ) {
    super(code)
  }
}

/** added is the list with one more place; it is numbered on from those that were clicked before, and costs what the last one did. */
export function added(list: readonly Candidate[], at: LonLat): Candidate[] {
  let n = list.length + 1
  while (list.some((c) => c.id === String(n))) n++
  return [...list, { id: String(n), at, price: list.at(-1)?.price ?? 1 }]
}

/** asked is the list as the service takes it. */
export function asked(list: readonly Candidate[]): SitingCandidate[] {
  return list.map((c) => ({ id: c.id, location: c.at, ...(c.price > 0 ? { price: c.price } : {}), ...(c.capacity ? { capacity: c.capacity } : {}) }))
}

/** words are the names of a column in both languages, whichever the page speaks. */
const words = (key: keyof typeof dictionary): readonly string[] => Object.values(dictionary[key]).flatMap((w) => w.split(','))
const columns = {
  id: words('cov.own.column.id'),
  lon: words('cov.own.column.lon'),
  lat: words('cov.own.column.lat'),
  price: words('cov.own.column.price'),
  capacity: words('cov.own.column.capacity'),
}

/** readCandidates reads a CSV with a header, or a GeoJSON of points; both in WGS 84. It throws a CandidatesError. */
export function readCandidates(text: string): Candidate[] {
  const clean = text.replace(/^\uFEFF/, '').trim()
  const rows = clean.startsWith('{') ? fromGeoJSON(clean) : fromCSV(clean)
  if (rows.length === 0) throw new CandidatesError('none', 0)
  if (rows.length > mostCandidates) throw new CandidatesError('many', 0)
  const seen = new Set<string>()
  return rows.map(({ line, id, lon, lat, price, capacity }) => {
    const at: LonLat = [numeral(lon), numeral(lat)]
    if (!(Math.abs(at[0]) <= 180 && Math.abs(at[1]) <= 90)) throw new CandidatesError('place', line)
    const c: Candidate = { id: id || String(line), at, price: price === '' ? 0 : numeral(price) }
    if (!(Number.isSafeInteger(c.price) && c.price >= 0)) throw new CandidatesError('price', line)
    if (capacity !== '') {
      c.capacity = numeral(capacity)
      if (!(Number.isSafeInteger(c.capacity) && c.capacity > 0)) throw new CandidatesError('price', line)
    }
    if (seen.has(c.id)) throw new CandidatesError('twice', line)
    seen.add(c.id)
    return c
  })
}

interface Row {
  line: number
  id: string
  lon: string
  lat: string
  price: string
  capacity: string
}

/** numeral reads a number; NaN of what is none, and of nothing. */
function numeral(text: string): number {
  return text.trim() === '' ? NaN : Number(text)
}

function fromCSV(text: string): Row[] {
  const [head = '', ...lines] = text.split(/\r\n|\n|\r/)
  const mark = ['\t', ';', ','].find((m) => head.includes(m)) ?? ','
  const names = cells(head, mark).map((n) => n.trim().toLowerCase())
  const find = (of: readonly string[]) => names.findIndex((n) => of.includes(n))
  const at = { id: find(columns.id), lon: find(columns.lon), lat: find(columns.lat), price: find(columns.price), capacity: find(columns.capacity) }
  if (at.lon < 0 || at.lat < 0) throw new CandidatesError('columns', 1)
  return lines.flatMap((l, i) => {
    if (l.trim() === '') return []
    const c = cells(l, mark)
    const of = (k: number) => (c[k] ?? '').trim()
    return [{ line: i + 2, id: of(at.id), lon: of(at.lon), lat: of(at.lat), price: of(at.price), capacity: of(at.capacity) }]
  })
}

/** cells takes a line of a CSV apart; quotes hold what would part it, doubled they are themselves. */
function cells(line: string, mark: string): string[] {
  const out: string[] = ['']
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]!
    if (c === '"' && quoted && line[i + 1] === '"') {
      out[out.length - 1] += c
      i++
    } else if (c === '"') quoted = !quoted
    else if (c === mark && !quoted) out.push('')
    else out[out.length - 1] += c
  }
  return out
}

function fromGeoJSON(text: string): Row[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    throw new CandidatesError('json', 0)
  }
  const list = (parsed as { features?: unknown }).features
  if (!Array.isArray(list)) throw new CandidatesError('json', 0)
  return list.map((f: { id?: unknown; properties?: Record<string, unknown> | null; geometry?: { type?: string; coordinates?: unknown } | null }, i) => {
    const p = f?.geometry?.type === 'Point' && Array.isArray(f.geometry.coordinates) ? f.geometry.coordinates : []
    const of = (names: readonly string[]) => {
      const k = Object.keys(f?.properties ?? {}).find((x) => names.includes(x.toLowerCase()))
      return String((k && f.properties?.[k]) ?? '')
    }
    return { line: i + 1, id: of(columns.id) || String(f?.id ?? ''), lon: String(p[0] ?? ''), lat: String(p[1] ?? ''), price: of(columns.price), capacity: of(columns.capacity) }
  })
}

import type { Measure, Standard } from '../api_standards.ts'

/** What a measure asks a standard for. The service checks all of it again. */
export interface Asks {
  /** a service of facilities may be named */
  service: boolean
  /** other means that may be named instead */
  resources: readonly string[]
  /** nothing named means all services */
  all: boolean
  minutes: boolean
  speed: boolean
  per: boolean
  /** the level of areas that must each have one */
  level: boolean
  /** whom it is for must be said; population only counts people door by door */
  whom: 'any' | 'population' | 'residents' | 'none'
  /** the unit of targets, and the most that one can be */
  most: number
}

const means = ['grid_workers', 'social_workers'] as const
const none = { service: true, resources: [] as readonly string[], all: false, minutes: false, speed: false, per: false, level: false }

export const asks: Readonly<Record<Measure, Asks>> = {
  reach: { ...none, minutes: true, speed: true, whom: 'any', most: 100 },
  per_area: { ...none, resources: means, level: true, whom: 'none', most: 100 },
  per_thousand: { ...none, whom: 'population', most: 1000 },
  per_households: { ...none, service: false, resources: means, per: true, whom: 'none', most: 1000 },
  area_m2_per_thousand: { ...none, all: true, whom: 'population', most: 1_000_000 },
  response: { ...none, all: true, minutes: true, whom: 'none', most: 100 },
  share: { ...none, service: false, resources: ['visits_on_time'], whom: 'residents', most: 100 },
  idle: { ...none, all: true, whom: 'none', most: 100 },
}

/** asksOf is what a measure asks for; what is not known asks for nothing. */
export function asksOf(measure: string): Asks {
  return asks[measure as Measure] ?? { ...none, whom: 'none', most: Infinity }
}

/** unitOf is the unit of targets: it reads on from the value. */
export function unitOf(s: Pick<Standard, 'measure' | 'per'>): string {
  if (s.measure === 'per_thousand') return '/1000'
  if (s.measure === 'area_m2_per_thousand') return 'm²/1000'
  if (s.measure === 'per_households') return `/${s.per ?? ''}`
  return '%'
}

/** A field of the form that something is wrong with, and what: a key of the family standards.wrong. */
export interface Wrong {
  field: string
  what: 'empty' | 'id' | 'taken' | 'number' | 'most' | 'year' | 'past' | 'steps'
}

const year = (v: number) => Number.isInteger(v) && v >= 1900 && v <= 2200

/**
 * wrongOf finds what a standard cannot be saved with: taken are the ids of the
 * others, now the year that it is. So that a mistake shows beside its field at
 * once; the service checks again, and more.
 */
export function wrongOf(s: Standard, taken: readonly string[], now: number): Wrong[] {
  const out: Wrong[] = []
  const wrong = (field: string, what: Wrong['what']) => out.push({ field, what })
  const a = asksOf(s.measure)
  if (!/^[a-z0-9][a-z0-9_-]{0,63}$/.test(s.id)) wrong('id', 'id')
  else if (taken.includes(s.id)) wrong('id', 'taken')
  if (s.name.zh.trim() === '' && s.name.en.trim() === '') wrong('name', 'empty')
  if (!s.service && !s.resource && !a.all) wrong('service', 'empty')
  if (a.minutes && !((s.minutes ?? 0) >= 1)) wrong('minutes', 'number')
  if (s.measure === 'reach' && (s.minutes ?? 0) > 60) wrong('minutes', 'number')
  if (a.per && !((s.per ?? 0) >= 1)) wrong('per', 'number')
  if (a.level && !s.level) wrong('level', 'empty')
  if (a.whom !== 'none' && !s.whom.key) wrong('whom', 'empty')
  const fits = (v: number) => Number.isFinite(v) && v <= a.most && (s.measure === 'idle' ? v >= 0 : v > 0)
  if (!fits(s.target.value)) wrong('target.value', s.target.value > a.most ? 'most' : 'number')
  if (!year(s.target.year)) wrong('target.year', 'year')
  else if (s.target.year < now) wrong('target.year', 'past')
  const steps = [...(s.steps ?? []), { year: s.target.year, value: s.target.value }]
  const forth = (v: number, next: number) => (s.measure === 'idle' ? v >= next : v <= next)
  const ordered = steps.every((p, i) => {
    const next = steps[i + 1]
    return !next || (year(p.year) && fits(p.value) && p.year < next.year && forth(p.value, next.value))
  })
  if (!ordered) wrong('steps', 'steps')
  if (s.source.title.trim() === '') wrong('source.title', 'empty')
  if (!year(s.source.year)) wrong('source.year', 'year')
  return out
}

/** tidied leaves out what the measure does not ask for, so that nothing unseen is saved. */
export function tidied(s: Standard): Standard {
  const a = asksOf(s.measure)
  const out: Standard = {
    id: s.id.trim(),
    name: { zh: s.name.zh.trim(), en: s.name.en.trim() },
    whom: a.whom === 'none' && !s.whom.key ? { key: '', zh: '', en: '' } : s.whom,
    measure: s.measure,
    target: { ...s.target, unit: unitOf(s) },
    source: { title: s.source.title.trim(), year: s.source.year, ...(s.source.note?.trim() ? { note: s.source.note.trim() } : {}) },
  }
  if (a.service && s.service) {
    out.service = s.service
    const or = (s.or ?? []).filter((x) => x !== s.service)
    if (or.length > 0) out.or = or
  } else if (s.resource && a.resources.includes(s.resource)) out.resource = s.resource
  if (a.minutes && s.minutes) out.minutes = s.minutes
  if (a.speed && s.speed) out.speed = s.speed
  if (a.per && s.per) out.per = s.per
  if (s.level) out.level = s.level
  if (out.resource === 'grid_workers' && s.days) out.days = s.days
  if (s.places) out.places = s.places
  if (s.steps && s.steps.length > 0) out.steps = s.steps
  return out
}

import type { District } from '../api.ts'
import type { Standard } from '../api_standards.ts'
import type { TextKey } from '../dictionary.ts'
import { list } from '../format.ts'
import { t, term, text, type Term } from '../i18n.ts'
import { known, said } from './words.ts'

/** Groups of the population that a standard can be for; the residents in care come after them. */
const population = ['people', 'over60', 'over80', 'under18', 'disabled'] as const

/** peopleOf are all whom a standard can be for, with their names in both languages. */
export function peopleOf(district: District, which: 'any' | 'population' | 'residents' | 'none'): Term[] {
  const own = (key: string): Term => ({ key, zh: text('zh', `shortfall.whom.${key}` as TextKey), en: text('en', `shortfall.whom.${key}` as TextKey) })
  const graded = district.grades.map((g) => ({
    key: `grade:${g.key}`,
    zh: text('zh', 'shortfall.graded', { grade: g.zh }),
    en: text('en', 'shortfall.graded', { grade: g.en }),
  }))
  const kinds = district.kinds.map((k) => ({ ...k, key: `kind:${k.key}` }))
  const residents = [own('residents'), ...graded, ...kinds]
  if (which === 'population') return population.map(own)
  return which === 'residents' ? residents : [...population.map(own), ...residents]
}

/** whomOf names those whom a standard is for; empty where it names nobody. */
export function whomOf(s: Standard, district: District): string {
  return said(s.whom) || (s.whom?.key ? term(peopleOf(district, 'any'), s.whom.key) : '')
}

/** thing names what a standard asks for: services any of which will do, another means, or all services. */
export function thing(s: Standard, district: District): string {
  if (s.resource) return known(`standards.resource.${s.resource}`, s.resource)
  if (s.service) return [s.service, ...(s.or ?? [])].map((x) => term(district.services, x)).reduce((a, b) => t('standards.or', { a, b }))
  return t('standards.allServices')
}

/** asked says in words how a standard is measured. */
export function asked(s: Standard, district: District): string {
  const parts = [known(`standards.measure.${s.measure}`, s.measure), thing(s, district)]
  if (s.minutes) parts.push(s.measure === 'reach' ? t('standards.withinWalk', { n: s.minutes, who: known(`standards.speed.${s.speed || 'elderly'}`, s.speed || 'elderly') }) : t('standards.within', { n: s.minutes }))
  if (s.measure === 'per_area' && s.level) parts.push(t(`level.${s.level}` as TextKey))
  if (s.days) parts.push(t('standards.daysOf', { n: s.days }))
  if (s.places === 'urban' || s.places === 'rural') parts.push(t(`shortfall.${s.places}`))
  return list(parts)
}

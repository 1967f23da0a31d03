import type { FacilityProperties, Row } from './api.ts'
import type { TextKey } from './dictionary.ts'
import { number } from './format.ts'
import { t } from './i18n.ts'
import { facilityState } from './map/icons.ts'

// Outsiders are told what was released, and nothing else: what is kept back
// comes as null and is a dash on the page, never 0.

/** isTold tells whether the counts of visits are told. */
export function isTold(r: Row): boolean {
  return r.required !== null
}

/** residentsOf writes how many residents there are; a dash where that is not told. */
export function residentsOf(r: Row): string {
  const counts = Object.values(r.residents)
  return !isTold(r) && counts.length === 0 ? '—' : number(counts.reduce((a, b) => a + b, 0))
}

/** stateWord is what a facility has to give; whether there is room is not told to all. */
export function stateWord(f: FacilityProperties): string {
  const state = facilityState(f)
  return state === 'room' && f.in_use === null ? t('cov.state.open') : t(`map.state.${state}` as TextKey)
}

import type { Choice, NeedOption } from '../api_needs.ts'

/** key tells options apart: a facility and a provider may have the same id. */
export function key(o: Pick<NeedOption, 'facility' | 'provider'>): string {
  return o.facility ? `f/${o.facility}` : `p/${o.provider}`
}

/**
 * choiceOf is what somebody decides: nobody, the proposal, or one of the options.
 * Null where nothing is chosen, or what is no option: a facility that a need was
 * matched to may have closed since, and cannot be chosen again.
 */
export function choiceOf(chosen: string, options: readonly Pick<NeedOption, 'facility' | 'provider'>[]): Choice | null {
  if (chosen === 'none') return { none: true }
  if (chosen === 'auto') return { auto: true }
  const o = options.find((x) => key(x) === chosen)
  if (o?.facility) return { facility: o.facility }
  return o?.provider ? { provider: o.provider } : null
}

import { signal } from '@preact/signals'

/**
 * viewer is through whose eyes the pages look: the code of an area that somebody
 * answers for, or public. Empty is what the service grants by itself; a viewer
 * only ever sees less than that. The address bar carries it from page to page
 * (?as=), and every question to the API says it.
 */
export const viewer = signal('')

/** viewerIn reads the viewer from the query of an address; what is neither public nor a code is nobody. */
export function viewerIn(search: string): string {
  const as = new URLSearchParams(search).get('as') ?? ''
  return as === 'public' || /^\d{6,}$/.test(as) ? as : ''
}

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

/**
 * answersFor tells whether whoever looks answers for all of an area: as the
 * service says of the district, which may be less than everything though the
 * address asks for nothing less.
 */
export function answersFor(district: { readonly viewer: readonly string[] }, code: string): boolean {
  // Until the district has been asked for again through other eyes it tells of the last ones.
  const as = viewer.value
  return (as === '' || code.startsWith(as)) && district.viewer.some((d) => code.startsWith(d))
}

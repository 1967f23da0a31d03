import { me, may, type Me } from './seat.ts'
import { viewer } from './viewer.ts'

// Where whoever sits here begins: pages open on the area that they answer for,
// not on a district of which they would be told little.

/**
 * homes are the areas that whoever looks answers for, the widest first; an area
 * within another is left out. The whole district is one area, and that of whoever
 * answers for none.
 */
export function homes(district: { readonly code: string; readonly viewer: readonly string[] }): string[] {
  const all = [...district.viewer].sort((a, b) => a.length - b.length || (a < b ? -1 : 1))
  const mine = all.filter((a, i) => !all.slice(0, i).some((b) => a.startsWith(b)))
  return mine.length === 0 || mine.some((a) => district.code.startsWith(a)) ? [district.code] : mine
}

/** homeOf is the area that a page begins with: of several the one in which another lies, else the first. */
export function homeOf(district: { readonly code: string; readonly viewer: readonly string[] }, near = ''): string {
  const all = homes(district)
  return all.find((a) => near.startsWith(a)) ?? all[0] ?? district.code
}

/** ownVisitor is whose day whoever sits here opens; nobody's where they look through other eyes. */
export function ownVisitor(): string {
  return viewer.value === '' ? (me.value?.visitor ?? '') : ''
}

/** dayOf is whose day the address of the day page means: who is named, else one's own where no area is asked for; else nobody's. */
export function dayOf(params: Readonly<Record<string, string>>): string | undefined {
  return params['visitor'] ?? (params['area'] ? undefined : ownVisitor() || undefined)
}

/** wholly tells whether whoever sits here answers for a whole district. */
export function wholly(who: Me | null | undefined, district: string): boolean {
  return (who?.areas ?? []).some((a) => district.startsWith(a))
}

/** handedOnly tells whether all that whoever sits here has to do is with those handed to their department: they begin with these. */
export function handedOnly(who: Me | null | undefined): boolean {
  const roles = who?.roles ?? []
  return viewer.value === '' && roles.length > 0 && roles.every((r) => r.role === 'department')
}

/** firstPath is where somebody is led who came in and wanted nothing else: to their work. */
export function firstPath(who: Me): string {
  if (who.visitor || (who.roles ?? []).some((r) => r.role === 'leader')) return '/day'
  if (may('numbers') || who.roles?.length !== 1) return '/'
  const paths: Record<string, string> = { administrator: '/accounts', auditor: '/audit', provider: '/needs', department: '/handed' }
  return paths[who.roles[0]?.role ?? ''] ?? '/'
}

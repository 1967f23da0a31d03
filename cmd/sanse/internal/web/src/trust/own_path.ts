import { isPage } from '../route.ts'

/**
 * ownPath is an address that one may be led to after signing in: a page of ours
 * other than the sign-in, with its query; anything else, above all another host,
 * is where they begin.
 */
export function ownPath(next: string | null | undefined, origin: string, begin = '/'): string {
  if (!next?.startsWith('/')) return begin
  let u: URL
  try {
    u = new URL(next, origin)
  } catch {
    return begin
  }
  if (u.origin !== new URL(origin).origin || !isPage(u.pathname) || u.pathname === '/sign-in') return begin
  return u.pathname + u.search + u.hash
}

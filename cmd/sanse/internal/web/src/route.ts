import { signal } from '@preact/signals'
import { viewer, viewerIn } from './viewer.ts'

/** The pages by their path. */
export type Page =
  | 'map' | 'coverage' | 'day' | 'board' | 'grids' | 'effect' | 'edit' | 'shortfall' | 'standards' | 'needs'
  | 'sign-in' | 'me' | 'accounts' | 'audit' | 'privacy' | 'handed' | 'grades' | 'screen' | 'cases' | 'records' | 'form' | 'ledger' | 'connect'

/** What the address bar says: a page, and parameters that are codes, dates and opaque ids only. */
export interface Route {
  page: Page
  params: Readonly<Record<string, string>>
}

const paths: Record<Page, string> = {
  map: '/',
  coverage: '/coverage',
  day: '/day',
  board: '/board',
  grids: '/grids',
  effect: '/grids/effect',
  edit: '/grids/edit',
  shortfall: '/shortfall',
  standards: '/shortfall/standards',
  needs: '/needs',
  'sign-in': '/sign-in',
  me: '/me',
  accounts: '/accounts',
  audit: '/audit',
  privacy: '/privacy',
  handed: '/handed',
  grades: '/grades',
  screen: '/screen',
  cases: '/cases',
  records: '/records',
  form: '/form',
  ledger: '/ledger',
  connect: '/connect',
}

/** isPage tells whether a path is that of a page. */
export function isPage(path: string): boolean {
  return Object.values(paths).includes(path)
}

/** parseRoute reads a path and a query; an unknown path is the map. Language and viewer are no parameters of a page. */
export function parseRoute(path: string, search: string): Route {
  const trimmed = path.length > 1 ? path.replace(/\/+$/, '') : path
  const page = (Object.keys(paths) as Page[]).find((p) => paths[p] === trimmed) ?? 'map'
  const params: Record<string, string> = {}
  for (const [k, v] of new URLSearchParams(search)) if (v !== '' && k !== 'lang' && k !== 'as') params[k] = v
  return { page, params }
}

/** href writes a route as an address; empty parameters are left out, the order is theirs. Whoever looks stays the same (see viewer). */
export function href(page: Page, params: Record<string, string | undefined | null> = {}, as = viewer.value): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(params)) if (v) q.set(k, v)
  if (as) q.set('as', as)
  const s = q.toString()
  return paths[page] + (s ? '?' + s : '')
}

/** route is the page that is open now. */
export const route = signal<Route>({ page: 'map', params: {} })

/** hold is asked before a page of ours is left for another; false: it stays. */
export const hold = { ask: null as (() => boolean) | null }

/** The address that is open: the browser's own has changed before popstate. */
let last = ''

/** startRouting reads the address bar and follows the browser's back and forward. */
export function startRouting(): void {
  const read = () => {
    last = location.href
    viewer.value = viewerIn(location.search)
    route.value = parseRoute(location.pathname, location.search)
  }
  addEventListener('popstate', () => {
    // A link to a place on the page comes here too.
    const leaves = location.href.split('#')[0] !== last.split('#')[0]
    if (leaves && hold.ask && !hold.ask()) history.pushState(null, '', last)
    else read()
  })
  read()
}

/** go opens an address of ours without loading the document again. */
export function go(to: string, how: 'push' | 'replace' = 'push'): void {
  if (hold.ask && !hold.ask()) return
  if (how === 'push') history.pushState(null, '', to)
  else history.replaceState(null, '', to)
  const before = route.value
  last = location.href
  const u = new URL(to, last)
  viewer.value = viewerIn(u.search)
  route.value = parseRoute(u.pathname, u.search)
  if (route.value.page !== before.page) scrollTo(0, 0)
  if (u.hash) requestAnimationFrame(() => document.querySelector(u.hash)?.scrollIntoView())
}

/** follow makes a link of ours navigate in the page; clicks meant for a new tab stay the browser's. */
export function follow(e: MouseEvent): void {
  const a = e.currentTarget as HTMLAnchorElement
  if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey || a.target) return
  e.preventDefault()
  go(a.pathname + a.search + a.hash)
}

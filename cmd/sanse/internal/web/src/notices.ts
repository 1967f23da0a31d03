import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { ApiError, get, url, type AreaName } from './api.ts'
import type { Page } from './route.ts'

// What pages and devices are told without having asked: GET /v1/notices.

/** What becomes of an area. */
export interface AreaTurn extends AreaName {
  change: 'created' | 'retired' | 'changed'
}

/** Boundaries that are to come into force, or came in the last two weeks. */
export interface Notice {
  kind: 'boundaries'
  publication: number
  effective: string
  at: string
  areas: string[]
  mine: boolean
  mine_areas: AreaTurn[]
  /** The plan in force, where it was made under the boundaries before and reaches these. */
  stale_plan: { plan: number; from: string; itineraries: number } | null
}

export interface Notices {
  data_version: number
  today: string
  items: Notice[]
}

/** Told is the last answer, and whether asking again has failed since. */
export interface Told {
  list: Notices | null
  failed: boolean
}

/** told is what the pages were told last. */
export const told = signal<Told>({ list: null, failed: false })

const everyMs = 60_000

/**
 * useNotices asks each minute while the page is in view, and at once when it
 * comes into view again: a phone that was in a pocket is not to show yesterday.
 * A visitor's own areas are told apart.
 */
export function useNotices(visitor: string | undefined): void {
  useEffect(() => {
    let stop = new AbortController()
    const ask = () => {
      if (document.hidden) return
      stop.abort()
      const mine = (stop = new AbortController())
      get<Notices>(url('/notices', { visitor }), mine.signal).then(
        (list) => {
          told.value = { list, failed: false }
        },
        (e: unknown) => {
          if (mine.signal.aborted) return
          // Of a visitor who is not there the page says so itself.
          const outside = !(e instanceof ApiError) || e.status === 0 || e.status >= 500
          told.value = { ...told.value, failed: outside }
        },
      )
    }
    told.value = { list: null, failed: false } // what another visitor was told is not this one's
    ask()
    const clock = setInterval(ask, everyMs)
    document.addEventListener('visibilitychange', ask)
    return () => {
      stop.abort()
      clearInterval(clock)
      document.removeEventListener('visibilitychange', ask)
    }
  }, [visitor])
}

/** newer tells whether the records have changed since a page got what it shows. */
export function newer(t: Told, shown: string | number | undefined): boolean {
  return t.list !== null && shown !== undefined && t.list.data_version > Number(shown)
}

/** inForce tells whether the boundaries of a notice hold already. */
export function inForce(n: Notice, today: string): boolean {
  return n.effective <= today
}

/** noticeKey names a notice that somebody puts away; once it is in force it is told again. */
export function noticeKey(n: Notice, today: string): string {
  return `${n.publication}${inForce(n, today) ? '+' : ''}`
}

/**
 * toShow are the notices of a page: on a visitor's day their own, elsewhere all.
 * Those put away are left out, but on the board not while a plan is to be made
 * again because of them.
 */
export function toShow(list: Notices | null, page: Page, visitor: string | undefined, away: readonly string[]): Notice[] {
  if (!list) return []
  return list.items.filter((n) => {
    if (page === 'day' && visitor && !n.mine) return false
    return !away.includes(noticeKey(n, list.today)) || (page === 'board' && n.stale_plan !== null)
  })
}

/** outermost leaves out areas within others of the list: with a grid its micro-grids go without saying. */
export function outermost(areas: readonly AreaTurn[]): AreaTurn[] {
  return areas.filter((a) => !areas.some((b) => b !== a && a.code.startsWith(b.code)))
}

/** staleOn is the notice because of which a day's walks are to be planned again; null where they are not. */
export function staleOn(list: Notices | null, date: string): Notice | null {
  return list?.items.findLast((n) => n.stale_plan !== null && date >= n.stale_plan.from && date >= n.effective) ?? null
}

import { lazy, Suspense } from 'preact/compat'
import { useEffect } from 'preact/hooks'
import { at, type District } from './api.ts'
import type { TextKey } from './dictionary.ts'
import { t } from './i18n.ts'
import { newer, told, useNotices } from './notices.ts'
import { Header, Notice, ViewerBar } from './parts/frame.tsx'
import { NoticesBar } from './parts/notices.tsx'
import { Status } from './parts/status.tsx'
import { route } from './route.ts'
import { refreshAll, useGet } from './use_get.ts'

// Each page is fetched when it is first opened: a board needs no map.
const pages = {
  map: lazy(() => import('./pages/map_page.tsx').then((m) => m.MapPage)),
  coverage: lazy(() => import('./pages/coverage_page.tsx').then((m) => m.CoveragePage)),
  day: lazy(() => import('./pages/day_page.tsx').then((m) => m.DayPage)),
  board: lazy(() => import('./pages/board_page.tsx').then((m) => m.BoardPage)),
  edit: lazy(() => import('./pages/editor_page.tsx').then((m) => m.EditorPage)),
  grids: lazy(() => import('./pages/grids_page.tsx').then((m) => m.GridsPage)),
  shortfall: lazy(() => import('./pages/shortfall_page.tsx').then((m) => m.ShortfallPage)),
  standards: lazy(() => import('./pages/standards_page.tsx').then((m) => m.StandardsPage)),
  needs: lazy(() => import('./pages/needs_page.tsx').then((m) => m.NeedsPage)),
  effect: lazy(() => import('./pages/effect_page.tsx').then((m) => m.EffectPage)),
}

/** App is the frame of all pages and the page that the address names. */
export function App() {
  const got = useGet<District>(at.district())
  const { page, params } = route.value
  useNotices(page === 'day' ? params['visitor'] : undefined)
  const behind = newer(told.value, got.data?.data_version)
  useEffect(() => {
    // A map that is being looked at, and what is being edited, stay as they are.
    if (behind && (page === 'day' || page === 'board')) refreshAll()
  }, [behind, told.value, page])
  const title = t(`page.${page}` as TextKey)
  useEffect(() => {
    document.title = [title, got.data?.name, t('app.name')].filter(Boolean).join(' · ')
  })
  const Page = pages[page]
  const waiting = <Status got={{ data: null, error: null, loading: true, again: () => {}, refresh: () => {} }} />
  return (
    <div class={`app on-${page}`}>
      <Header district={got.data} />
      <div class="bars">
        <ViewerBar />
        <NoticesBar newer={behind} onReload={refreshAll} />
      </div>
      <main id="main" tabIndex={-1} aria-label={title}>
        <Status got={got} />
        {got.data && (
          <Suspense fallback={waiting}>
            <Page district={got.data} />
          </Suspense>
        )}
      </main>
      {got.data && <Notice district={got.data} />}
    </div>
  )
}

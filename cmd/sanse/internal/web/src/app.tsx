import { lazy, Suspense } from 'preact/compat'
import { useEffect, useLayoutEffect, useState } from 'preact/hooks'
import { offered } from './access.ts'
import { at, type District } from './api.ts'
import { begin } from './api_session.ts'
import type { TextKey } from './dictionary.ts'
import { dayOf, handedOnly } from './home.ts'
import { t } from './i18n.ts'
import { newer, told, useNotices } from './notices.ts'
import { Frame, ViewerBar } from './parts/frame.tsx'
import { NoticesBar } from './parts/notices.tsx'
import { NotYours } from './parts/not_yours.tsx'
import { Status } from './parts/status.tsx'
import { go, href, route } from './route.ts'
import { backAgain, door, me, missing, signedIn } from './seat.ts'
import { AgainDialog } from './trust/again_dialog.tsx'
import { onLeft } from './trust/keep.ts'
import { refreshAll, useGet } from './use_get.ts'

// Each page is fetched when it is first opened: a board needs no map.
const load = {
  map: () => import('./pages/map_page.tsx').then((m) => m.MapPage),
  coverage: () => import('./pages/coverage_page.tsx').then((m) => m.CoveragePage),
  day: () => import('./pages/day_page.tsx').then((m) => m.DayPage),
  board: () => import('./pages/board_page.tsx').then((m) => m.BoardPage),
  edit: () => import('./pages/editor_page.tsx').then((m) => m.EditorPage),
  grids: () => import('./pages/grids_page.tsx').then((m) => m.GridsPage),
  shortfall: () => import('./pages/shortfall_page.tsx').then((m) => m.ShortfallPage),
  standards: () => import('./pages/standards_page.tsx').then((m) => m.StandardsPage),
  needs: () => import('./pages/needs_page.tsx').then((m) => m.NeedsPage),
  effect: () => import('./pages/effect_page.tsx').then((m) => m.EffectPage),
  'sign-in': () => import('./pages/sign_in_page.tsx').then((m) => m.SignInPage),
  me: () => import('./pages/me_page.tsx').then((m) => m.MePage),
  accounts: () => import('./pages/accounts_page.tsx').then((m) => m.AccountsPage),
  privacy: () => import('./pages/privacy_page.tsx').then((m) => m.PrivacyPage),
  audit: () => import('./pages/audit_page.tsx').then((m) => m.AuditPage),
  handed: () => import('./pages/handed_page.tsx').then((m) => m.HandedPage),
  grades: () => import('./pages/grades_page.tsx').then((m) => m.GradesPage),
  screen: () => import('./pages/screen_page.tsx').then((m) => m.ScreenPage),
  cases: () => import('./pages/cases_page.tsx').then((m) => m.CasesPage),
  records: () => import('./pages/records_page.tsx').then((m) => m.RecordsPage),
  form: () => import('./pages/form_page.tsx').then((m) => m.FormPage),
  ledger: () => import('./pages/ledger_page.tsx').then((m) => m.LedgerPage),
  connect: () => import('./pages/connect_page.tsx').then((m) => m.ConnectPage),
}

const pages = {
  map: lazy(load.map),
  coverage: lazy(load.coverage),
  day: lazy(load.day),
  board: lazy(load.board),
  edit: lazy(load.edit),
  grids: lazy(load.grids),
  shortfall: lazy(load.shortfall),
  standards: lazy(load.standards),
  needs: lazy(load.needs),
  effect: lazy(load.effect),
  me: lazy(load.me),
  accounts: lazy(load.accounts),
  privacy: lazy(load.privacy),
  audit: lazy(load.audit),
  handed: lazy(load.handed),
  grades: lazy(load.grades),
  screen: lazy(load.screen),
  cases: lazy(load.cases),
  records: lazy(load.records),
  form: lazy(load.form),
  ledger: lazy(load.ledger),
  connect: lazy(load.connect),
}

/** fetchPage begins to fetch the page that the address names, while the district is asked for. */
export function fetchPage(): void {
  // What goes wrong is told when the page is shown.
  load[route.value.page]().catch(() => {})
}

const SignIn = lazy(load['sign-in'])

const waiting = { data: null, error: null, loading: true, again: () => undefined, refresh: () => undefined }

/** App is the frame of all pages: the door for those who have to sign in, else the page that the address names. */
export function App() {
  const [failed, setFailed] = useState<Error | null>(null)
  const [round, setRound] = useState(0)
  useEffect(() => {
    setFailed(null)
    begin().catch((e: unknown) => setFailed(e instanceof Error ? e : new Error(String(e))))
  }, [round])
  // Whoever signed out in another window of the browser has left this one too.
  useEffect(() => onLeft(() => void backAgain('out')), [])
  const who = me.value
  const { page } = route.value
  // A page under work stays as it is while its session comes back above it.
  const shut = missing.value === null && who !== undefined && (who === null ? !door.value?.public : who.stage !== 'full')
  const away = shut && page !== 'sign-in'
  // With the door itself, not a frame later: nobody is to find the one without the other.
  useLayoutEffect(() => {
    const here = location.pathname + location.search
    if (away) go(href('sign-in', { next: here === '/' ? undefined : here }), 'replace')
  }, [away])
  if (who === undefined)
    return (
      <Frame title={t('app.name')} district={null} plain>
        <Status got={{ ...waiting, error: failed, loading: failed === null, again: () => setRound(round + 1) }} />
      </Frame>
    )
  if (shut || page === 'sign-in')
    return (
      <Frame title={t('page.sign-in')} district={null} plain>
        <Suspense fallback={<Status got={waiting} />}>
          <SignIn />
        </Suspense>
      </Frame>
    )
  return (
    <>
      {/* Somebody else’s pages are other pages: nothing is carried over. */}
      <Pages key={who?.account ?? 'public'} />
      {signedIn() && <AgainDialog />}
    </>
  )
}

/** Pages is the page that the address names, for whoever sits here. */
function Pages() {
  const got = useGet<District>(at.district())
  const { page, params } = route.value
  useNotices(page === 'day' ? dayOf(params) : undefined)
  const behind = newer(told.value, got.data?.data_version)
  useEffect(() => {
    // A map that is being looked at, and what is being edited, stay as they are.
    if (behind && (page === 'day' || page === 'board')) refreshAll()
  }, [behind, told.value, page])
  // The map tells a department of nobody: it begins with those in its hands.
  const elsewhere = page === 'map' && handedOnly(me.value)
  useLayoutEffect(() => {
    if (elsewhere) go(href('handed'), 'replace')
  }, [elsewhere])
  if (page === 'sign-in' || elsewhere) return null
  const Page = pages[page]
  return (
    <Frame
      title={t(`page.${page}` as TextKey)}
      district={got.data}
      bars={
        <>
          <ViewerBar />
          <NoticesBar newer={behind} onReload={refreshAll} />
        </>
      }
    >
      <Status got={got} />
      {got.data && !offered(page) && <NotYours />}
      {got.data && offered(page) && (
        <Suspense fallback={<Status got={waiting} />}>
          <Page district={got.data} />
        </Suspense>
      )}
    </Frame>
  )
}

import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { inBar, offered } from '../access.ts'
import type { District } from '../api.ts'
import type { TextKey } from '../dictionary.ts'
import { lang, setLang, t } from '../i18n.ts'
import { Bell } from '../messages/bell.tsx'
import { follow, href, route, type Page } from '../route.ts'
import { door, signedIn } from '../seat.ts'
import { AccountMenu } from '../trust/account_menu.tsx'
import { viewer } from '../viewer.ts'

const tabs: readonly Page[] = ['map', 'handed', 'coverage', 'shortfall', 'day', 'screen', 'cases', 'records', 'board', 'grades', 'grids', 'privacy', 'accounts', 'audit']
/** What only those need who sit here by name. */
const named: readonly Page[] = ['handed', 'grades', 'cases', 'records', 'privacy', 'accounts', 'audit']
/** The tab under which a page lies that has none of its own. */
const under: Partial<Record<Page, Page>> = { effect: 'grids', edit: 'grids', standards: 'shortfall', needs: 'shortfall', ledger: 'board', connect: 'board' }

/** Frame is what stands around a page: the bar on top, what is told below it, and what is made up. Plain has no way to other pages. */
export function Frame(props: { title: string; district: District | null; bars?: ComponentChildren; plain?: boolean; children: ComponentChildren }) {
  const { title, district } = props
  useEffect(() => {
    document.title = [title, district?.name ?? door.value?.name, t('app.name')].filter(Boolean).join(' · ')
  })
  return (
    <div class={`app on-${route.value.page}`}>
      <Header district={district} plain={props.plain ?? false} />
      <div class="bars">{props.bars}</div>
      <main id="main" tabIndex={-1} aria-label={title}>
        {props.children}
      </main>
      {district && <Notice district={district} />}
    </div>
  )
}

/** Header is the bar on top of every page: whose district, which page, who sits here, which language. */
function Header({ district, plain }: { district: District | null; plain: boolean }) {
  const other = lang.value === 'zh' ? 'en' : 'zh'
  const { page } = route.value
  const open = under[page] ?? page
  return (
    <header class="top">
      <a class="skip" href="#main">
        {t('app.skip')}
      </a>
      <a class="brand" href={href('map')} onClick={follow}>
        <svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true">
          <circle cx="16" cy="10" r="6.5" fill="#d64545" />
          <circle cx="9.5" cy="21" r="6.5" fill="#e0a100" />
          <circle cx="22.5" cy="21" r="6.5" fill="#2f6fde" />
        </svg>
        <b>{t('app.name')}</b>
        <span class="district">{district?.name ?? door.value?.name}</span>
      </a>
      {plain ? <span class="gap" /> : <Menu open={open} page={page} />}
      {!plain && <Bell zone={district?.time_zone ?? ''} />}
      {!plain && <AccountMenu />}
      <button
        type="button"
        class="language"
        lang={other === 'zh' ? 'zh-CN' : 'en'}
        aria-label={t('app.languageLabel')}
        data-testid="language"
        onClick={() => setLang(other)}
      >
        {t('app.language')}
      </button>
    </header>
  )
}

/**
 * Menu is the way to every page: a row of tabs, and where there is no room for
 * one a button with the name of the open page, which unfolds them as a list.
 */
function Menu({ open, page }: { open: Page; page: Page }) {
  const [unfolded, setUnfolded] = useState(false)
  const box = useRef<HTMLElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const at = route.value
  useEffect(() => setUnfolded(false), [at])
  useEffect(() => {
    if (!unfolded) return
    const away = (e: PointerEvent) => {
      if (!box.current?.contains(e.target as Node)) setUnfolded(false)
    }
    addEventListener('pointerdown', away)
    return () => removeEventListener('pointerdown', away)
  }, [unfolded])
  return (
    <nav
      ref={box}
      aria-label={t('app.nav')}
      data-unfolded={unfolded}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !unfolded) return
        setUnfolded(false)
        button.current?.focus()
      }}
    >
      <button
        type="button"
        class="menu"
        ref={button}
        aria-expanded={unfolded}
        aria-controls="tabs"
        aria-label={t('app.menu', { page: t(`page.${open}` as TextKey) })}
        onClick={() => setUnfolded(!unfolded)}
        data-testid="menu"
      >
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <path d="M2 4h12M2 8h12M2 12h12" />
        </svg>
        {t(`page.${open}` as TextKey)}
      </button>
      <div class="tabs" id="tabs">
        {tabs.filter((p) => offered(p) && inBar(p) && (signedIn() || !named.includes(p))).map((p) => (
          <a key={p} href={href(p)} onClick={follow} aria-current={open === p ? (page === p ? 'page' : 'true') : undefined} data-testid={`tab-${p}`}>
            {t(`page.${p}` as TextKey)}
          </a>
        ))}
      </div>
    </nav>
  )
}

/** ViewerBar says that the pages are looked at through other eyes, and leads back; nothing where they are not. */
export function ViewerBar() {
  const { page, params } = route.value
  if (!viewer.value) return null
  return (
    <div class="told viewer-bar" role="status" data-testid="viewer-bar">
      <p>{viewer.value === 'public' ? t('app.asPublic') : t('app.asArea', { code: viewer.value })}</p>
      <a class="link" href={href(page, params, '')} onClick={follow}>
        {t('app.asSelf')}
      </a>
    </div>
  )
}

/** Notice says what is made up and whose map data is drawn. It is on every page, always in view. */
export function Notice({ district, children }: { district: District; children?: ComponentChildren }) {
  return (
    <footer class="notice" data-testid="notice">
      {district.made_up && (
        <span class="made-up" title={district.note}>
          {t('app.made_up')}
        </span>
      )}
      {district.note && <span class="note">{district.note}</span>}
      {district.attribution && (
        <span class="attribution" data-testid="attribution">
          {t('app.mapData')} {district.attribution}
        </span>
      )}
      {children}
    </footer>
  )
}

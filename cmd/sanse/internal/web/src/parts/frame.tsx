import type { ComponentChildren } from 'preact'
import type { District } from '../api.ts'
import type { TextKey } from '../dictionary.ts'
import { lang, setLang, t } from '../i18n.ts'
import { follow, href, route, type Page } from '../route.ts'

const tabs: readonly Page[] = ['map', 'day', 'board', 'grids']
/** The tab under which a page lies that has none of its own. */
const under: Partial<Record<Page, Page>> = { effect: 'grids', edit: 'grids' }

/** Header is the bar on top of every page: whose district, which page, which language. */
export function Header({ district }: { district: District | null }) {
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
        <span class="district">{district?.name}</span>
      </a>
      <nav aria-label={t('app.nav')}>
        {tabs.map((p) => (
          <a key={p} href={href(p)} onClick={follow} aria-current={open === p ? (page === p ? 'page' : 'true') : undefined}>
            {t(`page.${p}` as TextKey)}
          </a>
        ))}
      </nav>
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

import { offered } from '../access.ts'
import { t } from '../i18n.ts'
import { follow, href, type Page } from '../route.ts'

const pages: readonly Page[] = ['shortfall', 'standards', 'needs']

/** Ways leads between the pages about what is lacking: the board, the standards, the ledger of needs. */
export function Ways({ open, area }: { open: Page; area?: string | undefined }) {
  return (
    <nav class="ways" aria-label={t('shortfall.ways')}>
      {pages.filter(offered).map((p) => (
        <a key={p} href={href(p, p === 'standards' ? {} : { area })} onClick={follow} aria-current={p === open ? 'page' : undefined} data-testid={`way-${p}`}>
          {t(`shortfall.way.${p as 'shortfall' | 'standards' | 'needs'}`)}
        </a>
      ))}
    </nav>
  )
}

import { number } from '../format.ts'
import { t } from '../i18n.ts'

/** Pager steps through a long list; nothing where one page holds it. */
export function Pager(props: { total: number; page: number; from: number; onFrom: (from: number) => void }) {
  const { total, page, from } = props
  if (total <= page) return null
  return (
    <p class="pager">
      <button type="button" class="button quiet" disabled={from === 0} onClick={() => props.onFrom(Math.max(0, from - page))} data-testid="page-before">
        {t('shortfall.pageBefore')}
      </button>
      <span role="status">{t('shortfall.pageAt', { a: number(from + 1), b: number(Math.min(total, from + page)), n: number(total) })}</span>
      <button type="button" class="button quiet" disabled={from + page >= total} onClick={() => props.onFrom(from + page)} data-testid="page-after">
        {t('shortfall.pageAfter')}
      </button>
    </p>
  )
}

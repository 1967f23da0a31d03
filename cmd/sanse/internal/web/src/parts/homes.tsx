import type { District } from '../api.ts'
import { homes } from '../home.ts'
import { t } from '../i18n.ts'
import { follow } from '../route.ts'
import { me } from '../seat.ts'

/** Homes leads whoever answers for several areas from one to another; nothing where there is one. */
export function Homes({ district, open, to }: { district: District; open: string; to: (code: string) => string }) {
  const mine = homes(district)
  if (mine.length < 2) return null
  const name = (code: string) => (me.value?.roles ?? []).find((r) => r.area === code)?.area_name || code
  return (
    <nav class="homes" aria-label={t('app.homes')} data-testid="homes">
      <span>{t('app.homes')}</span>
      {mine.map((code) => (
        <a key={code} href={to(code)} onClick={follow} aria-current={open.startsWith(code) ? 'true' : undefined} data-area={code}>
          {name(code)}
        </a>
      ))}
    </nav>
  )
}

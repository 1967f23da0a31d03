import { t } from '../i18n.ts'
import { pathOf, qrOf } from './qr.ts'
import type { Round } from './round.ts'
import { show } from './view.ts'

/** RateView shows whoever was visited just now the code by which they, or their family, rate the visit: it is drawn here, without signal. */
export function RateView({ round }: { round: Round }) {
  const code = round.code.value
  const address = code ? `${location.origin}/r#${code}` : ''
  const drawn = address ? qrOf(address) : null
  const path = drawn && pathOf(drawn)
  return (
    <article class="door" data-testid="rate-code" data-address={address}>
      <h1>{t('today.rate')}</h1>
      {path ? (
        <>
          <p>{t('today.rateHow')}</p>
          <svg class="rate-code" viewBox={`0 0 ${path.side} ${path.side}`} shape-rendering="crispEdges" role="img" aria-label={t('today.rate')}>
            <path fill="#fff" d={`M0 0h${path.side}v${path.side}H0z`} />
            <path fill="#000" d={path.d} />
          </svg>
        </>
      ) : (
        <p class="nothing">{t('today.rateOver')}</p>
      )}
      <p class="hint">{t('today.rateHint')}</p>
      <div class="thumb">
        <button type="button" class="go" onClick={() => show({ at: 'list' })} data-testid="rate-done">
          {t('today.toList')}
        </button>
      </div>
    </article>
  )
}

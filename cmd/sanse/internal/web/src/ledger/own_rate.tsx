import { indicatorsAt, type OwnRate } from '../api_ledger.ts'
import { month, number, percent } from '../format.ts'
import { t } from '../i18n.ts'
import { me } from '../seat.ts'
import { useGet } from '../use_get.ts'

/** OwnRates is how the visits of one's own residents went, this month and last: told to whoever visits, of themselves alone. */
export function OwnRates() {
  const got = useGet<{ months: OwnRate[] | null }>(me.value?.visitor ? indicatorsAt.rate() : null)
  const list = got.data?.months ?? []
  if (list.length === 0) return null
  return (
    <section data-testid="own-rate">
      <h2>{t('ind.ownTitle')}</h2>
      <p class="hint">{t('ind.ownNote')}</p>
      <ul class="own-rates">
        {[...list].reverse().map((r) => (
          <li key={r.first} data-testid="own-month" data-first={r.first}>
            <b>{month(r.first, true)}</b>
            <span>
              {r.required === 0
                ? t('ind.ownNone')
                : t('ind.ownRate', { share: percent(r.on_time), done: number(r.in_time), required: number(r.in_time + r.missed), open: number(r.open) })}
            </span>
            <small>{t('ind.ownMine', { n: number(r.mine) })}</small>
          </li>
        ))}
      </ul>
    </section>
  )
}

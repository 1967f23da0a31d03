import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { proposeMatches, type Proposed } from '../api_needs.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Busy, Refusal } from '../grids/dialog.tsx'
import { may } from '../seat.ts'
import { answersFor } from '../viewer.ts'
import { serviceName } from '../pages/needs_page.tsx'
import { whyNot } from './need_words.ts'

/** ProposeBar has the best assignment computed for what is filtered, and says what it came to. */
export function ProposeBar(props: { area?: string | undefined; service?: string | undefined; district: District; onDone: () => void }) {
  const { area, service } = props
  const [busy, setBusy] = useState(false)
  const [made, setMade] = useState<Proposed | null>(null)
  const [why, setWhy] = useState<string | null>(null)
  if (!may('match') || !answersFor(props.district, area ?? props.district.code)) return null
  const propose = () => {
    setBusy(true)
    setWhy(null)
    setMade(null)
    proposeMatches({ area, ...(service ? { services: [service] } : {}) })
      .then(
        (p) => {
          setMade(p)
          props.onDone()
        },
        (e: unknown) => setWhy(e instanceof Error ? e.message : String(e)),
      )
      .finally(() => setBusy(false))
  }
  const reasons = Object.entries(made?.by_reason ?? {}).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const unknown = Object.entries(made?.no_data ?? {}).filter(([, n]) => n > 0)
  return (
    <section class="propose">
      <div class="section-head">
        <div>
          <h2>{t('needs.proposeTitle')}</h2>
          <p class="hint">{t('needs.proposeNote')}</p>
        </div>
        <button type="button" class="button" disabled={busy} onClick={propose} data-testid="propose">
          {service ? t('needs.proposeFor', { service: serviceName(props.district, service) }) : t('needs.propose')}
        </button>
      </div>
      {busy && <Busy>{t('needs.proposing')}</Busy>}
      {why !== null && <Refusal>{t('off.failed', { why })}</Refusal>}
      {made && (
        <div role="status" data-testid="proposed" data-matched={made.matched} data-unmatched={made.unmatched}>
          <p>
            {t('needs.proposed', { needs: number(made.needs), matched: number(made.matched), unmatched: number(made.unmatched) })}
            {made.kept_by_hand ? ` ${t('needs.keptByHand', { n: number(made.kept_by_hand) })}` : ''}
          </p>
          {reasons.length > 0 && (
            <ul class="pairs">
              {reasons.map(([r, n]) => (
                <li key={r} data-testid="proposed-reason" data-reason={r}>
                  <span>{whyNot(r)}</span>
                  <b>{number(n)}</b>
                </li>
              ))}
            </ul>
          )}
          {unknown.length > 0 && (
            <p class="hint">
              {t('needs.noData')}{' '}
              {unknown.map(([k, n]) => t(`needs.lacks.${k as 'facilities' | 'providers' | 'needs'}`, { n: number(n) })).join(' · ')}
            </p>
          )}
        </div>
      )}
    </section>
  )
}

import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { helpersAt, type Helpers } from '../api_cases.ts'
import { walk } from '../format.ts'
import { t, term } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'

/** HelpersOf are who could come to a case, the nearest who work now first: looked for when somebody asks, for each look is written down. */
export function HelpersOf({ id, district }: { id: string; district: District }) {
  const [asked, setAsked] = useState(false)
  const got = useGet<Helpers>(asked ? helpersAt(id) : null)
  const h = got.data
  return (
    <section class="case-helpers" data-testid="helpers" data-count={h ? h.visitors.length : undefined}>
      <h3>{t('case.helpers')}</h3>
      <p class="hint">{t('case.helpersNote')}</p>
      {!asked && (
        <button type="button" class="button" onClick={() => setAsked(true)} data-testid="helpers-ask">
          {t('case.helpersAsk')}
        </button>
      )}
      {asked && <Status got={got} />}
      {h && h.off_streets && <p>{t('case.offStreets')}</p>}
      {h && !h.off_streets && h.visitors.length === 0 && <p>{t('case.noHelpers')}</p>}
      {h && h.visitors.length > 0 && (
        <ol>
          {h.visitors.map((v) => (
            <li key={v.visitor} data-testid="helper" data-visitor={v.visitor}>
              <b>{v.name || v.visitor}</b> <span class="away">{t(`case.away.${v.mode}`, { time: walk(v.seconds) })}</span>
              {v.phone && <a href={`tel:${v.phone.replace(/[^+\d]/g, '')}`}>{v.phone}</a>}
              <small>
                {[
                  term(district.visitor_kinds, v.kind),
                  v.tier && term(district.tiers, v.tier),
                  t(`case.duty.${v.duty}`),
                  t(v.planned ? 'case.fromPlan' : 'case.fromBase'),
                  v.busy && t('case.busy'),
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </small>
            </li>
          ))}
        </ol>
      )}
      {h && h.bases.length > 0 && (
        <>
          <h4>{t('case.bases')}</h4>
          <ul>
            {h.bases.map((b) => (
              <li key={b.facility}>
                <b>{b.name}</b> <span class="away">{t('case.away.car', { time: walk(b.seconds) })}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </section>
  )
}

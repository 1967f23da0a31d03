import type { District } from '../api.ts'
import type { Need } from '../api_needs.ts'
import { walk } from '../format.ts'
import { t } from '../i18n.ts'
import { GradeMark } from '../parts/marks.tsx'
import { Named } from '../trust/named.tsx'
import { follow, href } from '../route.ts'
import { may } from '../seat.ts'
import { frequency, giver, whyNot } from './need_words.ts'
import { serviceName } from '../pages/needs_page.tsx'

/** NeedList is the needs one a row, who gives each, and the ways to change it. */
export function NeedList(props: { items: readonly Need[]; district: District; onOpen: (need: Need, view: 'change' | 'history') => void }) {
  const { items, district, onOpen } = props
  if (items.length === 0) return null
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t('needs.title')}>
      <table class="needs-table">
        <thead>
          <tr>
            <th scope="col">{t('needs.need')}</th>
            <th scope="col">{t('board.resident')}</th>
            <th scope="col">{t('board.grid')}</th>
            <th scope="col">{t('needs.given')}</th>
            <th scope="col">
              <span class="unseen">{t('shortfall.acts')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {items.map((n) => (
            <tr key={n.id} data-testid="need" data-id={n.id} data-status={n.status}>
              <th scope="row" data-label={t('needs.need')}>
                <div>
                  <b>{serviceName(district, n.service)}</b>
                  <small class="below">
                    {frequency(n.frequency)}
                    {n.minutes ? ` · ${t('time.min', { n: n.minutes })}` : ''}
                  </small>
                </div>
              </th>
              <td data-label={t('board.resident')}>
                <div>
                  <Named id={n.resident} zone={district.time_zone} />
                  {n.grade && (
                    <small class="below">
                      <GradeMark grade={n.grade} grades={district.grades} />
                    </small>
                  )}
                </div>
              </td>
              <td data-label={t('board.grid')}>
                <a class="code" href={href('shortfall', { area: n.area })} onClick={follow}>
                  {n.area}
                </a>
              </td>
              <td data-label={t('needs.given')}>
                <div>
                  {n.match && n.status === 'matched' ? (
                    <>
                      <span class="need-status matched">{giver(n.match)}</span>
                      <small class="below">
                        {n.match.seconds !== undefined && n.match.seconds !== null && `${t('day.walk', { t: walk(n.match.seconds) })} · `}
                        {t(n.match.hand ? 'needs.byHand' : 'needs.byProposal')}
                        {n.match.forced && ` · ${t('needs.forced')}`}
                      </small>
                    </>
                  ) : (
                    <>
                      <span class={`need-status ${n.status}`}>{t(`needs.status.${n.status}`)}</span>
                      {n.reason && n.reason !== n.status && (
                        <small class="below">
                          {whyNot(n.reason)}
                          {n.detail && ` · ${n.detail}`}
                        </small>
                      )}
                    </>
                  )}
                </div>
              </td>
              <td class="need-acts">
                {may('match') && (
                  <button type="button" class="link" onClick={() => onOpen(n, 'change')} data-testid="need-change">
                    {t('needs.change')}
                  </button>
                )}
                <button type="button" class="link" onClick={() => onOpen(n, 'history')} data-testid="need-history">
                  {t('needs.history')}
                </button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

import type { District } from '../api.ts'
import type { Shortfall, Unmatched } from '../api_shortfall.ts'
import { number } from '../format.ts'
import { t, term } from '../i18n.ts'
import { follow, href } from '../route.ts'
import { whyNot } from './need_words.ts'

/** The reasons in the order of the columns: first what more room would mend; others follow. */
const order = ['full', 'too_far', 'out_of_scope', 'closed', 'no_skill', 'nobody_offers', 'off_streets', 'by_hand']

/**
 * UnmatchedSection is the needs that nobody meets, by service and reason. What
 * nothing has been proposed for yet is a state of its own in the ledger, so it
 * has a column and a link apart from what could not be matched.
 */
export function UnmatchedSection({ board, district }: { board: Shortfall; district: District }) {
  if (!board.unmatched) return null
  const by = board.unmatched.by_service ?? {}
  const services = [...district.services.map((s) => s.key), ...Object.keys(by).sort()].filter((s, i, all) => s in by && all.indexOf(s) === i)
  const count = (u: Unmatched | undefined, reason: string) => u?.by_reason?.[reason] ?? 0
  const found = new Set(services.flatMap((s) => Object.keys(by[s]?.by_reason ?? {})))
  const reasons = [...order, ...[...found].sort()].filter((r, i, all) => r !== 'open' && found.has(r) && all.indexOf(r) === i)
  const area = board.path.length > 1 ? board.area.code : undefined
  const link = (service: string, status: string, n: number) =>
    n === 0 ? (
      number(0)
    ) : (
      <a href={href('needs', { area, service, status })} onClick={follow}>
        {number(n)}
      </a>
    )
  return (
    <section data-testid="unmatched">
      <h2>{t('shortfall.unmatched')}</h2>
      <p class="hint">{services.length > 0 ? t('shortfall.unmatchedNote') : t('shortfall.unmatchedNone')}</p>
      {services.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t('shortfall.unmatched')}>
          <table class="by-service">
            <thead>
              <tr>
                <th scope="col">{t('coverage.service')}</th>
                <th scope="col">{t('shortfall.unmatchedAll')}</th>
                <th scope="col">{t('shortfall.unmatchedFail')}</th>
                {reasons.map((r) => (
                  <th scope="col" key={r}>
                    {whyNot(r)}
                  </th>
                ))}
                <th scope="col">{whyNot('open')}</th>
              </tr>
            </thead>
            <tbody>
              {services.map((s) => {
                const u = by[s]
                const open = count(u, 'open')
                return (
                  <tr key={s} data-testid="unmatched-service" data-service={s}>
                    <th scope="row">{term(district.services, s)}</th>
                    <td data-col="total">
                      <b>{number(u?.total ?? 0)}</b>
                    </td>
                    <td data-col="unmatched">{link(s, 'unmatched', (u?.total ?? 0) - open)}</td>
                    {reasons.map((r) => (
                      <td key={r} data-col={`reason-${r}`}>
                        {number(count(u, r))}
                      </td>
                    ))}
                    <td data-col="open">{link(s, 'open', open)}</td>
                  </tr>
                )
              })}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

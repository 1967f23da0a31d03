import { useState } from 'preact/hooks'
import type { AuditEvent } from '../api_audit.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { follow } from '../route.ts'
import { known, roleName, when } from './words.ts'

const shownIds = 3

/** EventRow is one look or change: when, who, what, about whom, why, and what came of it. Records are named by opaque ids. */
export function EventRow({ event: e, zone, of }: { event: AuditEvent; zone: string; of: (account: string) => string }) {
  const [all, setAll] = useState(false)
  const ids = e.ids ?? []
  const n = e.n ?? ids.length
  return (
    <tr data-testid="event" data-id={e.id} data-action={e.action} data-outcome={e.outcome}>
      <td data-label={t('trust.at')}>
        <div>{when(e.at, zone)}</div>
      </td>
      <td data-label={t('trust.who')}>
        <div>
          {e.account ? (
            <a href={of(e.account)} onClick={follow}>
              {e.login || e.account}
            </a>
          ) : (
            t('trust.unknown')
          )}
          <small>{[e.role && roleName(e.role), e.address].filter(Boolean).join(' · ')}</small>
        </div>
      </td>
      <td data-label={t('trust.what')}>
        <div>
          <b>{known('trust.action', e.action)}</b>
          {e.object && <small>{known('trust.object', e.object)}</small>}
        </div>
      </td>
      <td data-label={t('trust.about')} class={n > 0 || e.area ? undefined : 'none'}>
        <div>
          {n > 0 && <span>{t('trust.records', { n: number(n) })}</span>} {e.area && <span class="code">{e.area}</span>}
          {ids.length > 0 && (
            <small class="code">
              {(all ? ids : ids.slice(0, shownIds)).join(' ')}{' '}
              {!all && ids.length > shownIds && (
                <button type="button" class="link" onClick={() => setAll(true)}>
                  {t('trust.moreIds', { n: number(ids.length - shownIds) })}
                </button>
              )}
            </small>
          )}
        </div>
      </td>
      <td data-label={t('trust.why')} class={e.purpose || e.reason ? undefined : 'none'}>
        <div>
          {e.purpose && known('trust.purpose', e.purpose)}
          {e.reason && <small class="reason">{e.reason}</small>}
        </div>
      </td>
      <td data-label={t('trust.outcome')}>
        <div>
          <span class={e.outcome === 'ok' ? 'tag' : e.outcome === 'refused_by_database' ? 'tag owed' : 'tag due'}>{known('trust.outcome', e.outcome)}</span>
        </div>
      </td>
    </tr>
  )
}

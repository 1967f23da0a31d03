import { forbidden } from '../api.ts'
import { t } from '../i18n.ts'
import type { Got } from '../use_get.ts'
import { Closed, WayIn } from './closed.tsx'

/** Status says that an answer is on its way, why there is none, or that it is not for whoever looks; nothing once there is one. */
export function Status({ got }: { got: Got<unknown> }) {
  if (forbidden(got.error))
    return (
      <Closed>
        <b>{t('app.closed')}</b> {t('app.closedNote')} <WayIn />
      </Closed>
    )
  if (got.error)
    return (
      <p class="status failed" role="alert">
        {t('app.failed', { why: got.error.message })}{' '}
        <button type="button" class="link" onClick={got.again}>
          {t('app.retry')}
        </button>
      </p>
    )
  if (got.loading && got.data === null)
    return (
      <p class="status" role="status">
        <span class="spinner" aria-hidden="true" />
        {t('app.loading')}
      </p>
    )
  return null
}

import { useEffect, useState } from 'preact/hooks'
import { endCalendar, makeCalendar, myCalendar } from '../api_today.ts'
import { longDay } from '../format.ts'
import { t } from '../i18n.ts'
import { ApiError } from '../request.ts'

/** CalendarView makes and ends the secret address at which a calendar finds when one walks. */
export function CalendarView() {
  const [since, setSince] = useState<string | null>(null)
  const [address, setAddress] = useState('')
  const [copied, setCopied] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const look = () => myCalendar().then((m) => setSince(m.made_at), setFailed)
  useEffect(() => void look(), [])
  const make = async () => {
    setFailed(null)
    setCopied(false)
    try {
      setAddress(location.origin + (await makeCalendar()).path)
      await look()
    } catch (e) {
      setFailed(e)
    }
  }
  const end = async () => {
    setFailed(null)
    setAddress('')
    await endCalendar().then(look, setFailed)
  }
  return (
    <article class="door" data-testid="calendar">
      <h1>{t('today.calendar')}</h1>
      <p class="hint">{t('today.calendarHint')}</p>
      {failed !== null && (
        <p class="bar-note bad" role="alert">
          {failed instanceof ApiError && failed.status > 0 ? t('today.moveFailed', { why: failed.message }) : t('today.wayOffline')}
        </p>
      )}
      {address ? (
        <>
          <p class="door-note address" data-testid="calendar-address">
            {address}
          </p>
          <p class="hint">{t('today.calendarSecret')}</p>
          <button type="button" class="quiet" onClick={() => void navigator.clipboard?.writeText(address).then(() => setCopied(true), () => setCopied(false))}>
            {t(copied ? 'today.calendarCopied' : 'today.calendarCopy')}
          </button>
        </>
      ) : (
        since && <p class="hint">{t('today.calendarHas', { day: longDay(since.slice(0, 10)) })}</p>
      )}
      <div class="thumb">
        <button type="button" class="go" onClick={() => void make()} data-testid="calendar-make">
          {t('today.calendarMake')}
        </button>
        {since && (
          <button type="button" class="quiet danger" onClick={() => void end()} data-testid="calendar-end">
            {t('today.calendarEnd')}
          </button>
        )}
      </div>
    </article>
  )
}

import { useEffect, useState } from 'preact/hooks'
import { signOut } from '../api_session.ts'
import { paperAt } from '../api_today.ts'
import { day as dayName, weekday } from '../format.ts'
import { lang, setLang, t } from '../i18n.ts'
import { unread, useUnread } from '../messages/unread.ts'
import { me } from '../seat.ts'
import { forget, tellOthers } from '../trust/keep.ts'
import { why } from '../trust/words.ts'
import type { Round } from './round.ts'
import { show, view } from './view.ts'

/** Menu is the bar on top: the day, what waits to be sent, and the way out. */
export function Menu({ round }: { round: Round }) {
  const [open, setOpen] = useState(false)
  const list = round.today.value
  const out = round.seat.value === 'out'
  const shown = view.value
  useEffect(() => setOpen(false), [shown, lang.value, out])
  useUnread()
  const fresh = out ? 0 : unread.value
  return (
    <header class="phone-top">
      {shown.at === 'list' || out ? (
        <p class="phone-day" data-testid="day">
          {list && !out ? (
            <>
              <b>{dayName(list.date)}</b> {weekday(list.date)}
            </>
          ) : (
            <b>{t('page.today')}</b>
          )}
        </p>
      ) : (
        <button type="button" class="back" onClick={() => show({ at: 'list' })} data-testid="to-list">
          ‹ {t('today.list')}
        </button>
      )}
      {!out && <Badge round={round} />}
      <button type="button" class="dots" aria-label={t('today.menu')} aria-expanded={open} onClick={() => setOpen(!open)} data-testid="more">
        <svg viewBox="0 0 16 16" width="22" height="22" aria-hidden="true">
          <path d="M2 4h12M2 8h12M2 12h12" />
        </svg>
        {fresh > 0 && <span class="bell-count">{fresh > 99 ? '99+' : fresh}</span>}
      </button>
      {open && (
        <div class="phone-menu">
          {!out && (
            <button type="button" onClick={() => show({ at: 'messages' })} data-testid="to-messages" data-unread={fresh}>
              {t('msg.title')} {fresh > 0 && <span class="bell-count">{fresh > 99 ? '99+' : fresh}</span>}
            </button>
          )}
          <button type="button" onClick={() => setLang(lang.value === 'zh' ? 'en' : 'zh')} data-testid="language">
            {t('app.language')}
          </button>
          <a href="/day">{t('today.toDays')}</a>
          {list && !out && (
            <>
              <a href={paperAt.sheet(list.visitor, list.date, lang.value)} target="_blank" rel="noopener" data-testid="sheet">
                {t('today.sheet')}
              </a>
              <a href={paperAt.slips(list.visitor, list.date, lang.value)} target="_blank" rel="noopener" data-testid="slips">
                {t('today.slips')}
              </a>
              <a href={paperAt.walk(list.visitor, list.date)} download data-testid="gpx">
                {t('today.gpx')}
              </a>
              <button type="button" onClick={() => show({ at: 'calendar' })} data-testid="to-calendar">
                {t('today.calendar')}
              </button>
            </>
          )}
          {me.value?.account && <Out round={round} />}
        </div>
      )}
    </header>
  )
}

/** Badge says whether all is sent, how much waits, and whether there is signal; it opens the records. */
function Badge({ round }: { round: Round }) {
  const kept = round.kept.value
  const n = (s: string) => kept.filter((k) => k.state === s).length
  const points = round.ticked.value.filter((k) => k.state === 'waiting').length
  const [waiting, refused, off] = [n('waiting') + points, n('refused'), round.line.value === 'off']
  const state = refused > 0 ? 'refused' : waiting > 0 ? 'waiting' : off ? 'off' : 'fine'
  const text = refused > 0 ? t('today.refusedCount', { n: refused }) : waiting > 0 ? t('today.waitingCount', { n: waiting }) : off ? t('today.noSignal') : n('sent') > 0 ? t('today.allSent') : t('today.records')
  return (
    <button type="button" class={`badge ${state}`} onClick={() => show({ at: 'records' })} aria-live="polite" data-testid="badge" data-waiting={waiting} data-refused={refused} data-sent={n('sent')}>
      {text}
    </button>
  )
}

/** Out signs out: the day leaves the phone; records that wait stay for whoever made them. */
function Out({ round }: { round: Round }) {
  const [failed, setFailed] = useState<unknown>(null)
  const waiting = round.kept.value.filter((k) => k.state === 'waiting' || k.state === 'open').length
  const leave = () =>
    signOut().then(
      async () => {
        await round.left()
        await forget()
        tellOthers()
        location.assign('/today')
      },
      (e: unknown) => setFailed(e),
    )
  return (
    <>
      {waiting > 0 && <p class="hint">{t('today.outKeeps', { n: waiting })}</p>}
      <button type="button" onClick={() => void leave()} data-testid="sign-out">
        {t('trust.signOut')}
      </button>
      {failed !== null && (
        <p class="refusal" role="alert">
          {t('trust.stillIn', { why: why(failed) })}
        </p>
      )}
    </>
  )
}

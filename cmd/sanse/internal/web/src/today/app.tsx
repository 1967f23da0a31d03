import { useEffect, useState } from 'preact/hooks'
import { openDoor, type TodayStop } from '../api_today.ts'
import { lang, setLang, t } from '../i18n.ts'
import { ApiError } from '../request.ts'
import { door, may, me } from '../seat.ts'
import { onLeft } from '../trust/keep.ts'
import { Steps } from '../trust/steps.tsx'
import { behind, hashOf } from './code.ts'
import { ListView } from './list.tsx'
import { Menu } from './menu.tsx'
import { CalendarView } from './calendar_view.tsx'
import { MessagesView } from './messages_view.tsx'
import { MoveView } from './move_view.tsx'
import { OrderView } from './order_view.tsx'
import { PlateView } from './plate.tsx'
import { RateView } from './rate_view.tsx'
import { RecordView } from './record_view.tsx'
import { RecordsView } from './records_view.tsx'
import { isVisit } from './record.ts'
import type { Round } from './round.ts'
import { ScanView } from './scan.tsx'
import { startAt } from './start.ts'
import { StopView } from './stop_view.tsx'
import { newVersion, takeNew } from './updates.ts'
import { show, view } from './view.ts'

/** PhoneApp is the day on the phone. scanned is the token that it was opened with: empty for one that is none, null for none at all. */
export function PhoneApp({ round, scanned, keeps }: { round: Round; scanned: string | null; keeps: boolean }) {
  const [token, setToken] = useState(scanned)
  const [unknown, setUnknown] = useState<'unknown' | 'offline' | null>(null)
  const today = round.today.value
  const out = round.seat.value === 'out'
  const who = me.value
  // Whoever signs in here goes on at once.
  useEffect(() => {
    if (out && who?.stage === 'full') void round.connect()
  }, [who, out])
  useEffect(() => onLeft(() => void round.left()), [])
  useEffect(() => {
    document.title = [t('page.today'), t('app.name')].join(' · ')
  }, [lang.value])
  // A code opens the record as soon as it is known for whom it stands.
  const settled = round.line.value !== 'asking'
  useEffect(() => {
    if (token === null || out || (!today && !settled)) return
    let over = false
    void understand(round, token).then((what) => {
      if (over || what === 'wait') return
      setToken(null)
      setUnknown(what === 'unknown' || what === 'offline' ? what : null)
      if (typeof what === 'string') return
      for (const s of what) if (s.resident) round.met.set(s.resident, s)
      const [only] = what
      if (!only) return setUnknown('unknown')
      if (what.length === 1) return startAt(round, only, { token })
      round.plate.value = { token, stops: what }
      show({ at: 'choose' }, true)
    })
    return () => {
      over = true
    }
  }, [token, out, today, settled])
  const open = (scannedHere: string) => {
    setUnknown(null)
    setToken(scannedHere)
  }
  const v = view.value
  return (
    <div class="phone" data-testid="phone" data-line={round.line.value} data-seat={round.seat.value} data-view={v.at}>
      <Menu round={round} />
      {newVersion.value && v.at !== 'record' && (
        <p class="bar-note" role="status">
          {t('today.newVersion')}{' '}
          <button type="button" onClick={takeNew} data-testid="take-new">
            {t('today.takeNew')}
          </button>
        </p>
      )}
      {!keeps && (
        <p class="bar-note bad" role="alert">
          {t('today.keepsNothing')}
        </p>
      )}
      <main id="main">
        {out ? (
          <AtTheDoor round={round} />
        ) : (
          <>
            {unknown && (
              <p class="bar-note bad" role="alert" data-testid="code-unknown">
                {t(unknown === 'offline' ? 'today.codeOffline' : 'today.codeUnknown')}
              </p>
            )}
            {v.at === 'stop' ? (
              <StopView round={round} id={v.key} />
            ) : v.at === 'move' ? (
              <MoveView key={v.key} round={round} id={v.key} />
            ) : v.at === 'calendar' ? (
              <CalendarView />
            ) : v.at === 'rate' ? (
              <RateView round={round} />
            ) : v.at === 'order' ? (
              <OrderView round={round} />
            ) : v.at === 'record' ? (
              <RecordView key={v.id} round={round} id={v.id} />
            ) : v.at === 'records' ? (
              <RecordsView round={round} />
            ) : v.at === 'messages' ? (
              <MessagesView round={round} />
            ) : v.at === 'scan' ? (
              <ScanView onCode={open} />
            ) : v.at === 'choose' && round.plate.value ? (
              <PlateView round={round} {...round.plate.value} />
            ) : (
              <ListView round={round} />
            )}
          </>
        )}
      </main>
    </div>
  )
}

/** AtTheDoor asks whoever opens the app to sign in; of a day, a door or a code it says nothing. */
function AtTheDoor({ round }: { round: Round }) {
  const waiting = round.kept.value.filter((k) => k.state === 'waiting').length
  const who = me.value
  const what = who && who.stage !== 'full' ? who.stage : 'out'
  return (
    <div class="sign-in" data-testid="sign-in">
      <div class="sign-in-card">
        <header>
          <h1>{door.value?.name ?? t('app.name')}</h1>
          <p>{waiting > 0 ? t('today.signInToSend', { n: waiting }) : t('today.signIn')}</p>
        </header>
        <Steps key={what} what={what} who={who} back="/today" />
      </div>
      <button type="button" class="link" onClick={() => setLang(lang.value === 'zh' ? 'en' : 'zh')}>
        {t('app.language')}
      </button>
    </div>
  )
}

/**
 * understand finds the doors that a code stands for: one, or those behind a plate.
 * The list on the phone knows them without signal; the service knows also doors
 * that are not on the list. wait: there is no list to look in yet.
 */
async function understand(round: Round, token: string): Promise<readonly TodayStop[] | 'unknown' | 'offline' | 'wait'> {
  if (token === '') return 'unknown'
  const list = round.today.value
  const found = list ? behind(list.stops ?? [], await hashOf(token)) : []
  if (found.length > 0) return found
  if (round.line.value === 'off') return 'offline'
  // Who neither walks nor records visits has no day, and no door to open.
  if (!list && me.value?.stage === 'full' && !round.who.value?.visitor && !may('visit')) return 'unknown'
  if (!list || round.seat.value !== 'in') return 'wait'
  try {
    const told = await openDoor(token)
    const doors = (told.stops ?? []).filter(isVisit)
    if (doors.length > 0) return doors
    return (list.stops ?? []).filter((s) => isVisit(s) && s.resident === told.resident).slice(0, 1)
  } catch (e) {
    return e instanceof ApiError && e.status > 0 ? 'unknown' : 'offline'
  }
}

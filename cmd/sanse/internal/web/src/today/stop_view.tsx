import { useState } from 'preact/hooks'
import { at as addresses, type WalkDirections } from '../api.ts'
import type { TodayStop } from '../api_today.ts'
import { longDay } from '../format.ts'
import { lang, t } from '../i18n.ts'
import { StepLine } from '../parts/manoeuvre.tsx'
import { json } from '../request.ts'
import { useGet } from '../use_get.ts'
import { nameOf, Why } from './list.tsx'
import { isVisit, standing, word } from './record.ts'
import type { Round } from './round.ts'
import { canScan } from './scan.tsx'
import { startAt } from './start.ts'
import { isPoint, passed } from './ticks.ts'
import { show } from './view.ts'

/** StopView is one door: who, where, what to know, how to get there; and where the record begins. */
export function StopView({ round, id }: { round: Round; id: string }) {
  const list = round.today.value
  const stop = list?.stops?.find((s) => s.key === id)
  const [noCode, setNoCode] = useState(false)
  const [way, setWay] = useState(false)
  if (!list || !stop) return <p class="nothing">{t('today.notOnList')}</p>
  const how = standing(stop, round.kept.value, round.day())
  const here = passed(stop, round.ticked.value, round.day())
  const open = round.kept.value.find((k) => k.state === 'open' && k.resident === stop.resident && k.day === round.day())
  return (
    <article class="door" data-testid="door" data-standing={how}>
      <h1>{nameOf(stop)}</h1>
      {stop.address && <p class="where">{stop.address}</p>}
      <p class="tags">
        <span class="tag">{stop.arrive}</span>
        <span class="tag">{t('day.minutes', { n: stop.minutes })}</span>
        <Why stop={stop} day={list.date} zone={list.zone} />
      </p>
      {stop.note && <p class="door-note">{stop.note}</p>}
      {stop.last && <p class="hint">{t(stop.last.result === 'not_seen' ? 'today.lastMissed' : 'today.last', { day: longDay(stop.last.day) })}</p>}
      <div class="two">
        {stop.phone && (
          <a class="quiet" href={`tel:${stop.phone.replace(/[^0-9+]/g, '')}`} data-testid="call">
            {t('today.call')}
          </a>
        )}
        <button type="button" class="quiet" aria-expanded={way} onClick={() => setWay(!way)} data-testid="way">
          {t('today.theWay')}
        </button>
      </div>
      {isVisit(stop) && how === 'due' && !open && (
        <button type="button" class="quiet" onClick={() => show({ at: 'move', key: stop.key })} data-testid="to-move">
          {t('today.notToday')}
        </button>
      )}
      {way && <TheWay visitor={list.visitor} date={list.date} stop={stop} />}
      {isPoint(stop) && (
        <div class="thumb">
          {['done', 'sent', 'waiting'].includes(here) ? (
            <p class="hint" data-testid="passed">
              {t(here === 'waiting' ? 'today.is.waiting' : 'today.is.passed')}
            </p>
          ) : (
            <button type="button" class="go" onClick={() => void round.tick(stop.task ?? '').then(() => show({ at: 'list' }))} data-testid="tick">
              {t('today.tick')}
            </button>
          )}
        </div>
      )}
      {isVisit(stop) && (
        <div class="thumb">
          {open ? (
            <button type="button" class="go" onClick={() => show({ at: 'record', id: open.id })} data-testid="go-on">
              {t('today.goOn')}
            </button>
          ) : noCode ? (
            <div class="reasons" data-testid="no-code-reasons">
              <h2>{t('today.whyNoCode')}</h2>
              {list.reasons.no_code.map((r) => (
                <button type="button" key={r.code} class="answer" onClick={() => void startAt(round, stop, { noCode: r.code })} data-testid="no-code-reason" data-code={r.code}>
                  {word(r)}
                </button>
              ))}
            </div>
          ) : (
            <>
              {how !== 'due' && <p class="hint">{t('today.again')}</p>}
              {canScan ? (
                <button type="button" class="go" onClick={() => show({ at: 'scan' })} data-testid="scan">
                  {t('today.scan')}
                </button>
              ) : (
                <p class="hint">{t('today.scanByCamera')}</p>
              )}
              <button type="button" class={canScan ? 'quiet' : 'go'} onClick={() => setNoCode(true)} data-testid="no-code">
                {t('today.noCode')}
              </button>
            </>
          )}
        </div>
      )}
    </article>
  )
}

/** TheWay tells how to walk to a door from the one before, as long as there is signal. */
function TheWay({ visitor, date, stop }: { visitor: string; date: string; stop: TodayStop }) {
  const got = useGet<WalkDirections[]>(addresses.directions(visitor, date, lang.value), (address, signal) => json('GET', address, { signal, atDoor: true }))
  const to = stop.task || stop.resident
  const leg = got.data?.flatMap((w) => w.legs).find((l) => l.to === to || l.to === stop.resident)
  if (got.error) return <p class="hint">{t('today.wayOffline')}</p>
  if (got.loading) return <p class="hint">{t('app.loading')}</p>
  if (!leg || leg.steps.length === 0) return <p class="hint">{t('day.guideNone')}</p>
  return (
    <ol class="steps" data-testid="steps">
      {leg.steps.map((s, i) => (
        <StepLine key={i} step={s} />
      ))}
    </ol>
  )
}

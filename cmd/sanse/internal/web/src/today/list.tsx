import type { TodayStop } from '../api_today.ts'
import { number, walk } from '../format.ts'
import { t } from '../i18n.ts'
import { me } from '../seat.ts'
import type { TextKey } from '../dictionary.ts'
import { clock } from '../trust/words.ts'
import type { Round } from './round.ts'
import { isMissed, isVisit, standing } from './record.ts'
import { canScan } from './scan.tsx'
import { isPoint, passed } from './ticks.ts'
import { show } from './view.ts'

/** ListView is the day: where, in which order, and why. */
export function ListView({ round }: { round: Round }) {
  const list = round.today.value
  if (!list) return <NoList round={round} />
  const stops = list.stops ?? []
  const homes = stops.filter(isVisit)
  const day = round.day()
  const done = homes.filter((s) => ['done', 'sent', 'waiting'].includes(standing(s, round.kept.value, day)) && !isMissed(s, round.kept.value, day))
  return (
    <>
      {list.date !== day && <p class="bar-note bad">{t('today.otherDay')}</p>}
      {stops.length === 0 && !list.visitor ? (
        <p class="nothing" data-testid="no-round">
          {t('today.noRound')} <a href="/day">{t('today.toDays')}</a>
        </p>
      ) : stops.length === 0 ? (
        <p class="nothing">{t('day.empty')}</p>
      ) : (
        <p class="progress" data-testid="progress" data-done={done.length} data-of={homes.length}>
          {t('today.progress', { done: number(done.length), of: number(homes.length) })}
          <progress max={Math.max(1, homes.length)} value={done.length} aria-hidden="true" />
        </p>
      )}
      {round.code.value && (
        <button type="button" class="quiet" onClick={() => show({ at: 'rate' })} data-testid="to-rate">
          {t('today.toRate')}
        </button>
      )}
      <ol class="round">
        {stops.map((s) => (
          <li key={s.key || s.resident}>
            <StopCard round={round} stop={s} onOpen={() => show({ at: 'stop', key: s.key })} />
          </li>
        ))}
      </ol>
      {stops.filter((s) => s.arrive).length > 1 && (
        <button type="button" class="quiet" onClick={() => show({ at: 'order' })} data-testid="to-order">
          {t(list.reordered ? 'today.orderOwn' : 'today.order')}
        </button>
      )}
      <div class="thumb">
        {canScan ? (
          <button type="button" class="go" onClick={() => show({ at: 'scan' })} data-testid="scan">
            {t('today.scan')}
          </button>
        ) : (
          (homes.length > 0 || !list.visitor) && <p class="hint">{t('today.scanByCamera')}</p>
        )}
      </div>
    </>
  )
}

/** NoList says why there is no list, and what brings one. */
function NoList({ round }: { round: Round }) {
  const open = round.kept.value.filter((k) => k.state === 'open')
  return (
    <>
      {open.map((k) => (
        <button type="button" class="quiet" key={k.id} onClick={() => show({ at: 'record', id: k.id })} data-testid="go-on">
          {t('today.goOn')}
        </button>
      ))}
      <WhyNoList round={round} />
    </>
  )
}

function WhyNoList({ round }: { round: Round }) {
  const nobody = me.value?.stage === 'full' && round.who.value && !round.who.value.visitor
  if (nobody)
    return (
      <p class="nothing" data-testid="no-list">
        {t('today.noVisitor')} <a href="/day">{t('today.toDays')}</a>
      </p>
    )
  const trouble = round.trouble.value
  if (!trouble && round.line.value !== 'off')
    return (
      <p class="nothing" role="status">
        <span class="spinner" aria-hidden="true" />
        {t('app.loading')}
      </p>
    )
  return (
    <p class="nothing" role="alert" data-testid="no-list">
      {trouble ? t('app.failed', { why: trouble.message }) : t('today.listOffline')}
      <button type="button" class="quiet" onClick={() => void round.connect()}>
        {t('app.retry')}
      </button>
    </p>
  )
}

/** StopCard is one place of the day, as large as a thumb in a glove. */
export function StopCard(props: { round: Round; stop: TodayStop; onOpen: () => void }) {
  const { stop: s } = props
  const list = props.round.today.value
  const how = isPoint(s) ? passed(s, props.round.ticked.value, props.round.day()) : standing(s, props.round.kept.value, props.round.day())
  return (
    <button type="button" class={`card ${how}`} onClick={props.onOpen} data-testid="stop" data-key={s.key} data-resident={s.resident ?? ''} data-standing={how}>
      <span class="when">
        <time>{s.arrive}</time>
        {s.walk_seconds > 0 && <small>{t('today.way', { t: walk(s.walk_seconds) })}</small>}
      </span>
      <span class="whom">
        <b>{nameOf(s)}</b>
        {s.address && <span class="where">{s.address}</span>}
        <span class="tags">
          {isMissed(s, props.round.kept.value, props.round.day()) && <span class="tag must">{t('today.notSeen')}</span>}
          {how !== 'due' && <span class={`tag is-${how}`}>{t(isPoint(s) && (how === 'done' || how === 'sent') ? 'today.is.passed' : (`today.is.${how}` as TextKey))}</span>}
          {how === 'due' && list && <Why stop={s} day={list.date} zone={list.zone} />}
        </span>
      </span>
    </button>
  )
}

const whys: readonly string[] = ['due_today', 'overdue', 'owed', 'covering', 'moved', 'planned', 'unplanned', 'due_soon', 'on_the_way']

/** Why says why somebody is on the list today, without their grade: the list is seen at doors. */
export function Why({ stop: s, day, zone }: { stop: TodayStop; day: string; zone: string }) {
  if (s.moved) return <span class="tag must">{t(s.moved.kind === 'hand_over' ? 'today.why.handed' : 'today.why.postponed')}</span>
  if (s.covering) return <span class="tag must">{t('today.covering', { time: clock(s.covering.deadline, zone)?.time ?? s.covering.deadline })}</span>
  if (s.why === 'newly_listed') {
    return (
      <>
        <span class="tag must">{t('today.why.newly_listed')}</span>
        {s.due_by === day && <span class="tag must">{t('today.why.due_today')}</span>}
      </>
    )
  }
  const late = s.why === 'overdue' || s.why === 'owed'
  const must = late || s.why === 'due_today' || s.due_by === day
  const why = s.due_by === day && !late ? 'due_today' : (s.why ?? '')
  return whys.includes(why) && why !== 'planned' ? <span class={must ? 'tag must' : 'tag'}>{t(`today.why.${why}` as TextKey)}</span> : null
}


/** nameOf is what stands above a stop. */
export function nameOf(s: TodayStop): string {
  return s.name || s.service || s.resident || s.task || s.key
}

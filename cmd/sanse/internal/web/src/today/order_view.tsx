import { useState } from 'preact/hooks'
import { orderDay, type Ordered, type TodayStop } from '../api_today.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { t } from '../i18n.ts'
import { ApiError } from '../request.ts'
import { nameOf } from './list.tsx'
import { doorOf, moved } from './order.ts'
import { standing, word } from './record.ts'
import type { Round } from './round.ts'
import { show } from './view.ts'

/**
 * OrderView puts the doors of the day into another order, by arrows that a glove
 * hits. What the order breaks is said before it is kept: some of it may be broken
 * for a reason, a promise not. What is done stays where it is.
 */
export function OrderView({ round }: { round: Round }) {
  const list = round.today.value
  const [doors, setDoors] = useState<TodayStop[]>(() => (list?.stops ?? []).filter((s) => s.arrive))
  const [told, setTold] = useState<Ordered | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  const [busy, setBusy] = useState(false)
  if (!list) return <p class="nothing">{t('today.listOffline')}</p>
  const settled = (s: TodayStop) => standing(s, round.kept.value, round.day()) !== 'due'
  const keep = async (ids: readonly string[], why: string) => {
    if (busy) return
    setBusy(true)
    setFailed(null)
    try {
      const got = await orderDay(list.visitor, list.date, ids, why)
      setTold(got)
      if (got.kept) {
        await round.changed()
        show({ at: 'list' }, true)
      }
    } catch (e) {
      setFailed(e)
    } finally {
      setBusy(false)
    }
  }
  const go = (i: number, by: -1 | 1) => {
    setTold(null)
    setDoors(moved(doors, i, by))
  }
  const firm = told?.breaks.filter((b) => b.firm) ?? []
  const soft = told?.breaks.filter((b) => !b.firm) ?? []
  const says = (b: Ordered['breaks'][number]) => {
    const stop = doors.find((s) => doorOf(s) === b.door)
    const key = `today.break.${b.code}`
    return t((key in dictionary ? key : 'today.break.other') as TextKey, { name: stop ? nameOf(stop) : t('today.theDay'), time: told?.stops.find((s) => s.door === b.door)?.arrive ?? '' })
  }
  const ids = doors.map(doorOf)
  return (
    <article class="door" data-testid="order">
      <h1>{t('today.order')}</h1>
      <p class="hint">{t('today.orderHint')}</p>
      {failed !== null && (
        <p class="bar-note bad" role="alert">
          {failed instanceof ApiError && failed.status > 0 ? t('today.moveFailed', { why: failed.message }) : t('today.moveOffline')}
        </p>
      )}
      <ol class="order">
        {doors.map((s, i) => (
          <li key={s.key} data-testid="order-door" data-door={doorOf(s)}>
            <span class="whom">
              <b>{nameOf(s)}</b>
              <small>{told?.stops.find((x) => x.door === doorOf(s))?.arrive ?? s.arrive}</small>
            </span>
            {!settled(s) && (
              <>
                <button type="button" class="arrow" disabled={i === 0 || settled(doors[i - 1]!)} onClick={() => go(i, -1)} aria-label={t('today.orderUp', { name: nameOf(s) })} data-testid="order-up">
                  ▲
                </button>
                <button type="button" class="arrow" disabled={i === doors.length - 1} onClick={() => go(i, 1)} aria-label={t('today.orderDown', { name: nameOf(s) })} data-testid="order-down">
                  ▼
                </button>
              </>
            )}
          </li>
        ))}
      </ol>
      {told && !told.kept && (
        <div class="reasons" role="alert" data-testid="order-breaks" data-firm={firm.length} data-soft={soft.length}>
          <h2>{t(firm.length > 0 ? 'today.orderFirm' : 'today.orderSoft')}</h2>
          <ul class="to-see-to">
            {(firm.length > 0 ? firm : soft).map((b, i) => (
              <li key={i}>{says(b)}</li>
            ))}
          </ul>
          {firm.length === 0 &&
            (list.reasons.postpone ?? []).map((r) => (
              <button type="button" key={r.code} class="answer" disabled={busy} onClick={() => void keep(ids, r.code)} data-testid="order-reason" data-code={r.code}>
                {word(r)}
              </button>
            ))}
        </div>
      )}
      <div class="thumb">
        <button type="button" class="go" disabled={busy} onClick={() => void keep(ids, '')} data-testid="order-keep">
          {t('today.orderKeep')}
        </button>
        {list.reordered && (
          <button type="button" class="quiet" disabled={busy} onClick={() => void keep([], '')} data-testid="order-plan">
            {t('today.orderPlan')}
          </button>
        )}
      </div>
    </article>
  )
}

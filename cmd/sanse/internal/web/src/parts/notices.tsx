import { useState } from 'preact/hooks'
import { addDays, day, list as join, number } from '../format.ts'
import { t } from '../i18n.ts'
import { inForce, noticeKey, outermost, staleOn, told, toShow, type AreaTurn, type Notice } from '../notices.ts'
import { follow, href, route } from '../route.ts'

const storageKey = 'sanse.notices'
const most = 4 // areas that are named

/** putAway are the notices that somebody has put away on this device. */
function putAway(): string[] {
  try {
    return (localStorage.getItem(storageKey) ?? '').split(' ').filter(Boolean)
  } catch {
    return [] // Storage is switched off: they are shown again.
  }
}

/**
 * NoticesBar stands under the header: boundaries that are to come or came
 * lately, on a visitor's day those of their own areas; on the board what is to
 * be done about the plan; and that what is shown is not the latest.
 */
export function NoticesBar({ newer, onReload }: { newer: boolean; onReload: () => void }) {
  const [away, setAway] = useState(putAway)
  const { page, params } = route.value
  const visitor = page === 'day' ? params['visitor'] : undefined
  const { list, failed } = told.value
  if (page !== 'map' && page !== 'day' && page !== 'board') return <div class="told-bar" />
  const put = (n: Notice, today: string) => {
    const next = [...away, noticeKey(n, today)].slice(-50)
    setAway(next)
    try {
      localStorage.setItem(storageKey, next.join(' '))
    } catch {
      // As above.
    }
  }
  return (
    <div class="told-bar" role="status">
      {list &&
        toShow(list, page, visitor, away).map((n) => (
          <section class="told" key={n.publication} data-testid="told" data-effective={n.effective} data-mine={n.mine}>
            <p>
              {visitor ? mineText(n, list.today) : allText(n, list.today)}{' '}
              {!visitor && (
                <a href={href('grids')} onClick={follow}>
                  {t('told.see')}
                </a>
              )}
              {page === 'board' && n.stale_plan && (
                <>
                  {' '}
                  <Stale notice={n} today={list.today} />
                </>
              )}
            </p>
            {!(page === 'board' && n.stale_plan) && (
              <button type="button" class="link" onClick={() => put(n, list.today)} data-testid="told-away">
                {t('told.away')}
              </button>
            )}
          </section>
        ))}
      {newer && page === 'map' && (
        <section class="told" data-testid="told-newer">
          <p>{t('told.newer')}</p>
          <button type="button" class="link" onClick={onReload}>
            {t('told.reload')}
          </button>
        </section>
      )}
      {failed && (
        <section class="told failed" data-testid="told-failed">
          <p>{t('told.failed')}</p>
        </section>
      )}
    </div>
  )
}

function mineText(n: Notice, today: string): string {
  return t(inForce(n, today) ? 'told.mineNow' : 'told.mine', { date: day(n.effective), areas: named(n.mine_areas) })
}

function allText(n: Notice, today: string): string {
  return t(inForce(n, today) ? 'told.allNow' : 'told.all', { date: day(n.effective), n: number(n.areas.length) })
}

/** named lists areas with what becomes of them. */
function named(areas: readonly AreaTurn[]): string {
  const all = outermost(areas)
  const some = join(all.slice(0, most).map((a) => t(`told.area.${a.change}`, { area: a.name || a.code })))
  return all.length > most ? t('told.more', { some, n: number(all.length) }) : some
}

/** Stale says how and when the plan is made again. */
function Stale({ notice, today }: { notice: Notice; today: string }) {
  const stale = notice.stale_plan
  if (!stale) return null
  const now = stale.from <= today
  return (
    <span class="told-stale" data-testid="told-stale">
      {t('told.stale', { from: day(stale.from), n: number(stale.itineraries) })}{' '}
      {now ? t('told.staleNow') : t('told.staleThen', { eve: day(addDays(stale.from, -1)), from: day(stale.from) })}{' '}
      <code>sanse plan --start {stale.from}</code>
    </span>
  )
}

/** StaleDay says of a day's walks that they were planned under boundaries that have ended by then. */
export function StaleDay({ date }: { date: string }) {
  const n = staleOn(told.value.list, date)
  if (!n) return null
  return (
    <p class="told-day" data-testid="stale-day">
      {t('told.staleDay', { date: day(n.effective) })}
    </p>
  )
}

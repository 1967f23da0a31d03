import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { at, post, type District, type MovedVisit, type Replan, type ReplanInput, type VisitAt } from '../api.ts'
import type { TextKey } from '../dictionary.ts'
import { day, isDate, number, weekday } from '../format.ts'
import { lang, t, term } from '../i18n.ts'

const shownMoves = 12
const shownMissing = 6

/** Counts of what moves, in the order in which they are told. */
const counts = ['visitor', 'day', 'time', 'dropped', 'added', 'missed', 'early'] as const

/**
 * OffDialog plans again after a visitor has called in sick: who is off from
 * when to when, what that would move, and only then the new plan. Nothing is
 * kept until it is published.
 */
export function OffDialog(props: {
  district: District
  visitor: string
  name: string
  date: string
  nameOf: (id: string) => string
  onClose: () => void
}) {
  const { district, visitor } = props
  const box = useRef<HTMLDialogElement>(null)
  const [from, setFrom] = useState(props.date)
  const [to, setTo] = useState(props.date)
  const [busy, setBusy] = useState(false)
  const [why, setWhy] = useState<string | null>(null)
  const [seen, setSeen] = useState<Replan | null>(null)
  const [done, setDone] = useState<number | null>(null)
  useLayoutEffect(() => {
    if (!box.current?.open) box.current?.showModal()
  }, [])
  const ask = async (more: Partial<ReplanInput>) => {
    setBusy(true)
    setWhy(null)
    try {
      const r = await post<Replan>(at.replan(), { off: [{ visitor, from, to }], ...more })
      if (more.publish) setDone(r.plan)
      else setSeen(r)
    } catch (e) {
      setWhy(e instanceof Error ? e.message : String(e))
    }
    setBusy(false)
  }
  const change = (set: (d: string) => void) => (e: { currentTarget: HTMLInputElement }) => {
    if (!isDate(e.currentTarget.value)) return
    set(e.currentTarget.value)
    setSeen(null)
  }
  const close = () => {
    props.onClose()
    // Everything on the page is of the plan before.
    if (done !== null) location.reload()
  }
  return (
    <dialog class="off" ref={box} onClose={close} aria-labelledby="off-title" data-testid="off">
      <header>
        <h2 id="off-title">{t('off.title', { name: props.name })}</h2>
        <button type="button" class="close" aria-label={t('app.close')} onClick={() => box.current?.close()}>
          ×
        </button>
      </header>
      {done !== null ? (
        <p class="all-well" role="status" data-testid="off-done">
          {t('off.done', { n: done })}
        </p>
      ) : (
        <>
          <p class="hint">{t('off.note')}</p>
          <div class="off-days">
            <label class="field">
              <span>{t('off.from')}</span>
              <input type="date" min={district.plan?.start} max={district.plan?.end} value={from} onChange={change((d) => (setFrom(d), d > to && setTo(d)))} data-testid="off-from" />
            </label>
            <label class="field">
              <span>{t('off.to')}</span>
              <input type="date" min={from} max={district.plan?.end} value={to} onChange={change(setTo)} data-testid="off-to" />
            </label>
            <button type="button" class={seen ? 'button quiet' : 'button'} disabled={busy} onClick={() => void ask({})} data-testid="off-look">
              {t(seen ? 'off.again' : 'off.look')}
            </button>
          </div>
          {busy && (
            <p class="status" role="status">
              <span class="spinner" aria-hidden="true" />
              {t('off.working')}
            </p>
          )}
          {why !== null && (
            <p class="status failed" role="alert">
              {t('off.failed', { why })}
            </p>
          )}
          {seen && !busy && <Moves district={district} seen={seen} nameOf={props.nameOf} />}
          {seen && !busy && (
            <footer>
              <button type="button" class="button" onClick={() => void ask({ publish: true, now: seen.now, replaces: seen.replaces })} data-testid="off-publish">
                {t('off.publish')}
              </button>
              <button type="button" class="button quiet" onClick={() => box.current?.close()} data-testid="off-cancel">
                {t('off.cancel')}
              </button>
            </footer>
          )}
        </>
      )}
    </dialog>
  )
}

/** Moves says what a new plan would move. */
function Moves({ district, seen, nameOf }: { district: District; seen: Replan; nameOf: (id: string) => string }) {
  const m = seen.moved
  const visits = [...(m.visits ?? [])].sort((a, b) => rank(a) - rank(b))
  const missing = seen.missing ?? []
  const more = seen.lapses - seen.lapses_before
  return (
    <div class="moves" data-testid="off-moves">
      {visits.length === 0 ? (
        <p class="all-well">{t('off.nothing')}</p>
      ) : (
        <p class="tags">
          <span class="tag">{t('off.kept', { n: number(m.kept) })}</span>{' '}
          {counts
            .filter((c) => m[c] > 0)
            .map((c) => (
              <span key={c} class={c === 'dropped' || c === 'missed' ? 'tag due' : 'tag kind'} data-testid={`off-${c}`}>
                {t(`off.${c}` as TextKey, { n: number(m[c]) })}{' '}
              </span>
            ))}
          {m.other_person > 0 && <span class="tag kind">{t('off.person', { n: number(m.other_person) })}</span>}
        </p>
      )}
      {visits.length > 0 && (
        <ul class="moved">
          {visits.slice(0, shownMoves).map((v, i) => (
            <Move key={i} visit={v} nameOf={nameOf} />
          ))}
          {visits.length > shownMoves && <li class="hint">{t('off.more', { n: number(visits.length - shownMoves) })}</li>}
        </ul>
      )}
      {more > 0 ? (
        <>
          <p class="alarm">{t('off.lapses', { n: number(more) })}</p>
          <ul class="moved">
            {missing.slice(0, shownMissing).map((u, i) => (
              <li key={i}>
                <b>{nameOf(u.task || u.resident)}</b> {t('off.untilDue', { date: day(u.due_by) })}
                {lang.value === 'zh' ? '：' : ': '}
                {term(district.reasons, u.reason)}
              </li>
            ))}
          </ul>
        </>
      ) : (
        visits.length > 0 && <p class="all-well">{t('off.lapsesNone')}</p>
      )}
    </div>
  )
}

/** rank puts first what people have to be told of: another day or person, then another hour. */
function rank(v: MovedVisit): number {
  return ['dropped', 'missed', 'day', 'visitor', 'added', 'early', 'time'].indexOf(v.kind)
}

/** Move is one visit: where it was and where it would be; what stays the same is said once. */
function Move({ visit: v, nameOf }: { visit: MovedVisit; nameOf: (id: string) => string }) {
  const sameDay = v.from?.date === v.to?.date
  const sameWho = v.from?.visitors.join() === v.to?.visitors.join()
  const when = (a: VisitAt, second: boolean) =>
    [second && sameDay ? '' : `${day(a.date)} ${weekday(a.date)}`, a.arrive, second && sameWho ? '' : a.visitors.join(' + ')].filter(Boolean).join(' ')
  return (
    <li data-testid="off-move">
      <b>{nameOf(v.task ?? v.resident ?? '')}</b>{' '}
      <span class="change">
        {v.from ? when(v.from, false) : t('off.new')} → {v.to ? when(v.to, v.from !== undefined) : t('off.none')}
      </span>
    </li>
  )
}

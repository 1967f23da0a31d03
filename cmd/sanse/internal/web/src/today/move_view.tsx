import { useEffect, useState } from 'preact/hooks'
import { closeLadder, moveOptions, moveVisit, type Move, type MoveOptions } from '../api_today.ts'
import type { TextKey } from '../dictionary.ts'
import { longDay, walk } from '../format.ts'
import { t } from '../i18n.ts'
import { ApiError } from '../request.ts'
import { newID } from './code.ts'
import { nameOf } from './list.tsx'
import { word } from './record.ts'
import type { Round } from './round.ts'
import { show } from './view.ts'

/** What one chose, before one says why. */
type Choice = Pick<Move, 'kind' | 'to_day' | 'to_visitor'>

const ends = ['hospital', 'away', 'moved', 'deceased', 'refused'] as const

/**
 * MoveView is what else may become of a visit: another day of its window, a
 * colleague, the next of the ladder, or a reason why nobody need go. It changes the
 * plan, so it takes signal; the id makes it happen once however often it is tapped.
 */
export function MoveView({ round, id }: { round: Round; id: string }) {
  const list = round.today.value
  const stop = list?.stops?.find((s) => s.key === id)
  const [can, setCan] = useState<MoveOptions | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  const [chosen, setChosen] = useState<Choice | null>(null)
  const [end, setEnd] = useState('')
  const [words, setWords] = useState('')
  const [busy, setBusy] = useState(false)
  const [once] = useState(newID)
  const resident = stop?.resident ?? ''
  const [visitor, date] = [list?.visitor ?? '', list?.date ?? '']
  useEffect(() => {
    if (resident) moveOptions(visitor, date, resident).then(setCan, setFailed)
  }, [resident, visitor, date])
  if (!list || !stop) return <p class="nothing">{t('today.notOnList')}</p>
  const done = async (what: () => Promise<unknown>) => {
    if (busy) return
    setBusy(true)
    setFailed(null)
    try {
      await what()
      await round.changed()
      show({ at: 'list' }, true)
    } catch (e) {
      setFailed(e)
    } finally {
      setBusy(false)
    }
  }
  const send = (why: string) => chosen && done(() => moveVisit({ id: once, ...chosen, visitor, date, resident, why }))
  const nothing = can && can.days.length === 0 && can.colleagues.length === 0 && !can.ladder
  return (
    <article class="door" data-testid="move">
      <h1>{nameOf(stop)}</h1>
      {failed !== null && (
        <p class="bar-note bad" role="alert" data-testid="move-failed">
          {failed instanceof ApiError && failed.status > 0 ? t('today.moveFailed', { why: failed.message }) : t('today.moveOffline')}
        </p>
      )}
      {!can && failed === null && (
        <p class="hint" role="status">
          {t('app.loading')}
        </p>
      )}
      {can && chosen && (
        <div class="reasons" data-testid="move-reasons">
          <h2>{t('today.whyMove')}</h2>
          {can.reasons.map((r) => (
            <button type="button" key={r.code} class="answer" disabled={busy} onClick={() => void send(r.code)} data-testid="move-reason" data-code={r.code}>
              {word(r)}
            </button>
          ))}
          <button type="button" class="quiet" onClick={() => setChosen(null)}>
            ‹ {t('today.back')}
          </button>
        </div>
      )}
      {can && !chosen && (
        <>
          {nothing && <p class="hint">{t('today.moveTwo')}</p>}
          {!nothing && (
            <section class="reasons">
              <h2>{t('today.moveTo')}</h2>
              {can.due_by && <p class="hint">{t('today.moveDue', { day: longDay(can.due_by) })}</p>}
              {can.days.length === 0 && <p class="hint">{t('today.moveNoDay')}</p>}
              {can.days.map((d) => (
                <button type="button" key={d} class="answer" onClick={() => setChosen({ kind: 'postpone', to_day: d })} data-testid="move-day" data-day={d}>
                  {longDay(d)}
                </button>
              ))}
              <h2>{t('today.handTo')}</h2>
              {can.colleagues.length === 0 && <p class="hint">{t('today.handNone')}</p>}
              {can.colleagues.map((c) => (
                <button type="button" key={c.visitor} class="answer" onClick={() => setChosen({ kind: 'hand_over', to_visitor: c.visitor })} data-testid="move-colleague" data-visitor={c.visitor}>
                  {c.name || c.visitor} {c.walk_seconds > 0 && <small>{t('today.handWay', { t: walk(c.walk_seconds) })}</small>}
                </button>
              ))}
            </section>
          )}
          {can.ladder && (
            <section class="reasons">
              <p class="hint">{t('today.passHint')}</p>
              <button type="button" class="answer" onClick={() => setChosen({ kind: 'pass_on' })} data-testid="pass-on">
                {t('today.passOn')}
              </button>
              <h2>{t('today.closeAs')}</h2>
              {ends.map((how) => (
                <button type="button" key={how} class="answer" aria-pressed={end === how} onClick={() => setEnd(how)} data-testid="close-as" data-how={how}>
                  {t(`today.close.${how}` as TextKey)}
                </button>
              ))}
              {end && (
                <>
                  <label class="found">
                    <b>{t('today.closeWords')}</b>
                    <textarea rows={2} maxLength={500} value={words} onInput={(e) => setWords(e.currentTarget.value)} data-testid="close-words" />
                  </label>
                  <button type="button" class="go" disabled={busy || !words.trim()} onClick={() => void done(() => closeLadder(can.ladder ?? '', end, words.trim()))} data-testid="close-do">
                    {t('today.closeDo')}
                  </button>
                </>
              )}
            </section>
          )}
        </>
      )}
    </article>
  )
}

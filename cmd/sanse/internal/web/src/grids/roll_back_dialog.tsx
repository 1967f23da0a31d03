import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { rollBack, type Publication, type Published } from '../api_grids.ts'
import { addDays, day, isDate, list, longDay } from '../format.ts'
import { t } from '../i18n.ts'
import { dayOf, firstDay } from './days.ts'
import { Busy, Dialog, Refusal } from './dialog.tsx'
import { PublishedReport } from './published_report.tsx'
import { freeDay, refused } from './refusal.ts'

/**
 * RollBackDialog makes the boundaries of an earlier day hold again: another
 * publication, from a day to come. What was published stays in the history.
 */
export function RollBackDialog(props: {
  district: District
  publications: Publication[]
  backTo: string
  onPublished: () => void
  onClose: () => void
}) {
  const { district, publications } = props
  const first = firstDay(district.today, publications)
  const [backTo, setBackTo] = useState(props.backTo)
  const [from, setFrom] = useState(first)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const [done, setDone] = useState<Published | null>(null)
  const taken = publications.filter((p) => p.effective > backTo && p.effective < from)
  const free = freeDay(failed)
  const change = (set: (d: string) => void) => (e: { currentTarget: HTMLInputElement }) => {
    if (!isDate(e.currentTarget.value)) return
    set(e.currentTarget.value)
    setFailed(null)
  }
  const publish = () => {
    setBusy(true)
    setFailed(null)
    rollBack(backTo, from).then(
      (p) => {
        setBusy(false)
        setDone(p)
        props.onPublished()
      },
      (e: unknown) => {
        setBusy(false)
        setFailed(e)
      },
    )
  }
  return (
    <Dialog title={t(done ? 'grids.published' : 'grids.rollBackTitle')} onClose={props.onClose} testid="roll-back-dialog">
      {(close) =>
        done ? (
          <PublishedReport published={done} district={district} onClose={close} />
        ) : (
          <>
            <p class="hint">{t('grids.rollBackNote')}</p>
            <div class="fields">
              <label class="field">
                <span>{t('grids.backTo')}</span>
                <input type="date" max={addDays(from, -1)} value={backTo} onChange={change(setBackTo)} data-testid="back-to" />
              </label>
              <label class="field">
                <span>{t('grids.effective')}</span>
                <input type="date" min={first} value={from} onChange={change(setFrom)} data-testid="back-from" />
              </label>
            </div>
            <ul class="bullets">
              <li>{t('grids.willHoldAgain', { back: longDay(backTo), day: longDay(from) })}</li>
              {taken.length > 0 && <li data-testid="taken-back">{t('grids.takenBack', { which: list(taken.map(dayOf)) })}</li>}
              <li>{t('grids.rollBackCodes')}</li>
            </ul>
            {failed !== null && (
              <Refusal>
                {refused(failed)}{' '}
                {free && (
                  <button type="button" class="link" onClick={() => (setFrom(free), setFailed(null))}>
                    {t('grids.takeDay', { day: day(free) })}
                  </button>
                )}
              </Refusal>
            )}
            {busy && <Busy>{t('grids.publishing')}</Busy>}
            <footer>
              <button type="button" class="button" disabled={busy} onClick={publish} data-testid="roll-back-yes">
                {t('grids.rollBackOn', { day: day(from) })}
              </button>
              <button type="button" class="button quiet" onClick={close}>
                {t('grids.cancel')}
              </button>
            </footer>
          </>
        )
      }
    </Dialog>
  )
}

import { useState } from 'preact/hooks'
import { ApiError } from '../api.ts'
import { endHandover, handOver, handoverKinds, handoversAt, type Handover, type HandoverKind, type Handovers } from '../api_handover.ts'
import { addDays, todayIn } from '../format.ts'
import { Dialog, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'
import { Step, useSend } from './steps.tsx'
import { bodyName, known, midnight, roleName, when, why } from './words.ts'

/** For how many days somebody is handed over unless another day is chosen, and for how many at the most. */
const usualDays = 30
const mostDays = 365

/** HandOver is the way to hand a resident to a department or to somebody for a time; the service decides whether it may be done here. */
export function HandOver({ id, zone }: { id: string; zone: string }) {
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" class="name-button" onClick={() => setOpen(true)} data-testid="hand-over">
        {t('hand.over')}
      </button>
      {open && <HandOverDialog id={id} zone={zone} onClose={() => setOpen(false)} />}
    </>
  )
}

/** toWhom writes who has a resident. */
export function toWhom(h: Pick<Handover, 'account' | 'name' | 'body'>): string {
  return h.body ? bodyName(h.body) : h.name || h.account || ''
}

function HandOverDialog({ id, zone, onClose }: { id: string; zone: string; onClose: () => void }) {
  const got = useGet<Handovers>(handoversAt(id))
  const [done, setDone] = useState('')
  const refused = got.error instanceof ApiError && got.error.status === 403
  const now = (got.data?.items ?? []).filter((h) => h.in_force)
  return (
    <Dialog title={t('hand.title', { id })} onClose={onClose} testid="hand-dialog">
      {(close) => (
        <>
          {refused ? <Refusal>{t('hand.notHere')}</Refusal> : <Status got={got} />}
          {done && (
            <p class="all-well" role="status" data-testid="hand-done">
              {done}
            </p>
          )}
          {now.length > 0 && (
            <section>
              <h3>{t('hand.now')}</h3>
              <ul class="sessions">
                {now.map((h) => (
                  <InHand
                    key={h.n}
                    id={id}
                    zone={zone}
                    handover={h}
                    onEnded={() => {
                      setDone(t('hand.ended'))
                      got.refresh()
                    }}
                  />
                ))}
              </ul>
            </section>
          )}
          {got.data && (
            <Give
              id={id}
              zone={zone}
              takers={got.data}
              onDone={() => {
                setDone(t('hand.done'))
                got.refresh()
              }}
            />
          )}
          <footer>
            <button type="button" class="button quiet" onClick={close}>
              {t('app.close')}
            </button>
          </footer>
        </>
      )}
    </Dialog>
  )
}

/** InHand is a handover that holds, and the way to end it. */
function InHand({ id, zone, handover: h, onEnded }: { id: string; zone: string; handover: Handover; onEnded: () => void }) {
  const sender = useSend()
  return (
    <li data-testid="in-hand">
      <span>
        <b>{toWhom(h)}</b> <span class="tag">{known('hand.kind', h.kind)}</span>
        <small>
          {t('hand.until', { at: when(h.to, zone) })}
          {h.given_name && ` · ${t('hand.by', { name: h.given_name })}`}
        </small>
        {h.reason && <small>{h.reason}</small>}
        {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
      </span>
      <button type="button" class="button quiet" disabled={sender.busy} onClick={() => sender.send(() => endHandover(id, h.n).then(onEnded))} data-testid="hand-end">
        {t('hand.end')}
      </button>
    </li>
  )
}

/** Give says to whom, what for, until when and why. */
function Give({ id, zone, takers, onDone }: { id: string; zone: string; takers: Handovers; onDone: () => void }) {
  const today = todayIn(zone)
  const [to, setTo] = useState('')
  const [kind, setKind] = useState<HandoverKind>('case')
  const [last, setLast] = useState(addDays(today, usualDays))
  const [reason, setReason] = useState('')
  const sender = useSend()
  const departments = takers.departments ?? []
  const people = takers.people ?? []
  if (departments.length + people.length === 0) return <p class="hint">{t('hand.nobody')}</p>
  const [what, whom] = [to.slice(0, 1), to.slice(1)]
  return (
    <Step
      title=""
      note={t('hand.note')}
      act={t('hand.over')}
      sender={sender}
      disabled={to === '' || last === '' || reason.trim() === ''}
      onSend={() =>
        handOver(id, { ...(what === 'b' ? { body: whom } : { account: whom }), kind, to: midnight(addDays(last, 1), zone), reason: reason.trim() }).then(() => {
          setTo('')
          setReason('')
          onDone()
        })
      }
      testid="hand-form"
    >
      <label class="field">
        <span>{t('hand.to')}</span>
        <select value={to} onChange={(e) => setTo(e.currentTarget.value)} data-testid="hand-to">
          <option value="">{t('hand.choose')}</option>
          {departments.length > 0 && (
            <optgroup label={t('hand.departments')}>
              {departments.map((d) => (
                <option key={d} value={`b${d}`}>
                  {bodyName(d)}
                </option>
              ))}
            </optgroup>
          )}
          {people.length > 0 && (
            <optgroup label={t('hand.people')}>
              {people.map((p) => (
                <option key={p.account} value={`a${p.account}`}>
                  {[p.name, roleName(p.role), p.area_name || p.area].filter(Boolean).join(' · ')}
                </option>
              ))}
            </optgroup>
          )}
        </select>
      </label>
      <fieldset class="choices-list">
        <legend>{t('hand.kind')}</legend>
        {handoverKinds.map((k) => (
          <label class="switch" key={k}>
            <input type="radio" name="hand-kind" checked={kind === k} onChange={() => setKind(k)} data-testid="hand-kind" data-kind={k} />
            {t(`hand.kind.${k}`)}
          </label>
        ))}
      </fieldset>
      <label class="field">
        <span>{t('hand.lastDay')}</span>
        <input type="date" value={last} min={today} max={addDays(today, mostDays - 1)} onChange={(e) => setLast(e.currentTarget.value)} data-testid="hand-last" />
      </label>
      <label class="field">
        <span>{t('trust.reason')}</span>
        <textarea rows={2} value={reason} placeholder={t('hand.reasonExample')} onInput={(e) => setReason(e.currentTarget.value)} data-testid="hand-reason" />
      </label>
    </Step>
  )
}

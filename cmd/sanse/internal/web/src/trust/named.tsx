import { useState } from 'preact/hooks'
import { ApiError } from '../api.ts'
import { breakGlass, leastReason, person, type PersonTold } from '../api_audit.ts'
import { endHandover } from '../api_handover.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { may, signedIn } from '../seat.ts'
import { HandOver } from './hand_over.tsx'
import { useSend } from './steps.tsx'
import { clock, why } from './words.ts'

/** For whom the glass is broken until when (ms), and by which handover, as far as this document knows: a reason is asked for once. */
const broken = new Map<string, { until: number; n: number }>()

/**
 * Named is an opaque id with a way to the person behind it: those who may see
 * names ask for it, one at a time, and it is written down; others break the glass
 * with a reason. Nothing of what was told stays once it is put away. Those who may
 * hand the person to somebody else.
 */
export function Named({ id, zone }: { id: string; zone: string }) {
  const [told, setTold] = useState<PersonTold | null>(null)
  const [glass, setGlass] = useState(false)
  const sender = useSend()
  if (!signedIn() || !(may('names') || may('break_glass'))) return <span class="code">{id}</span>
  const ask = () =>
    sender.send(() =>
      person(id).then(setTold, (e: unknown) => {
        if (e instanceof ApiError && e.status === 403 && may('break_glass')) setGlass(true)
        else throw e
      }),
    )
  const glassed = broken.get(id)
  const shut = (n: number) =>
    sender.send(() =>
      endHandover(id, n).then(() => {
        broken.delete(id)
        setTold(null)
      }),
    )
  return (
    <span class="named" data-testid="named" data-resident={id}>
      <span class="code">{id}</span>{' '}
      {told ? (
        <>
          <Told person={told} />
          <button type="button" class="link" onClick={() => setTold(null)} data-testid="name-away">
            {t('trust.nameAway')}
          </button>
          {glassed && glassed.until > Date.now() && ' '}
          {glassed && glassed.until > Date.now() && (
            <button type="button" class="link" disabled={sender.busy} onClick={() => shut(glassed.n)} data-testid="glass-close">
              {t('hand.closeGlass')}
            </button>
          )}
        </>
      ) : (
        <button type="button" class="name-button" disabled={sender.busy} title={t('trust.nameNote')} onClick={may('names') || (glassed?.until ?? 0) > Date.now() ? ask : () => setGlass(true)} data-testid="name">
          {t('trust.nameAsk')}
        </button>
      )}
      {may('hand_over') && ' '}
      {may('hand_over') && <HandOver id={id} zone={zone} />}
      {sender.busy && <span class="spinner" role="status" aria-label={t('app.loading')} />}
      {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
      {glass && (
        <GlassDialog
          id={id}
          zone={zone}
          onTold={(p) => {
            setTold(p)
            setGlass(false)
          }}
          onClose={() => setGlass(false)}
        />
      )}
    </span>
  )
}

function Told({ person: p }: { person: PersonTold }) {
  return (
    <span class="told-person" data-testid="person-told">
      <b>{p.name}</b>
      {p.phone && <a href={`tel:${p.phone.replace(/[^+\d]/g, '')}`}>{p.phone}</a>}
      {p.address && <span>{p.address}</span>}
      {p.id_number_last4 && <span>{t('trust.last4', { n: p.id_number_last4 })}</span>}
      {p.note && <span>{p.note}</span>}
      <small>{t('trust.nameAudited')}</small>
    </span>
  )
}

/** GlassDialog asks for a reason, and says what breaking the glass means before it is done. */
function GlassDialog({ id, zone, onTold, onClose }: { id: string; zone: string; onTold: (p: PersonTold) => void; onClose: () => void }) {
  const [reason, setReason] = useState('')
  const [opened, setOpened] = useState<{ until: string; n: number } | null>(null)
  const until = opened?.until ?? ''
  const sender = useSend()
  const left = leastReason - [...reason.trim()].length
  const send = () =>
    // Opened once, a second try after a broken connection only reads.
    (opened ? Promise.resolve(opened) : breakGlass(id, reason.trim())).then((b) => {
      setOpened(b)
      broken.set(id, { until: Date.parse(b.until), n: b.n })
      return person(id).then(onTold)
    })
  return (
    <Dialog title={t('trust.glassTitle')} onClose={onClose} testid="glass-dialog">
      {(close) => (
        <form
          onSubmit={(e) => {
            e.preventDefault()
            sender.send(send)
          }}
        >
          <p>{t('trust.glassNote', { id })}</p>
          <ul class="bullets">
            <li>{t('trust.glassAudited')}</li>
            <li>{t('trust.glassEnds')}</li>
            <li>{t('trust.glassOnly')}</li>
          </ul>
          <label class="field">
            <span>{t('trust.glassReason')}</span>
            <textarea rows={3} value={reason} onInput={(e) => setReason(e.currentTarget.value)} placeholder={t('trust.glassExample')} data-testid="glass-reason" />
          </label>
          <p class="hint" role="status">
            {until ? t('trust.glassUntil', { at: clock(until, zone)?.time ?? until }) : left > 0 ? t('trust.glassLeft', { n: left }) : ''}
          </p>
          {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
          {sender.busy && <Busy>{t('trust.sending')}</Busy>}
          <footer>
            <button type="submit" class="button danger" disabled={left > 0 || sender.busy} data-testid="glass-go">
              {t('trust.glassBreak')}
            </button>
            <button type="button" class="button quiet" onClick={close}>
              {t('grids.cancel')}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}

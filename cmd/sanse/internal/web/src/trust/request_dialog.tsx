import { useState } from 'preact/hooks'
import { askFor, correctable, decide, requestKinds, type PrivacyRequest, type RequestKind } from '../api_privacy.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Step, useSend } from './steps.tsx'
import { known, when } from './words.ts'

/** AskDialog raises what a resident asks: to be erased, corrected, left alone, or to see what is kept. */
export function AskDialog({ onAsked, onClose }: { onAsked: () => void; onClose: () => void }) {
  const [resident, setResident] = useState('')
  const [kind, setKind] = useState<RequestKind>('access')
  const [reason, setReason] = useState('')
  const [fields, setFields] = useState<Readonly<Record<string, string>>>({})
  const sender = useSend()
  const given = Object.fromEntries(Object.entries(fields).filter(([, v]) => v.trim() !== ''))
  const lacks = resident.trim() === '' || reason.trim() === '' || (kind === 'correction' && Object.keys(given).length === 0)
  return (
    <Dialog title={t('priv.ask')} onClose={onClose} testid="ask-dialog">
      {(close) => (
        <Step
          title=""
          note={t(`priv.requestNote.${kind}`)}
          act={t('priv.send')}
          sender={sender}
          disabled={lacks}
          onSend={() =>
            askFor(resident.trim(), { kind, reason: reason.trim(), ...(kind === 'correction' ? { fields: given } : {}) }).then(() => {
              onAsked()
              close()
            })
          }
          testid="ask"
        >
          <label class="field">
            <span>{t('priv.what')}</span>
            <select value={kind} onChange={(e) => setKind(e.currentTarget.value as RequestKind)} data-testid="ask-kind">
              {requestKinds.map((k) => (
                <option key={k} value={k}>
                  {t(`priv.request.${k}`)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t('priv.resident')}</span>
            <input value={resident} onInput={(e) => setResident(e.currentTarget.value)} autocomplete="off" spellcheck={false} required data-testid="ask-resident" />
          </label>
          {kind === 'correction' &&
            correctable.map((f) => (
              <label class="field" key={f}>
                <span>{t(`priv.field.${f}`)}</span>
                <input value={fields[f] ?? ''} onInput={(e) => setFields({ ...fields, [f]: e.currentTarget.value })} autocomplete="off" data-testid="ask-field" data-field={f} />
              </label>
            ))}
          <label class="field">
            <span>{t('trust.reason')}</span>
            <textarea rows={2} value={reason} onInput={(e) => setReason(e.currentTarget.value)} data-testid="ask-reason" />
          </label>
        </Step>
      )}
    </Dialog>
  )
}

/** DecideDialog accepts or refuses a request, with a reason; it says what follows. */
export function DecideDialog({ request: r, zone, onDecided, onClose }: { request: PrivacyRequest; zone: string; onDecided: () => void; onClose: () => void }) {
  const [decision, setDecision] = useState<'accept' | 'refuse' | ''>('')
  const [reason, setReason] = useState('')
  const sender = useSend()
  return (
    <Dialog title={`${known('priv.request', r.kind)} · ${r.resident}`} onClose={onClose} testid="decide-dialog">
      {(close) => (
        <Step
          title=""
          note={t('priv.asked', { at: when(r.asked_at, zone) })}
          act={t('priv.decide')}
          sender={sender}
          disabled={decision === '' || reason.trim() === ''}
          onSend={() =>
            decide(r.id, decision === 'accept' ? 'accept' : 'refuse', reason.trim()).then(() => {
              onDecided()
              close()
            })
          }
          testid="decide-form"
        >
          {r.reason && <p>{r.reason}</p>}
          <fieldset class="choices-list">
            <legend>{t('priv.decision')}</legend>
            {(['accept', 'refuse'] as const).map((d) => (
              <label class="switch" key={d}>
                <input type="radio" name="decision" checked={decision === d} onChange={() => setDecision(d)} data-testid="decision" data-decision={d} />
                {t(`priv.${d}`)}
              </label>
            ))}
          </fieldset>
          {decision === 'accept' && <p class="hint bad">{known('priv.follows', r.kind)}</p>}
          <label class="field">
            <span>{t('trust.reason')}</span>
            <textarea rows={2} value={reason} onInput={(e) => setReason(e.currentTarget.value)} data-testid="decision-reason" />
          </label>
        </Step>
      )}
    </Dialog>
  )
}

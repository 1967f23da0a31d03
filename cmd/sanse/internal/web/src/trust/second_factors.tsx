import { useState } from 'preact/hooks'
import { askFactor, dropFactor, factorsAt, type Factor, type Factors } from '../api_accounts.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'
import { Step, useSend } from './steps.tsx'
import { roleName } from './words.ts'

/** SecondFactors is which roles must have a second factor (第二因素), for administrators to set: more than the program asks, never fewer. */
export function SecondFactors() {
  const got = useGet<Factors>(factorsAt())
  const [open, setOpen] = useState<string | null>(null)
  const items = got.data?.items ?? []
  const chosen = items.find((f) => f.role === open)
  return (
    <section data-testid="factors">
      <h2>{t('trust.factors')}</h2>
      <p class="hint">{t('trust.factorsNote')}</p>
      <Status got={got} />
      {items.length > 0 && (
        <table class="audit-table">
          <thead>
            <tr>
              {(['trust.role', 'trust.factor', 'priv.basis'] as const).map((c) => (
                <th scope="col" key={c}>
                  {t(c)}
                </th>
              ))}
              <th scope="col">
                <span class="unseen">{t('trust.change')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {items.map((f) => (
              <tr key={f.role} data-testid="factor" data-role={f.role} data-asked={f.always || f.asked}>
                <td data-label={t('trust.role')}>{roleName(f.role)}</td>
                <td data-label={t('trust.factor')}>{t(f.always ? 'trust.factorAlways' : f.asked ? 'trust.factorAsked' : 'trust.factorFree')}</td>
                <td data-label={t('priv.basis')}>{f.basis}</td>
                <td>
                  {!f.always && (
                    <button type="button" class="button quiet" onClick={() => setOpen(f.role)} data-testid="factor-open">
                      {t('trust.change')}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {chosen && <FactorDialog factor={chosen} onSet={got.refresh} onClose={() => setOpen(null)} />}
    </section>
  )
}

function FactorDialog({ factor: f, onSet, onClose }: { factor: Factor; onSet: () => void; onClose: () => void }) {
  const [basis, setBasis] = useState(f.basis)
  const sender = useSend()
  const done = (close: () => void) => () => {
    onSet()
    close()
  }
  return (
    <Dialog title={roleName(f.role)} onClose={onClose} testid="factor-dialog">
      {(close) => (
        <Step
          title=""
          note={t('trust.factorChange')}
          act={t(f.asked ? 'trust.save' : 'trust.factorAsk')}
          sender={sender}
          disabled={basis.trim() === ''}
          onSend={() => askFactor(f.role, basis.trim()).then(done(close))}
          below={
            f.asked && (
              <button type="button" class="button quiet" disabled={sender.busy} onClick={() => sender.send(() => dropFactor(f.role).then(done(close)))} data-testid="factor-drop">
                {t('trust.factorDrop')}
              </button>
            )
          }
          testid="factor-form"
        >
          <label class="field">
            <span>{t('priv.basis')}</span>
            <input value={basis} maxLength={500} onInput={(e) => setBasis(e.currentTarget.value)} data-testid="factor-basis" />
          </label>
        </Step>
      )}
    </Dialog>
  )
}

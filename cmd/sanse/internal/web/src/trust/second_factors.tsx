import { useState } from 'preact/hooks'
import { askFactor, dropFactor, factorsAt, type Factor, type Factors } from '../api_accounts.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'
import { SettingsTable } from './settings_table.tsx'
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
      <SettingsTable
        columns={['trust.role', 'trust.factor', 'priv.basis']}
        rows={items.map((f) => ({
          id: f.role,
          cells: [roleName(f.role), t(f.always ? 'trust.factorAlways' : f.asked ? 'trust.factorAsked' : 'trust.factorFree'), f.basis],
          fixed: f.always,
          marks: { 'data-role': f.role, 'data-asked': f.always || f.asked },
        }))}
        testid="factor"
        onOpen={setOpen}
      />
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

import { useState } from 'preact/hooks'
import { keep, type Retention } from '../api_privacy.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Step, useSend } from './steps.tsx'
import { known } from './words.ts'

/** RetentionDialog says how long a kind of record is kept; what is older goes with the next run, for good. */
export function RetentionDialog({ retention: r, onKept, onClose }: { retention: Retention; onKept: () => void; onClose: () => void }) {
  const [days, setDays] = useState(String(r.keep_days))
  const [basis, setBasis] = useState(r.basis)
  const sender = useSend()
  const n = /^\d+$/.test(days) ? Number(days) : NaN
  const short = Number.isNaN(n) || n < Math.max(1, r.least)
  return (
    <Dialog title={known('priv.of', r.kind)} onClose={onClose} testid="retention-dialog">
      {(close) => (
        <Step
          title=""
          note={t('priv.retentionChange')}
          act={t('trust.save')}
          sender={sender}
          disabled={short || basis.trim() === ''}
          onSend={() =>
            keep(r.kind, n, basis.trim()).then(() => {
              onKept()
              close()
            })
          }
          testid="retention-form"
        >
          <label class="field">
            <span>{t('priv.keepDays')}</span>
            <input inputMode="numeric" value={days} onInput={(e) => setDays(e.currentTarget.value)} data-testid="keep-days" />
          </label>
          {r.least > 0 && <p class={short ? 'hint bad' : 'hint'}>{t('priv.least', { n: r.least })}</p>}
          <label class="field">
            <span>{t('priv.basis')}</span>
            <input value={basis} onInput={(e) => setBasis(e.currentTarget.value)} data-testid="keep-basis" />
          </label>
        </Step>
      )}
    </Dialog>
  )
}

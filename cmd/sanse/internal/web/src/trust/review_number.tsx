import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { putReview } from '../api_export.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Step, useSend } from './steps.tsx'

const longest = 60

/** ReviewNumber is the number under which the district's maps were reviewed (审图号), for administrators to set. */
export function ReviewNumber({ district }: { district: District }) {
  const [held, setHeld] = useState(district.review_number ?? '')
  const [open, setOpen] = useState(false)
  return (
    <section data-testid="review">
      <h2>{t('trust.review')}</h2>
      <p class="hint">{t('trust.reviewNote')}</p>
      <p class="acts">
        <b data-testid="review-held">{held || t('trust.reviewNone')}</b>
        <button type="button" class="button quiet" onClick={() => setOpen(true)} data-testid="review-open">
          {t('trust.reviewChange')}
        </button>
      </p>
      {open && <ReviewDialog held={held} onHeld={setHeld} onClose={() => setOpen(false)} />}
    </section>
  )
}

function ReviewDialog({ held, onHeld, onClose }: { held: string; onHeld: (number: string) => void; onClose: () => void }) {
  const [typed, setTyped] = useState(held)
  const sender = useSend()
  return (
    <Dialog title={t('trust.review')} onClose={onClose} testid="review-dialog">
      {(close) => (
        <Step
          title=""
          note={t('trust.reviewExample')}
          act={t('trust.save')}
          sender={sender}
          disabled={typed.trim().length > longest}
          onSend={() =>
            putReview(typed.trim()).then((r) => {
              onHeld(r.review_number)
              close()
            })
          }
          testid="review-form"
        >
          <label class="field">
            <span>{t('trust.review')}</span>
            <input value={typed} maxLength={longest} autocomplete="off" onInput={(e) => setTyped(e.currentTarget.value)} data-testid="review-typed" />
          </label>
        </Step>
      )}
    </Dialog>
  )
}

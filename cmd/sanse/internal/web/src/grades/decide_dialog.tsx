import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { decideGrade, type GradeRules, type GradeSuggestion } from '../api_grades.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { gradeName } from '../parts/marks.tsx'
import { Step, useSend } from '../trust/steps.tsx'
import { reasonWords } from './words.ts'

/** DecideDialog decides on a grade: as suggested, another, or the present one; without a suggestion for whoever is named. */
export function DecideDialog(props: { district: District; rules: GradeRules | undefined; suggestion: GradeSuggestion | null; onDone: () => void; onClose: () => void }) {
  const { district, rules, suggestion: s } = props
  const [resident, setResident] = useState(s?.resident ?? '')
  const [grade, setGrade] = useState(s?.grade ?? '')
  const [reason, setReason] = useState('')
  const sender = useSend()
  const free = s !== null && grade === s.grade && !s.lower
  const keys = rules?.grades ?? district.grades.map((g) => g.key)
  return (
    <Dialog title={s ? t('grad.title', { id: s.resident }) : t('grad.titleAny')} onClose={props.onClose} testid="grade-dialog">
      {(close) => (
        <Step
          title=""
          note={s ? (s.reasons ?? []).map((r) => reasonWords(rules, r)).join(' · ') : t('grad.note')}
          act={t('grad.decide')}
          sender={sender}
          disabled={resident.trim() === '' || grade === '' || (!free && reason.trim() === '')}
          onSend={() =>
            decideGrade({ resident: resident.trim(), grade, ...(s ? { suggestion: s.id } : {}), ...(reason.trim() ? { reason: reason.trim() } : {}) }).then(() => {
              props.onDone()
              close()
            })
          }
          testid="grade-form"
        >
          {!s && (
            <label class="field">
              <span>{t('grad.resident')}</span>
              <input value={resident} onInput={(e) => setResident(e.currentTarget.value)} autocomplete="off" spellcheck={false} required data-testid="grade-resident" />
            </label>
          )}
          <fieldset class="choices-list">
            <legend>{t('grad.grade')}</legend>
            {keys.map((g) => (
              <label class="switch" key={g}>
                <input type="radio" name="grade" checked={grade === g} onChange={() => setGrade(g)} data-testid="grade-choice" data-grade={g} />
                {gradeName(district.grades, g)}
                {s && g === s.grade && <small>{t('grad.asSuggested')}</small>}
                {s && g === s.was && <small>{t('grad.keep')}</small>}
              </label>
            ))}
          </fieldset>
          <label class="field">
            <span>{t(free ? 'grad.reasonFree' : 'grad.reason')}</span>
            <textarea rows={2} maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} data-testid="grade-reason" />
          </label>
          {s && <p class="hint">{t('grad.note')}</p>}
        </Step>
      )}
    </Dialog>
  )
}

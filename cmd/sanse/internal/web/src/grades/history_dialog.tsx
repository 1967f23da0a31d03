import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { answerAppeal, appeal, dropFact, gradesAt, noteFact, type GradeAppeal, type GradeHistory, type GradeRules } from '../api_grades.ts'
import { day } from '../format.ts'
import { Dialog, Refusal } from '../grids/dialog.tsx'
import { lang, t } from '../i18n.ts'
import { GradeMark } from '../parts/marks.tsx'
import { Status } from '../parts/status.tsx'
import { Step, useSend } from '../trust/steps.tsx'
import { known, when, why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import { Change } from './changes.tsx'
import { wordOf } from './words.ts'

/** HistoryDialog is what became of the grade of one resident, what is known, and what was said against it. */
export function HistoryDialog(props: { district: District; rules: GradeRules | undefined; resident: string; today: string; onChange: () => void; onClose: () => void }) {
  const { district, rules, resident } = props
  const got = useGet<GradeHistory>(gradesAt.history(resident))
  const h = got.data
  const again = () => {
    got.refresh()
    props.onChange()
  }
  return (
    <Dialog title={t('grad.historyOf', { id: resident })} onClose={props.onClose} testid="grade-history">
      {() => (
        <div class="grade-history">
          <Status got={got} />
          {h && (
            <>
              <p>
                {t('grad.now')} <GradeMark grade={h.grade} grades={district.grades} />
              </p>
              <h3>{t('grad.changes')}</h3>
              {(h.changes ?? []).length === 0 && <p class="hint">{t('grad.noChanges')}</p>}
              <ul class="sessions">
                {(h.changes ?? []).map((c) => (
                  <li key={c.n} data-testid="grade-step">
                    <Change change={c} district={district} />
                  </li>
                ))}
              </ul>
              <Facts history={h} rules={rules} today={props.today} onChange={again} />
              <Appeals history={h} district={district} onChange={again} />
            </>
          )}
        </div>
      )}
    </Dialog>
  )
}

/** Facts are what somebody wrote down of the resident. */
function Facts({ history, rules, today, onChange }: { history: GradeHistory; rules: GradeRules | undefined; today: string; onChange: () => void }) {
  const notes = rules?.notes ?? []
  const [code, setCode] = useState(notes[0]?.code ?? '')
  const [on, setOn] = useState(today)
  const sender = useSend()
  const facts = history.facts ?? []
  return (
    <>
      <h3>{t('grad.facts')}</h3>
      {facts.length === 0 && <p class="hint">{t('grad.noFacts')}</p>}
      <ul class="sessions">
        {facts.map((f) => (
          <li key={f.code} data-testid="grade-fact" data-code={f.code}>
            <div>
              {wordOf(notes, f.code)} <small>{day(f.day)}</small>
            </div>
            <button type="button" class="button quiet" disabled={sender.busy} onClick={() => sender.send(() => dropFact(history.resident, f.code).then(onChange))}>
              {t('grad.drop')}
            </button>
          </li>
        ))}
      </ul>
      {notes.length > 0 && (
        <form
          class="grade-line"
          onSubmit={(e) => {
            e.preventDefault()
            sender.send(() => noteFact(history.resident, code, on).then(onChange))
          }}
        >
          <select aria-label={t('grad.fact')} value={code} onChange={(e) => setCode(e.currentTarget.value)} data-testid="fact-code">
            {notes.map((n) => (
              <option key={n.code} value={n.code}>
                {n[lang.value]}
              </option>
            ))}
          </select>
          <input type="date" aria-label={t('grad.day')} value={on} max={today} required onInput={(e) => setOn(e.currentTarget.value)} data-testid="fact-day" />
          <button type="submit" class="button" disabled={sender.busy} data-testid="fact-go">
            {t('grad.addFact')}
          </button>
        </form>
      )}
      {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
    </>
  )
}

const people = ['resident', 'family', 'other'] as const

/** Appeals are what was said against the grade, with the answers. */
function Appeals({ history, district, onChange }: { history: GradeHistory; district: District; onChange: () => void }) {
  const [who, setWho] = useState<string>('resident')
  const [said, setSaid] = useState('')
  const sender = useSend()
  const list = history.appeals ?? []
  return (
    <>
      <h3>{t('grad.appeals')}</h3>
      {list.length === 0 && <p class="hint">{t('grad.noAppeals')}</p>}
      <ul class="sessions">
        {list.map((a) => (
          <li key={a.n} data-testid="grade-appeal">
            <div>
              <p>{a.said}</p>
              <small>{[known('grad.who', a.who), when(a.at, district.time_zone)].join(' · ')}</small>
              {a.outcome ? (
                <small>{[known('grad.outcome', a.outcome), a.answer].filter(Boolean).join(' · ')}</small>
              ) : (
                <Answer resident={history.resident} appeal={a} onChange={onChange} />
              )}
            </div>
          </li>
        ))}
      </ul>
      <Step
        title=""
        act={t('grad.addAppeal')}
        sender={sender}
        disabled={said.trim() === ''}
        onSend={() =>
          appeal(history.resident, who, said.trim()).then(() => {
            setSaid('')
            onChange()
          })
        }
        testid="appeal-form"
      >
        <label class="field">
          <span>{t('grad.who')}</span>
          <select value={who} onChange={(e) => setWho(e.currentTarget.value)} data-testid="appeal-who">
            {people.map((p) => (
              <option key={p} value={p}>
                {t(`grad.who.${p}`)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>{t('grad.said')}</span>
          <textarea rows={2} maxLength={500} value={said} onInput={(e) => setSaid(e.currentTarget.value)} data-testid="appeal-said" />
        </label>
      </Step>
    </>
  )
}

/** Answer answers an appeal. */
function Answer({ resident, appeal: a, onChange }: { resident: string; appeal: GradeAppeal; onChange: () => void }) {
  const [text, setText] = useState('')
  const sender = useSend()
  const answer = (outcome: string) => sender.send(() => answerAppeal(resident, a.n, outcome, text.trim()).then(onChange))
  const lacks = sender.busy || text.trim() === ''
  return (
    <div class="grade-answer">
      <label class="field">
        <span>{t('grad.answer')}</span>
        <textarea rows={2} maxLength={500} value={text} onInput={(e) => setText(e.currentTarget.value)} data-testid="answer-text" />
      </label>
      <p class="acts">
        <button type="button" class="button quiet" disabled={lacks} onClick={() => answer('stays')} data-testid="answer-stays">
          {t('grad.outcome.stays')}
        </button>
        <button type="button" class="button quiet" disabled={lacks} onClick={() => answer('changed')} data-testid="answer-changed">
          {t('grad.outcome.changed')}
        </button>
      </p>
      {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
    </div>
  )
}

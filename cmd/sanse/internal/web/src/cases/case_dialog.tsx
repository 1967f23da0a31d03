import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { caseAt, levels, passCase, stages, stepCase, type Case, type CaseFile, type CaseLevel, type CaseStep, type Stage } from '../api_cases.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { Named } from '../trust/named.tsx'
import { useSend } from '../trust/steps.tsx'
import { bodies, bodyName, known, when, why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import { Clock } from './clock.tsx'
import { HelpersOf } from './helpers.tsx'
import { Stages } from './stages.tsx'
import { whereOf } from './where.ts'

/** CaseDialog is one case: where it stands, who is near, what became of it, and how it goes on. */
export function CaseDialog({ id, district, now, onMoved, onClose }: { id: string; district: District; now: number; onMoved: () => void; onClose: () => void }) {
  const got = useGet<CaseFile>(caseAt(id))
  const [done, setDone] = useState(0)
  const c = got.data?.case
  const moved = () => {
    setDone(done + 1)
    got.refresh()
    onMoved()
  }
  return (
    <Dialog title={c ? t('case.of', { kind: known('case.kind', c.kind) }) : t('page.cases')} onClose={onClose} testid="case-dialog">
      {() => (
        <div class="case-file">
          <Status got={got} />
          {got.data && c && (
            <>
              <Head of={c} district={district} now={now} />
              {c.kind === 'emergency' && c.stage !== 'closed' && <HelpersOf id={c.id} district={district} />}
              {done > 0 && (
                <p class="all-well" role="status" data-testid="case-done">
                  {t('case.done')}
                </p>
              )}
              {c.stage !== 'closed' && <GoOn key={`${c.stage}${c.level}${c.body ?? ''}${done}`} of={c} onMoved={moved} />}
              <History steps={got.data.steps} zone={district.time_zone} />
            </>
          )}
        </div>
      )}
    </Dialog>
  )
}

function Head({ of: c, district, now }: { of: Case; district: District; now: number }) {
  const zone = district.time_zone
  return (
    <section class="case-head">
      <p class="tags">
        <span class="tag kind">{known('case.source', c.source)}</span>
        <span class="tag kind">{c.body ? `${known('case.level', c.level)} · ${bodyName(c.body)}` : known('case.level', c.level)}</span>
      </p>
      <Stages at={c.stage} />
      {c.closed ? (
        <p>{t('case.closedAt', { at: when(c.closed, zone) })}</p>
      ) : (
        <p class="deadline">
          {t(c.stage === 'call' ? 'case.toAnswer' : 'case.toSolve')} <Clock deadline={c.deadline} now={now} /> <small>{t('case.by', { at: when(c.deadline, zone) })}</small>
        </p>
      )}
      <dl class="figures">
        <div>
          <dt>{t('case.place')}</dt>
          <dd>
            {whereOf(c.where ?? [])} <span class="code">{c.area}</span>
          </dd>
        </div>
        {c.resident && (
          <div>
            <dt>{t('case.whom')}</dt>
            <dd>
              <Named id={c.resident} zone={zone} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  )
}

/** GoOn takes the case a stage further with words, or gives it to others. */
function GoOn({ of: c, onMoved }: { of: Case; onMoved: () => void }) {
  const at = stages.indexOf(c.stage)
  const [passing, setPassing] = useState(false)
  const [stage, setStage] = useState<Stage>(stages[at + 1] ?? c.stage)
  const [to, setTo] = useState<CaseLevel | ''>('')
  const [body, setBody] = useState('')
  const [text, setText] = useState('')
  const sender = useSend()
  const send = () =>
    passing && to ? passCase(c.id, to, to === 'departments' ? body : '', text.trim()).then(onMoved) : stepCase(c.id, stage, text.trim()).then(onMoved)
  const wanting = passing ? to === '' || (to === 'departments' && body === '') : stage === c.stage && text.trim() === ''
  return (
    <form
      class="case-on"
      onSubmit={(e) => {
        e.preventDefault()
        sender.send(send)
      }}
    >
      <div class="segments" role="group" aria-label={t('case.go')}>
        <button type="button" aria-pressed={!passing} onClick={() => setPassing(false)} data-testid="case-step">
          {t('case.go')}
        </button>
        <button type="button" aria-pressed={passing} onClick={() => setPassing(true)} data-testid="case-pass">
          {t('case.pass')}
        </button>
      </div>
      {passing ? (
        <div class="fields">
          <label class="field">
            <span>{t('case.passTo')}</span>
            <select value={to} onChange={(e) => setTo(e.currentTarget.value as CaseLevel | '')} data-testid="case-to">
              <option value="">{t('case.choose')}</option>
              {levels
                .filter((l) => l !== c.level || l === 'departments')
                .map((l) => (
                  <option key={l} value={l}>
                    {t(`case.level.${l}`)}
                  </option>
                ))}
            </select>
          </label>
          {to === 'departments' && (
            <label class="field">
              <span>{t('case.body')}</span>
              <select value={body} onChange={(e) => setBody(e.currentTarget.value)} data-testid="case-body">
                <option value="">{t('case.choose')}</option>
                {bodies.filter((b) => c.level !== 'departments' || b !== c.body).map((b) => (
                  <option key={b} value={b}>
                    {bodyName(b)}
                  </option>
                ))}
              </select>
            </label>
          )}
          {to === 'departments' && c.resident && <p class="hint">{t('case.passNote')}</p>}
        </div>
      ) : (
        <label class="field">
          <span>{t('case.goTo')}</span>
          <select value={stage} onChange={(e) => setStage(e.currentTarget.value as Stage)} data-testid="case-stage">
            {stages.slice(at).map((s) => (
              <option key={s} value={s}>
                {s === c.stage ? t('case.stay', { stage: t(`case.stage.${s}`) }) : t(`case.stage.${s}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      <label class="field">
        <span>{t('case.words')}</span>
        <textarea rows={3} maxLength={2000} value={text} onInput={(e) => setText(e.currentTarget.value)} data-testid="case-text" />
      </label>
      <p class="hint">{t('case.wordsNote')}</p>
      {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
      {sender.busy && <Busy>{t('trust.sending')}</Busy>}
      <button type="submit" class="button" disabled={sender.busy || wanting} data-testid="case-send">
        {t('case.send')}
      </button>
    </form>
  )
}

/** History is what became of a case, the latest first. */
function History({ steps, zone }: { steps: readonly CaseStep[]; zone: string }) {
  const told = steps.map((s, i) => {
    const before = steps[i - 1]
    const passed = before && (before.level !== s.level || before.body !== s.body)
    return { s, what: passed ? t('case.passedTo', { level: s.body ? bodyName(s.body) : known('case.level', s.level) }) : known('case.stage', s.stage) }
  })
  return (
    <section class="case-history">
      <h3>{t('case.history')}</h3>
      <ol>
        {told.reverse().map(({ s, what }) => (
          <li key={s.n} data-testid="case-step-done" data-stage={s.stage}>
            <b>{what}</b> <small>{[when(s.at, zone), s.by ? '' : t('case.program')].filter(Boolean).join(' · ')}</small>
            {s.text && <p>{s.text}</p>}
          </li>
        ))}
      </ol>
    </section>
  )
}

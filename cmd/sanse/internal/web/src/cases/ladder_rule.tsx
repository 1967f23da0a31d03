import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { putRule, rulesAt, type Rule, type Rules } from '../api_cases.ts'
import { addDays, longDay } from '../format.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { t, term } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useSend } from '../trust/steps.tsx'
import { why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'

/** tiers are those that a ladder can climb, in their order. */
const tiers = ['micro-grid', 'grid', 'master-grid', 'task-force'] as const

/** LadderRule is who covers a visit that is not made: what holds, what is to come, and a form for who plans. */
export function LadderRule({ district, sets }: { district: District; sets: boolean }) {
  const got = useGet<Rules>(rulesAt())
  const [setting, setSetting] = useState(false)
  const [saved, setSaved] = useState('')
  const rules = got.data?.items ?? []
  const holds = [...rules].reverse().find((r) => r.from <= district.today)
  const shown = [...(holds ? [holds] : []), ...rules.filter((r) => r.from > district.today)]
  return (
    <section class="ladder-rule" data-testid="ladder-rule" data-from={holds?.from}>
      <header>
        <div>
          <h2>{t('rule.title')}</h2>
          <p class="hint">{t('rule.note')}</p>
        </div>
        {sets && got.data && (
          <button type="button" class="button quiet" onClick={() => setSetting(true)} data-testid="rule-set">
            {t('rule.set')}
          </button>
        )}
      </header>
      <Status got={got} />
      {saved && (
        <p class="all-well" role="status" data-testid="rule-saved">
          {t('rule.saved', { day: longDay(saved) })}
        </p>
      )}
      {got.data && !holds && <p>{t('rule.none')}</p>}
      {shown.map((r) => (
        <div key={r.from} class="rule" data-testid="rule" data-from={r.from}>
          <h3>{t(r.from <= district.today ? 'rule.holds' : 'rule.comes', { day: longDay(r.from) })}</h3>
          <ol>
            <li>{t('rule.remind', { at: r.remind })}</li>
            {r.steps.map((s) => (
              <li key={s.at}>{t('rule.step', { at: s.at, deadline: s.deadline, tier: term(district.tiers, s.tier) })}</li>
            ))}
            <li>{t('rule.lapse')}</li>
          </ol>
        </div>
      ))}
      {setting && got.data && (
        <RuleDialog
          district={district}
          begin={{ ...(holds ?? got.data.reference), from: holds ? addDays(district.today, 1) : district.today }}
          reference={got.data.reference}
          onSaved={(from) => {
            setSaved(from)
            setSetting(false)
            got.refresh()
          }}
          onClose={() => setSetting(false)}
        />
      )}
    </section>
  )
}

function RuleDialog({ district, begin, reference, onSaved, onClose }: { district: District; begin: Rule; reference: Rule; onSaved: (from: string) => void; onClose: () => void }) {
  const [rule, setRule] = useState<Rule>(begin)
  const sender = useSend()
  const change = (i: number, patch: Partial<Rule['steps'][number]>) => setRule({ ...rule, steps: rule.steps.map((s, k) => (k === i ? { ...s, ...patch } : s)) })
  const last = rule.steps.at(-1)
  const add = () => {
    const next = tiers[tiers.indexOf((last?.tier ?? 'micro-grid') as (typeof tiers)[number]) + 1] ?? 'task-force'
    setRule({ ...rule, steps: [...rule.steps, { tier: next, at: last?.deadline ?? '14:00', deadline: '22:00' }] })
  }
  return (
    <Dialog title={t('rule.set')} onClose={onClose} testid="rule-dialog">
      {(close) => (
        <form
          class="case-on"
          onSubmit={(e) => {
            e.preventDefault()
            sender.send(() => putRule(rule).then(() => onSaved(rule.from)))
          }}
        >
          <div class="fields">
            <label class="field">
              <span>{t('rule.from')}</span>
              <input type="date" required min={begin.from} value={rule.from} onInput={(e) => setRule({ ...rule, from: e.currentTarget.value })} data-testid="rule-from" />
            </label>
            <label class="field">
              <span>{t('rule.remindAt')}</span>
              <input type="time" required value={rule.remind} onInput={(e) => setRule({ ...rule, remind: e.currentTarget.value })} data-testid="rule-remind" />
            </label>
          </div>
          {rule.steps.map((s, i) => (
            <div class="fields" key={i} data-testid="rule-step">
              <label class="field">
                <span>{t('rule.tier', { n: i + 1 })}</span>
                <select value={s.tier} onChange={(e) => change(i, { tier: e.currentTarget.value })}>
                  {tiers.map((x) => (
                    <option key={x} value={x}>
                      {term(district.tiers, x)}
                    </option>
                  ))}
                </select>
              </label>
              <label class="field">
                <span>{t('rule.at')}</span>
                <input type="time" required value={s.at} onInput={(e) => change(i, { at: e.currentTarget.value })} data-testid="rule-at" />
              </label>
              <label class="field">
                <span>{t('rule.deadline')}</span>
                <input type="time" required value={s.deadline} onInput={(e) => change(i, { deadline: e.currentTarget.value })} data-testid="rule-deadline" />
              </label>
            </div>
          ))}
          <p class="acts">
            <button type="button" class="link" disabled={rule.steps.length >= tiers.length} onClick={add}>
              {t('rule.add')}
            </button>
            <button type="button" class="link" disabled={rule.steps.length <= 1} onClick={() => setRule({ ...rule, steps: rule.steps.slice(0, -1) })}>
              {t('rule.drop')}
            </button>
            <button type="button" class="link" onClick={() => setRule({ ...reference, from: rule.from })} data-testid="rule-reference">
              {t('rule.reference')}
            </button>
          </p>
          {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
          {sender.busy && <Busy>{t('trust.sending')}</Busy>}
          <footer>
            <button type="submit" class="button" disabled={sender.busy} data-testid="rule-save">
              {t('rule.save')}
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

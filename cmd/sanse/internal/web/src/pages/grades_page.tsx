import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { gradesAt, putGradeRules, rulesOn, type GradeChange, type GradeRules, type GradeRuleSet, type GradeSuggestion } from '../api_grades.ts'
import { whereOf } from '../cases/where.ts'
import { day, number } from '../format.ts'
import { Change } from '../grades/changes.tsx'
import { DecideDialog } from '../grades/decide_dialog.tsx'
import { HistoryDialog } from '../grades/history_dialog.tsx'
import { factWords, reasonWords } from '../grades/words.ts'
import { Refusal } from '../grids/dialog.tsx'
import { homeOf, homes } from '../home.ts'
import { lang, t } from '../i18n.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { GradeMark } from '../parts/marks.tsx'
import { Status } from '../parts/status.tsx'
import { go, href, route } from '../route.ts'
import { may } from '../seat.ts'
import { Named } from '../trust/named.tsx'
import { useSend } from '../trust/steps.tsx'
import { why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import '../grades.css'

/** GradesPage is where grades are decided: what is suggested and why, what was changed, and by which rules. */
export function GradesPage({ district }: { district: District }) {
  const area = route.value.params['area'] ?? homeOf(district)
  const rules = useGet<GradeRuleSet>(gradesAt.rules())
  const suggested = useGet<{ items: GradeSuggestion[] | null; where?: string[]; more?: boolean }>(gradesAt.suggestions(area))
  const [flagged, setFlagged] = useState(false)
  const changed = useGet<{ items: GradeChange[] | null; more?: boolean }>(gradesAt.changes(area, flagged))
  const [deciding, setDeciding] = useState<GradeSuggestion | 'other' | null>(null)
  const [of, setOf] = useState('')
  const [done, setDone] = useState(false)
  const held = rulesOn(rules.data)
  const again = () => {
    suggested.refresh()
    changed.refresh()
  }
  const items = suggested.data?.items ?? []
  return (
    <div class="page board grades" data-testid="grades" data-count={suggested.data ? items.length : undefined}>
      <header class="board-head">
        <div>
          <h1>{t('page.grades')}</h1>
          <p class="hint">{t('grad.intro')}</p>
          <p class="hint">
            {t('grad.area')} <b data-testid="grades-area">{area === district.code ? district.name : whereOf(suggested.data?.where ?? []) || area}</b>
          </p>
        </div>
        <AreaSearch label={t('grad.pickArea')} within={homes(district)} onPick={(hit) => go(href('grades', { area: hit.code }))} />
      </header>
      {done && (
        <p class="all-well" role="status">
          {t('grad.done')}
        </p>
      )}
      <Status got={rules} />
      {rules.data && !held && <NoRules set={rules.data} district={district} onBegun={rules.refresh} />}
      <section>
        <h2>{t('grad.suggested')}</h2>
        <p class="acts">
          <button type="button" class="button quiet" onClick={() => setDeciding('other')} data-testid="grade-other">
            {t('grad.other')}
          </button>
        </p>
        <Status got={suggested} />
        {suggested.data && items.length === 0 && <p class="hint">{t('grad.noneSuggested')}</p>}
        <ul class="sessions">
          {items.map((s) => (
            <li key={s.id} data-testid="suggestion" data-resident={s.resident} data-grade={s.grade}>
              <div>
                <p>
                  <GradeMark grade={s.was} grades={district.grades} />
                  {' → '}
                  <GradeMark grade={s.grade} grades={district.grades} /> <Named id={s.resident} zone={district.time_zone} /> <small>{whereOf(s.where ?? []) || s.grid}</small>
                </p>
                <ul class="grade-reasons">
                  {(s.reasons ?? []).map((r) => (
                    <li key={r.code}>
                      {reasonWords(held, r)}
                      {r.points ? ` · ${t('grad.points', { n: r.points })}` : ''}
                      <small>{(r.facts ?? []).map((f) => factWords(district, held, f)).join(' · ')}</small>
                    </li>
                  ))}
                </ul>
              </div>
              <p class="acts">
                <button type="button" class="button" onClick={() => setDeciding(s)} data-testid="suggestion-decide">
                  {t('grad.decide')}
                </button>
                <button type="button" class="link" onClick={() => setOf(s.resident)} data-testid="suggestion-history">
                  {t('grad.history')}
                </button>
              </p>
            </li>
          ))}
        </ul>
        {suggested.data?.more && <p class="hint">{t('grad.more')}</p>}
      </section>
      <section>
        <h2>{t('grad.changes')}</h2>
        <label class="switch">
          <input type="checkbox" checked={flagged} onChange={(e) => setFlagged(e.currentTarget.checked)} data-testid="flagged-only" />
          {t('grad.flaggedOnly')}
        </label>
        <Status got={changed} />
        {changed.data && (changed.data.items ?? []).length === 0 && <p class="hint">{t('grad.noChanges')}</p>}
        <ul class="sessions">
          {(changed.data?.items ?? []).map((c) => (
            <li key={`${c.resident}/${c.n}`} data-testid="change" data-resident={c.resident}>
              <Change change={c} district={district} id={c.resident} />
              <button type="button" class="link" onClick={() => setOf(c.resident)} data-testid="change-history">
                {t('grad.history')}
              </button>
            </li>
          ))}
        </ul>
        {changed.data?.more && <p class="hint">{t('grad.more')}</p>}
      </section>
      {held && <Rules rules={held} district={district} title={t('grad.rules', { from: day(held.from) })} />}
      {deciding !== null && (
        <DecideDialog
          district={district}
          rules={held}
          suggestion={deciding === 'other' ? null : deciding}
          onDone={() => {
            setDone(true)
            again()
          }}
          onClose={() => setDeciding(null)}
        />
      )}
      {of !== '' && <HistoryDialog district={district} rules={held ?? rules.data?.reference} resident={of} today={rules.data?.today ?? ''} onChange={again} onClose={() => setOf('')} />}
    </div>
  )
}

/** NoRules says that nothing is suggested, and has those who plan begin. */
function NoRules({ set, district, onBegun }: { set: GradeRuleSet; district: District; onBegun: () => void }) {
  const sender = useSend()
  return (
    <section data-testid="no-grade-rules">
      <p>{t('grad.noRules')}</p>
      {may('plan') && (
        <p class="acts">
          <button type="button" class="button" disabled={sender.busy} onClick={() => sender.send(() => putGradeRules({ ...set.reference, from: set.today }).then(onBegun))} data-testid="begin-grade-rules">
            {t('grad.begin')}
          </button>
        </p>
      )}
      {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
      <Rules rules={set.reference} district={district} title={t('grad.reference')} />
    </section>
  )
}

/** Rules are the rules in words. */
function Rules({ rules, district, title }: { rules: GradeRules; district: District; title: string }) {
  return (
    <details class="more" data-testid="grade-rules">
      <summary>{title}</summary>
      <ul class="grade-rules">
        {(rules.rules ?? []).map((r) => (
          <li key={r.code}>
            {r.grade ? <GradeMark grade={r.grade} grades={district.grades} /> : <b>{t('grad.points', { n: number(r.points ?? 0) })}</b>} {r[lang.value]}
          </li>
        ))}
        {(rules.points ?? []).map((p) => (
          <li key={p.grade}>
            <GradeMark grade={p.grade} grades={district.grades} /> {t('grad.threshold', { n: number(p.points) })}
          </li>
        ))}
      </ul>
    </details>
  )
}

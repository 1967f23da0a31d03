import type { District } from '../api.ts'
import { number } from '../format.ts'
import { lang, t } from '../i18n.ts'
import type { Problem } from './problems.ts'
import type { Session } from './session.ts'
import { codes, findingName, findingSize, kindWord, percentOff, targetText, weightName } from './words.ts'

/** problemText says what a problem is. */
export function problemText(s: Session, district: District, p: Problem): string {
  if (p.kind === 'parts') return t('ed.problem.parts', { name: p.name, n: p.n })
  if (p.kind === 'balance') {
    const target = s.target.value
    if (p.value === 0 && s.aim.value.weight === 'households') return t('ed.problem.empty', { name: p.name })
    return t('ed.problem.balance', {
      name: p.name,
      weight: weightName(district, s.aim.value.weight),
      value: ` ${number(p.value)} (${percentOff(p.off)})`,
      target: target ? targetText(target) : '',
    })
  }
  return [findingName(p.finding), codes(p.finding.codes ?? p.finding.areas ?? [], s.code), findingSize(p.finding)].filter(Boolean).join(' · ')
}

/** ProblemList lists what is wrong; each leads to its place, and to a mend where there is one. */
export function ProblemList(props: {
  session: Session
  district: District
  list: readonly Problem[]
  at: number
  editable: boolean
  onGo: (i: number) => void
}) {
  const { session: s, list, at } = props
  const keys = list.flatMap((p) => (p.kind === 'finding' && p.finding.key && p.finding.mends?.length ? [p.finding.key] : []))
  return (
    <div class="ed-problems">
      <div class="ed-acts">
        <button type="button" class="chip" disabled={list.length === 0} title="Shift P" onClick={() => props.onGo(at - 1)}>
          {t('ed.prevProblem')}
        </button>
        <button type="button" class="chip" disabled={list.length === 0} title="P" onClick={() => props.onGo(at + 1)} data-testid="ed-next-problem">
          {t('ed.nextProblem')}
        </button>
        {props.editable && keys.length > 1 && (
          <button type="button" class="chip" onClick={() => s.commit({ op: 'mend', findings: keys })}>
            {t('ed.mendAll')}
          </button>
        )}
      </div>
      {list.length === 0 && <p class="all-well">{t('ed.noProblems')}</p>}
      <ul>
        {list.map((p, i) => (
          <li key={p.key} aria-current={i === at ? 'true' : undefined} data-testid="ed-problem" data-kind={p.kind}>
            <button type="button" class="link" onClick={() => props.onGo(i)}>
              {problemText(s, props.district, p)}
            </button>
            {p.kind === 'finding' && <small>{lang.value === 'en' ? p.finding.message : ''}</small>}
            {props.editable && p.kind === 'finding' && p.finding.key && (p.finding.mends?.length ?? 0) > 0 && (
              <button type="button" class="chip" data-testid="ed-mend" onClick={() => s.commit({ op: 'mend', findings: [p.finding.key!] })}>
                {t('ed.mend')}
              </button>
            )}
          </li>
        ))}
      </ul>
    </div>
  )
}

/** when writes an instant as the clock of the reader shows it. */
function when(iso: string): string {
  const d = new Date(iso)
  if (Number.isNaN(d.getTime())) return ''
  return new Intl.DateTimeFormat(lang.value === 'zh' ? 'zh-CN' : 'en-GB', { month: 'numeric', day: 'numeric', hour: '2-digit', minute: '2-digit' }).format(d)
}

/** HistoryList lists the draft's changes, the last first; those undone are struck through. */
export function HistoryList({ session: s }: { session: Session }) {
  const d = s.client.draft.value
  const changes = d?.changes ?? []
  if (!d || changes.length === 0) return <p class="hint">{t('ed.historyNone')}</p>
  return (
    <ol class="ed-history" reversed>
      {[...changes].reverse().map((c) => {
        const undone = c.seq > d.position
        return (
          <li key={c.seq} class={undone ? 'undone' : undefined} data-testid="ed-change" data-kind={c.kind}>
            <b>{kindWord(c.kind)}</b> {codes(c.areas, s.code)} <small>{when(c.at)}</small>
            {undone && <span class="tag">{t('ed.historyUndone')}</span>}
          </li>
        )
      })}
    </ol>
  )
}

import { shown, type Shown, type StandardRow } from '../api_shortfall.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { StandingMark, standings } from './standing.tsx'

/** Summary counts the standards by state; each count is a filter of the list below. */
export function Summary(props: { rows: readonly StandardRow[]; only: Shown | null; onOnly: (s: Shown | null) => void }) {
  const { rows, only } = props
  if (rows.length === 0) return <p class="hint">{t('shortfall.noStandards')}</p>
  return (
    <div class="summary" role="group" aria-label={t('shortfall.filter')}>
      {standings.map((s) => {
        const n = rows.filter((r) => shown(r) === s).length
        if (n === 0 && s === 'hidden') return null
        return (
          <button
            type="button"
            key={s}
            class={`sum ${s}`}
            aria-pressed={only === s}
            disabled={n === 0}
            onClick={() => props.onOnly(only === s ? null : s)}
            data-testid="sum"
            data-standing={s}
          >
            <b>{number(n)}</b>
            <StandingMark of={s} />
          </button>
        )
      })}
    </div>
  )
}

import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { takeReport, type Report, type Shortfall } from '../api_shortfall.ts'
import { longDay } from '../format.ts'
import { t } from '../i18n.ts'
import { go, href } from '../route.ts'
import { may } from '../seat.ts'
import { answersFor } from '../viewer.ts'

/** ReportsBar chooses the report that the numbers of today are compared with, and keeps them as a new one. */
export function ReportsBar(props: { district: District; shown: Shortfall | null; reports: readonly Report[]; report?: string | undefined; area?: string | undefined; onTaken: () => void }) {
  const { reports, report, area } = props
  const [state, setState] = useState<'busy' | 'done' | null>(null)
  const [why, setWhy] = useState<string | null>(null)
  const take = () => {
    setState('busy')
    setWhy(null)
    takeReport().then(
      () => {
        setState('done')
        props.onTaken()
      },
      (e: unknown) => {
        setState(null)
        setWhy(e instanceof Error ? e.message : String(e))
      },
    )
  }
  return (
    <div class="reports-bar">
      <label class="field">
        <span>{t('shortfall.against')}</span>
        <select value={report ?? ''} onChange={(e) => go(href('shortfall', { area, report: e.currentTarget.value || undefined }))} data-testid="report">
          <option value="">{t('shortfall.lastReport')}</option>
          {reports.map((r) => (
            <option key={r.id} value={String(r.id)}>
              {t('shortfall.reportOf', { day: longDay(r.day), n: r.id })}
            </option>
          ))}
        </select>
      </label>
      {may('report') && answersFor(props.district, props.district.code) && (
        <button type="button" class="button" disabled={state === 'busy'} onClick={take} data-testid="take-report">
          {t(state === 'busy' ? 'shortfall.taking' : 'shortfall.take')}
        </button>
      )}
      <p class="hint" role="status" data-testid="report-said">
        {why !== null ? t('off.failed', { why }) : state === 'done' ? t('shortfall.taken') : props.shown?.previous ? t('shortfall.since', { day: longDay(props.shown.previous) }) : ''}
      </p>
    </div>
  )
}

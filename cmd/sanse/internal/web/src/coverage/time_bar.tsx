import { useEffect, useState } from 'preact/hooks'
import type { Report } from '../api_coverage.ts'
import { longDay } from '../format.ts'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import type { Got } from '../use_get.ts'

const beat = 1400

/** inOrder are the reports by day, the earliest first; of one day the latest taken. */
export function inOrder(reports: readonly Report[]): Report[] {
  const byDay = new Map<string, Report>()
  for (const r of [...reports].sort((a, b) => (a.made_at < b.made_at ? -1 : 1))) byDay.set(r.day, r)
  return [...byDay.values()].sort((a, b) => (a.day < b.day ? -1 : 1))
}

/** TimeBar goes through the days on which reports were taken, up to now; it plays them one after the other. */
export function TimeBar(props: { got: Got<Report[]>; report: string; onReport: (id: string) => void; ready: boolean }) {
  const list = inOrder(props.got.data ?? [])
  const at = props.report === '' ? list.length : list.findIndex((r) => String(r.id) === props.report)
  const [plays, setPlays] = useState(false)
  const to = (i: number) => props.onReport(i >= list.length ? '' : String(list[i]?.id ?? ''))
  useEffect(() => {
    // The next comes when this one is drawn and was seen.
    if (!plays || !props.ready) return
    const later = setTimeout(() => {
      if (at >= list.length) setPlays(false)
      else to(at + 1)
    }, beat)
    return () => clearTimeout(later)
  }, [plays, at, props.ready, list.length])
  const name = at >= list.length || at < 0 ? t('cov.when.now') : longDay(list[at]?.day ?? '')
  return (
    <section class="cov-time" aria-label={t('cov.when')} data-testid="time-bar">
      <Status got={props.got} />
      {props.got.data && list.length === 0 && <p class="hint">{t('cov.when.none')}</p>}
      {list.length > 0 && (
        <>
          <button
            type="button"
            class="arrow"
            aria-label={t(plays ? 'cov.when.pause' : 'cov.when.play')}
            onClick={() => {
              if (!plays && at >= list.length) to(0)
              setPlays(!plays)
            }}
            data-testid="play"
          >
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
              {plays ? <path d="M4 3h3v10H4zM9 3h3v10H9z" /> : <path d="M4 2.5l9 5.5-9 5.5z" />}
            </svg>
          </button>
          <input
            type="range"
            min={0}
            max={list.length}
            step={1}
            value={at < 0 ? list.length : at}
            aria-label={t('cov.when')}
            aria-valuetext={name}
            onInput={(e) => {
              setPlays(false)
              to(Number(e.currentTarget.value))
            }}
            data-testid="time"
          />
          <output data-testid="when">{name}</output>
        </>
      )}
    </section>
  )
}

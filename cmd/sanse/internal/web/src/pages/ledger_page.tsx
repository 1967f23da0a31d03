import { useState } from 'preact/hooks'
import type { AreaName, District } from '../api.ts'
import { ledgerAt, spans, type Ledger, type LedgerRow, type LedgerTally } from '../api_ledger.ts'
import type { TextKey } from '../dictionary.ts'
import { day, isDate, longDay, number } from '../format.ts'
import { homeOf } from '../home.ts'
import { t } from '../i18n.ts'
import { IndicatorBoardSection } from '../ledger/indicator_board.tsx'
import { WorkReportSection } from '../ledger/work_report.tsx'
import { AreaSearch } from '../parts/area_search.tsx'
import { Homes } from '../parts/homes.tsx'
import { GradeMark, gradeName, Share } from '../parts/marks.tsx'
import { Status } from '../parts/status.tsx'
import { periodName } from '../period.ts'
import { follow, go, href, route } from '../route.ts'
import { may } from '../seat.ts'
import { colours } from '../theme.ts'
import { FileLink } from '../trust/file_link.tsx'
import { useGet } from '../use_get.ts'
import '../grids.css'
import '../ledger.css'

const keys = ['area', 'from', 'to', 'by', 'report', 'on'] as const
type Params = Partial<Record<(typeof keys)[number], string | undefined>>

/** LedgerPage is what was required, done and owed in an area: period by period and by grade, and in the areas right below it. */
export function LedgerPage({ district }: { district: District }) {
  const { params } = route.value
  const q: Params = Object.fromEntries(keys.map((k) => [k, params[k]]))
  const area = q.area ?? homeOf(district)
  const by = spans.find((s) => s === q.by) ?? 'month'
  const asked = { area, from: q.from, to: q.to, by }
  const got = useGet<Ledger>(ledgerAt.account(asked))
  const l = got.data
  const to = (over: Params) => href('ledger', { ...q, ...over })
  const dated = (k: 'from' | 'to') => (e: { currentTarget: HTMLInputElement }) => {
    const v = e.currentTarget.value
    if (v === '' || isDate(v)) go(to({ [k]: v || undefined }))
  }
  return (
    <div class="page board ledger" data-testid="ledger" data-area={l?.area.code} data-by={l?.by}>
      <Homes district={district} open={area} to={(code) => to({ area: code })} />
      <header class="board-head">
        <div>
          <Crumbs path={l?.path ?? []} to={(code) => to({ area: code })} />
          <h1>{t('ledger.open')}</h1>
          <p class="hint">{t('ledger.note')}</p>
        </div>
        <AreaSearch label={t('ledger.area')} within={district.viewer} onPick={(hit) => go(to({ area: hit.code }))} />
      </header>
      <div class="filters">
        <label class="field">
          <span>{t('ledger.from')}</span>
          <input type="date" value={q.from ?? l?.from ?? ''} max={q.to ?? l?.to} onChange={dated('from')} data-testid="ledger-from" />
        </label>
        <label class="field">
          <span>{t('ledger.to')}</span>
          <input type="date" value={q.to ?? l?.to ?? ''} min={q.from ?? l?.from} onChange={dated('to')} data-testid="ledger-to" />
        </label>
        <label class="field">
          <span>{t('ledger.by')}</span>
          <select value={by} onChange={(e) => go(to({ by: e.currentTarget.value === 'month' ? undefined : e.currentTarget.value }))} data-testid="ledger-by">
            {spans.map((s) => (
              <option key={s} value={s}>
                {t(`ledger.${s}`)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Status got={got} />
      {l && (
        <>
          <p class="hint" data-testid="ledger-records">
            {l.records ? t('ledger.records', { day: longDay(l.records) }) : t('ledger.noRecords')}
          </p>
          {may('export') && (
            <p class="acts">
              <FileLink address={ledgerAt.workbook(asked)} testid="ledger-workbook" look="button quiet">
                {t('ledger.workbook')}
              </FileLink>
              <FileLink address={ledgerAt.table(asked)} testid="ledger-csv" look="button quiet">
                {t('ledger.table')}
              </FileLink>
            </p>
          )}
          <Periods ledger={l} district={district} />
          <Areas ledger={l} district={district} to={(code) => to({ area: code })} />
        </>
      )}
      <IndicatorBoardSection area={area} district={district} to={(code) => to({ area: code })} />
      <WorkReportSection
        area={area}
        district={district}
        by={params['report'] === 'week' ? 'week' : 'month'}
        on={isDate(params['on']) ? params['on'] : district.today}
        to={(k, on) => to({ report: k === 'week' ? k : undefined, on })}
      />
    </div>
  )
}

/** Crumbs are the areas from the district down to the one that is shown. */
export function Crumbs({ path, to }: { path: readonly AreaName[]; to: (code: string) => string }) {
  return (
    <nav class="crumbs" aria-label={t('board.path')}>
      <ol>
        {path.map((c, i) => (
          <li key={c.code}>
            {i === path.length - 1 ? (
              <span aria-current="page">{c.name}</span>
            ) : (
              <a href={to(c.code)} onClick={follow}>
                {c.name}
              </a>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}

const columns = ['residents', 'required', 'in_time', 'missed', 'openVisits', 'done', 'owed'] as const
type Column = (typeof columns)[number]

const valueOf = (r: LedgerTally, c: Column): number => (c === 'openVisits' ? r.open : r[c])

function Heads() {
  return (
    <>
      {columns.map((c) => (
        <th scope="col" key={c} title={t(`ledger.note.${c}`)}>
          {t(`ledger.${c}`)}
        </th>
      ))}
      <th scope="col" title={t('ledger.note.on_time')}>
        {t('ledger.on_time')}
      </th>
    </>
  )
}

function Cells({ row }: { row: LedgerTally | undefined }) {
  return (
    <>
      {columns.map((c) => (
        <td key={c} data-col={c} class={(c === 'missed' || c === 'owed') && row && valueOf(row, c) > 0 ? 'alarm' : undefined}>
          {number(row ? valueOf(row, c) : 0)}
        </td>
      ))}
      <td>
        <Share share={row?.on_time ?? null} colour={colours.done} />
      </td>
    </>
  )
}

/** Periods are the account of the area itself: a row for each period, and one for each grade in it. */
function Periods({ ledger, district }: { ledger: Ledger; district: District }) {
  const grades = ledger.grades ?? []
  const periods = ledger.area.periods ?? []
  const rows = (row: LedgerRow, key: string, name: string) => [
    <tr key={key} class="sum" data-testid="ledger-period" data-first={key}>
      <th scope="row">{name}</th>
      <td class="words">{t('ledger.all')}</td>
      <Cells row={row} />
    </tr>,
    ...grades.map((g) => (
      <tr key={`${key}-${g}`} data-grade={g}>
        <th scope="row" aria-label={name} />
        <td class="words">
          <GradeMark grade={g} grades={district.grades} />
        </td>
        <Cells row={row.grades?.[g]} />
      </tr>
    )),
  ]
  return (
    <section>
      <h2>{t('ledger.periods')}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('ledger.periods')}>
        <table class="ledger-table">
          <thead>
            <tr>
              <th scope="col">{t('ledger.period')}</th>
              <th scope="col" class="words">{t('ledger.grade')}</th>
              <Heads />
            </tr>
          </thead>
          <tbody>
            {periods.flatMap((p) => rows(p, p.first, named(ledger, p.first, p.last)))}
            {periods.length > 1 && rows(ledger.area, 'all', t('board.range', { from: day(ledger.from), to: day(ledger.to) }))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** named is a period in words: a month that is whole by its name, all others by their days. */
function named(l: Ledger, first: string, last: string): string {
  const whole = first.endsWith('-01') && (last !== l.to || last === lastOfMonth(first))
  return l.by === 'month' && whole ? periodName({ kind: 'month', from: first, to: last }, true) : t('board.range', { from: day(first), to: day(last) })
}

const lastOfMonth = (iso: string): string => new Date(Date.UTC(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), 0)).toISOString().slice(0, 10)

/** Areas are the areas right below side by side, by code: all days together, of all grades or of one. */
function Areas({ ledger, district, to }: { ledger: Ledger; district: District; to: (code: string) => string }) {
  const [grade, setGrade] = useState('')
  const areas = ledger.areas ?? []
  const level = areas[0]?.level
  if (!level) return <p class="hint">{t('ledger.noAreas')}</p>
  const title = t('ledger.areas', { level: t(`level.${level}` as TextKey) })
  return (
    <section>
      <h2>{title}</h2>
      <div class="filters">
        <label class="field">
          <span>{t('ledger.which')}</span>
          <select value={grade} onChange={(e) => setGrade(e.currentTarget.value)} data-testid="ledger-grade">
            <option value="">{t('ledger.anyGrade')}</option>
            {(ledger.grades ?? []).map((g) => (
              <option key={g} value={g}>
                {gradeName(district.grades, g)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={title}>
        <table class="ledger-table" data-testid="ledger-areas">
          <thead>
            <tr>
              <th scope="col">{t(`level.${level}` as TextKey)}</th>
              <Heads />
            </tr>
          </thead>
          <tbody>
            {areas.map((a) => (
              <tr key={a.code} data-testid="ledger-area" data-code={a.code}>
                <th scope="row">
                  <a href={to(a.code)} onClick={follow}>
                    {a.name}
                  </a>
                </th>
                <Cells row={grade === '' ? a : a.grades?.[grade]} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

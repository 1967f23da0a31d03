import { offered } from '../access.ts'
import { useMemo, useState } from 'preact/hooks'
import { at, type AreaName, type Board, type District, type Period, type Row } from '../api.ts'
import type { TextKey } from '../dictionary.ts'
import { day, figure, isDate, longDay, number, percent } from '../format.ts'
import { homeOf } from '../home.ts'
import { t, term } from '../i18n.ts'
import { Bars } from '../parts/chart.tsx'
import { Homes } from '../parts/homes.tsx'
import { Explained } from '../parts/help.tsx'
import { GradeBar, gradeKeys, GradeMark, gradeName, Share, sum } from '../parts/marks.tsx'
import { Sentence } from '../parts/sentence.tsx'
import { Status } from '../parts/status.tsx'
import { UnplannedSection } from '../parts/unplanned.tsx'
import { lastOver, periodName, sameTime, stepsOf } from '../period.ts'
import { follow, go, href, route } from '../route.ts'
import { may } from '../seat.ts'
import { colours, serviceColour } from '../theme.ts'
import { isTold, residentsOf } from '../told.ts'
import { useGet } from '../use_get.ts'

const periods: readonly Period[] = ['week', 'month', 'horizon']

/** BoardPage is what an official answers for: visits on time and late by area and period, coverage, and who is missed and why. */
export function BoardPage({ district }: { district: District }) {
  const { params } = route.value
  const home = homeOf(district, params['area'])
  const area = params['area'] ?? home
  const period = periods.find((p) => p === params['period']) ?? 'horizon'
  const from = isDate(params['from']) ? params['from'] : undefined
  const got = useGet<Board>(at.board(area, period, from))
  const b = got.data
  const here = (over: { area?: string; period?: Period; from?: string | undefined }) =>
    href('board', { area, period, from, ...over })
  return (
    <div class="page board" data-testid="board" data-area={b?.area.code} data-period={b?.period.kind}>
      {area === district.code && <Sentence district={district} />}
      <Homes district={district} open={area} to={(code) => here({ area: code })} />
      <header class="board-head">
        <div>
          <nav class="crumbs" aria-label={t('board.path')}>
            <ol>
              {crumbs(b).map((c, i, all) => (
                <li key={c.code}>
                  {i === all.length - 1 ? (
                    <span aria-current="page">{c.name}</span>
                  ) : (
                    <a href={here({ area: c.code })} onClick={follow}>
                      {c.name}
                    </a>
                  )}
                </li>
              ))}
            </ol>
          </nav>
          <h1>{b?.area.name ?? area}</h1>
          <p class="hint">
            {b && t(`level.${b.area.level}` as TextKey)} · <span class="code">{area}</span> ·{' '}
            <a href={href('map', { area: area === home ? undefined : area })} onClick={follow}>
              {t('board.map')}
            </a>{' '}
            {may('days') && (
              <>
                ·{' '}
                <a href={href('day', { area })} onClick={follow}>
                  {t('board.day')}
                </a>
              </>
            )}
            {b && isTold(b.totals) && (
              <>
                {' '}
                ·{' '}
                <a href={href('ledger', { area })} onClick={follow} data-testid="to-ledger">
                  {t('ledger.open')}
                </a>
                {offered('connect') && (
                  <>
                    {' '}
                    ·{' '}
                    <a href={href('connect', { area })} onClick={follow} data-testid="to-connect">
                      {t('page.connect')}
                    </a>
                  </>
                )}
              </>
            )}
          </p>
        </div>
        <PeriodSwitch board={b} period={period} district={district} to={(p, f) => here({ period: p, from: f })} />
      </header>
      <Status got={got} />
      {b && (
        <>
          {b.released && (
            <p class="closed" role="note" data-testid="released">
              <span>{t('board.released', { day: longDay(b.released.day), k: b.released.k })}</span>
            </p>
          )}
          <Tiles board={b} district={district} />
          <Children board={b} district={district} to={(code) => here({ area: code })} />
          <Tasks board={b} district={district} />
          <div class="two">
            {isTold(b.totals) && <Weeks board={b} district={district} />}
            <Coverage board={b} district={district} />
          </div>
          {isTold(b.totals) && <UnplannedSection key={b.area.code} area={b.area} district={district} />}
        </>
      )}
    </div>
  )
}

/** crumbs are the areas from the district down to this one, itself the last. */
function crumbs(b: Board | null): AreaName[] {
  if (!b) return []
  if (b.path.length === 0 || (b.path.length === 1 && b.path[0]?.code === b.area.code)) return [] // the district itself
  return b.path.some((p) => p.code === b.area.code) ? b.path : [...b.path, b.area]
}

type Count = 'required' | 'planned' | 'done' | 'due' | 'late' | 'owed' | 'lapses'
const counts: readonly Count[] = ['required', 'planned', 'done', 'due', 'late', 'owed', 'lapses']

/** PeriodSwitch chooses week, month or the whole plan, and steps to the week or month before and after. */
function PeriodSwitch(props: {
  board: Board | null
  period: Period
  district: District
  to: (period: Period, from?: string) => string
}) {
  const { board, period, district, to } = props
  const shown = board?.period
  // While another period is on its way there is nothing to step from.
  const steps = shown?.kind === period ? stepsOf(shown, district.plan) : { before: null, after: null }
  const step = (which: 'before' | 'after', sign: string) => {
    const from = steps[which]
    const kind = period === 'month' ? 'month' : 'week'
    const name = from ? (kind === 'month' ? periodName({ kind, from, to: from }, true) : day(from)) : ''
    const label = from ? t(`board.${which}`, { period: name }) : t(`board.${which}None`)
    return (
      <button
        type="button"
        class="arrow"
        aria-label={label}
        title={label}
        disabled={!from}
        onClick={() => from && go(to(period, from))}
        data-testid={`period-${which}`}
      >
        {sign}
      </button>
    )
  }
  return (
    <div class="period">
      <div class="switch-row">
        {period !== 'horizon' && step('before', '‹')}
        <div class="segments" role="group" aria-label={t('board.period')}>
          {periods.map((p) => (
            <button
              type="button"
              key={p}
              aria-pressed={p === period}
              onClick={() => go(to(p, shown ? sameTime(shown, p, district.today) : undefined))}
              data-testid={`period-${p}`}
            >
              {t(`board.${p}`)}
            </button>
          ))}
        </div>
        {period !== 'horizon' && step('after', '›')}
      </div>
      {shown && (
        <p class="range" aria-live="polite" data-testid="period-range" data-from={shown.from} data-to={shown.to}>
          {shown.kind === 'month' && <b>{periodName(shown, true)}</b>}
          {t('board.range', { from: day(shown.from), to: day(shown.to) })}
        </p>
      )}
    </div>
  )
}

/** Tiles are the figures of the area, each with what it means. */
function Tiles({ board, district }: { board: Board; district: District }) {
  const [open, setOpen] = useState<Column | null>(null)
  const explained = (c: Column) => (
    <Explained label={columnName(c)} note={columnNote(c)} open={open === c} onOpen={(on) => setOpen(on ? c : null)} testid={`explain-${c}`} />
  )
  const row = board.totals
  const alarm = (c: Count) => (c === 'late' || c === 'lapses') && (row[c] ?? 0) > 0
  const told = isTold(row)
  // Where nothing has fallen due yet, the last period that is over says how it went.
  const over = row.on_time === null ? lastOver(board.period, district.plan, district.today) : null
  const got = useGet<Board>(over ? at.board(board.area.code, over.kind, over.from) : null)
  const last = over && got.data && got.data.area.code === board.area.code && got.data.totals.on_time !== null ? got.data : null
  const share = row.on_time ?? last?.totals.on_time ?? null
  return (
    <ul class="tiles">
      <li class="tile big">
        {explained('on_time')}
        <b class={share === null ? 'not-yet' : undefined} data-testid="board-on_time" data-from={last?.period.from ?? board.period.from}>
          {last && <span class="of">{periodName(last.period)}</span>}
          {share === null ? t('board.notYet') : percent(share)}
        </b>
        <Share share={share} colour={colours.done} label={t('board.onTimeNote')} />
        <small>{last ? t('board.lastOver', { period: periodName(last.period) }) : t('board.onTimeNote')}</small>
      </li>
      {(told ? counts : []).map((c) => (
        <li class={alarm(c) ? 'tile alarm' : 'tile'} key={c}>
          {explained(c)}
          <b data-testid={`board-${c}`}>{figure(row[c])}</b>
        </li>
      ))}
      <li class="tile grades">
        {explained('residents')}
        <b>{residentsOf(row)}</b>
        <GradeBar counts={row.residents} grades={district.grades} />
        <small>
          {(told || sum(row.residents) > 0 ? gradeKeys(row.residents, district.grades) : []).map((g) => (
            <span key={g}>
              <GradeMark grade={g} grades={district.grades} /> {number(row.residents[g] ?? 0)}
            </span>
          ))}
        </small>
      </li>
    </ul>
  )
}

type Column = 'name' | 'on_time' | 'residents' | Count
const columns: readonly Column[] = ['name', 'on_time', 'residents', ...counts]

/** value is what a column sorts by; nothing required sorts last. */
function value(r: Row & AreaName, c: Column): number | string {
  if (c === 'name') return r.name
  if (c === 'on_time') return r.on_time ?? Infinity
  if (c === 'residents') return sum(r.residents)
  return r[c] ?? Infinity
}

function columnName(c: Column): string {
  return c === 'on_time' ? t('board.onTime') : t(`board.${c}`)
}

/** columnNote is what a column means; a name means itself. */
function columnNote(c: Column): string {
  return c === 'name' ? '' : t(`board.note.${c}`)
}

/**
 * Children is the table of the areas below, sorted by any column. Until one is
 * chosen the worst share comes first; where nothing has fallen due yet, the
 * area with the most to come.
 */
function Children({ board, district, to }: { board: Board; district: District; to: (code: string) => string }) {
  const [chosen, setSort] = useState<{ by: Column; down: boolean } | null>(null)
  const none = board.totals.on_time === null
  const sort = useMemo(() => chosen ?? (none ? ({ by: 'required', down: true } as const) : ({ by: 'on_time', down: false } as const)), [chosen, none])
  const rows = useMemo(() => {
    const sign = sort.down ? -1 : 1
    return [...board.children].sort((a, b) => {
      const [x, y] = [value(a, sort.by), value(b, sort.by)]
      const order = typeof x === 'string' ? x.localeCompare(String(y), 'zh') : x === y ? 0 : x < Number(y) ? -1 : 1
      return sign * order || (a.code < b.code ? -1 : 1)
    })
  }, [board, sort])
  const level = board.children[0]?.level
  if (!level) return <p class="hint">{t('board.noChildren')}</p>
  const most = Math.max(1, ...rows.map((r) => r.required ?? 0))
  return (
    <section>
      <h2>{t('board.byArea', { level: t(`level.${level}` as TextKey) })}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('board.byArea', { level: t(`level.${level}` as TextKey) })}>
        <table class="areas" data-testid="children">
          <thead>
            <tr>
              {columns.map((c) => (
                <th key={c} scope="col" aria-sort={sort.by === c ? (sort.down ? 'descending' : 'ascending') : undefined}>
                  <button
                    type="button"
                    title={[t('board.sort', { column: columnName(c) }), columnNote(c)].filter(Boolean).join('\n')}
                    onClick={() => setSort({ by: c, down: sort.by === c ? !sort.down : c !== 'name' && c !== 'on_time' })}
                  >
                    {columnName(c)}
                    <i aria-hidden="true">{sort.by === c ? (sort.down ? '▾' : '▴') : ''}</i>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <tr key={r.code} data-testid="child" data-code={r.code}>
                <th scope="row">
                  <a href={to(r.code)} onClick={follow}>
                    {r.name}
                  </a>
                </th>
                <td>
                  <Share share={r.on_time} colour={colours.done} />
                </td>
                <td data-col="residents">
                  <span class="cell-grades">
                    {residentsOf(r)}
                    <GradeBar counts={r.residents} grades={district.grades} />
                  </span>
                </td>
                {counts.map((c) => (
                  <td key={c} data-col={c} class={(c === 'late' || c === 'lapses') && (r[c] ?? 0) > 0 ? 'alarm' : undefined}>
                    {figure(r[c])}
                    {c === 'required' && r.required !== null && (
                      <i class="in-cell" aria-hidden="true">
                        <i style={{ width: `${(r.required / most) * 100}%` }} />
                      </i>
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** Tasks is the field work beside the care visits, by kind; nothing where there is none. */
function Tasks({ board, district }: { board: Board; district: District }) {
  const rows = board.tasks ?? []
  if (rows.length === 0) return null
  return (
    <section data-testid="tasks">
      <h2>{t('board.tasks')}</h2>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('board.tasks')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('board.taskKind')}</th>
              <th scope="col">{t('board.taskCount')}</th>
              <th scope="col">{t('board.taskDone')}</th>
              <th scope="col">{t('board.taskPlanned')}</th>
              <th scope="col">{t('board.taskLapses')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((r) => (
              <tr key={r.kind} data-testid="task-kind" data-kind={r.kind}>
                <th scope="row">{term(district.task_kinds, r.kind)}</th>
                <td>{number(r.tasks)}</td>
                <td>{number(r.done)}</td>
                <td data-col="planned">{number(r.planned)}</td>
                <td class={r.lapses > 0 ? 'alarm' : undefined}>{number(r.lapses)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

function Weeks({ board, district }: { board: Board; district: District }) {
  const weeks = board.weeks ?? []
  const series = [
    { name: t('board.required'), colour: colours.required, values: weeks.map((w) => w.required) },
    { name: t('board.planned'), colour: colours.planned, values: weeks.map((w) => w.planned) },
    { name: t('board.done'), colour: colours.done, values: weeks.map((w) => w.done) },
  ]
  const byGrade = board.grades ?? {}
  const grades = gradeKeys(board.totals.residents, district.grades).filter((g) => g in byGrade)
  return (
    <section>
      <h2>{t('board.byWeek')}</h2>
      <Bars label={t('board.chart')} categories={weeks.map((w) => day(w.from))} series={series} />
      <details class="more">
        <summary>{t('board.table')}</summary>
        <div class="scroll" tabIndex={0} role="region" aria-label={t('board.byWeek')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('board.week.column')}</th>
                {(['required', 'planned', 'done', 'late'] as const).map((c) => (
                  <th scope="col" key={c} title={t(`board.note.${c}`)}>
                    {t(`board.${c}`)}
                  </th>
                ))}
                {grades.map((g) => (
                  <th scope="col" key={g}>
                    {gradeName(district.grades, g)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {weeks.map((w) => (
                <tr key={w.from} data-testid="week" data-from={w.from}>
                  <th scope="row">{t('board.range', { from: day(w.from), to: day(w.to) })}</th>
                  <td>{number(w.required)}</td>
                  <td>{number(w.planned)}</td>
                  <td>{number(w.done)}</td>
                  <td class={w.late > 0 ? 'alarm' : undefined}>{number(w.late)}</td>
                  {grades.map((g) => (
                    <td key={g}>{number(w.by_grade?.[g]?.required ?? 0)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
      {grades.length > 0 && (
        <>
          <h3>{t('board.byGrade')}</h3>
          <div class="scroll" tabIndex={0} role="region" aria-label={t('board.byGrade')}>
            <table data-testid="by-grade">
              <thead>
                <tr>
                  <th scope="col">{t('board.grade')}</th>
                  <th scope="col">{t('board.residents')}</th>
                  {counts.map((c) => (
                    <th scope="col" key={c} title={t(`board.note.${c}`)}>
                      {t(`board.${c}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {grades.map((g) => {
                  const r = byGrade[g]
                  return (
                    <tr key={g}>
                      <th scope="row">
                        <GradeMark grade={g} grades={district.grades} />
                      </th>
                      <td>{number(board.totals.residents[g] ?? 0)}</td>
                      {counts.map((c) => (
                        <td key={c} class={(c === 'late' || c === 'lapses') && (r?.[c] ?? 0) > 0 ? 'alarm' : undefined}>
                          {number(r?.[c] ?? 0)}
                        </td>
                      ))}
                    </tr>
                  )
                })}
              </tbody>
            </table>
          </div>
        </>
      )}
    </section>
  )
}

function Coverage({ board, district }: { board: Board; district: District }) {
  const keys = district.services.map((s) => s.key)
  return (
    <section>
      <h2>{t('board.coverage')}</h2>
      <table class="coverage">
        <thead>
          <tr>
            <th scope="col">{t('coverage.service')}</th>
            <th scope="col">{t('coverage.residents')}</th>
            <th scope="col">{t('coverage.people')}</th>
          </tr>
        </thead>
        <tbody>
          {district.services.map((s) => (
            <tr key={s.key}>
              <th scope="row">{term(district.services, s.key)}</th>
              <td>
                <Share share={board.coverage[s.key]?.resident_share} colour={serviceColour(s.key, keys)} />
              </td>
              <td>
                <Share share={board.coverage[s.key]?.people_share} colour={serviceColour(s.key, keys)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

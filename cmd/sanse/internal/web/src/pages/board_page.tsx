import { useMemo, useState } from 'preact/hooks'
import { at, type AreaName, type Board, type District, type Period, type Row, type Unplanned } from '../api.ts'
import type { TextKey } from '../dictionary.ts'
import { detail } from '../detail.ts'
import { addDays, day, isDate, longDay, number, percent } from '../format.ts'
import { t, term } from '../i18n.ts'
import { Bars } from '../parts/chart.tsx'
import { GradeBar, gradeKeys, GradeMark, gradeName, Share, sum } from '../parts/marks.tsx'
import { Sentence } from '../parts/sentence.tsx'
import { Status } from '../parts/status.tsx'
import { follow, go, href, route } from '../route.ts'
import { colours, serviceColour } from '../theme.ts'
import { useGet } from '../use_get.ts'

const periods: readonly Period[] = ['week', 'month', 'horizon']

/** BoardPage is what an official answers for: visits on time and late by area and period, coverage, and who is missed and why. */
export function BoardPage({ district }: { district: District }) {
  const { params } = route.value
  const area = params['area'] ?? district.code
  const period = periods.find((p) => p === params['period']) ?? 'horizon'
  const from = isDate(params['from']) ? params['from'] : undefined
  const got = useGet<Board>(at.board(area, period, from))
  const b = got.data
  const here = (over: { area?: string; period?: Period; from?: string | undefined }) =>
    href('board', { area, period, from, ...over })
  const end = district.plan?.end
  return (
    <div class="page board" data-testid="board" data-area={b?.area.code} data-period={b?.period.kind}>
      {area === district.code && <Sentence district={district} />}
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
            <a href={href('map', { area: area === district.code ? undefined : area })} onClick={follow}>
              {t('board.map')}
            </a>{' '}
            ·{' '}
            <a href={href('day', { area: area === district.code ? undefined : area })} onClick={follow}>
              {t('board.day')}
            </a>
          </p>
        </div>
        <div class="period">
          <div class="segments" role="group" aria-label={t('board.period')}>
            {periods.map((p) => (
              <button
                type="button"
                key={p}
                aria-pressed={p === period}
                onClick={() => go(here({ period: p, from: undefined }))}
                data-testid={`period-${p}`}
              >
                {t(`board.${p}`)}
              </button>
            ))}
          </div>
          {b && (
            <p class="range" aria-live="polite">
              {period !== 'horizon' && (
                <button type="button" class="arrow" aria-label={t('board.before')} onClick={() => go(here({ from: addDays(b.period.from, -1) }))}>
                  ‹
                </button>
              )}
              {t('board.range', { from: day(b.period.from), to: day(b.period.to) })}
              {period !== 'horizon' && (
                <button
                  type="button"
                  class="arrow"
                  aria-label={t('board.after')}
                  disabled={end !== undefined && b.period.to >= end}
                  onClick={() => go(here({ from: addDays(b.period.to, 1) }))}
                >
                  ›
                </button>
              )}
            </p>
          )}
        </div>
      </header>
      <Status got={got} />
      {b && (
        <>
          <Tiles row={b.totals} district={district} />
          <Children board={b} district={district} to={(code) => here({ area: code })} />
          <div class="two">
            <Weeks board={b} district={district} />
            <Coverage board={b} district={district} />
          </div>
          <UnplannedList area={area} district={district} />
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

function Tiles({ row, district }: { row: Row; district: District }) {
  const alarm = (c: Count) => (c === 'late' || c === 'lapses') && row[c] > 0
  return (
    <ul class="tiles">
      <li class="tile big">
        <span>{t('board.onTime')}</span>
        <b class={row.on_time === null ? 'not-yet' : undefined} data-testid="board-on_time">
          {row.on_time === null ? t('board.notYet') : percent(row.on_time)}
        </b>
        <Share share={row.on_time} colour={colours.done} label={t('board.onTimeNote')} />
        <small>{t('board.onTimeNote')}</small>
      </li>
      {counts.map((c) => (
        <li class={alarm(c) ? 'tile alarm' : 'tile'} key={c}>
          <span>{t(`board.${c}`)}</span>
          <b data-testid={`board-${c}`}>{number(row[c])}</b>
        </li>
      ))}
      <li class="tile grades">
        <span>{t('board.residents')}</span>
        <b>{number(sum(row.residents))}</b>
        <GradeBar counts={row.residents} grades={district.grades} />
        <small>
          {gradeKeys(row.residents, district.grades).map((g) => (
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
  return r[c]
}

function columnName(c: Column): string {
  return c === 'on_time' ? t('board.onTime') : t(`board.${c}`)
}

/** Children is the table of the areas below, sorted by any column. The worst share comes first. */
function Children({ board, district, to }: { board: Board; district: District; to: (code: string) => string }) {
  const [sort, setSort] = useState<{ by: Column; down: boolean }>({ by: 'on_time', down: false })
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
  const most = Math.max(1, ...rows.map((r) => r.required))
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
                    title={t('board.sort', { column: columnName(c) })}
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
                    {number(sum(r.residents))}
                    <GradeBar counts={r.residents} grades={district.grades} />
                  </span>
                </td>
                {counts.map((c) => (
                  <td key={c} data-col={c} class={(c === 'late' || c === 'lapses') && r[c] > 0 ? 'alarm' : undefined}>
                    {number(r[c])}
                    {c === 'required' && (
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
                  <th scope="col" key={c}>
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
                    <th scope="col" key={c}>
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

/** UnplannedList says of every visit that is not planned whose it is, why, and what would free it. */
function UnplannedList({ area, district }: { area: string; district: District }) {
  const got = useGet<Unplanned>(at.unplanned(area))
  const [many, setMany] = useState(60)
  const u = got.data
  const byReason = new Map<string, number>()
  for (const i of u?.items ?? []) byReason.set(i.reason, (byReason.get(i.reason) ?? 0) + 1)
  return (
    <section id="unplanned" class="unplanned">
      <h2>
        {t('board.unplanned')} {u && u.total > 0 && <small data-testid="unplanned-total">{t('board.unplannedCount', { n: number(u.total) })}</small>}
      </h2>
      <Status got={got} />
      {u && u.total === 0 && (
        <p class="all-well" data-testid="unplanned-none">
          {t('board.unplannedNone')}
        </p>
      )}
      {u && u.items.length > 0 && (
        <>
          <ul class="reasons">
            {[...byReason].map(([r, n]) => (
              <li key={r}>
                {term(district.reasons, r)} <b>{number(n)}</b>
              </li>
            ))}
          </ul>
          <div class="scroll" tabIndex={0} role="region" aria-label={t('board.unplanned')}>
            <table class="who-and-why">
              <thead>
                <tr>
                  {(['dueBy', 'resident', 'grade', 'grid', 'reason', 'detail'] as const).map((c) => (
                    <th scope="col" key={c}>
                      {t(`board.${c}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {u.items.slice(0, many).map((i, k) => (
                  <tr key={k} data-testid="unplanned" data-resident={i.resident}>
                    <td title={longDay(i.due_by)}>
                      {day(i.due_by)} <span class={i.owed ? 'tag due' : 'tag lapse'}>{t(i.owed ? 'board.isOwed' : 'board.isLapse')}</span>
                    </td>
                    <td class="code">{i.resident}</td>
                    <td>
                      <GradeMark grade={i.grade} grades={district.grades} />
                    </td>
                    <td>
                      <a class="code" href={href('board', { area: i.grid })} onClick={follow}>
                        {i.grid}
                      </a>
                    </td>
                    <td>{term(district.reasons, i.reason)}</td>
                    <td class="detail">{detail(i.detail)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
          {u.items.length > many && (
            <button type="button" class="button quiet" onClick={() => setMany(many + 200)}>
              {t('board.unplannedSome', { n: number(many) })} …
            </button>
          )}
        </>
      )}
    </section>
  )
}

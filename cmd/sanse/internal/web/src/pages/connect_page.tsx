import type { District } from '../api.ts'
import { connectAt, type Count, type Platform, type Reconciliation, type RefusedRows, type RowList } from '../api_connect.ts'
import { PlatformCard } from '../connect/platform_card.tsx'
import { rowLists, Rows } from '../connect/rows.tsx'
import { dictionary, type TextKey } from '../dictionary.ts'
import { addDays, isDate, number } from '../format.ts'
import { homeOf, wholly } from '../home.ts'
import { t } from '../i18n.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { Homes } from '../parts/homes.tsx'
import { Status } from '../parts/status.tsx'
import { go, href, route } from '../route.ts'
import { may, me } from '../seat.ts'
import { FileLink } from '../trust/file_link.tsx'
import { useGet } from '../use_get.ts'
import '../grids.css'
import '../ledger.css'
import '../connect.css'

const keys = ['area', 'from', 'to', 'connector', 'rows'] as const
type Params = Partial<Record<(typeof keys)[number], string | undefined>>

/** The figures, as they stand together, and the rows behind each that has any. */
const groups: readonly (readonly [TextKey, readonly (readonly [Count, RowList?])[]])[] = [
  ['connect.of.tasks', [['tasks_sent'], ['tasks_acknowledged', 'not_acknowledged'], ['visits_matched', 'matched'], ['tasks_made_here'], ['tasks_without_visit', 'without_visit'], ['tasks_open'], ['tasks_withdrawn']]],
  ['connect.of.visits', [['visits_received'], ['visits_not_seen'], ['visits_without_task', 'without_task']]],
  ['connect.of.cases', [['cases_received'], ['cases_stage_differs', 'stages_differ'], ['cases_only_ours', 'only_ours']]],
]

/** ConnectPage is how it goes with the platforms that a district has, and what each was told held against what it has told. */
export function ConnectPage({ district }: { district: District }) {
  const { params } = route.value
  const q: Params = Object.fromEntries(keys.map((k) => [k, params[k]]))
  const area = q.area ?? homeOf(district)
  const platforms = useGet<{ items: Platform[] | null }>(connectAt.platforms(area))
  const list = platforms.data?.items ?? []
  const chosen = list.find((p) => p.id === q.connector) ?? list[0]
  const from = isDate(q.from) ? q.from : addDays(isDate(q.to) ? q.to : district.today, -6)
  const asked = { connector: chosen?.id, area, from, to: isDate(q.to) ? q.to : district.today }
  const got = useGet<Reconciliation>(chosen ? connectAt.reconciliation(asked) : null)
  const to = (over: Params) => href('connect', { ...q, ...over })
  const dated = (k: 'from' | 'to') => (e: { currentTarget: HTMLInputElement }) => {
    const v = e.currentTarget.value
    if (v === '' || isDate(v)) go(to({ [k]: v || undefined }))
  }
  const open = rowLists.find((l) => l === q.rows)
  const r = got.data
  return (
    <div class="page board ledger connect" data-testid="connect" data-area={area} data-platform={chosen?.id}>
      <Homes district={district} open={area} to={(code) => to({ area: code })} />
      <header class="board-head">
        <div>
          <h1>{t('connect.title')}</h1>
          <p class="hint">
            <span class="code">{area}</span> · {t('connect.note')}
          </p>
        </div>
        <AreaSearch label={t('connect.area')} within={district.viewer} onPick={(hit) => go(to({ area: hit.code }))} />
      </header>
      <Status got={platforms} />
      {platforms.data && list.length === 0 && (
        <p class="hint" data-testid="connect-none">
          {t('connect.none')}
        </p>
      )}
      <div class="platforms">
        {list.map((p) => (
          <PlatformCard key={p.id} platform={p} zone={district.time_zone} />
        ))}
      </div>
      {chosen && (
        <section data-testid="reconciliation" data-from={r?.from} data-to={r?.to}>
          <header class="ledger-head">
            <h2>{t('connect.held')}</h2>
            {may('export') && r && (
              <FileLink address={connectAt.workbook(asked)} testid="connect-workbook" look="button quiet">
                {t('connect.workbook')}
              </FileLink>
            )}
          </header>
          <div class="filters">
            {list.length > 1 && (
              <label class="field">
                <span>{t('connect.platform')}</span>
                <select value={chosen.id} onChange={(e) => go(to({ connector: e.currentTarget.value, rows: undefined }))} data-testid="connect-choose">
                  {list.map((p) => (
                    <option key={p.id} value={p.id}>
                      {p.id}
                    </option>
                  ))}
                </select>
              </label>
            )}
            <label class="field">
              <span>{t('connect.from')}</span>
              <input type="date" value={from} max={asked.to} onChange={dated('from')} data-testid="connect-from" />
            </label>
            <label class="field">
              <span>{t('connect.to')}</span>
              <input type="date" value={asked.to} min={from} onChange={dated('to')} data-testid="connect-to" />
            </label>
          </div>
          <Status got={got} />
          {r && (
            <>
              {groups.map(([title, figures]) => (
                <div key={title}>
                  <h3>{t(title)}</h3>
                  <ul class="connect-figures">
                    {figures.map(([count, rows]) => (
                      <Figure key={count} count={count} rows={rows} r={r} open={open} to={(over) => go(to(over))} />
                    ))}
                  </ul>
                  {open && figures.some(([, rows]) => rows === open) && <Rows key={open} list={open} r={r} />}
                </div>
              ))}
              <Refused list={r.refused ?? []} whole={wholly(me.value, district.code) && area === district.code} />
            </>
          )}
        </section>
      )}
    </div>
  )
}

/** Figure is a figure with its name, and the way to the rows behind it. */
function Figure(props: { count: Count; rows: RowList | undefined; r: Reconciliation; open: RowList | undefined; to: (over: Params) => void }) {
  const { count, rows, r, open, to } = props
  const n = rows ? (r[rows] ?? []).length : 0
  const shown = rows !== undefined && rows === open
  return (
    <li data-testid="connect-figure" data-count={count} data-n={r.counts[count]}>
      <span>{t(`connect.count.${count}`)}</span>
      <b>{number(r.counts[count])}</b>
      {rows && n > 0 && (
        <button type="button" class="link" aria-expanded={shown} onClick={() => to({ rows: shown ? undefined : rows })} data-testid="connect-open" data-rows={rows}>
          {shown ? t('connect.close') : rows === 'not_acknowledged' ? t('connect.missing', { n: number(r.counts.tasks_sent - r.counts.tasks_acknowledged) }) : t('connect.open')}
        </button>
      )}
    </li>
  )
}

/** Refused is what was refused, by kind and reason, with the platform's numbers. */
function Refused({ list, whole }: { list: readonly RefusedRows[]; whole: boolean }) {
  const reason = (code: string) => (`connect.reason.${code}` in dictionary ? t(`connect.reason.${code}` as TextKey) : code)
  return (
    <div data-testid="connect-refused">
      <h3>{t('connect.refused')}</h3>
      <p class="hint">{!whole ? t('connect.refusedWhole') : list.length === 0 ? t('connect.refusedNone') : t('connect.refusedNote')}</p>
      {list.length > 0 && (
        <ul class="connect-refused">
          {list.map((f) => (
            <li key={f.kind + f.code} data-kind={f.kind} data-code={f.code}>
              <details>
                <summary>
                  {t(`connect.kind.${f.kind}`)} · {reason(f.code)} <b>{number(f.n)}</b>
                </summary>
                {f.ids && f.ids.length > 0 && (
                  <p>
                    {t('connect.numbers')} <span class="code">{f.ids.slice(0, 100).join(' · ')}</span>
                    {f.ids.length > 100 && <small> {t('connect.shown', { n: 100 })}</small>}
                  </p>
                )}
              </details>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

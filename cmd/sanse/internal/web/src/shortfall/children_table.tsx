import { useMemo, useState } from 'preact/hooks'
import type { AreaName } from '../api.ts'
import { shown, type Figures, type Shortfall, type StandardRow } from '../api_shortfall.ts'
import { t } from '../i18n.ts'
import { follow } from '../route.ts'
import { StandingMark, standings } from './standing.tsx'
import { counted, countedIn, known, noneText, said, valueOf } from './words.ts'

interface Child {
  area: AreaName
  by: ReadonlyMap<string, Figures>
}

/** worth is what a column sorts by: what is shortest first, what has no number last. Of what lies idle, less is better. */
function worth(f: Figures | undefined, measure: string | undefined): number {
  if (!f || (f.status !== 'met' && f.status !== 'short')) return Infinity
  if (measure === 'idle') return -(f.share ?? 0)
  return f.share ?? -(f.short ?? 0)
}

/**
 * ChildrenTable is the areas below by standard: a sign and the value of every
 * standard, or of one chosen standard all its figures. Sorted by any column;
 * until one is chosen, by how many standards are not met.
 */
export function ChildrenTable({ board, to }: { board: Shortfall; to: (code: string) => string }) {
  const [one, setOne] = useState('')
  const [sort, setSort] = useState<{ by: string; down: boolean } | null>(null)
  const columns = board.rows ?? []
  const chosen = columns.find((c) => c.standard === one) ?? null
  const children = useMemo<Child[]>(
    () => (board.children ?? []).map((c) => ({ area: c.area, by: new Map((c.rows ?? []).map((r) => [r.standard, r])) })),
    [board],
  )
  const order = sort ?? { by: chosen ? chosen.standard : 'missed', down: !chosen }
  const measure = columns.find((c) => c.standard === order.by)?.measure
  const rows = useMemo(() => {
    const value = (c: Child): number | string => (order.by === 'name' ? c.area.name : order.by === 'missed' ? missed(c) : worth(c.by.get(order.by), measure))
    return [...children].sort((a, b) => {
      const [x, y] = [value(a), value(b)]
      const less = typeof x === 'string' ? x.localeCompare(String(y), 'zh') : x === y ? 0 : x < Number(y) ? -1 : 1
      return (order.down ? -less : less) || (a.area.code < b.area.code ? -1 : 1)
    })
  }, [children, order.by, order.down, measure])
  const level = children[0]?.area.level
  if (!level || columns.length === 0) return null
  // Of a building or a micro-grid not every standard is asked.
  const asked = columns.filter((c) => children.some((x) => !['not_applicable', undefined].includes(x.by.get(c.standard)?.status)))
  const title = t('shortfall.byArea', { level: known(`level.${level}`, level) })
  const head = (by: string, name: string, hint?: string) => (
    <th key={by} scope="col" aria-sort={order.by === by ? (order.down ? 'descending' : 'ascending') : undefined} title={hint}>
      <button type="button" onClick={() => setSort({ by, down: order.by === by ? !order.down : by === 'missed' })} data-testid="sort" data-by={by}>
        {name}
        <i aria-hidden="true">{order.by === by ? (order.down ? '▾' : '▴') : ''}</i>
      </button>
    </th>
  )
  return (
    <section>
      <div class="section-head">
        <h2>{title}</h2>
        <label class="field inline">
          <span>{t('shortfall.which')}</span>
          <select
            value={one}
            onChange={(e) => {
              setOne(e.currentTarget.value)
              setSort(null)
            }}
            data-testid="which"
          >
            <option value="">{t('shortfall.all')}</option>
            {asked.map((c) => (
              <option key={c.standard} value={c.standard}>
                {said(c.name)}
              </option>
            ))}
          </select>
        </label>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={title}>
        <table class="areas matrix" data-testid="children">
          <thead>
            <tr>
              {head('name', t('board.name'))}
              {head('missed', t('shortfall.missed'))}
              {chosen ? (
                <>
                  {head(chosen.standard, t('shortfall.share'))}
                  {(['have', 'need', 'short'] as const).map((c) => (
                    <th scope="col" key={c}>
                      {t(`shortfall.${c}`)}
                    </th>
                  ))}
                </>
              ) : (
                asked.map((c) => head(c.standard, said(c.name), said(c.name)))
              )}
            </tr>
          </thead>
          <tbody>
            {rows.map((c) => (
              <tr key={c.area.code} data-testid="child" data-code={c.area.code}>
                <th scope="row">
                  {(c.area.level as string) === 'building' ? (
                    <span class="code">{c.area.name || c.area.code}</span>
                  ) : (
                    <a href={to(c.area.code)} onClick={follow}>
                      {c.area.name}
                    </a>
                  )}
                </th>
                <td data-col="missed">{t('shortfall.missedOf', { n: missed(c), all: counts(c) })}</td>
                {chosen ? <One f={c.by.get(chosen.standard)} of={chosen} /> : asked.map((s) => <Cell key={s.standard} f={c.by.get(s.standard)} of={s} />)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <ul class="legend-row">
        {standings.filter((s) => s !== 'hidden' || children.some((c) => [...c.by.values()].some((f) => shown(f) === s))).map((s) => (
          <li key={s}>
            <StandingMark of={s} />
          </li>
        ))}
      </ul>
    </section>
  )
}

/** missed is how many standards an area falls short of. */
function missed(c: Child): number {
  return [...c.by.values()].filter((f) => f.status === 'short').length
}

/** counts is how many standards say something there. */
function counts(c: Child): number {
  return [...c.by.values()].filter((f) => f.status === 'short' || f.status === 'met').length
}

function Cell({ f, of }: { f: Figures | undefined; of: StandardRow }) {
  const standing = shown(f)
  const figures = f && (standing === 'met' || standing === 'short')
  const by = figures && f.short ? t(of.measure === 'idle' ? 'shortfall.overBy' : 'shortfall.shortBy', { n: counted(f.short, countedIn(of.measure)) }) : undefined
  return (
    <td class={`cell ${standing}`} data-standard={of.standard} data-standing={standing} title={figures ? by : f && noneText(f)}>
      <StandingMark of={standing} alone /> {figures && valueOf(f, of.target.unit)}
    </td>
  )
}

function One({ f, of }: { f: Figures | undefined; of: StandardRow }) {
  return (
    <>
      <Cell f={f} of={of} />
      {(['have', 'need', 'short'] as const).map((c) => (
        <td key={c} data-col={c} class={c === 'short' && (f?.short ?? 0) > 0 ? 'alarm' : undefined}>
          {counted(f?.[c], countedIn(of.measure))}
        </td>
      ))}
    </>
  )
}

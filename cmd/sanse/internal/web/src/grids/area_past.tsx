import type { District } from '../api.ts'
import { atGrids, type AreaHistory, type AreaLineage } from '../api_grids.ts'
import type { TextKey } from '../dictionary.ts'
import { day, decimal, longDay, number } from '../format.ts'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'
import { levelOf } from './levels.ts'

/** How far the tree of a lineage is followed without being asked. */
const depth = 3

/** AreaPast tells what has become of an area: its versions, where it came from and what it became. */
export function AreaPast(props: { code: string; on: string; district: District; onPick: (code: string) => void }) {
  const { code, on, onPick } = props
  const got = useGet<AreaHistory>(atGrids.areaHistory(code))
  const h = got.data
  const then = h?.versions.find((v) => v.from <= on && (v.to === null || on <= v.to))
  return (
    <div data-testid="area-history" data-code={code}>
      <Status got={got} />
      {h && (
        <>
          <p class="answer-line">
            <small>
              {t(`level.${levelOf(code)}` as TextKey)} · <span class="code">{code}</span>
            </small>
            <b>{h.versions.at(-1)?.name ?? code}</b>
            <span class={`tag ${then ? 'now' : 'past'}`} data-testid="area-then">
              {t(then ? 'grids.wasThere' : 'grids.wasNot', { day: longDay(on) })}
            </span>
          </p>
          <h3>{t('grids.versions')}</h3>
          <ol class="spells">
            {h.versions.map((v) => (
              <li key={v.from} class={v === then ? 'then' : undefined} data-testid="area-version" data-from={v.from} data-to={v.to ?? ''}>
                <b>{v.to ? t('grids.span', { from: longDay(v.from), to: longDay(v.to) }) : t('grids.since', { from: longDay(v.from) })}</b>
                <p>
                  {v.name} · {v.area_m2 >= 1e6 ? t('facility.km2', { n: decimal(v.area_m2 / 1e6, 2) }) : t('grids.m2', { n: number(v.area_m2) })}
                </p>
              </li>
            ))}
          </ol>
          <h3>{t('grids.lineage')}</h3>
          {h.from.length + h.to.length === 0 ? (
            <p class="hint">{t('grids.noLineage')}</p>
          ) : (
            <>
              <Branch title={t('grids.cameFrom')} edges={h.from} side="from" seen={[code]} onPick={onPick} />
              <Branch title={t('grids.became')} edges={h.to} side="to" seen={[code]} onPick={onPick} />
            </>
          )}
        </>
      )}
    </div>
  )
}

/** Branch is one side of the tree: where an area came from, or what it became, and so on beyond. */
function Branch(props: { title?: string; edges: AreaLineage[]; side: 'from' | 'to'; seen: string[]; onPick: (code: string) => void }) {
  if (props.edges.length === 0) return null
  return (
    <>
      {props.title && <p class="tree-title">{props.title}</p>}
      <ul class="tree">
        {props.edges.map((e) => (
          <Node key={`${e[props.side]} ${e.publication}`} edge={e} side={props.side} seen={props.seen} onPick={props.onPick} />
        ))}
      </ul>
    </>
  )
}

/** Node is one area of the tree; those beyond it are asked for as it is drawn, to a depth. */
function Node({ edge, side, seen, onPick }: { edge: AreaLineage; side: 'from' | 'to'; seen: string[]; onPick: (code: string) => void }) {
  const code = edge[side]
  // An area that goes on is its own heir: there is nothing beyond.
  const known = seen.includes(code)
  const got = useGet<AreaHistory>(known ? null : atGrids.areaHistory(code))
  const name = got.data?.versions.at(-1)?.name
  return (
    <li data-testid={`lineage-${side}`} data-code={code}>
      <button type="button" class="link" onClick={() => onPick(code)}>
        {known ? t('grids.itself') : (name ?? code)}
      </button>{' '}
      <small>
        {name && `${code} · `}
        {t('grids.edge', { day: day(edge.effective), n: edge.publication })}
      </small>
      {got.data && seen.length < depth && <Branch edges={got.data[side]} side={side} seen={[...seen, code]} onPick={onPick} />}
    </li>
  )
}

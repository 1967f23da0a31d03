import { useEffect, useMemo, useState } from 'preact/hooks'
import type { MapLibreMap } from 'maplibre-gl'
import { at, get, type AreaName, type Areas, type District, type Level } from '../api.ts'
import type { Live, LiveCounts } from '../api_live.ts'
import { Clock } from '../cases/clock.tsx'
import { useNow } from '../clocks.ts'
import type { TextKey } from '../dictionary.ts'
import { longDay, number, percent } from '../format.ts'
import { levelOf, parentOf } from '../grids/levels.ts'
import { homeOf } from '../home.ts'
import { t } from '../i18n.ts'
import { useLive, type Following } from '../live.ts'
import { fit, MapCanvas, setData } from '../map/canvas.tsx'
import { nameFeatures } from '../map/names.ts'
import { bounds, join } from '../map/shape.ts'
import { Homes } from '../parts/homes.tsx'
import { Share } from '../parts/marks.tsx'
import { Status } from '../parts/status.tsx'
import { follow, go, href, route } from '../route.ts'
import { classes, paintLive, shareOf } from '../screen/shares.ts'
import { asksMs, endsAt } from '../screen/until.ts'
import { may, me } from '../seat.ts'
import { colours } from '../theme.ts'
import { clock, known } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import '../cases.css'
import '../screen.css'

/** The level right below another, and that of the areas that are drawn. */
const below: Partial<Record<Level, Level>> = { district: 'town', town: 'community', community: 'grid', grid: 'micro-grid' }
/** The levels that have a source of lines on the map. */
const lined = ['town', 'community', 'grid'] as const

/** ScreenPage is a day under way: who is to be seen, who has been, who is late and covered, and the open cases with their clocks; for a wall, a desk and a phone. */
export function ScreenPage({ district }: { district: District }) {
  const { params } = route.value
  const home = homeOf(district, params['area'])
  const area = params['area'] ?? home
  const { day, how, error, ahead } = useLive(area)
  const now = useNow(ahead)
  const to = (code: string) => href('screen', { area: code === home ? undefined : code })
  const again = () => location.reload()
  return (
    <div class="screen" data-testid="screen" data-area={day?.area.code} data-how={how}>
      <Homes district={district} open={area} to={to} />
      <header class="screen-head">
        <div>
          <Crumbs day={day} to={to} />
          <h1>{day?.area.name ?? area}</h1>
        </div>
        <p class="screen-time">
          {day && <span>{longDay(day.date)}</span>} <b>{clock(new Date(now).toISOString(), district.time_zone)?.time}</b> <How how={how} /> <Until now={now} zone={district.time_zone} />
          {document.fullscreenEnabled && (
            <button type="button" class="link" onClick={() => void document.querySelector('.screen')?.requestFullscreen().catch(() => {})}>
              {t('screen.fullScreen')}
            </button>
          )}
        </p>
      </header>
      {!day && <Status got={{ data: null, error, loading: error === null, again, refresh: again }} />}
      {day && (
        <>
          <Figures totals={day.totals} />
          {!day.plan && <p class="told-day">{t('screen.noPlan')}</p>}
          {!day.ladder && <p class="told-day">{t('screen.noLadder')}</p>}
          <div class="screen-ground">
            <LiveMap district={district} day={day} to={to} />
            <AreaList day={day} to={to} />
          </div>
          <OpenCases day={day} now={now} />
        </>
      )}
    </div>
  )
}

/** How says whether the figures are of this moment, by a shape and words. */
function How({ how }: { how: Following }) {
  const sign = { begins: '◌', live: '●', asks: '◐', lost: '▲' }[how]
  return (
    <span class={`how ${how}`} role="status" data-testid="how">
      <i aria-hidden="true">{sign}</i> {t(`screen.how.${how}`)}
    </span>
  )
}

/** Until says when the session ends, and shortly before asks whether to go on: what the screen asks by itself does not keep it alive. */
function Until({ now, zone }: { now: number; zone: string }) {
  const [used, setUsed] = useState(() => Date.now())
  const ends = endsAt(me.value, used)
  if (ends === null) return null
  const time = clock(new Date(ends).toISOString(), zone)?.time ?? ''
  if (ends - now > asksMs) return <small data-testid="until">{t('screen.until', { time })}</small>
  return (
    <span class="how asks" role="status" data-testid="ends-soon">
      {t('screen.endsSoon', { time })}
      {me.value && ends < Date.parse(me.value.expires_at) && (
        <button type="button" class="link" onClick={() => void get(at.district()).then(() => setUsed(Date.now()), () => {})} data-testid="stay">
          {t('screen.stay')}
        </button>
      )}
    </span>
  )
}

function Crumbs({ day, to }: { day: Live | null; to: (code: string) => string }) {
  const up = day ? day.path.slice(0, -1) : []
  if (up.length === 0) return null
  return (
    <nav class="crumbs" aria-label={t('board.path')}>
      <ol>
        {up.map((c) => (
          <li key={c.code}>
            <a href={to(c.code)} onClick={follow}>
              {c.name}
            </a>
          </li>
        ))}
      </ol>
    </nav>
  )
}

/** Figures are the large numbers. */
function Figures({ totals: n }: { totals: LiveCounts }) {
  const share = shareOf(n)
  return (
    <ul class="figures-live">
      <li>
        <span>{t('screen.due')}</span>
        <b data-testid="live-due">{number(n.due)}</b>
        <small>{t('screen.dueNote')}</small>
      </li>
      <li class="of-due">
        <span>{t('screen.done')}</span>
        <b data-testid="live-done">{number(n.done)}</b>
        <Share share={share} colour={colours.done} label={t('screen.share')} />
      </li>
      <li class={n.late > 0 ? 'alarm' : ''}>
        <span>{t('screen.late')}</span>
        <b data-testid="live-late">{number(n.late)}</b>
        <small>{t('screen.lateNote')}</small>
      </li>
      <li>
        <span>{t('screen.covered')}</span>
        <b data-testid="live-covered">{number(n.covered)}</b>
        <small>{t('screen.coveredNote')}</small>
      </li>
      <li class={n.overdue > 0 ? 'alarm' : ''}>
        <span>{t('screen.cases')}</span>
        <b data-testid="live-cases">{number(n.cases)}</b>
        <small data-testid="live-overdue" data-n={n.overdue}>
          {n.overdue > 0 ? t('screen.overdue', { n: number(n.overdue) }) : t('screen.noOverdue')}
        </small>
      </li>
    </ul>
  )
}

/** LiveMap paints the areas right below by the share of those seen. A click leads down. */
function LiveMap({ district, day, to }: { district: District; day: Live; to: (code: string) => string }) {
  const [map, setMap] = useState<MapLibreMap | null>(null)
  const code = day.area.code
  const level = below[day.area.level]
  const own = useGet<Areas>(day.area.level === 'district' ? null : at.areas(day.area.level, parentOf(code)))
  const parts = useGet<Areas>(level ? at.areas(level, day.area.level === 'district' ? undefined : code) : null)
  const painted = useMemo(() => paintLive(parts.data, day), [parts.data, day])
  useEffect(() => {
    if (map) setData(map, 'cells', painted)
  }, [map, painted])
  useEffect(() => {
    if (!map) return
    for (const source of lined) setData(map, source, source === level ? parts.data : null)
    setData(map, 'names', nameFeatures(parts.data))
    // The ground’s own shades stay below the paint: what is looked at is the share.
    map.setPaintProperty('cells', 'fill-opacity', 0.82)
    const shown = (parts.data?.features.length ? parts.data : own.data)?.features.filter((f) => f.properties.code.startsWith(code)) ?? []
    const b = shown.reduce<ReturnType<typeof bounds>>((all, f) => join(all, bounds(f.geometry)), null)
    if (b) fit(map, b, 24, 16)
  }, [map, parts.data, own.data, code, level])
  useEffect(() => {
    if (!map) return
    const open = (e: { point: { x: number; y: number } }) => {
      const hit = map.queryRenderedFeatures([e.point.x, e.point.y], { layers: ['cells', 'cells-hidden'] })[0]?.properties?.['code'] as unknown
      if (typeof hit === 'string') go(to(hit))
    }
    map.on('click', open)
    return () => void map.off('click', open)
  }, [map, to])
  return (
    <section class="live-map" aria-label={t('screen.map')}>
      <MapCanvas district={district} bounds={district.bounds} padding={24} label={t('screen.map')} onReady={setMap} />
      <Legend />
    </section>
  )
}

function Legend() {
  const word = (i: number) => {
    const [a, b] = [classes[i]?.from ?? 0, classes[i + 1]?.from]
    if (i === 0) return t('screen.under', { n: (b ?? 0) * 100 })
    if (a >= 1) return t('screen.all')
    return b === undefined ? t('screen.from', { n: a * 100 }) : t('screen.between', { a: a * 100, b: b * 100 })
  }
  return (
    <div class="live-legend">
      <b>{t('screen.legend')}</b>
      <ul>
        {classes.map((c, i) => (
          <li key={c.from}>
            <i style={{ background: c.colour }} aria-hidden="true" />
            {word(i)}
          </li>
        ))}
        <li>
          <i class="hatch" aria-hidden="true" />
          {t('screen.legendNone')}
        </li>
      </ul>
    </div>
  )
}

/** AreaList are the areas right below with their counts, those with most that is late first. */
function AreaList({ day, to }: { day: Live; to: (code: string) => string }) {
  const rows = [...day.children].sort((a, b) => b.late - a.late || b.overdue - a.overdue || (shareOf(a) ?? 2) - (shareOf(b) ?? 2) || (a.code < b.code ? -1 : 1))
  return (
    <section class="live-areas">
      <h2>{t('screen.areas')}</h2>
      {rows.length === 0 && <p class="hint">{t('screen.noAreas')}</p>}
      {rows.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t('screen.areas')}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t('screen.area')}</th>
                {(['due', 'done', 'late', 'covered', 'cases'] as const).map((c) => (
                  <th scope="col" key={c}>
                    {t(`screen.${c}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((r) => (
                <tr key={r.code} data-testid="live-area" data-code={r.code} data-due={r.due} data-done={r.done} data-late={r.late} data-covered={r.covered} data-cases={r.cases}>
                  <th scope="row">
                    {below[levelOf(r.code)] ? (
                      <a href={to(r.code)} onClick={follow}>
                        {r.name}
                      </a>
                    ) : (
                      r.name
                    )}
                  </th>
                  <td>{number(r.due)}</td>
                  <td>
                    {number(r.done)} <small>{r.due > 0 ? percent(r.done / r.due) : ''}</small>
                  </td>
                  <td class={r.late > 0 ? 'alarm' : ''}>{number(r.late)}</td>
                  <td>{number(r.covered)}</td>
                  <td class={r.overdue > 0 ? 'alarm' : ''}>
                    {number(r.cases)}
                    {r.overdue > 0 && <small> {t('screen.overdue', { n: number(r.overdue) })}</small>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  )
}

/** OpenCases are the open cases by kind, and the nearest deadlines: whose they are is told on the page of cases, to whom it may be. */
function OpenCases({ day, now }: { day: Live; now: number }) {
  const links = (a: AreaName) => (
    <p class="acts">
      {may('case') && (
        <a href={href('cases', { area: a.code })} onClick={follow}>
          {t('screen.toCases')}
        </a>
      )}
      <a href={href('board', { area: a.code })} onClick={follow}>
        {t('screen.toBoard')}
      </a>
    </p>
  )
  return (
    <section class="live-cases" data-testid="live-clocks" data-count={day.clocks.length}>
      <header>
        <h2>{t('screen.clocks')}</h2>
        {links(day.area)}
      </header>
      {day.kinds.length === 0 && <p class="all-well">{t('screen.noCases')}</p>}
      <ul class="live-kinds">
        {day.kinds.map((k) => (
          <li key={k.kind} data-testid="live-kind" data-kind={k.kind} data-open={k.open} data-overdue={k.overdue}>
            <b>{known('case.kind', k.kind)}</b> {t('screen.open', { n: number(k.open) })}
            {k.waiting > 0 && <span>{t('screen.waiting', { n: number(k.waiting) })}</span>}
            {k.overdue > 0 && <span class="alarm">{t('screen.overdue', { n: number(k.overdue) })}</span>}
          </li>
        ))}
      </ul>
      <ul class="live-clocks">
        {day.clocks.map((c, i) => (
          <li key={i} class={c.kind}>
            <Clock deadline={c.deadline} now={now} />
            <span>
              <b>{known('case.kind', c.kind)}</b> {t(c.waiting ? 'screen.answer' : 'screen.solve')}
            </span>
            <small>
              {c.area.name} · {t(`level.${c.area.level}` as TextKey)} · {known('case.level', c.level)}
            </small>
          </li>
        ))}
      </ul>
    </section>
  )
}

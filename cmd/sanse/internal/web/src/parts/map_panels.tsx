import type { ComponentChildren } from 'preact'
import { ApiError, at, type AreaProperties, type Board, type Circle, type District, type FacilityProperties } from '../api.ts'
import type { TextKey } from '../dictionary.ts'
import { decimal, figure, longDay, number, percent } from '../format.ts'
import { t, term } from '../i18n.ts'
import { facilityState } from '../map/icons.ts'
import { follow, href } from '../route.ts'
import { may } from '../seat.ts'
import { serviceColour } from '../theme.ts'
import { isTold, residentsOf, stateWord } from '../told.ts'
import { useGet, type Got } from '../use_get.ts'
import { answersFor } from '../viewer.ts'
import { GradeBar, GradeCounts, Share, sum } from './marks.tsx'
import { Status } from './status.tsx'

/** Details is the frame of what was clicked: a heading, a way to close it, figures. */
function Details(props: { kind: string; title: string; testid: string; onClose?: (() => void) | undefined; children: ComponentChildren }) {
  return (
    <section class="details" data-testid={props.testid}>
      <header>
        <div>
          <p class="kind">{props.kind}</p>
          <h2>{props.title}</h2>
        </div>
        {props.onClose && (
          <button type="button" class="close" aria-label={t('app.close')} onClick={props.onClose}>
            ×
          </button>
        )}
      </header>
      {props.children}
    </section>
  )
}

/** Figures are names with their values. */
function Figures({ rows }: { rows: readonly (readonly [string, ComponentChildren, string?])[] }) {
  return (
    <dl class="figures">
      {rows.map(([name, value, testid]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd data-testid={testid}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}

/** CoveragePanel shows by service which share of the residents in care is within a 15-minute walk. */
export function CoveragePanel({ district, grids }: { district: District; grids: number | null }) {
  const coverage = district.summary?.coverage
  const keys = district.services.map((s) => s.key)
  return (
    <section data-testid="coverage-panel">
      <h2>{t('coverage.title')}</h2>
      {district.summary && (
        <div class="who">
          <GradeBar counts={district.summary.residents} grades={district.grades} />
          <p>
            {t('area.residents')} <b>{number(sum(district.summary.residents))}</b>
            {grids !== null && <> · {t('map.grids', { n: number(grids) })}</>}
          </p>
          <GradeCounts counts={district.summary.residents} grades={district.grades} />
        </div>
      )}
      {coverage ? (
        <>
          <ul class="shares">
            {district.services.map((s) => (
              <li key={s.key} data-testid={`coverage-${s.key}`}>
                <span>{term(district.services, s.key)}</span>
                <Share share={coverage[s.key] ?? null} colour={serviceColour(s.key, keys)} />
              </li>
            ))}
          </ul>
          <p class="hint">{t('coverage.note')}</p>
        </>
      ) : (
        <p class="hint">{t(answersFor(district, district.code) ? 'coverage.none' : 'app.closed')}</p>
      )}
      <p class="hint">{t('map.hint')}</p>
    </section>
  )
}

/** FacilityPanel shows a facility and what its 15-minute service circle holds. */
export function FacilityPanel(props: {
  district: District
  facility: FacilityProperties
  circle: Got<Circle>
  onClose: () => void
}) {
  const { facility: f, circle, district } = props
  const state = facilityState(f)
  const c = circle.data?.properties
  const unsnapped = circle.error instanceof ApiError && circle.error.status === 404
  return (
    <Details kind={term(district.services, f.service)} title={f.name} testid="facility-panel" onClose={props.onClose}>
      <p>
        <span class={`tag state-${state}`}>{stateWord(f)}</span>
      </p>
      <Figures
        rows={[
          [t('facility.capacity'), f.capacity > 0 ? number(f.capacity) : t('facility.unknown')],
          [t('facility.in_use'), figure(f.in_use)],
          ...(f.address ? [[t('facility.address'), f.address] as const] : []),
        ]}
      />
      {f.capacity > 0 && f.in_use !== null && (
        <p class="usage">
          <Share share={f.in_use / f.capacity} colour={serviceColour(f.service, district.services.map((s) => s.key))} />
        </p>
      )}
      {unsnapped ? <p class="hint">{t('facility.noCircle')}</p> : <Status got={circle} />}
      {c && (
        <>
          <Figures
            rows={[
              [t('facility.people', { n: c.minutes }), number(c.people), 'facility-people'],
              [t('facility.residents'), figure(c.residents), 'facility-residents'],
              [t('facility.area'), t('facility.km2', { n: decimal(c.area_km2, 2) })],
            ]}
          />
          <p class="hint">{t('facility.speed', { n: decimal(c.speed, 2) })}</p>
        </>
      )}
    </Details>
  )
}

/** RoutePanel names the visitor of a route and leads to their day. */
export function RoutePanel(props: { visitor: string; stops: number | null; date: string; onClose: () => void }) {
  return (
    <Details kind={t('route.title')} title={longDay(props.date)} testid="route-panel" onClose={props.onClose}>
      <Figures
        rows={[
          [t('route.visitor'), props.visitor],
          [t('route.stops'), props.stops === null ? '—' : number(props.stops)],
        ]}
      />
      <a class="button" href={href('day', { visitor: props.visitor, date: props.date })} onClick={follow}>
        {t('route.open')}
      </a>
    </Details>
  )
}

/** AreaPanel shows the figures of an area over the whole plan and leads to its board. */
export function AreaPanel(props: {
  district: District
  code: string
  properties: AreaProperties | null
  /** Left out: the panel is what the map begins with. */
  onClose?: () => void
}) {
  const { code, district, properties } = props
  const got = useGet<Board>(at.board(code, 'horizon'))
  const board = got.data?.area.code === code ? got.data : null
  const level = board?.area.level ?? properties?.level
  const kind = properties?.special ? t('level.special') : level ? t(`level.${level}` as TextKey) : ''
  return (
    <Details kind={kind} title={board?.area.name ?? properties?.name ?? code} testid="area-panel" onClose={props.onClose}>
      <p class="hint">
        {board && board.path.length > 1 && <>{board.path.slice(0, -1).map((p) => p.name).join(' › ')} · </>}
        <span class="code">{code}</span>
      </p>
      <Status got={got} />
      {board && (
        <>
          {(isTold(board.totals) || sum(board.totals.residents) > 0) && (
            <>
              <GradeBar counts={board.totals.residents} grades={district.grades} />
              <GradeCounts counts={board.totals.residents} grades={district.grades} />
            </>
          )}
          <Figures
            rows={[
              [t('area.residents'), residentsOf(board.totals), 'area-residents'],
              ...(properties ? [[t('area.households'), number(properties.households)] as const] : []),
              ...(isTold(board.totals) ? (['required', 'planned', 'owed', 'lapses'] as const) : []).map((c) => [t(`board.${c}`), figure(board.totals[c])] as const),
              [t('board.onTime'), percent(board.totals.on_time)],
            ]}
          />
          <ul class="shares">
            {district.services
              .filter((s) => board.coverage[s.key])
              .map((s) => (
                <li key={s.key}>
                  <span>{term(district.services, s.key)}</span>
                  <Share
                    share={board.coverage[s.key]?.resident_share}
                    colour={serviceColour(s.key, district.services.map((x) => x.key))}
                  />
                </li>
              ))}
          </ul>
        </>
      )}
      <div class="buttons">
        <a class="button" href={href('board', { area: code })} onClick={follow}>
          {t('area.board')}
        </a>
        {may('days') && answersFor(district, code) && (
          <a class="button quiet" href={href('day', { area: code })} onClick={follow}>
            {t('area.visitors')}
          </a>
        )}
      </div>
    </Details>
  )
}

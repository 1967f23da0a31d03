import type { ComponentChildren } from 'preact'
import type { Feature, Point } from 'geojson'
import type { District, Facilities, FacilityProperties, Heatmap, Routes, WalkCells } from '../api.ts'
import type { TextKey } from '../dictionary.ts'
import { number } from '../format.ts'
import { t, term } from '../i18n.ts'
import { facilityState, facilityStates, letter, type FacilityState } from '../map/icons.ts'
import type { Shown } from '../pages/map_page.tsx'
import { colours, serviceColour } from '../theme.ts'
import type { Got } from '../use_get.ts'
import { Status } from './status.tsx'

/** What the cells of the map show. */
export type Theme = 'residents' | 'over60' | 'disabled' | 'walk' | 'none'

const themes: readonly Theme[] = ['residents', 'over60', 'disabled', 'walk', 'none']
const listed = 40

/** toggled is the set with the key in it, or out of it where it was in. */
function toggled<K>(set: ReadonlySet<K>, key: K): ReadonlySet<K> {
  const next = new Set(set)
  if (!next.delete(key)) next.add(key)
  return next
}

/** Chip is a switch that looks like a word. */
function Chip(props: { on: boolean; onClick: () => void; children: ComponentChildren; testid?: string }) {
  return (
    <button type="button" class="chip" aria-pressed={props.on} onClick={props.onClick} data-testid={props.testid}>
      {props.children}
    </button>
  )
}

/** LayerPanel is the control of the map's layers with their legends. */
export function LayerPanel(props: {
  district: District
  theme: Theme
  onTheme: (t: Theme) => void
  walkService: string
  onWalkService: (s: string) => void
  services: ReadonlySet<string>
  onServices: (s: ReadonlySet<string>) => void
  states: ReadonlySet<FacilityState>
  onStates: (s: ReadonlySet<FacilityState>) => void
  shown: Shown
  onShown: (s: Shown) => void
  date: string
  onDate: (d: string) => void
  /** null: no routes are told */
  routes: Got<Routes> | null
  facilities: {
    got: Got<Facilities>
    inView: readonly Feature<Point, FacilityProperties>[]
    onPick: (id: string) => void
  }
  legend: ComponentChildren
}) {
  const { district, facilities, routes, shown } = props
  const keys = district.services.map((s) => s.key)
  const all = keys.every((k) => props.services.has(k))
  const present = new Set((facilities.got.data?.features ?? []).map((f) => facilityState(f.properties)))
  const found = routes?.data?.features ?? []
  return (
    <>
      <section>
        <h2>{t('map.theme')}</h2>
        <div class="radios" role="radiogroup" aria-label={t('map.theme')}>
          {themes.map((k) => (
            <label key={k}>
              <input type="radio" name="theme" checked={props.theme === k} onChange={() => props.onTheme(k)} />
              <span>{t(`map.theme.${k}` as TextKey)}</span>
            </label>
          ))}
        </div>
        {props.theme === 'walk' && (
          <label class="field">
            {t('map.walkTo')}
            <select value={props.walkService} onChange={(e) => props.onWalkService(e.currentTarget.value)}>
              {district.services.map((s) => (
                <option key={s.key} value={s.key}>
                  {term(district.services, s.key)}
                </option>
              ))}
            </select>
          </label>
        )}
        {props.legend}
      </section>
      <section>
        <h2>
          {t('map.facilities')} <small>{t('map.facilitiesShown', { n: number(facilities.inView.length) })}</small>
        </h2>
        <Status got={facilities.got} />
        <div class="chips">
          <Chip on={all} onClick={() => props.onServices(new Set(all ? [] : keys))}>
            {t('map.all')}
          </Chip>
          {district.services.map((s) => (
            <Chip
              key={s.key}
              on={props.services.has(s.key)}
              // With all on, a click means “this one only”.
              onClick={() => props.onServices(all ? new Set([s.key]) : toggled(props.services, s.key))}
              testid={`chip-${s.key}`}
            >
              <i class="sign" style={{ background: serviceColour(s.key, keys) }} aria-hidden="true">
                {letter(s)}
              </i>
              {term(district.services, s.key)}
            </Chip>
          ))}
        </div>
        <div class="chips small">
          {facilityStates
            .filter((s) => present.has(s))
            .map((s) => (
              <Chip key={s} on={props.states.has(s)} onClick={() => props.onStates(toggled(props.states, s))}>
                <i class={`state ${s}`} aria-hidden="true" />
                {t(`map.state.${s}` as TextKey)}
              </Chip>
            ))}
        </div>
        <details class="more">
          <summary>{t('map.listFacilities')}</summary>
          <ul class="plain-list" data-testid="facility-list">
            {facilities.inView.slice(0, listed).map((f) => (
              <li key={f.properties.id}>
                <button type="button" class="link" onClick={() => facilities.onPick(f.properties.id)}>
                  {f.properties.name}
                </button>{' '}
                <small>{t(`map.state.${facilityState(f.properties)}` as TextKey)}</small>
              </li>
            ))}
          </ul>
          {facilities.inView.length > listed && (
            <p class="hint">{t('map.more', { n: number(facilities.inView.length - listed) })}</p>
          )}
        </details>
      </section>
      {district.plan && routes && (
        <section>
          <h2>{t('map.routes')}</h2>
          <label class="switch">
            <input
              type="checkbox"
              checked={shown.routes}
              onChange={(e) => props.onShown({ ...shown, routes: e.currentTarget.checked })}
            />
            {t('map.showRoutes')}
          </label>
          <label class="field">
            {t('map.date')}
            <input
              type="date"
              min={district.plan.start}
              max={district.plan.end}
              value={props.date}
              onChange={(e) => {
                if (e.currentTarget.value) props.onDate(e.currentTarget.value)
              }}
            />
          </label>
          {shown.routes && (
            <p class="hint" aria-live="polite" data-testid="routes-count">
              {routes.data &&
                t('map.routesCount', {
                  n: number(found.length),
                  stops: number(found.reduce((n, f) => n + f.properties.stops, 0)),
                })}
            </p>
          )}
          {shown.routes && <p class="hint">{t('map.routesFar')}</p>}
          {shown.routes && <Status got={routes} />}
        </section>
      )}
      <section>
        <h2>{t('map.layers')}</h2>
        {(['areas', 'buildings', 'names'] as const).map((k) => (
          <label class="switch" key={k}>
            <input
              type="checkbox"
              checked={shown[k]}
              onChange={(e) => props.onShown({ ...shown, [k]: e.currentTarget.checked })}
            />
            {t(`map.${k}`)}
          </label>
        ))}
      </section>
    </>
  )
}

/** HeatLegend explains the classes of people per cell, the hidden ones too. */
export function HeatLegend({ got, from, k }: { got: Got<Heatmap>; from: readonly number[]; k: number }) {
  const ramp = colours.heat.slice(colours.heat.length - from.length)
  // Why is said where something is kept back, and not to those who see it all.
  const kept = (got.data?.cells.features ?? []).some((f) => f.properties.hidden || f.properties.rolled_up)
  return (
    <>
      <Status got={got} />
      {got.data && (
        <div class="legend" data-testid="heat-legend">
          <p>{t('map.people')}</p>
          <ul>
            {from.map((v, i) => {
              const next = from[i + 1]
              return (
                <li key={v}>
                  <i style={{ background: ramp[i] }} aria-hidden="true" />
                  {next === undefined ? `≥ ${number(v)}` : next - 1 === v ? number(v) : `${number(v)}–${number(next - 1)}`}
                </li>
              )
            })}
            <li class="wide">
              <i class="hatch" aria-hidden="true" />
              {t('map.hidden', { k })}
            </li>
          </ul>
          {kept && <p data-testid="heat-why">{t('map.hiddenWhy', { k })}</p>}
        </div>
      )}
    </>
  )
}

/** WalkLegend explains the classes of walking time. */
export function WalkLegend({ got }: { got: Got<WalkCells> }) {
  const words = [
    t('map.walk.under', { n: 5 }),
    t('map.walk.between', { a: 5, b: 10 }),
    t('map.walk.between', { a: 10, b: 15 }),
    t('map.walk.over', { n: 15 }),
  ]
  // Cells out of reach may be left out altogether.
  const seconds = (got.data?.features ?? []).map((f) => f.properties.seconds)
  const over = seconds.some((s) => s !== null && s > 900)
  const none = seconds.some((s) => s === null || s < 0)
  return (
    <>
      <Status got={got} />
      {got.data && (
        <div class="legend" data-testid="walk-legend">
          <ul>
            {words.slice(0, over ? 4 : 3).map((w, i) => (
              <li key={w}>
                <i style={{ background: colours.walk[i] }} aria-hidden="true" />
                {w}
              </li>
            ))}
            {none && (
              <li>
                <i class="hatch" aria-hidden="true" />
                {t('map.walk.none')}
              </li>
            )}
          </ul>
          {!over && <p>{t('map.walk.blank')}</p>}
        </div>
      )}
    </>
  )
}

import type { ComponentChildren } from 'preact'
import { ApiError, type AreaProperties, type District, type FacilityProperties, type OpenHours } from '../api.ts'
import { bandList, type Bands, type BandProperties, type FacilityBands, type StandardArea } from '../api_coverage.ts'
import type { TextKey } from '../dictionary.ts'
import { decimal, number } from '../format.ts'
import { t, term } from '../i18n.ts'
import { facilityState } from '../map/icons.ts'
import { follow, href } from '../route.ts'
import { Share } from '../parts/marks.tsx'
import { Status } from '../parts/status.tsx'
import { serviceColour } from '../theme.ts'
import { stateWord } from '../told.ts'
import type { Got } from '../use_get.ts'
import { significant } from './legend.tsx'
import { Entry } from './legend.tsx'
import { bandTints } from './map_layers.ts'

/** Card is what was chosen: a heading, a way to close it, figures. */
export function Card(props: { kind: string; title: string; testid: string; onClose: () => void; children: ComponentChildren }) {
  return (
    <section class="details" data-testid={props.testid}>
      <header>
        <div>
          <p class="kind">{props.kind}</p>
          <h2>{props.title}</h2>
        </div>
        <button type="button" class="close" aria-label={t('app.close')} onClick={props.onClose}>
          ×
        </button>
      </header>
      {props.children}
    </section>
  )
}

/** counted writes a count of people; one that an outsider may not see says so. */
export function counted(n: number | null | undefined): string {
  return n === null || n === undefined ? t('cov.notShown') : number(n)
}

/** BandTable is who lives within each band: the same numbers as the map, in words. */
export function BandTable({ bands, testid }: { bands: readonly { properties: BandProperties }[]; testid: string }) {
  const list = [...bands].map((b) => b.properties).sort((a, b) => a.minutes - b.minutes)
  const columns = ['people', 'over60', 'disabled', 'residents'] as const
  return (
    <div class="scroll">
      <table class="cov-table" data-testid={testid}>
        <thead>
          <tr>
            <th scope="col">{t('cov.band')}</th>
            {columns.map((c) => (
              <th scope="col" key={c}>
                {t(`cov.who.${c}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {list.map((b, i) => (
            <tr key={b.minutes} data-minutes={b.minutes}>
              <th scope="row">
                <i class="cov-swatch" style={{ background: bandTints[i + 3 - list.length] }} aria-hidden="true" />
                {t('cov.upTo', { n: b.minutes })}
              </th>
              {columns.map((c) => (
                <td key={c} data-value={c}>
                  {counted(b[c])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

/** BandLegend explains the bands and how much ground they hold. */
export function BandLegend({ bands }: { bands: Bands }) {
  const list = bandList(bands).reverse()
  return (
    <div class="legend cov-legend" data-testid="band-legend">
      <ul>
        {list.map((b, i) => (
          <Entry
            key={b.properties.minutes}
            colour={bandTints[i + 3 - list.length] ?? ''}
            words={`${t('cov.legend.upTo', { n: b.properties.minutes })} · ${t('facility.km2', { n: decimal(b.properties.area_km2, 2) })}`}
          />
        ))}
      </ul>
      <p class="hint">{t('cov.legend.bands')}</p>
    </div>
  )
}

/** ReachedCard is who reaches the chosen service in the whole district, and what there is of it. */
export function ReachedCard(props: { district: District; service: string; bands: Got<Bands>; facilities: readonly { properties: FacilityProperties }[]; onFacility: (id: string) => void }) {
  const { district, service, bands } = props
  const states = new Map<string, number>()
  for (const f of props.facilities) {
    const word = stateWord(f.properties)
    states.set(word, (states.get(word) ?? 0) + 1)
  }
  return (
    <section data-testid="reached">
      <h2>{t('cov.reached', { service: term(district.services, service) })}</h2>
      <Status got={bands} />
      {bands.data && <BandTable bands={bands.data.features} testid="reached-table" />}
      <p class="hint" data-testid="facility-states">
        {[...states]
          .map(([state, n]) => t('cov.stateCount', { state, n: number(n) }))
          .join(' · ')}
      </p>
      <p class="hint">{t('cov.lookHint')}</p>
      <details class="more">
        <summary>{t('cov.listFacilities')}</summary>
        <ul class="plain-list" data-testid="facility-list">
          {props.facilities.map((f) => (
            <li key={f.properties.id}>
              <button type="button" class="link" onClick={() => props.onFacility(f.properties.id)}>
                {f.properties.name}
              </button>{' '}
              <small>{stateWord(f.properties)}</small>
            </li>
          ))}
        </ul>
      </details>
    </section>
  )
}

/** hourLines are the hours of a week, days with the same hours together. */
export function hourLines(hours: readonly OpenHours[]): { days: number[]; spans: string }[] {
  const byDay = new Map<number, string[]>()
  for (const h of hours) byDay.set(h.weekday, [...(byDay.get(h.weekday) ?? []), `${h.from}–${h.to}`])
  const out: { days: number[]; spans: string }[] = []
  for (const [d, spans] of [...byDay].sort((a, b) => a[0] - b[0])) {
    const words = spans.join(' ')
    const last = out.at(-1)
    if (last && last.spans === words && last.days.at(-1) === d - 1) last.days.push(d)
    else out.push({ days: [d], spans: words })
  }
  return out
}

/** FacilityCard is a facility, how much of it is used, when it is open, and who is within its bands. */
export function FacilityCard(props: {
  district: District
  facility: FacilityProperties
  circle: Got<FacilityBands>
  onClose: () => void
  onTurn: (op: 'close' | 'open') => void
}) {
  const { facility: f, circle, district } = props
  const state = facilityState(f)
  const unsnapped = circle.error instanceof ApiError && circle.error.status === 404
  const keys = district.services.map((s) => s.key)
  return (
    <Card kind={term(district.services, f.service)} title={f.name} testid="facility-card" onClose={props.onClose}>
      <p>
        <span class={`tag state-${state}`}>{stateWord(f)}</span>
      </p>
      <dl class="figures">
        <div>
          <dt>{t('cov.load')}</dt>
          <dd>
            {counted(f.in_use)} / {f.capacity > 0 ? number(f.capacity) : t('facility.unknown')}
          </dd>
        </div>
        {f.area_m2 ? (
          <div>
            <dt>{t('cov.m2')}</dt>
            <dd>{t('cov.m2.n', { n: number(f.area_m2) })}</dd>
          </div>
        ) : null}
        {f.staff ? (
          <div>
            <dt>{t('cov.staff')}</dt>
            <dd>{number(f.staff)}</dd>
          </div>
        ) : null}
        {f.hours !== undefined && (
          <div>
            <dt>{t('cov.hours')}</dt>
            <dd>
              <HoursOf hours={f.hours} />
            </dd>
          </div>
        )}
      </dl>
      {f.capacity > 0 && f.in_use !== null && (
        <p class="usage">
          <Share share={f.in_use / f.capacity} colour={serviceColour(f.service, keys)} />
        </p>
      )}
      <h3>{t('cov.circle')}</h3>
      {unsnapped ? <p class="hint">{t('cov.noCircle')}</p> : <Status got={circle} />}
      {circle.data && <BandTable bands={bandList(circle.data)} testid="facility-bands" />}
      <div class="buttons">
        {state === 'idle' || state === 'planned' ? (
          <button type="button" class="button quiet" onClick={() => props.onTurn('open')} data-testid="try-open">
            {t('cov.tryOpen')}
          </button>
        ) : (
          <button type="button" class="button quiet" onClick={() => props.onTurn('close')} data-testid="try-close">
            {t('cov.tryClose')}
          </button>
        )}
      </div>
    </Card>
  )
}

function HoursOf({ hours }: { hours: readonly OpenHours[] | null }) {
  if (hours === null) return <>{t('cov.hours.unknown')}</>
  if (hours.length === 0) return <>{t('cov.hours.closed')}</>
  const day = (d: number | undefined) => t(`cov.weekday.${d}` as TextKey)
  return (
    <>
      {hourLines(hours).map((l) => (
        <span class="cov-hours" key={l.days[0]}>
          {l.days.length > 1 ? `${day(l.days[0])}–${day(l.days.at(-1))}` : day(l.days[0])} {l.spans}
        </span>
      ))}
    </>
  )
}

/** AreaCard is an area and how it stands against the chosen standard. */
export function AreaCard(props: {
  area: Partial<AreaProperties> & { code: string; name: string }
  standing: StandardArea | null
  standard: string
  target: { value: number; unit: string } | null
  onClose: () => void
}) {
  const { area, standing, target } = props
  const figure = (v: number | null | undefined) => (v === null || v === undefined ? '—' : significant(v))
  const withUnit = (v: number | null | undefined) => (v === null || v === undefined ? '—' : `${decimal(v)}${target?.unit.startsWith('%') ? '%' : ` ${target?.unit ?? ''}`}`)
  return (
    <Card kind={area.level ? t(`level.${area.level}` as TextKey) : ''} title={area.name} testid="area-card" onClose={props.onClose}>
      <p class="hint">
        <span class="code">{area.code}</span>
      </p>
      {standing ? (
        <>
          <h3>{props.standard}</h3>
          <dl class="figures" data-testid="area-standing" data-status={standing.status}>
            <div>
              <dt>{t('cov.area.status')}</dt>
              <dd>
                <span class={`tag cov-${standing.status}`}>{standing.reason === 'hidden' ? t('cov.legend.notTold') : t(`cov.status.${standing.status}`)}</span>
              </dd>
            </div>
            {target && (
              <div>
                <dt>{t('cov.area.value')}</dt>
                <dd data-value="value">
                  {withUnit(standing.value)} / {withUnit(target.value)}
                </dd>
              </div>
            )}
            {(['have', 'need', 'short'] as const).map((k) => (
              <div key={k}>
                <dt>{t(`cov.area.${k}`)}</dt>
                <dd data-value={k}>{figure(standing[k])}</dd>
              </div>
            ))}
          </dl>
        </>
      ) : (
        <p class="hint">{t('cov.area.chooseStandard')}</p>
      )}
      <div class="buttons">
        <a class="button" href={href('shortfall', { area: area.code })} onClick={follow} data-testid="to-shortfall">
          {t('cov.area.shortfall')}
        </a>
        <a class="button quiet" href={href('board', { area: area.code })} onClick={follow}>
          {t('cov.area.board')}
        </a>
      </div>
    </Card>
  )
}

import type { ComponentChildren } from 'preact'
import { useEffect, useState } from 'preact/hooks'
import type { MapLibreMap } from 'maplibre-gl'
import type { Feature, FeatureCollection } from 'geojson'
import { at, type Bounds, type Day, type DayItinerary, type DayStop, type DirectionLeg, type District, type VisitorItem, type Visitors, type WalkDirections } from '../api.ts'
import { clampDay, day, isDate, list, longDay, number, todayIn, walk, weekday } from '../format.ts'
import { dayOf, homeOf, homes, ownVisitor } from '../home.ts'
import { lang, t, term } from '../i18n.ts'
import { fit, MapCanvas, setData } from '../map/canvas.tsx'
import { bounds, join } from '../map/shape.ts'
import type { TextKey } from '../dictionary.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { Homes } from '../parts/homes.tsx'
import { StepLine } from '../parts/manoeuvre.tsx'
import { GradeMark } from '../parts/marks.tsx'
import { StaleDay } from '../parts/notices.tsx'
import { OffDialog } from '../parts/off_dialog.tsx'
import { Status } from '../parts/status.tsx'
import { Why } from '../parts/why.tsx'
import { follow, go, href, route } from '../route.ts'
import { may } from '../seat.ts'
import { colours, gradeColour } from '../theme.ts'
import { useGet } from '../use_get.ts'

/** DayPage is what a visitor opens in the morning: whom to see, in which order, how to get there. */
export function DayPage({ district }: { district: District }) {
  const { params } = route.value
  const plan = district.plan
  const date = isDate(params['date'])
    ? params['date']
    : plan
      ? clampDay(district.today, plan.start, plan.end)
      : district.today
  const visitor = dayOf(params)
  if (visitor) return <OneDay key={visitor} district={district} visitor={visitor} date={date} leader={params['leader']} />
  return <Picker district={district} area={params['area'] ?? homeOf(district)} date={date} />
}

/** Picker finds a visitor by area or id; those with visits that day come first. */
function Picker({ district, area, date }: { district: District; area: string; date: string }) {
  const [typed, setTyped] = useState('')
  const [q, setQ] = useState('')
  useEffect(() => {
    const later = setTimeout(() => setQ(typed.trim()), 200)
    return () => clearTimeout(later)
  }, [typed])
  const home = homeOf(district, area)
  const got = useGet<Visitors>(at.visitors(area, date, q))
  return (
    <div class="page picker" data-testid="picker" data-area={area}>
      <Homes district={district} open={area} to={(code) => href('day', { area: code, date })} />
      <h1>{t('day.pick')}</h1>
      <div class="filters">
        <div class="field">
          <span>
            {t('day.pickArea')}
            {area !== district.code && (
              <>
                {' '}
                <b class="code">{area}</b>{' '}
              </>
            )}
            {area !== home && (
              <button type="button" class="link" onClick={() => go(href('day', { area: home, date }))}>
                {home === district.code ? t('map.whole') : home}
              </button>
            )}
          </span>
          <AreaSearch within={homes(district)} onPick={(hit) => go(href('day', { area: hit.code, date }))} />
        </div>
        <label class="field">
          <span>{t('day.pickQuery')}</span>
          <input
            type="search"
            value={typed}
            placeholder={t('day.pickQueryHint')}
            onInput={(e) => setTyped(e.currentTarget.value)}
            data-testid="visitor-query"
          />
        </label>
        <DateField district={district} date={date} onDate={(d) => go(href('day', { area, date: d }))} />
      </div>
      <Status got={got} />
      {got.data && (
        <p class="hint" role="status">
          {got.data.total > 0 ? t('day.pickCount', { n: number(got.data.total) }) : t('day.pickNone')}
          {got.data.total > got.data.items.length && t('sentence.join') + t('day.pickFirst', { n: number(got.data.items.length) })}
        </p>
      )}
      <VisitorList district={district} items={got.data?.items ?? []} date={date} testid="visitors" />
    </div>
  )
}

function DateField(props: { district: District; date: string; onDate: (d: string) => void }) {
  const { plan } = props.district
  return (
    <label class="field">
      <span>{t('map.date')}</span>
      <input
        type="date"
        min={plan?.start}
        max={plan?.end}
        value={props.date}
        onChange={(e) => {
          if (isDate(e.currentTarget.value)) props.onDate(e.currentTarget.value)
        }}
      />
    </label>
  )
}

function VisitorList(props: { district: District; items: readonly VisitorItem[]; date: string; testid: string; leader?: string }) {
  const { district } = props
  return (
    <ul class="visitors" data-testid={props.testid}>
      {props.items.map((v) => (
        <li key={v.id}>
          <a href={href('day', { visitor: v.id, date: props.date, leader: props.leader })} onClick={follow} data-visitor={v.id}>
            <span class="who">
              <b>{v.name || v.id}</b>
              <small>
                {term(district.visitor_kinds, v.kind)} · {term(district.tiers, v.tier)}
                {v.name && ` · ${v.id}`}
              </small>
            </span>
            <span class={v.stops > 0 ? 'count' : 'count none'}>
              {v.stops > 0 ? t('day.stops', { n: v.stops }) : t('day.noStops')}
              {v.stops > 0 && v.depart && (
                <small>
                  {v.depart}
                  {v.back && `–${v.back}`}
                </small>
              )}
            </span>
          </a>
        </li>
      ))}
    </ul>
  )
}

/**
 * OneDay is one visitor's day: the route on the map above the list in order.
 * Below it a leader finds those of their grid; opened from there, a day leads
 * back to the leader's.
 */
function OneDay({ district, visitor, date, leader }: { district: District; visitor: string; date: string; leader?: string | undefined }) {
  const above = useGet<Day>(leader && may('days') ? at.day(leader, date) : null)
  const got = useGet<Day>(at.day(visitor, date))
  // The way from door to door is asked for once somebody wants to see it.
  const [guided, setGuided] = useState(false)
  const [off, setOff] = useState(false)
  const ways = useGet<WalkDirections[]>(guided ? at.directions(visitor, date, lang.value) : null)
  const d = got.data
  const itineraries = d?.itineraries ?? []
  const stops = itineraries.flatMap((i) => i.stops)
  const walking = itineraries.reduce((s, i) => s + i.walk_seconds, 0)
  const leads = d?.leads ?? []
  const first = itineraries[0]
  const last = itineraries.at(-1)
  const nameOf = (id: string) => nameAmong(stops, id, district)
  const to = (other: string) => href('day', { visitor, date: other, leader })
  return (
    <div class={stops.length > 0 ? 'day' : 'day no-map'}>
      <div class="day-list">
        {leader && (
          <a class="way-back" href={href('day', { visitor: leader, date })} onClick={follow} data-testid="back-to-leader">
            ‹ {t('day.backTo', { name: above.data?.visitor.name || leader })}
          </a>
        )}
        <header class="day-head">
          <div class="person">
            <h1>{d?.visitor.name || visitor}</h1>
            {d && (
              <p>
                {term(district.visitor_kinds, d.visitor.kind)} · {term(district.tiers, d.visitor.tier)}
                {d.visitor.name && <span class="code"> · {d.visitor.id}</span>}
              </p>
            )}
          </div>
          <div class="tools">
            {may('days') && (
              <a class="button quiet" href={href('day', { area: homeOf(district), date })} onClick={follow} data-testid="day-change">
                {t('day.change')}
              </a>
            )}
            {stops.length > 0 && (
              <button type="button" class={guided ? 'button quiet' : 'button'} aria-expanded={guided} onClick={() => setGuided(!guided)} data-testid="guide">
                {t(guided ? 'day.guideOff' : 'day.guide')}
              </button>
            )}
            {visitor === ownVisitor() && (
              <a class="button quiet" href="/today" data-testid="to-today">
                {t('today.onPhone')}
              </a>
            )}
            {district.plan && d && may('replan') && (
              <button type="button" class="button quiet" onClick={() => setOff(true)} data-testid="off-open">
                {t('off.open')}
              </button>
            )}
            <button type="button" class="button quiet" onClick={() => print()}>
              {t('day.print')}
            </button>
          </div>
        </header>
        <nav class="dates" aria-label={t('map.date')}>
          <Step to={d?.prev ? to(d.prev) : null} label={d?.prev ? t('day.prevLabel', { date: longDay(d.prev) }) : ''} testid="day-prev">
            ‹ {t('day.prev')}
          </Step>
          <p class="date" data-testid="day-date" data-date={date}>
            <b>{day(date)}</b> {weekday(date)}
            {date === todayIn(district.time_zone) && <span class="tag today">{t('day.today')}</span>}
          </p>
          <Step to={d?.next ? to(d.next) : null} label={d?.next ? t('day.nextLabel', { date: longDay(d.next) }) : ''} testid="day-next">
            {t('day.next')} ›
          </Step>
        </nav>
        {off && <OffDialog district={district} visitor={visitor} name={d?.visitor.name || visitor} date={date} nameOf={nameOf} onClose={() => setOff(false)} />}
        {stops.length > 0 && <StaleDay date={date} />}
        <Status got={got} />
        {d && stops.length > 0 && first && last && (
          <p class="day-sum" aria-live="polite">
            <b data-testid="stop-count">{t(stops.some((s) => s.task) ? 'day.stopsAt' : 'day.stops', { n: stops.length })}</b>
            <span>
              {first.depart}–{last.back}
            </span>
            <span>{t(onTheWay(d.visitor.mode).total, { t: walk(walking) })}</span>
            {(d.visitor.shifts ?? []).length > 0 && (
              <span>
                {t('day.shift')} {list((d.visitor.shifts ?? []).map((s) => `${s.from}–${s.to}`))}
              </span>
            )}
          </p>
        )}
        {d && leads.length > 0 && stops.length > 0 && (
          <a class="to-leads" href="#leads" data-testid="to-leads">
            <b>{t(leadsOf(d.visitor.tier))}</b> {leadsCount(leads)} ↓
          </a>
        )}
        {d && stops.length === 0 && <p class="empty-day">{t('day.empty')}</p>}
        {guided && stops.length > 0 && <Status got={ways} />}
        {itineraries.map((it, i) => (
          <Walk
            key={i}
            district={district}
            visitor={visitor}
            mode={d?.visitor.mode ?? ''}
            itinerary={it}
            date={date}
            nameOf={nameOf}
            before={before(itineraries, i)}
            heading={itineraries.length > 1 ? t('day.itinerary', { n: i + 1 }) : null}
            legs={guided ? legsOf(ways.data, it) : null}
          />
        ))}
        {d && leads.length > 0 && (
          <section class="leads" id="leads">
            <h2>{t(leadsOf(d.visitor.tier))}</h2>
            <p class="hint">
              {leadsCount(leads)}
              {t('sentence.join')}
              {t('day.leadsNote')}
            </p>
            <VisitorList district={district} items={leads} date={date} testid="leads" leader={visitor} />
          </section>
        )}
      </div>
      {stops.length > 0 && <DayMap district={district} itineraries={itineraries} />}
    </div>
  )
}

/** leadsOf names what a leader leads. */
function leadsOf(tier: string): TextKey {
  return tier === 'master-grid' ? 'day.leads.master-grid' : 'day.leads.grid'
}

/** leadsCount says how many there are, and how many of them set out that day. */
function leadsCount(leads: readonly VisitorItem[]): string {
  const out = leads.filter((v) => v.stops > 0)
  return t('day.leadsCount', { n: number(leads.length), out: number(out.length), stops: number(out.reduce((n, v) => n + v.stops, 0)) })
}

function Step(props: { to: string | null; label: string; testid: string; children: ComponentChildren }) {
  if (!props.to)
    return (
      <span class="step off" aria-hidden="true">
        {props.children}
      </span>
    )
  return (
    <a class="step" href={props.to} onClick={follow} aria-label={props.label} data-testid={props.testid}>
      {props.children}
    </a>
  )
}

/** before counts the doors of the walks before one, so that a day's doors are numbered through. */
function before(itineraries: readonly DayItinerary[], i: number): number {
  return itineraries.slice(0, i).reduce((n, it) => n + it.stops.length, 0)
}

/** placeOf names where a stop is: at a resident's home, or a task's own place. */
function placeOf(s: DayStop | undefined): string {
  return s?.resident || s?.task?.id || ''
}

/** nameAmong is what to call a resident or a task by id: as on the day's list, or the id where it is not there. */
function nameAmong(stops: readonly DayStop[], id: string, district: District): string {
  const s = stops.find((x) => (x.task ? x.task.id === id : x.resident === id)) ?? stops.find((x) => x.resident === id)
  return s ? titleOf(s, district, s.task?.id === id) : id
}

/** titleOf is what stands above a stop: who is visited, what is done, or both. */
function titleOf(s: DayStop, district: District, task = s.task !== null): string {
  const what = s.task && task ? (s.task.what ? term(district.skills, s.task.what) : term(district.task_kinds, s.task.kind)) : ''
  return [what, s.name || s.resident].filter(Boolean).join(' · ') || s.task?.id || ''
}

/** legsOf finds the legs of a walk by its first door. */
function legsOf(ways: readonly WalkDirections[] | null, it: DayItinerary): readonly DirectionLeg[] | null {
  return ways?.find((w) => w.legs[0]?.to === placeOf(it.stops[0]))?.legs ?? null
}

/** Way is one walk between two places, told step by step once its leg is known. */
function Way({ label, leg, seconds }: { label: string; leg: DirectionLeg | undefined; seconds: number }) {
  return (
    <div class="leg">
      <p>
        {label}
        {leg && leg.metres > 0 && <span data-testid="leg-metres"> · {t('day.metres', { n: number(leg.metres) })}</span>}
      </p>
      {leg && leg.steps.length === 0 && seconds > 0 && <p class="hint">{t('day.guideNone')}</p>}
      {leg && leg.steps.length > 0 && (
        <ol class="steps" data-testid="steps" data-to={leg.to}>
          {leg.steps.map((s, i) => (
            <StepLine key={i} step={s} />
          ))}
        </ol>
      )}
    </div>
  )
}

/** Walk is one itinerary: setting out, the doors in order with the walks between, coming back. */
function Walk(props: { district: District; visitor: string; mode: string; itinerary: DayItinerary; date: string; nameOf: (id: string) => string; before: number; heading: string | null; legs: readonly DirectionLeg[] | null }) {
  const { itinerary: it, date, district } = props
  return (
    <section class="walk">
      {props.heading && <h2>{props.heading}</h2>}
      <p class="end-point">
        <b data-testid="depart">{it.depart}</b> {t('day.depart')}
      </p>
      <ol class="stops">
        {it.stops.map((s, i) => (
          <Stop key={s.seq} stop={s} n={props.before + s.seq} date={date} district={district} visitor={props.visitor} mode={props.mode} nameOf={props.nameOf} leg={props.legs?.[i]} />
        ))}
      </ol>
      {it.return_seconds > 0 && <Way label={t(onTheWay(props.mode).back, { t: walk(it.return_seconds) })} leg={props.legs?.[it.stops.length]} seconds={it.return_seconds} />}
      <p class="end-point">
        <b data-testid="back">{it.back}</b> {it.return_seconds > 0 ? t('day.back') : t('day.last')}
      </p>
    </section>
  )
}

/** onTheWay returns the words for the way of a mode of travel. */
function onTheWay(mode: string): { total: TextKey; leg: TextKey; back: TextKey } {
  if (mode === 'e-bike') return { total: 'day.rideTotal', leg: 'day.ride', back: 'day.rideBack' }
  if (mode === 'car') return { total: 'day.driveTotal', leg: 'day.drive', back: 'day.driveBack' }
  return { total: 'day.walkTotal', leg: 'day.walk', back: 'day.walkBack' }
}

const whys: readonly string[] = ['owed', 'due_today', 'due_soon', 'on_the_way']

interface StopProps {
  stop: DayStop
  n: number
  date: string
  district: District
  visitor: string
  mode: string
  nameOf: (id: string) => string
  leg: DirectionLeg | undefined
}

function Stop({ stop: s, n, date, district, visitor, mode, nameOf, leg }: StopProps) {
  const [asked, setAsked] = useState(false)
  const colour = stopColour(s)
  return (
    <li data-testid="stop" data-resident={s.resident} data-task={s.task?.id}>
      <Way label={s.walk_seconds > 0 ? t(onTheWay(mode).leg, { t: walk(s.walk_seconds) }) : t('day.sameDoor')} leg={leg} seconds={s.walk_seconds} />
      <article class="stop" style={{ borderLeftColor: colour }} aria-label={t('day.order', { n })}>
        <span class="seq" style={{ borderColor: colour }} aria-hidden="true">
          {n}
        </span>
        <div class="what">
          <p class="line">
            <time data-testid="stop-arrive">{s.arrive}</time>
            <b class="name">{titleOf(s, district)}</b>
            {s.task ? <span class="task-kind">{term(district.task_kinds, s.task.kind)}</span> : <GradeMark grade={s.grade} grades={district.grades} />}
          </p>
          {s.address && <p class="address">{s.address}</p>}
          <p class="tags">
            {s.owed && <span class="tag owed">{t('day.owed')}</span>}
            {s.due_by === date ? (
              <span class="tag due">{t(date === todayIn(district.time_zone) ? 'day.dueToday' : 'day.dueThatDay')}</span>
            ) : (
              s.due_by && <span class="tag">{t('day.due', { date: day(s.due_by) })}</span>
            )}
            <span class="tag">{t('day.minutes', { n: s.minutes })}</span>
            {(s.hours ?? []).length > 0 && <span class="tag">{t('day.hours', { spans: list((s.hours ?? []).map((h) => `${h.from}–${h.to}`)) })}</span>}
            {(s.with ?? []).length > 0 && <span class="tag due">{t('day.with', { who: list(s.with ?? []) })}</span>}
            {!s.task &&
              (s.kinds ?? []).map((k) => (
                <span class="tag kind" key={k}>
                  {term(district.kinds, k)}
                </span>
              ))}
          </p>
          <p class="why">
            {s.why && (
              <>
                <span class="unseen">{t('day.why')}: </span>
                {whys.includes(s.why) ? t(`day.why.${s.why}` as TextKey) : s.why}{' '}
              </>
            )}
            <button type="button" class="link" aria-expanded={asked} onClick={() => setAsked(!asked)} data-testid="why">
              {t(asked ? 'why.hide' : 'why.ask')}
            </button>
          </p>
          {asked && <Why district={district} visitor={visitor} date={date} stop={s} nameOf={nameOf} />}
        </div>
        <span class="signed" aria-hidden="true">
          □ {t('day.signed')}
        </span>
      </article>
    </li>
  )
}

/** stopColour is that of the resident's grade; a task has one of its own. */
function stopColour(s: DayStop): string {
  return s.task ? colours.accent : gradeColour(s.grade)
}

/** dayShapes are the route lines and the numbered stops of a day, and the bounds around them. */
function dayShapes(itineraries: readonly DayItinerary[]): { lines: FeatureCollection; points: FeatureCollection; around: Bounds | null } {
  const lines: Feature[] = []
  const points: Feature[] = []
  // Drawn first: where a walk sets out from a door, the door's number stays in view.
  const starts: Feature[] = []
  let around: Bounds | null = null
  itineraries.forEach((it, i) => {
    if (it.route) {
      around = join(around, bounds(it.route))
      lines.push({ type: 'Feature', geometry: it.route, properties: { colour: colours.routes[i % colours.routes.length], visitor: '-' } })
      const start = it.route.type === 'LineString' ? it.route.coordinates[0] : it.route.coordinates[0]?.[0]
      if (start)
        starts.push({
          type: 'Feature',
          geometry: { type: 'Point', coordinates: start },
          properties: { start: true, label: '', colour: '#ffffff' },
        })
    }
    // One disc for one place: neighbours of one door share it.
    const byPlace = new Map<string, DayStop[]>()
    for (const s of it.stops) {
      const key = s.location.map((v) => v.toFixed(5)).join()
      byPlace.set(key, [...(byPlace.get(key) ?? []), s])
    }
    for (const group of byPlace.values()) {
      const s = group[0]
      if (!s) continue
      const g = { type: 'Point', coordinates: s.location } as const
      around = join(around, bounds(g))
      points.push({
        type: 'Feature',
        geometry: g,
        properties: { start: false, label: group.map((x) => before(itineraries, i) + x.seq).join(','), colour: stopColour(s) },
      })
    }
  })
  return {
    lines: { type: 'FeatureCollection', features: lines },
    points: { type: 'FeatureCollection', features: [...starts, ...points] },
    around,
  }
}

function DayMap({ district, itineraries }: { district: District; itineraries: readonly DayItinerary[] }) {
  const [map, setMap] = useState<MapLibreMap | null>(null)
  const shapes = dayShapes(itineraries)
  const key = JSON.stringify(shapes.around) + itineraries.length
  useEffect(() => {
    if (!map) return
    for (const id of ['micro-grid', 'micro-grid-name']) map.setLayoutProperty(id, 'visibility', 'none')
    setData(map, 'routes', shapes.lines)
    setData(map, 'stops', shapes.points)
    if (shapes.around) fit(map, shapes.around, 48, 16.5)
  }, [map, key])
  return (
    <div class="day-map">
      <MapCanvas
        district={district}
        bounds={shapes.around ?? district.bounds}
        padding={48}
        label={t('day.map')}
        onReady={setMap}
      />
    </div>
  )
}

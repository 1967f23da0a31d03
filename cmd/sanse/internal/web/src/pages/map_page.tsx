import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { FilterSpecification, MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import type { FeatureCollection } from 'geojson'
import { at, type AreaProperties, type Areas, type Bounds, type Circle, type District, type Facilities, type Heatmap, type Routes, type WalkCells } from '../api.ts'
import { clampDay, number } from '../format.ts'
import { homeOf } from '../home.ts'
import { t } from '../i18n.ts'
import { fit, MapCanvas, setData, type Padding } from '../map/canvas.tsx'
import { facilityState, facilityStates, iconName, type FacilityState } from '../map/icons.ts'
import { nameFeatures } from '../map/names.ts'
import { bounds, breaks } from '../map/shape.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { AreaPanel, CoveragePanel, FacilityPanel, RoutePanel } from '../parts/map_panels.tsx'
import { HeatLegend, LayerPanel, WalkLegend, type Theme } from '../parts/layer_panel.tsx'
import { Sentence } from '../parts/sentence.tsx'
import { go, href, route } from '../route.ts'
import { may } from '../seat.ts'
import { still } from '../still.ts'
import { colours, serviceColour, tone } from '../theme.ts'
import { useGet } from '../use_get.ts'
import { answersFor } from '../viewer.ts'

const heatResolution = 8
/** Length of a grid's code; a micro-grid's is longer. */
const gridLength = 15
const areaSources = ['town', 'community', 'grid'] as const
const nameLayers = ['street-name', 'micro-grid-name', 'grid-name', 'community-name', 'town-name', 'facility-name']
const areaLayers = ['micro-grid', 'grid', 'community', 'town']

/** What of the map is switched on besides its themes. */
export interface Shown {
  routes: boolean
  areas: boolean
  buildings: boolean
  names: boolean
}

const narrow = () => matchMedia('(max-width: 760px)').matches
/** clear is what the panels leave of the map; on a phone the open sheet covers more than half. */
const clear = (sheet = false): Padding =>
  narrow() ? { top: 66, right: 20, bottom: sheet ? innerHeight * 0.42 : 66, left: 20 } : { top: 72, right: 390, bottom: 40, left: 340 }

/** withColour gives every cell of people its class; hidden cells keep none. */
function heatCells(h: Heatmap): { cells: FeatureCollection; from: number[] } {
  const from = breaks(h.cells.features.flatMap((f) => (f.properties.hidden ? [] : [f.properties.count ?? 0])), colours.heat.length)
  const ramp = colours.heat.slice(colours.heat.length - from.length)
  const features = h.cells.features.map((f) => {
    const i = from.filter((v) => v <= (f.properties.count ?? 0)).length - 1
    return { ...f, properties: { ...f.properties, colour: ramp[Math.max(0, i)] } }
  })
  return { cells: { type: 'FeatureCollection', features }, from }
}

/** walkCells gives every cell the colour of its walking time; -1 and null are no way. */
function walkCells(w: WalkCells): FeatureCollection {
  const features = w.features.map((f) => {
    const s = f.properties.seconds
    if (s === null || s < 0) return { ...f, properties: { ...f.properties, hidden: true } }
    const i = s <= 300 ? 0 : s <= 600 ? 1 : s <= 900 ? 2 : 3
    return { ...f, properties: { ...f.properties, hidden: false, colour: colours.walk[i] } }
  })
  return { type: 'FeatureCollection', features }
}

/** MapPage is the map of the district: its areas, people, facilities and the routes of a day. */
export function MapPage({ district }: { district: District }) {
  const { params } = route.value
  const [map, setMap] = useState<MapLibreMap | null>(null)
  const [theme, setTheme] = useState<Theme>('residents')
  const [walkService, setWalkService] = useState(district.services[0]?.key ?? '')
  const [services, setServices] = useState<ReadonlySet<string>>(() => new Set(district.services.map((s) => s.key)))
  const [states, setStates] = useState<ReadonlySet<FacilityState>>(() => new Set(facilityStates))
  const [shown, setShown] = useState<Shown>({ routes: true, areas: true, buildings: true, names: true })
  const plan = district.plan
  const home = homeOf(district, params['area'])
  // Who walks where is told to those who see single records of the area.
  const walked = may('records') && answersFor(district, home)
  const [date, setDate] = useState(() => (plan ? clampDay(district.today, plan.start, plan.end) : district.today))
  const [open, setOpen] = useState(() => Boolean(params['area'] ?? params['facility'] ?? params['visitor']))
  const [view, setView] = useState<Bounds>(district.bounds)

  // Asked for first: a browser has few questions under way at a time.
  const heat = useGet<Heatmap>(theme === 'none' || theme === 'walk' ? null : at.heatmap(theme, heatResolution))
  const towns = useGet<Areas>(at.areas('town'))
  const communities = useGet<Areas>(at.areas('community'))
  const grids = useGet<Areas>(at.areas('grid'))
  const facilities = useGet<Facilities>(at.facilities())
  const walk = useGet<WalkCells>(theme === 'walk' && walkService ? at.walk(walkService) : null)
  const routes = useGet<Routes>(shown.routes && plan && walked ? at.routes(date, home === district.code ? undefined : home) : null)
  const circle = useGet<Circle>(params['facility'] ? at.circle(params['facility']) : null)

  const keys = useMemo(() => district.services.map((s) => s.key), [district])
  const visible = useMemo(
    () =>
      (facilities.data?.features ?? []).filter(
        (f) => services.has(f.properties.service) && states.has(facilityState(f.properties)),
      ),
    [facilities.data, services, states],
  )
  const heated = useMemo(() => (heat.data ? heatCells(heat.data) : null), [heat.data])
  const facility = facilities.data?.features.find((f) => f.properties.id === params['facility'])
  const chosenRoute = routes.data?.features.find((f) => f.properties.visitor === params['visitor'])
  const areaOf = (code: string | undefined) =>
    [towns, communities, grids].flatMap((g) => g.data?.features ?? []).find((f) => f.properties.code === code)
  const area = areaOf(params['area'])

  // What the map draws.
  useEffect(() => {
    if (map) setData(map, 'town', towns.data)
  }, [map, towns.data])
  useEffect(() => {
    if (map) setData(map, 'community', communities.data)
  }, [map, communities.data])
  useEffect(() => {
    if (map) setData(map, 'grid', grids.data)
  }, [map, grids.data])
  useEffect(() => {
    if (map) setData(map, 'names', nameFeatures(towns.data, communities.data, grids.data))
  }, [map, towns.data, communities.data, grids.data])
  useEffect(() => {
    if (!map) return
    // Edges tell the large cells of people apart; they would drown the small ones of walking.
    map.setLayoutProperty('cells-edge', 'visibility', theme === 'walk' ? 'none' : 'visible')
    if (theme === 'walk') setData(map, 'cells', walk.data ? walkCells(walk.data) : null)
    else setData(map, 'cells', theme === 'none' ? null : (heated?.cells ?? null))
  }, [map, theme, heated, walk.data])
  useEffect(() => {
    if (!map) return
    const features = visible.map((f) => {
      const state = facilityState(f.properties)
      return {
        ...f,
        properties: {
          ...f.properties,
          icon: iconName(f.properties.service, state),
          colour: serviceColour(f.properties.service, keys),
          hollow: state === 'idle' || state === 'planned',
          order: facilityStates.indexOf(state),
        },
      }
    })
    setData(map, 'facilities', { type: 'FeatureCollection', features })
  }, [map, visible])
  useEffect(() => {
    if (!map) return
    const features = (shown.routes ? (routes.data?.features ?? []) : []).map((f) => ({
      ...f,
      properties: { ...f.properties, colour: colours.routes[tone(f.properties.visitor, colours.routes.length)] },
    }))
    setData(map, 'routes', { type: 'FeatureCollection', features })
  }, [map, routes.data, shown.routes])
  useEffect(() => {
    if (!map) return
    const c = facility && circle.data
    setData(
      map,
      'circle',
      c
        ? {
            type: 'FeatureCollection',
            features: [{ ...c, properties: { ...c.properties, colour: serviceColour(facility.properties.service, keys) } }],
          }
        : null,
    )
    if (c) {
      const b = bounds(c.geometry)
      if (b) fit(map, b, clear(true), 15.5)
    } else if (facility) {
      const p = facility.geometry.coordinates as [number, number]
      map.easeTo({ center: p, zoom: Math.max(map.getZoom(), 14), animate: !still() })
    }
  }, [map, facility, circle.data])
  useEffect(() => {
    if (!map) return
    const only = (property: string, value: string): FilterSpecification => ['==', ['get', property], value]
    for (const s of areaSources) map.setFilter(`${s}-selected`, only('code', params['area'] ?? ''))
    // A town or a grid is outlined from its own source, a micro-grid from the tiles.
    const micro = (params['area'] ?? '').length > gridLength ? (params['area'] ?? '') : ''
    map.setFilter('micro-grid-selected', only('code', micro))
    map.setFilter('routes-selected', only('visitor', params['visitor'] ?? ''))
  }, [map, params['area'], params['visitor']])
  useEffect(() => {
    if (!map) return
    const set = (ids: readonly string[], on: boolean) => {
      for (const id of ids) map.setLayoutProperty(id, 'visibility', on ? 'visible' : 'none')
    }
    set(areaLayers, shown.areas)
    set(nameLayers, shown.names)
    set(['building'], shown.buildings)
  }, [map, shown.areas, shown.names, shown.buildings])

  // An area that came by address or by search is shown whole, once; else the own one.
  const asked = useRef(params['area'] ?? (home === district.code || params['facility'] ? undefined : home))
  useEffect(() => {
    // The ground of a micro-grid is in the tiles: its grid is shown.
    const first = areaOf(asked.current) ?? areaOf(asked.current?.slice(0, gridLength))
    if (!map || !first) return
    asked.current = undefined
    const b = bounds(first.geometry)
    if (b) fit(map, b, clear(Boolean(params['area'])))
  }, [map, towns.data, communities.data, grids.data])

  // What a click finds: a facility before a route before the area beneath.
  useEffect(() => {
    if (!map) return
    const first = (e: MapMouseEvent, layers: string[], reach: number) =>
      map.queryRenderedFeatures(
        [
          [e.point.x - reach, e.point.y - reach],
          [e.point.x + reach, e.point.y + reach],
        ],
        { layers },
      )[0]
    const click = (e: MapMouseEvent) => {
      setOpen(true)
      const f = first(e, ['facilities', 'facility-dots'], 4)
      if (f) return go(href('map', { facility: String(f.properties['id']) }), 'replace')
      const r = first(e, ['routes'], 5)
      if (r) return go(href('map', { visitor: String(r.properties['visitor']) }), 'replace')
      // The deeper one looks, the smaller the area that is meant.
      const zoom = map.getZoom()
      const level = zoom < 12.6 ? 'community-hit' : zoom < 15.8 ? 'grid-hit' : 'micro-grid-hit'
      const a = first(e, [level], 0) ?? first(e, ['grid-hit'], 0) ?? first(e, ['community-hit'], 0)
      const code = a ? String((a.properties as AreaProperties).code) : undefined
      go(href('map', { area: code }), 'replace')
      if (!code) setOpen(false)
    }
    const move = (e: MapMouseEvent) => {
      map.getCanvas().style.cursor = first(e, ['facilities', 'facility-dots', 'routes'], 3) ? 'pointer' : ''
    }
    const moved = () => {
      const b = map.getBounds()
      setView([b.getWest(), b.getSouth(), b.getEast(), b.getNorth()])
    }
    map.on('click', click)
    map.on('mousemove', move)
    map.on('moveend', moved)
    return () => {
      map.off('click', click)
      map.off('mousemove', move)
      map.off('moveend', moved)
    }
  }, [map])

  const select = (p: Record<string, string>) => {
    setOpen(true)
    go(href('map', p), 'replace')
  }
  const close = () => go(href('map'), 'replace')
  const inView = visible.filter((f) => {
    const [x = 0, y = 0] = f.geometry.coordinates
    return x >= view[0] && x <= view[2] && y >= view[1] && y <= view[3]
  })

  let details = null
  if (params['facility'] && facility)
    details = <FacilityPanel district={district} facility={facility.properties} circle={circle} onClose={close} />
  else if (params['visitor'])
    details = <RoutePanel visitor={params['visitor']} stops={chosenRoute?.properties.stops ?? null} date={date} onClose={close} />
  else if (params['area'])
    details = <AreaPanel district={district} code={params['area']} properties={area?.properties ?? null} onClose={close} />
  else if (home !== district.code) details = <AreaPanel district={district} code={home} properties={areaOf(home)?.properties ?? null} />

  return (
    <div class="map-page">
      <h1 class="unseen">{t('map.label', { name: district.name })}</h1>
      <Sentence district={district} />
      <div class="map-stage">
        <MapCanvas
          district={district}
          bounds={district.bounds}
          padding={clear()}
          label={t('map.label', { name: district.name })}
          onReady={setMap}
          first={heat.error || theme === 'none' || theme === 'walk' ? undefined : { data: heated?.cells ?? null }}
        />
        <div class="map-search">
          <AreaSearch
            onPick={(hit) => {
              asked.current = undefined
              select({ area: hit.code })
              if (map) fit(map, hit.bounds, clear(true))
            }}
          />
          <button
            type="button"
            class="plain-button"
            onClick={() => {
              close()
              if (map) fit(map, district.bounds, clear())
            }}
          >
            {t('map.whole')}
          </button>
        </div>
        <aside class="panels" aria-label={t('map.panel')} data-open={open} data-details={details !== null}>
          <button type="button" class="handle" aria-expanded={open} onClick={() => setOpen(!open)}>
            <i aria-hidden="true" />
            {t(open ? 'map.collapse' : 'map.expand')} · {t('map.panel')}
          </button>
          <div class="panel right" aria-live="polite">
            {details ?? <CoveragePanel district={district} grids={grids.data?.features.length ?? null} />}
          </div>
          <div class="panel left">
            <LayerPanel
              district={district}
              theme={theme}
              onTheme={(next) => {
                setTheme(next)
                // Walking times are to one service: its facilities alone stand out.
                if (next === 'walk') setServices(new Set([walkService]))
                else if (theme === 'walk') setServices(new Set(keys))
              }}
              walkService={walkService}
              onWalkService={(s) => {
                setWalkService(s)
                setServices(new Set([s]))
              }}
              services={services}
              onServices={setServices}
              states={states}
              onStates={setStates}
              shown={shown}
              onShown={setShown}
              date={date}
              onDate={setDate}
              routes={walked ? routes : null}
              facilities={{ got: facilities, inView, onPick: (id) => select({ facility: id }) }}
              legend={
                theme === 'walk' ? (
                  <WalkLegend got={walk} />
                ) : theme === 'none' ? null : (
                  <HeatLegend got={heat} from={heated?.from ?? []} k={heat.data?.k ?? 5} />
                )
              }
            />
          </div>
        </aside>
        <span class="unseen" data-testid="grid-count">
          {grids.data ? number(grids.data.features.length) : ''}
        </span>
      </div>
    </div>
  )
}

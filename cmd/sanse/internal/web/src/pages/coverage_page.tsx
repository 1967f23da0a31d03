import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { MapLibreMap } from 'maplibre-gl'
import { ApiError, at, type Areas, type District, type Facilities } from '../api.ts'
import { atCoverage, tryChanges, type Bands, type FacilityBands, type HeatCells, type MinuteCells, type Report, type StandardAreas, type Standards, type SupplyCells, type Unplaced } from '../api_coverage.ts'
import { AreaCard, BandLegend, FacilityCard, ReachedCard } from '../coverage/cards.tsx'
import { added } from '../coverage/candidates.ts'
import { Before } from '../coverage/compare.tsx'
import { drawAfter, drawBands, drawChanges, drawFacilities, drawOwn, drawSites, drawTies, drawTrials, placesOf } from '../coverage/drawn.ts'
import { takeInHand } from '../coverage/hands.ts'
import { LayerPanel } from '../coverage/layer_panel.tsx'
import { Legend, type Unit } from '../coverage/legend.tsx'
import { addCoverageLayers, show } from '../coverage/map_layers.ts'
import { paintHeat, paintMinutes, paintOnTime, paintShare, paintShort, paintSupply, type Painted } from '../coverage/paint.ts'
import { Search } from '../coverage/siting.ts'
import { SitingPanel } from '../coverage/siting_panel.tsx'
import { bandsOf, heatLayers, isShare, modes, readState, writeState, type State } from '../coverage/state.ts'
import { TimeBar } from '../coverage/time_bar.tsx'
import { Trials, type LonLat } from '../coverage/trials.ts'
import { TryPanel } from '../coverage/try_panel.tsx'
import { UnplacedList, unplacedPoint } from '../coverage/unplaced.tsx'
import type { TextKey } from '../dictionary.ts'
import { levelOf, parentOf } from '../grids/levels.ts'
import { homeOf } from '../home.ts'
import { t } from '../i18n.ts'
import { fit, MapCanvas, setData, type Padding } from '../map/canvas.tsx'
import { nameFeatures } from '../map/names.ts'
import { bounds } from '../map/shape.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { Status } from '../parts/status.tsx'
import { follow, go, href, route } from '../route.ts'
import { said } from '../shortfall/words.ts'
import { still } from '../still.ts'
import { useGet } from '../use_get.ts'
import { may } from '../seat.ts'
import { answersFor } from '../viewer.ts'
import '../coverage.css'

const narrow = () => matchMedia('(max-width: 760px)').matches
const clear = (sheet = true): Padding => (narrow() ? { top: 66, right: 20, bottom: sheet ? innerHeight * 0.42 : 66, left: 20 } : { top: 72, right: 400, bottom: 40, left: 340 })

/** The resolution of cells of people at a zoom: finer where one looks closer. */
const heatResolution = (zoom: number) => (zoom < 10 ? 6 : zoom < 11.8 ? 7 : 8)

/** The resolution of cells of minutes at a zoom, and how far they are asked for: from afar all within an hour, from near the ground round the limit. */
const minuteCells = (zoom: number, limit: number) => (zoom < 12.4 ? { res: 9, minutes: 60 } : { res: 10, minutes: Math.min(60, limit * 2) })

/** CoveragePage is the officials' map: who reaches what on foot, what is short against the standard, and what would mend it. */
export function CoveragePage({ district }: { district: District }) {
  const known = useMemo(() => ({ services: district.services.map((x) => x.key), grades: district.grades.map((x) => x.key) }), [district])
  const s = readState(route.value.params, known)
  const outside = !answersFor(district, s.area || district.code)
  const latest = useRef(s)
  latest.current = s
  const set = (patch: Partial<State>) => go(href('coverage', writeState({ ...readState(route.value.params, known), ...patch }, known)), 'replace')

  // Who answers for a part of the district begins there, where the address names no
  // other place; and an area that it names is shown whole, once.
  const begun = useRef(Boolean(s.view || s.facility))
  useEffect(() => {
    const home = homeOf(district)
    if (begun.current || s.area) return
    if (home === district.code) begun.current = true
    else set({ area: home })
  }, [district.code])

  const [map, setMap] = useState<MapLibreMap | null>(null)
  const [zoom, setZoom] = useState(s.view?.z ?? 11)
  const [open, setOpen] = useState(() => Boolean(s.area || s.facility))
  const [marked, setMarked] = useState(false)
  const [wished, setWished] = useState(false)
  const [site, setSite] = useState(0)
  const bandMinutes = useMemo(() => bandsOf(s.minutes), [s.minutes])
  const how = { service: s.service, speed: s.speed, at: s.at }

  // Trials and the search live as long as the page.
  const trials: Trials = useMemo(
    () =>
      new Trials((changes) => {
        const { minutes, speed, service, at: hour } = latest.current
        const services = [...new Set([service, ...trials.list.value.map((x) => x.service)])]
        return tryChanges({ changes, minutes, speed, services, ...(hour ? { at: hour } : {}) }, new AbortController().signal)
      }),
    [district.code],
  )
  const search = useMemo(() => new Search(), [district.code])
  useEffect(() => () => (trials.end(), search.leave()), [trials, search])
  useEffect(() => {
    if (trials.list.value.length > 0) trials.again()
  }, [s.speed, s.minutes, s.at, s.service])
  const tried = s.mode === 'look' ? [] : trials.list.value
  const answer = s.mode === 'look' ? null : trials.answer.value
  // Before and after are beside each other as long as there is an after.
  const comparing = wished && s.mode === 'try' && answer !== null

  // Beside a trial the same cells are asked for, as far, as it changes.
  const walked = comparing ? { res: 10, minutes: s.minutes } : minuteCells(zoom, s.minutes)
  const byArea = s.layer === 'share' || s.layer === 'short'
  const isHeat = heatLayers(known).includes(s.layer)
  const facilities = useGet<Facilities>(at.facilities())
  const towns = useGet<Areas>(at.areas('town'))
  const communities = useGet<Areas>(facilities.data ? at.areas('community') : null)
  const grids = useGet<Areas>(s.level === 'grid' && byArea ? at.areas('grid') : null)
  // Of the other levels only the area that is chosen is asked for, with its neighbours.
  const chosen = levelOf(s.area)
  const own = useGet<Areas>(s.area && chosen !== 'town' && chosen !== 'community' ? at.areas(chosen, parentOf(s.area)) : null)
  const standards = useGet<Standards>(byArea ? atCoverage.standards() : null)
  const norms = [...(standards.data?.items ?? []), ...(standards.data?.rates ?? []).map((x) => ({ ...x, service: '', target: null }))]
  const standard = norms.find((x) => x.id === s.standard) ?? norms.find((x) => x.service === s.service) ?? norms[0] ?? null
  const areas = useGet<StandardAreas>(byArea && standard ? atCoverage.byArea(standard.id, s.level, s.report) : null)

  const facility = facilities.data?.features.find((f) => f.properties.id === s.facility)
  const areaOf = (code: string) =>
    code
      ? ([areas.data, towns.data, communities.data, grids.data, own.data].flatMap((g) => (g?.features ?? []) as Areas['features']).find((f) => f.properties.code === code) ?? null)
      : null
  const area = areaOf(s.area)
  const pending = [facilities, towns, communities, own].some((g) => g.loading)
  // What is looked at is asked for, nothing else. An address that names what there is not shows the whole.
  const looking = s.mode === 'look' && (!s.facility || (!facilities.loading && !facility)) && (!s.area || (!pending && !area))
  const bands = useGet<Bands>(s.layer === 'bands' || looking ? atCoverage.bands({ ...how, minutes: bandMinutes }) : null)
  const cells = useGet<MinuteCells>(s.layer === 'minutes' || comparing ? atCoverage.cells({ ...how, ...walked }) : null)
  const heat = useGet<HeatCells>(isHeat ? atCoverage.heat(s.layer, heatResolution(zoom)) : null)
  // The whole district is measured, whatever area is chosen.
  const supplied = answersFor(district, district.code) ? 'needs' : 'over60'
  const supply = useGet<SupplyCells>(s.layer === 'supply' ? atCoverage.supply({ service: s.service, method: s.method, who: supplied }) : null)
  const reports = useGet<Report[]>(byArea ? atCoverage.reports() : null)
  const circle = useGet<FacilityBands>(s.facility ? atCoverage.circle(s.facility, { speed: s.speed, at: s.at, minutes: bandMinutes }) : null)
  const unplaced = useGet<Unplaced>(looking && facilities.data ? atCoverage.unplaced({ speed: s.speed, at: s.at }) : null)

  const painted: Painted | null = useMemo(() => {
    if (s.layer === 'minutes') return cells.data && paintMinutes(cells.data, bandMinutes)
    if (s.layer === 'supply') return supply.data && paintSupply(supply.data, isShare(s.method))
    if (isHeat) return heat.data && (s.layer === 'on_time' ? paintOnTime : paintHeat)(heat.data)
    if (byArea && areas.data) return s.layer === 'share' ? paintShare(areas.data) : paintShort(areas.data)
    return null
  }, [s.layer, cells.data, supply.data, heat.data, areas.data, bandMinutes, s.method])
  const unit: Unit = s.layer === 'minutes' ? 'seconds' : s.layer === 'share' ? 'share' : s.layer === 'short' ? 'short' : s.layer === 'supply' && !isShare(s.method) ? 'supply' : s.layer === 'on_time' || s.layer === 'supply' ? 'percent' : 'people'

  const changes = useMemo(() => drawChanges(answer?.cells ?? null, s.minutes, s.service), [answer, s.minutes, s.service])
  const drawn = useMemo(() => drawFacilities(district, facilities.data, s.service, tried), [facilities.data, s.service, tried, district])
  const result = s.mode === 'site' ? (search.job.value?.result ?? null) : null

  const standing = areas.data?.features.find((f) => f.properties.code === s.area)?.properties ?? null

  // What the map draws.
  useEffect(() => {
    if (!map) return
    addCoverageLayers(map)
    if (latest.current.view) map.jumpTo({ center: [latest.current.view.lon, latest.current.view.lat], zoom: latest.current.view.z })
    setZoom(map.getZoom())
  }, [map])
  const names = useMemo(() => nameFeatures(towns.data, communities.data, grids.data), [towns.data, communities.data, grids.data])
  useEffect(() => {
    if (!map) return
    setData(map, 'town', towns.data)
    setData(map, 'community', communities.data)
    setData(map, 'grid', grids.data)
    setData(map, 'names', names)
  }, [map, towns.data, communities.data, grids.data, names])
  const before = useMemo(() => (comparing && cells.data ? paintMinutes(cells.data, bandMinutes) : null), [comparing, cells.data, bandMinutes])
  const after = useMemo(() => (comparing ? drawAfter(answer.cells, s.service, bandMinutes) : null), [comparing, answer, bandMinutes, s.service])
  useEffect(() => {
    if (!map) return
    // Side by side both maps show minutes, in the same colours.
    show(map, 'cov-fill', comparing ? (before?.data ?? null) : (painted?.data ?? null))
    show(map, 'cov-bands', facility && circle.data ? drawBands(circle.data) : !comparing && s.layer === 'bands' ? drawBands(bands.data) : null)
  }, [map, painted, before, comparing, facility, circle.data, bands.data, s.layer])
  useEffect(() => {
    if (!map) return
    show(map, 'cov-changed', comparing ? after : changes.data)
  }, [map, changes, after, comparing])
  useEffect(() => {
    // While cells that change are shown the circles of today are lines only.
    map?.getLayer('cov-bands') && map.setPaintProperty('cov-bands', 'fill-opacity', answer ? 0.05 : 0.24)
  }, [map, answer])
  useEffect(() => {
    if (map) setData(map, 'facilities', drawn)
  }, [map, drawn])
  useEffect(() => {
    if (!map) return
    show(map, 'cov-trials', drawTrials(tried, trials.selected.value))
    show(map, 'cov-ties', drawTies(tried))
  }, [map, tried, trials.selected.value])
  useEffect(() => {
    if (map) show(map, 'cov-sites', drawSites(result, site))
  }, [map, result, site])
  useEffect(() => {
    if (map) show(map, 'cov-own', s.mode === 'site' && search.wish.value.candidates === 'own' ? drawOwn(search.own.value) : null)
  }, [map, s.mode, search.wish.value.candidates, search.own.value])
  useEffect(() => {
    if (!map || !area || begun.current) return
    begun.current = true
    const b = bounds(area.geometry)
    if (b) fit(map, b, clear(open), 15.5)
  }, [map, area])
  useEffect(() => {
    if (map) show(map, 'cov-area', area ? { type: 'FeatureCollection', features: [area] } : null)
  }, [map, area])
  useEffect(() => {
    if (!map) return
    const points = (marked && looking ? (unplaced.data?.items ?? []) : []).flatMap((i) => {
      const p = unplacedPoint(i)
      return p ? [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: p }, properties: {} }] : []
    })
    show(map, 'cov-unplaced', { type: 'FeatureCollection', features: points })
  }, [map, unplaced.data, marked, looking])

  // On a phone the sheet covers the lower half: what was in the middle stays in sight.
  const wasOpen = useRef(open)
  useEffect(() => {
    if (!map || wasOpen.current === open) return
    wasOpen.current = open
    if (narrow()) map.panBy([0, (open ? 1 : -1) * innerHeight * 0.2], { animate: !still() })
  }, [map, open])

  // What was found is shown whole, once.
  const found = search.job.value?.state === 'done' && s.mode === 'site' ? search.job.value.job : ''
  useEffect(() => {
    if (!map || !found) return
    const b = bounds({ type: 'MultiPoint', coordinates: placesOf(result).map((p) => p.at) })
    if (b) fit(map, b, clear(), 14)
  }, [map, found])
  useEffect(() => {
    const p = placesOf(result).find((x) => x.rank === site)
    if (map && p) map.easeTo({ center: p.at, zoom: Math.max(map.getZoom(), 13.5), padding: clear(), animate: !still() })
  }, [map, site])

  // The hand: what a click and a drag do depends on the mode.
  useEffect(() => {
    if (!map) return
    const moved = () => {
      const c = map.getCenter()
      setZoom(map.getZoom())
      set({ view: { z: map.getZoom(), lat: c.lat, lon: c.lng } })
    }
    const standingAt = (id: string) => {
      const f = facilities.data?.features.find((x) => x.properties.id === id)
      return f ? { ...f.properties, at: f.geometry.coordinates as LonLat } : null
    }
    let key = 0
    const off = takeInHand(map, {
      grip: (f) => {
        if (latest.current.mode !== 'try') return false
        const what = f.kind === 'trial' ? Number(f.id) : f.kind === 'facility' ? standingAt(f.id) : null
        key = what === null ? 0 : trials.grip(what)
        return key !== 0
      },
      drag: (p) => trials.drag(key, p),
      drop: () => trials.drop(),
      click: (f) => {
        const mode = latest.current.mode
        if (f.kind === 'trial') trials.selected.value = Number(f.id)
        else if (f.kind === 'site') setSite(Number(f.id))
        else if (f.kind === 'facility') set({ facility: f.id, area: '' })
        else if (mode === 'try') {
          set({ facility: '' })
          trials.add(latest.current.service, f.at)
        } else if (mode === 'site' && search.places) {
          search.own.value = added(search.own.value, f.at)
        } else set({ area: f.kind === 'area' && f.id !== latest.current.area ? f.id : '', facility: '' })
        setOpen(true)
      },
    })
    map.on('moveend', moved)
    return () => {
      off()
      map.off('moveend', moved)
    }
  }, [map, facilities.data, trials, search])

  const legend = (
    <>
      {s.layer === 'bands' && !comparing && bands.data && <BandLegend bands={bands.data} />}
      {(before ?? painted) && (
        <Legend painted={(before ?? painted) as Painted} unit={before ? 'seconds' : unit} areas={byArea && !before} outside={outside} k={heat.data?.k ?? 5}>
          <p class="hint">
            {before || s.layer === 'minutes' ? t('cov.legend.limit', { n: s.minutes, far: walked.minutes }) : byArea ? t('cov.legend.short') : s.layer === 'supply' ? t(!isShare(s.method) ? 'cov.legend.supply' : supplied === 'over60' ? 'cov.legend.placesOver60' : 'cov.legend.places') : s.layer === 'load' || s.layer === 'on_time' ? t(`cov.legend.${s.layer}`) : t('cov.legend.people')}
          </p>
        </Legend>
      )}
    </>
  )
  const got = s.layer === 'bands' ? bands : s.layer === 'minutes' ? cells : s.layer === 'supply' ? supply : isHeat ? heat : byArea ? areas : null
  // What the map stands on is told of where it fails; without it there are no facilities, no lines and no names.
  const none = own.error instanceof ApiError && own.error.status === 404
  const told = [facilities, towns, communities, grids, ...(none ? [] : [own])].filter((g) => g.error)
  const compare = (on: boolean) => {
    setWished(on)
    if (on && narrow()) setOpen(false)
  }
  /** The middle of what the panels leave to be seen of the map. */
  const middle = (): LonLat | null => {
    if (!map) return null
    const { top, right, bottom, left } = clear()
    const { clientWidth: w, clientHeight: h } = map.getContainer()
    const c = map.unproject([(left + w - right) / 2, (top + h - bottom) / 2])
    return [c.lng, c.lat]
  }
  const turn = (op: 'close' | 'open') => {
    if (!facility) return
    trials.turn(op, facility.properties, facility.geometry.coordinates as LonLat)
    set({ mode: 'try', facility: '' })
  }

  return (
    <div class="map-page cov-page" ref={(el) => void (el && Object.assign(el, { trials }))} data-testid="coverage" data-layer={s.layer} data-mode={s.mode}>
      <h1 class="unseen">{t('cov.label', { name: district.name })}</h1>
      <div class="map-stage">
        <MapCanvas district={district} bounds={district.bounds} padding={clear(open)} label={t('cov.label', { name: district.name })} onReady={setMap} />
        {comparing && map && (
          <Before district={district} after={map} onEnd={() => compare(false)} cells={before?.data ?? null} facilities={drawFacilities(district, facilities.data, s.service, [])} lines={{ town: towns.data, community: communities.data, names }} />
        )}
        <div class="map-search">
          <AreaSearch
            onPick={(hit) => {
              set({ area: hit.code, facility: '', mode: 'look' })
              setOpen(true)
              if (map) fit(map, hit.bounds, clear())
            }}
          />
          <button type="button" class="plain-button" onClick={() => map && fit(map, district.bounds, clear(open))}>
            {t('map.whole')}
          </button>
        </div>
        <aside class="panels" aria-label={t('cov.panel')} data-open={open} data-details={s.mode !== 'look' || Boolean(s.facility || s.area)}>
          <button type="button" class="handle" aria-expanded={open} onClick={() => setOpen(!open)}>
            <i aria-hidden="true" />
            {t(open ? 'map.collapse' : 'map.expand')} · {t('cov.panel')}
          </button>
          <div class="panel right">
            <section class="cov-modes">
              <div class="segments" role="group" aria-label={t('cov.mode')}>
                {modes.filter((m) => m !== 'site' || (!outside && may('plan'))).map((m) => (
                  <button
                    key={m}
                    type="button"
                    aria-pressed={s.mode === m}
                    onClick={() => {
                      setOpen(true)
                      setWished(false)
                      set({ mode: m, facility: '', area: m === 'site' ? s.area : '' })
                    }}
                    data-testid={`mode-${m}`}
                  >
                    {t(`cov.mode.${m}`)}
                  </button>
                ))}
              </div>
              {outside ? (
                <p class="hint" data-testid="outside">
                  {t('cov.outsideHidden')}
                </p>
              ) : (
                <a class="link" href={href('coverage', route.value.params, 'public')} onClick={follow} data-testid="as-public">
                  {t('cov.asPublic')}
                </a>
              )}
            </section>
            {s.facility && facility && <FacilityCard district={district} facility={facility.properties} circle={circle} onClose={() => set({ facility: '' })} onTurn={turn} />}
            {s.mode === 'look' && area && (
              <AreaCard
                area={area.properties}
                standing={standing}
                standard={said(standard?.name)}
                target={standard?.target ?? null}
                onClose={() => set({ area: '' })}
              />
            )}
            {looking && (
              <>
                <ReachedCard district={district} service={s.service} bands={bands} facilities={facilities.data?.features.filter((f) => f.properties.service === s.service) ?? []} onFacility={(facility) => set({ facility })} />
                <UnplacedList got={unplaced} marked={marked} onMark={setMarked} />
              </>
            )}
            {s.mode === 'try' && (
              <TryPanel
                district={district}
                trials={trials}
                service={s.service}
                minutes={s.minutes}
                cells={changes.counts}
                onCenter={() => {
                  const at = middle()
                  if (at) trials.add(s.service, at)
                }}
                comparing={comparing}
                onCompare={compare}
                onArea={(code) => {
                  const b = areaOf(code)
                  const box = b && bounds(b.geometry)
                  if (map && box) fit(map, box, clear())
                }}
              />
            )}
            {s.mode === 'site' && (
              <SitingPanel
                district={district}
                search={search}
                area={area ? { code: area.properties.code, name: area.properties.name } : null}
                how={{ service: s.service, minutes: s.minutes, speed: s.speed }}
                outside={outside}
                selected={site}
                onSelect={setSite}
                onCenter={() => {
                  const at = middle()
                  if (at) search.own.value = added(search.own.value, at)
                }}
                onTryAll={() => {
                  const service = search.asked.value?.service ?? s.service
                  trials.adds(
                    placesOf(result).map((p) => {
                      const f = p.facility ? facilities.data?.features.find((x) => x.properties.id === p.facility) : undefined
                      return { service, at: p.at, ...(p.status !== 'new' && f ? { idle: f.properties } : {}) }
                    }),
                  )
                  set({ mode: 'try', service })
                }}
              />
            )}
          </div>
          <div class="panel left">
            <LayerPanel district={district} grades={known.grades} s={s} set={set} standards={standards} standard={standard?.id ?? ''} legend={legend} status={
                <>
                  {got && <Status got={got} />}
                  {told.map((g, i) => (
                    <Status key={i} got={g} />
                  ))}
                </>
              } />
          </div>
        </aside>
        {byArea && <TimeBar got={reports} report={s.report} onReport={(report) => set({ report })} ready={!areas.loading} />}
        <span class="unseen" data-testid="zoom" data-resolution={heatResolution(zoom)}>
          {t(`cov.layer.${known.grades.includes(s.layer) ? 'residents' : s.layer}` as TextKey)}
        </span>
      </div>
    </div>
  )
}

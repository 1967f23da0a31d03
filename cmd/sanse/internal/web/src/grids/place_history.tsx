import { useEffect, useRef, useState } from 'preact/hooks'
import type { MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { at, type AreaHit, type Areas, type District } from '../api.ts'
import { atGrids, type Spell } from '../api_grids.ts'
import { isDate, longDay } from '../format.ts'
import { t } from '../i18n.ts'
import { fit, MapCanvas, setData } from '../map/canvas.tsx'
import { nameFeatures } from '../map/names.ts'
import { bounds } from '../map/shape.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { Status } from '../parts/status.tsx'
import { go, href, route } from '../route.ts'
import { colours } from '../theme.ts'
import { useGet } from '../use_get.ts'
import { AreaPast } from './area_past.tsx'

/** A point that was clicked; it stays out of the address, for it may be somebody's home. */
type Point = [number, number]

/** PlaceHistory answers which grid a place was in on a day, and what has become of an area. */
export function PlaceHistory({ district }: { district: District }) {
  const { params } = route.value
  const [map, setMap] = useState<MapLibreMap | null>(null)
  const [point, setPoint] = useState<Point | null>(null)
  const on = isDate(params['on']) ? params['on'] : district.today
  const area = params['area'] ?? null
  const show = (p: { area?: string | null; on?: string }) =>
    go(href('grids', { area: p.area === undefined ? area : p.area, on: (p.on ?? on) === district.today ? undefined : (p.on ?? on) }), 'replace')

  const towns = useGet<Areas>(at.areas('town'))
  const communities = useGet<Areas>(at.areas('community'))
  const grids = useGet<Areas>(at.areas('grid'))
  useEffect(() => {
    if (!map) return
    setData(map, 'town', towns.data)
    setData(map, 'community', communities.data)
    setData(map, 'grid', grids.data)
    setData(map, 'names', nameFeatures(towns.data, communities.data, grids.data))
  }, [map, towns.data, communities.data, grids.data])
  useEffect(() => {
    if (!map) return
    for (const s of ['town', 'community', 'grid', 'micro-grid']) map.setFilter(`${s}-selected`, ['==', ['get', 'code'], area ?? ''])
  }, [map, area])
  // An area that came by address is shown whole, once; of a micro-grid its grid.
  const asked = useRef(area)
  useEffect(() => {
    const code = asked.current
    if (!map || code === null) return
    const all = [towns, communities, grids].flatMap((g) => g.data?.features ?? [])
    const f = all.find((f) => f.properties.code === code.slice(0, 15))
    const b = f && bounds(f.geometry)
    if (!b) return
    asked.current = null
    fit(map, b, 40)
  }, [map, towns.data, communities.data, grids.data])
  useEffect(() => {
    if (!map) return
    setData(
      map,
      'stops',
      point && {
        type: 'FeatureCollection',
        features: [{ type: 'Feature', geometry: { type: 'Point', coordinates: point }, properties: { start: true, colour: colours.grades['red'], label: '' } }],
      },
    )
    const click = (e: MapMouseEvent) => {
      setPoint([e.lngLat.lng, e.lngLat.lat])
      show({ area: null })
    }
    map.getCanvas().style.cursor = 'crosshair'
    map.on('click', click)
    return () => {
      map.off('click', click)
    }
  }, [map, point, on])
  return (
    <div class="history">
      <div class="history-map">
        <MapCanvas district={district} bounds={district.bounds} padding={24} label={t('grids.historyMap')} onReady={setMap} />
      </div>
      <div class="history-side">
        <div class="fields">
          <AreaSearch
            label={t('grids.historySearch')}
            onPick={(hit: AreaHit) => {
              setPoint(null)
              show({ area: hit.code })
              if (map) fit(map, hit.bounds, 40)
            }}
            onCode={(code) => {
              setPoint(null)
              show({ area: code })
            }}
          />
          <label class="field day-field">
            <span>{t('grids.onDay')}</span>
            <input type="date" value={on} onChange={(e) => isDate(e.currentTarget.value) && show({ on: e.currentTarget.value })} data-testid="history-on" />
          </label>
        </div>
        {area ? (
          <AreaPast code={area} on={on} district={district} onPick={(code) => show({ area: code })} />
        ) : point ? (
          <PointPast point={point} on={on} onArea={(code) => show({ area: code })} />
        ) : (
          <p class="hint">{t('grids.historyHint')}</p>
        )}
      </div>
    </div>
  )
}

/** PointPast tells in which areas a point lay on a day, and on all others. */
function PointPast({ point, on, onArea }: { point: Point; on: string; onArea: (code: string) => void }) {
  const got = useGet<{ spells: Spell[] }>(atGrids.pointHistory(point[0], point[1]))
  const spells = got.data?.spells ?? []
  const then = spells.find((s) => s.from <= on && (s.to === null || on <= s.to))
  return (
    <div data-testid="point-history">
      <Status got={got} />
      {got.data && (
        <>
          <p class="answer-line" data-testid="point-then" data-grid={then?.path.find((a) => a.level === 'grid')?.code ?? ''}>
            <small>{t('grids.thatDay', { day: longDay(on) })}</small>
            <b>{then && then.path.length > 0 ? t('grids.inArea', { area: then.path.at(-1)?.name ?? '' }) : t('grids.inNone')}</b>
          </p>
          <ol class="spells">
            {spells.map((s) => (
              <li key={s.from} class={s === then ? 'then' : undefined} data-testid="spell" data-from={s.from} data-to={s.to ?? ''}>
                <b>{s.to ? t('grids.span', { from: longDay(s.from), to: longDay(s.to) }) : t('grids.since', { from: longDay(s.from) })}</b>
                {s.path.length === 0 ? (
                  <p>{t('grids.inNone')}</p>
                ) : (
                  <p>
                    {s.path.slice(1).map((a, i) => (
                      <span key={a.code}>
                        {i > 0 && ' › '}
                        <button type="button" class="link" title={a.code} onClick={() => onArea(a.code)}>
                          {a.name}
                        </button>
                      </span>
                    ))}
                  </p>
                )}
              </li>
            ))}
          </ol>
        </>
      )}
    </div>
  )
}

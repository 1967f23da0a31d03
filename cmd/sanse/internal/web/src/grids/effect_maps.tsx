import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import { at, type Areas, type District } from '../api.ts'
import type { Effect } from '../api_grids.ts'
import { day } from '../format.ts'
import { t } from '../i18n.ts'
import { fit, MapCanvas, setData } from '../map/canvas.tsx'
import { nameFeatures } from '../map/names.ts'
import { gradeName } from '../parts/marks.tsx'
import { gradeColour } from '../theme.ts'
import { useGet } from '../use_get.ts'
import { addEffectLayers, changeColours, showEffect } from './effect_layers.ts'
import { boundsOf, flowsOf } from './effect_shapes.ts'

/** EffectMaps are the boundaries of today and of the draft side by side; they move together. */
export function EffectMaps(props: { effect: Effect; district: District; selected: string | null; onSelect: (code: string | null) => void }) {
  const { effect: e, district, selected } = props
  const [left, setLeft] = useState<MapLibreMap | null>(null)
  const [right, setRight] = useState<MapLibreMap | null>(null)
  const communities = useGet<Areas>(at.areas('community'))
  const flows = useMemo(() => flowsOf(e), [e])
  const places = useMemo(
    () => ({
      ...e.moved_places,
      features: e.moved_places.features.map((f) => ({ ...f, properties: { ...f.properties, colour: gradeColour(f.properties.grade) } })),
    }),
    [e],
  )
  const first = useMemo(() => boundsOf(e) ?? district.bounds, [e])

  useEffect(() => {
    for (const map of [left, right]) {
      if (!map) continue
      addEffectLayers(map)
      setData(map, 'community', communities.data)
      setData(map, 'names', nameFeatures(communities.data))
      showEffect(map, map === left ? e.before : e.after, places, map === left ? null : flows)
    }
  }, [left, right, e, communities.data])
  useEffect(() => {
    for (const map of [left, right]) map?.getLayer('effect-selected') && map.setFilter('effect-selected', ['==', ['get', 'code'], selected ?? ''])
  }, [left, right, selected, e])
  useEffect(() => {
    const map = right ?? left
    if (map) fit(map, (selected ? boundsOf(e, selected) : null) ?? first, 30, 16)
  }, [left !== null, right !== null, selected, e])

  // What one map does the other does; the one that follows does not lead.
  const leading = useRef(false)
  useEffect(() => {
    if (!left || !right) return
    const follow = (a: MapLibreMap, b: MapLibreMap) => () => {
      if (leading.current) return
      leading.current = true
      b.jumpTo({ center: a.getCenter(), zoom: a.getZoom() })
      leading.current = false
    }
    const [lr, rl] = [follow(left, right), follow(right, left)]
    left.on('move', lr)
    right.on('move', rl)
    return () => {
      left.off('move', lr)
      right.off('move', rl)
    }
  }, [left, right])
  useEffect(() => {
    const click = (map: MapLibreMap) => (ev: MapMouseEvent) => {
      const hits = map.queryRenderedFeatures(ev.point, { layers: ['effect-fill', 'effect-micro-fill'] })
      // The deeper one looks, the smaller the area that is meant.
      const want = map.getZoom() >= 14.5 ? 'micro-grid' : 'grid'
      const f = hits.find((h) => h.properties['level'] === want) ?? hits[0]
      props.onSelect(f ? String(f.properties['code']) : null)
    }
    const off = [left, right].map((map) => {
      if (!map) return null
      const f = click(map)
      map.on('click', f)
      return () => void map.off('click', f)
    })
    return () => off.forEach((f) => f?.())
  }, [left, right])

  const changes = new Set([...e.before.features, ...e.after.features].map((f) => f.properties.change))
  const grades = [...new Set(e.moved_places.features.map((f) => f.properties.grade))]
  return (
    <section class="effect-maps" aria-label={t('effect.maps')}>
      <div class="pair">
        <figure>
          <figcaption>{t('effect.today')}</figcaption>
          <MapCanvas district={district} bounds={first} padding={30} label={t('effect.today')} onReady={setLeft} controls={false} />
        </figure>
        <figure>
          <figcaption>{t('effect.draftFrom', { day: day(e.from) })}</figcaption>
          <MapCanvas district={district} bounds={first} padding={30} label={t('effect.draftFrom', { day: day(e.from) })} onReady={setRight} />
        </figure>
      </div>
      <ul class="effect-legend">
        {(Object.keys(changeColours) as (keyof typeof changeColours)[])
          .filter((c) => changes.has(c))
          .map((c) => (
            <li key={c}>
              <i class="swatch" style={{ borderColor: changeColours[c] }}>
                <i style={{ background: changeColours[c] }} />
              </i>
              {t(`effect.change.${c}`)}
            </li>
          ))}
        {grades.map((g) => (
          <li key={g}>
            <i class="dot" style={{ background: gradeColour(g) }} />
            {t('effect.movedGrade', { grade: gradeName(district.grades, g) })}
          </li>
        ))}
        {flows.lines.features.length > 0 && <li>{t('effect.arrows')}</li>}
      </ul>
    </section>
  )
}

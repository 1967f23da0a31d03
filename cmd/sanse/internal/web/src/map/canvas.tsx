import { useEffect, useRef, useState } from 'preact/hooks'
import { MapLibreMap, NavigationControl, prewarm, ScaleControl, setWorkerUrl, type GeoJSONSource, type StyleSpecification } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { FeatureCollection } from 'geojson'
import { at, type Bounds, type District } from '../api.ts'
import { t } from '../i18n.ts'
import { still } from '../still.ts'
import { fonts } from '../theme.ts'
import { addHatch, addIcons } from './icons.ts'
import { style, type SourceName } from './style.ts'

setWorkerUrl(workerUrl)
prewarm() // its worker is fetched while the page still asks for the district

/** Pixels of the map that panels cover. */
export interface Padding {
  top: number
  right: number
  bottom: number
  left: number
}

/** What the sources were filled with last. */
const filled = new WeakMap<GeoJSONSource, FeatureCollection | null>()

/** setData fills one of the style's GeoJSON sources; null empties it. What is in it already is not drawn again. */
export function setData(map: MapLibreMap, source: SourceName, data: FeatureCollection | null): void {
  const s = map.getSource(source) as GeoJSONSource | undefined
  if (!s || (filled.get(s) ?? null) === data) return
  filled.set(s, data)
  void s.setData(data ?? { type: 'FeatureCollection', features: [] })
}

/** How long all else waits for the cells that are to be drawn first. */
const firstMs = 3000

/** firstOf is the part of a style that draws cells on bare ground. */
function firstOf(whole: StyleSpecification): StyleSpecification {
  const { cells } = whole.sources
  const layers = whole.layers.filter((l) => l.type === 'background' || l.source === 'cells')
  return { ...whole, sources: cells ? { cells } : {}, layers }
}

/** complete adds what a map lacks of a style, each layer in its place. */
function complete(map: MapLibreMap, whole: StyleSpecification): void {
  for (const [id, source] of Object.entries(whole.sources)) if (!map.getSource(id)) map.addSource(id, source)
  whole.layers.forEach((layer, i) => {
    if (map.getLayer(layer.id)) return
    map.addLayer(layer, whole.layers.slice(i + 1).find((l) => map.getLayer(l.id))?.id)
  })
}

/** fit shows the bounds, clear of the panels. */
export function fit(map: MapLibreMap, b: Bounds, padding: Padding | number = 40, maxZoom = 16): void {
  map.fitBounds(b, { padding, maxZoom, animate: !still(), duration: 700 })
}

/**
 * MapCanvas is the map itself. It is made once for a district; whoever uses it
 * gets it by onReady when its style and images are there, and null when it is
 * gone. The element carries data-idle="true" while all that is in view is drawn.
 *
 * first are cells that are drawn before anything else is asked for or drawn, since
 * they are what the map is opened for; their data are null while on their way.
 * When they are on the screen there is a performance mark, cells drawn.
 */
export function MapCanvas(props: {
  district: District
  bounds: Bounds
  padding?: Padding | number
  label: string
  onReady: (map: MapLibreMap | null) => void
  controls?: boolean
  first?: { data: FeatureCollection | null } | undefined
}) {
  const box = useRef<HTMLDivElement>(null)
  const first = useRef(props.first)
  const begin = useRef<() => void>(() => {})
  const [failed, setFailed] = useState(false)
  const { district } = props
  useEffect(() => {
    const el = box.current
    if (!el) return
    const whole = style(location.origin + at.tiles(district.ground_version))
    let map: MapLibreMap
    let ready = false
    let clock = 0
    try {
      map = new MapLibreMap({
        container: el,
        style: first.current ? firstOf(whole) : whole,
        bounds: props.bounds,
        fitBoundsOptions: { padding: props.padding ?? 40 },
        attributionControl: false,
        localIdeographFontFamily: fonts,
        dragRotate: false,
        pitchWithRotate: false,
        maxPitch: 0,
        minZoom: 6,
        maxZoom: 19,
        fadeDuration: still() ? 0 : 200,
      })
    } catch {
      setFailed(true) // no WebGL: the words below say so
      return
    }
    map.touchZoomRotate.disableRotation()
    if (props.controls !== false) {
      map.addControl(new NavigationControl({ showCompass: false }), 'top-right')
      map.addControl(new ScaleControl({ maxWidth: 110, unit: 'metric' }), 'bottom-right')
    }
    map.on('error', (e) => console.error('map:', e.error?.message ?? 'unknown error'))
    map.on('idle', () => {
      if (ready) el.dataset['idle'] = 'true'
    })
    map.on('dataloading', () => {
      el.dataset['idle'] = 'false'
    })
    const rest = () => {
      if (ready) return
      ready = true
      clearTimeout(clock)
      complete(map, whole)
      addIcons(map, district.services)
      props.onReady(map)
    }
    map.on('style.load', () => {
      addHatch(map)
      begin.current = () => {
        if (!first.current) return rest()
        if (ready || !first.current.data) return
        setData(map, 'cells', first.current.data)
        map.once('idle', () => {
          performance.mark('cells drawn') // what browser/million.mjs waits for
          rest()
        })
      }
      clock = setTimeout(rest, firstMs)
      begin.current()
    })
    ;(el as HTMLDivElement & { map?: MapLibreMap }).map = map
    return () => {
      clearTimeout(clock)
      begin.current = () => {}
      props.onReady(null)
      map.remove()
    }
    // The map outlives changes of the bounds: pages move it with fit.
  }, [district.code, district.ground_version])
  useEffect(() => {
    first.current = props.first
    begin.current()
  }, [props.first === undefined, props.first?.data])
  return (
    <div class="map" role="region" aria-label={props.label}>
      <div class="map-canvas" ref={box} data-testid="map" />
      {district.review_number && (
        <p class="map-review" data-testid="review-number">
          {t('map.review', { number: district.review_number })}
        </p>
      )}
      {failed && (
        <p class="map-failed" role="alert">
          {t('map.noWebGL')}
        </p>
      )}
    </div>
  )
}

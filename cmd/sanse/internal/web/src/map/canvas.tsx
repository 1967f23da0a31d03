import { useEffect, useRef, useState } from 'preact/hooks'
import { MapLibreMap, NavigationControl, ScaleControl, setWorkerUrl, type GeoJSONSource } from 'maplibre-gl'
import 'maplibre-gl/dist/maplibre-gl.css'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { FeatureCollection } from 'geojson'
import { at, type Bounds, type District } from '../api.ts'
import { t } from '../i18n.ts'
import { still } from '../still.ts'
import { fonts } from '../theme.ts'
import { addIcons } from './icons.ts'
import { style, type SourceName } from './style.ts'

setWorkerUrl(workerUrl)

/** Pixels of the map that panels cover. */
export interface Padding {
  top: number
  right: number
  bottom: number
  left: number
}

/** setData fills one of the style's GeoJSON sources; null empties it. */
export function setData(map: MapLibreMap, source: SourceName, data: FeatureCollection | null): void {
  const s = map.getSource(source) as GeoJSONSource | undefined
  void s?.setData(data ?? { type: 'FeatureCollection', features: [] })
}

/** fit shows the bounds, clear of the panels. */
export function fit(map: MapLibreMap, b: Bounds, padding: Padding | number = 40, maxZoom = 16): void {
  map.fitBounds(b, { padding, maxZoom, animate: !still(), duration: 700 })
}

/**
 * MapCanvas is the map itself. It is made once for a district; whoever uses it
 * gets it by onReady when its style and images are there, and null when it is
 * gone. The element carries data-idle="true" while all that is in view is drawn.
 */
export function MapCanvas(props: {
  district: District
  bounds: Bounds
  padding?: Padding | number
  label: string
  onReady: (map: MapLibreMap | null) => void
  controls?: boolean
}) {
  const box = useRef<HTMLDivElement>(null)
  const [failed, setFailed] = useState(false)
  const { district } = props
  useEffect(() => {
    const el = box.current
    if (!el) return
    let map: MapLibreMap
    try {
      map = new MapLibreMap({
        container: el,
        style: style(location.origin + at.tiles(district.ground_version)),
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
      el.dataset['idle'] = 'true'
    })
    map.on('dataloading', () => {
      el.dataset['idle'] = 'false'
    })
    map.on('style.load', () => {
      addIcons(map, district.services)
      props.onReady(map)
    })
    ;(el as HTMLDivElement & { map?: MapLibreMap }).map = map
    return () => {
      props.onReady(null)
      map.remove()
    }
    // The map outlives changes of the bounds: pages move it with fit.
  }, [district.code, district.ground_version])
  return (
    <div class="map" role="region" aria-label={props.label}>
      <div class="map-canvas" ref={box} data-testid="map" />
      {failed && (
        <p class="map-failed" role="alert">
          {t('map.noWebGL')}
        </p>
      )}
    </div>
  )
}

import { useEffect, useRef, useState } from 'preact/hooks'
import type { MapLibreMap } from 'maplibre-gl'
import type { FeatureCollection } from 'geojson'
import type { District } from '../api.ts'
import { t } from '../i18n.ts'
import { MapCanvas, setData } from '../map/canvas.tsx'
import { addCoverageLayers, show } from './map_layers.ts'

/** How two maps are shown: the one before over the one after up to a divide, or beside each other. */
export type Pairing = 'swipe' | 'pair'

/**
 * Before is the map as it is now, over the left of the map of what is tried. It
 * takes no clicks: both are one map to the hand, so the cameras never part.
 */
export function Before(props: {
  district: District
  after: MapLibreMap
  onEnd: () => void
  cells: FeatureCollection | null
  facilities: FeatureCollection | null
  lines: Partial<Record<'town' | 'community' | 'names', FeatureCollection | null>>
}) {
  const { after, cells, facilities, lines } = props
  const [map, setMap] = useState<MapLibreMap | null>(null)
  const [divide, setDivide] = useState(50)
  const [pairing, setPairing] = useState<Pairing>('swipe')
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (!map) return
    addCoverageLayers(map)
    const follow = () => map.jumpTo({ center: after.getCenter(), zoom: after.getZoom() })
    follow()
    after.on('move', follow)
    return () => void after.off('move', follow)
  }, [map, after, pairing])
  useEffect(() => {
    if (map) show(map, 'cov-fill', cells)
  }, [map, cells])
  useEffect(() => {
    if (!map) return
    setData(map, 'facilities', facilities)
    for (const k of ['town', 'community', 'names'] as const) setData(map, k, lines[k] ?? null)
  }, [map, facilities, lines.town, lines.community, lines.names])
  // Side by side the map of after takes half of the stage: it is told by a class of the stage.
  useEffect(() => {
    const stage = box.current?.closest('.map-stage')
    stage?.classList.toggle('cov-pair', pairing === 'pair')
    after.resize()
    map?.resize()
    return () => {
      stage?.classList.remove('cov-pair')
      after.resize()
    }
  }, [pairing, map, after])
  return (
    <>
      <div class={`cov-before ${pairing}`} ref={box} style={pairing === 'swipe' ? { clipPath: `inset(0 ${100 - divide}% 0 0)` } : { clipPath: 'none' }} data-testid="before-map">
        <MapCanvas district={props.district} bounds={props.district.bounds} label={t('cov.compare.before')} onReady={setMap} controls={false} />
      </div>
      <div class="cov-compare-bar">
        <span class="tag">{t('cov.compare.before')}</span>
        <span class="segments" role="group" aria-label={t('cov.compare')}>
          {(['swipe', 'pair'] as const).map((k) => (
            <button key={k} type="button" aria-pressed={pairing === k} onClick={() => setPairing(k)} data-testid={`compare-${k}`}>
              {t(`cov.compare.kind.${k}`)}
            </button>
          ))}
        </span>
        <span class="tag">{t('cov.compare.after')}</span>
        <button type="button" class="close" aria-label={t('cov.compare.off')} onClick={props.onEnd}>
          ×
        </button>
      </div>
      {pairing === 'swipe' && (
        <>
          <i class="cov-divide" style={{ left: `${divide}%` }} aria-hidden="true" />
          <input
            class="cov-swipe"
            type="range"
            min={0}
            max={100}
            value={divide}
            aria-label={t('cov.compare.swipe')}
            onInput={(e) => setDivide(Number(e.currentTarget.value))}
            data-testid="swipe"
          />
        </>
      )}
    </>
  )
}

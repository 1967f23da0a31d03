import type { MapLibreMap, MapMouseEvent, MapTouchEvent, PointLike } from 'maplibre-gl'
import type { LonLat } from './trials.ts'

/** What the hand finds at a place on the map. */
export interface Found {
  kind: 'trial' | 'site' | 'facility' | 'area' | 'ground'
  /** key of a trial, rank of a site, id of a facility, code of an area */
  id: string
  at: LonLat
}

const spot = ['cov-trials', 'cov-sites', 'facilities', 'facility-dots'] as const
const kinds: Readonly<Record<string, [Found['kind'], string]>> = {
  'cov-trials': ['trial', 'key'],
  'cov-sites': ['site', 'rank'],
  facilities: ['facility', 'id'],
  'facility-dots': ['facility', 'id'],
}

/** find says what lies at a point of the screen: what can be taken in hand before the area beneath. */
export function find(map: MapLibreMap, e: { point: { x: number; y: number }; lngLat: { lng: number; lat: number } }, reach = 4): Found {
  const at: LonLat = [e.lngLat.lng, e.lngLat.lat]
  const box: [PointLike, PointLike] = [
    [e.point.x - reach, e.point.y - reach],
    [e.point.x + reach, e.point.y + reach],
  ]
  const hit = map.queryRenderedFeatures(box, { layers: spot.filter((l) => map.getLayer(l)) })
  for (const layer of spot) {
    const f = hit.find((h) => h.layer.id === layer)
    const k = kinds[layer]
    if (f && k) return { kind: k[0], id: String(f.properties[k[1]]), at: f.geometry.type === 'Point' ? (f.geometry.coordinates as LonLat) : at }
  }
  const areas = map.queryRenderedFeatures([e.point.x, e.point.y], { layers: ['cov-fill', 'cov-blank', 'community-hit'].filter((l) => map.getLayer(l)) })
  const code = areas.map((f) => f.properties['code'] as string | undefined).find((c) => c)
  return code ? { kind: 'area', id: code, at } : { kind: 'ground', id: '', at }
}

/**
 * takeInHand lets the mouse or a finger drag what grip accepts: it is told where
 * it is while it moves, and dropped when it is let go of. A click that follows a
 * drag is not one. The map itself stays where it is meanwhile.
 */
export function takeInHand(
  map: MapLibreMap,
  hand: { grip: (f: Found) => boolean; drag: (at: LonLat) => void; drop: () => void; click: (f: Found) => void },
): () => void {
  let holds = false
  let moved = 0
  let from: LonLat | null = null
  let grabbed: { at: LonLat; offset: LonLat } | null = null
  const begin = (e: MapMouseEvent | MapTouchEvent) => {
    moved = 0 // no click came after the drag before
    if ('points' in e && e.points.length > 1) return
    if ('button' in e.originalEvent && e.originalEvent.button !== 0) return
    const f = find(map, e, 'points' in e ? 12 : 4)
    if (f.kind === 'area' || f.kind === 'ground' || !hand.grip(f)) return
    e.preventDefault() // the map would move instead
    holds = true
    from = [e.point.x, e.point.y]
    grabbed = { at: f.at, offset: [f.at[0] - e.lngLat.lng, f.at[1] - e.lngLat.lat] }
    map.getCanvas().style.cursor = 'grabbing'
  }
  const move = (e: MapMouseEvent | MapTouchEvent) => {
    if (!holds || !from || !grabbed) {
      if (!('points' in e)) map.getCanvas().style.cursor = ['area', 'ground'].includes(find(map, e).kind) ? '' : 'pointer'
      return
    }
    moved = Math.max(moved, Math.hypot(e.point.x - from[0], e.point.y - from[1]))
    // A trembling hand moves nothing.
    if (moved > 3) hand.drag([e.lngLat.lng + grabbed.offset[0], e.lngLat.lat + grabbed.offset[1]])
  }
  const end = () => {
    if (!holds) return
    holds = false
    map.getCanvas().style.cursor = ''
    hand.drop()
  }
  const click = (e: MapMouseEvent) => {
    if (moved > 3) {
      moved = 0
      return
    }
    hand.click(find(map, e))
  }
  map.on('mousedown', begin)
  map.on('touchstart', begin)
  map.on('mousemove', move)
  map.on('touchmove', move)
  map.on('mouseup', end)
  map.on('touchend', end)
  map.on('touchcancel', end)
  addEventListener('mouseup', end)
  map.on('click', click)
  return () => {
    map.off('mousedown', begin)
    map.off('touchstart', begin)
    map.off('mousemove', move)
    map.off('touchmove', move)
    map.off('mouseup', end)
    map.off('touchend', end)
    map.off('touchcancel', end)
    removeEventListener('mouseup', end)
    map.off('click', click)
  }
}

import type { MapLibreMap, MapMouseEvent, MapTouchEvent } from 'maplibre-gl'
import type { LonLat } from '../api_editor.ts'
import type { Desk, Handle } from './desk.ts'

/** Pixels within which a handle is taken hold of: a finger is wider than a mouse. */
const reach = { mouse: 10, touch: 22 }
/** Edges shorter than this on the screen have no handle in their middle. */
const shortEdge = 34

/** tooShort tells whether the middle of an edge is too near its ends to be shown. */
export function tooShort(map: MapLibreMap, desk: Desk, h: Handle): boolean {
  const g = desk.ground
  if (h.vertex >= 0 || !g) return false
  const [a, b] = [map.project(g.at(h.u)), map.project(g.at(h.v))]
  return Math.hypot(a.x - b.x, a.y - b.y) < shortEdge
}

/**
 * hands let the pointer work at the desk: they turn what it does on the map
 * into what the tool in hand does. They return a function that lets go.
 */
export function hands(map: MapLibreMap, desk: Desk, took: (ms: number) => void): () => void {
  const lonLat = (e: MapMouseEvent | MapTouchEvent): LonLat => [e.lngLat.lng, e.lngLat.lat]

  const handleAt = (e: MapMouseEvent | MapTouchEvent, within: number): Handle | null => {
    let best: { h: Handle; d: number } | null = null
    for (const h of desk.handles.value) {
      const p = map.project(h.at)
      // A vertex wins over a middle that lies as near.
      const d = Math.hypot(p.x - e.point.x, p.y - e.point.y) + (h.vertex < 0 ? 3 : 0)
      if (d <= within && (!best || d < best.d) && !tooShort(map, desk, h)) best = { h, d }
    }
    return best?.h ?? null
  }

  let painting = false
  const cursor = (c: string) => {
    map.getCanvas().style.cursor = c
  }
  const pens = () => ['lasso', 'split', 'new'].includes(desk.tool.value)

  const down = (e: MapMouseEvent | MapTouchEvent, within: number) => {
    if ('touches' in e.originalEvent && e.originalEvent.touches.length > 1) return
    if ('button' in e.originalEvent && (e.originalEvent.button !== 0 || e.originalEvent.altKey)) return
    desk.cross.value = null
    if (desk.tool.value === 'select') {
      const h = handleAt(e, within)
      if (!h) return
      e.preventDefault() // the map stays where it is
      desk.grip(h)
      cursor('grabbing')
    } else if (desk.tool.value === 'brush' && desk.session.selected.value) {
      e.preventDefault()
      painting = true
      desk.stroke(lonLat(e))
    }
  }
  const move = (e: MapMouseEvent | MapTouchEvent) => {
    const began = performance.now()
    const p = lonLat(e)
    if (desk.gripped) {
      desk.drag(p)
      took(began)
      return
    }
    if (painting) {
      desk.stroke(p)
      took(began)
      return
    }
    desk.hovered.value = desk.codeAt(p)
    if (desk.tool.value === 'select') cursor(handleAt(e, reach.mouse) ? 'grab' : '')
    else if (desk.tool.value === 'brush') {
      desk.hoverBrush(p)
      cursor('cell')
    } else if (desk.tool.value === 'merge') {
      desk.overMerge(desk.hovered.value)
      cursor('copy')
    }
  }
  const up = () => {
    if (desk.gripped) {
      desk.letGo()
      cursor('')
    }
    if (painting) {
      painting = false
      desk.dip()
    }
  }
  const click = (e: MapMouseEvent) => {
    const code = desk.codeAt(lonLat(e))
    if (e.originalEvent.altKey) {
      if (code) desk.select(code)
      return
    }
    if (pens()) return
    if (desk.tool.value === 'merge') desk.mergeWith(code)
    else if (desk.tool.value === 'select') {
      const h = handleAt(e, reach.mouse)
      if (h) {
        if (h.vertex < 0) desk.insert(h)
        else desk.focus.value = h.vertex
        return
      }
      desk.select(code)
    } else if (desk.tool.value === 'brush' && !desk.session.selected.value && code) desk.select(code)
  }
  const out = () => {
    desk.hovered.value = ''
    if (!desk.gripped && !painting && desk.tool.value === 'brush') desk.under.value = []
  }
  const mouseDown = (e: MapMouseEvent) => down(e, reach.mouse)
  const touchDown = (e: MapTouchEvent) => down(e, reach.touch)
  map.on('mousedown', mouseDown)
  map.on('touchstart', touchDown)
  map.on('mousemove', move)
  map.on('touchmove', move)
  map.on('mouseup', up)
  map.on('touchend', up)
  map.on('click', click)
  map.on('mouseout', out)
  // A button that is let go outside the map has been let go all the same.
  addEventListener('mouseup', up)
  return () => {
    removeEventListener('mouseup', up)
    map.off('mousedown', mouseDown)
    map.off('touchstart', touchDown)
    map.off('mousemove', move)
    map.off('touchmove', move)
    map.off('mouseup', up)
    map.off('touchend', up)
    map.off('click', click)
    map.off('mouseout', out)
  }
}

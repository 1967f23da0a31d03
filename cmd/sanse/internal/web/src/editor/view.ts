import { effect, untracked } from '@preact/signals'
import type { MapLibreMap } from 'maplibre-gl'
import type { Feature } from 'geojson'
import type { District } from '../api.ts'
import { number } from '../format.ts'
import { lang } from '../i18n.ts'
import { labelPoint } from '../map/shape.ts'
import { classOf } from './balance.ts'
import type { Desk } from './desk.ts'
import { addLayers, put } from './layers.ts'
import { shortCode } from './words.ts'
import { tooShort } from './hands.ts'

/** view draws what is on the desk on the map, and goes on drawing it; it returns a function that stops. */
export function view(map: MapLibreMap, desk: Desk, district: District): () => void {
  const s = desk.session
  if (!map.getSource('ed-faces')) addLayers(map)
  const ends: (() => void)[] = []
  const draw = (f: () => void) => ends.push(effect(f))

  // The ground itself.
  draw(() => {
    const g = s.ground.value
    const level = s.level.value
    const features = g?.answer.areas.features ?? []
    const shown = new Set(g?.areasAt(level).map((f) => f.code))
    put(map, 'ed-faces', features.filter((f) => shown.has(f.properties.code)).map((f) => ({ ...f, properties: { code: f.properties.code, special: Boolean(g?.area(f.properties.code)?.special) } })))
    put(map, 'ed-thin', level === 'grid' ? features.filter((f) => f.properties.level === 'micro-grid') : [])
    // At the finer level the grids are what stands around.
    const around: Feature[] = g ? [{ type: 'Feature', properties: {}, geometry: g.answer.area.outline }] : []
    if (level === 'micro-grid') around.push(...features.filter((f) => f.properties.level === 'grid'))
    put(map, 'ed-around', around)
    put(map, 'ed-barriers', g?.answer.barriers ?? null)
  })
  draw(() => {
    const g = s.ground.value
    if (!g) return put(map, 'ed-places', null)
    const graded = district.grades.map((x) => x.key)
    const weights = new Map(g.weights.map((w, i) => [w, i]))
    const homes = weights.get('households')
    const features = Array.from({ length: g.places.n }, (_, i): Feature => {
      // The most urgent of those who live there gives the colour.
      const grade = graded.find((k) => (g.places.values[weights.get(k) ?? -1]?.[i] ?? 0) > 0) ?? 'none'
      const h = homes === undefined ? 1 : (g.places.values[homes]![i] ?? 0)
      return {
        type: 'Feature',
        id: i,
        properties: { grade, size: 1 + Math.sqrt(h) / 3 },
        geometry: { type: 'Point', coordinates: [g.places.x[i]!, g.places.y[i]!] },
      }
    })
    put(map, 'ed-places', features)
  })

  // How each area stands, which follows the mouse.
  const classes = new Map<string, number>()
  draw(() => {
    const target = s.target.value
    const w = s.weight.value
    void s.ground.value // its areas are put anew, and what they are told with them
    for (const r of s.after.value) {
      const cls = target ? classOf(r.values[w] ?? 0, target) : -1
      classes.set(r.code, cls)
      map.setFeatureState({ source: 'ed-faces', id: r.code }, { cls })
    }
  })
  let chosen = ''
  let over = ''
  draw(() => {
    const code = s.selected.value
    if (chosen) map.setFeatureState({ source: 'ed-faces', id: chosen }, { selected: false })
    if (code) map.setFeatureState({ source: 'ed-faces', id: code }, { selected: true })
    chosen = code
  })
  draw(() => {
    const code = desk.hovered.value
    if (over === code) return
    if (over) map.setFeatureState({ source: 'ed-faces', id: over }, { hover: false })
    if (code) map.setFeatureState({ source: 'ed-faces', id: code }, { hover: true })
    over = code
  })
  let moving: number[] = []
  draw(() => {
    const next = [...(s.live.value?.moves.keys() ?? [])]
    // Hundreds of places may move with every step of the mouse: only what differs is told.
    const now = new Set(next)
    for (const p of moving) if (!now.delete(p)) map.setFeatureState({ source: 'ed-places', id: p }, { moves: false })
    for (const p of now) map.setFeatureState({ source: 'ed-places', id: p }, { moves: true })
    moving = next
  })

  // Names, with what each has of the weight.
  draw(() => {
    const g = s.ground.value
    const w = s.weight.value
    void lang.value
    const values = new Map(s.before.value.map((r) => [r.code, r]))
    const features: Feature[] = []
    for (const f of g?.answer.areas.features ?? []) {
      const r = values.get(f.properties.code)
      const at = r && labelPoint(f.geometry)
      if (!g || !r || !at) continue
      features.push({
        type: 'Feature',
        properties: { text: `${shortCode(r.code, g.answer.area.code)}\n${number(r.values[w] ?? 0)}`, order: -(r.values[w] ?? 0) },
        geometry: { type: 'Point', coordinates: at },
      })
    }
    put(map, 'ed-names', features)
  })

  // What the gesture, and edits that wait, would make.
  draw(() => {
    const list = [...s.previews.value, ...(s.live.value ? [s.live.value] : [])]
    const features: Feature[] = []
    for (const p of list) {
      const properties = { bad: p.bad !== null }
      for (const line of p.lines) features.push({ type: 'Feature', properties, geometry: { type: 'LineString', coordinates: line } })
      for (const r of p.rings) features.push({ type: 'Feature', properties, geometry: { type: 'Polygon', coordinates: [[...r.ring, r.ring[0]!]] } })
    }
    put(map, 'ed-ghost', features)
  })
  draw(() => {
    const g = s.ground.value
    const on = desk.tool.value === 'brush' && s.level.value === 'micro-grid'
    put(map, 'ed-cells', g && on ? g.cells.rings.map((ring) => ({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [ring] } })) : null)
  })
  draw(() => {
    const g = s.ground.value
    const level = s.level.value
    const cells = new Set([...desk.under.value, ...s.previews.value.flatMap((p) => p.cells)])
    const features: Feature[] = []
    if (g && level === 'micro-grid') {
      for (const c of desk.painted.value) cells.add(c)
      for (const c of cells) features.push({ type: 'Feature', properties: {}, geometry: { type: 'Polygon', coordinates: [g.cells.rings[c]!] } })
    } else if (g) {
      // The ground may be newer than what was painted on the last one, until the desk has cleared it.
      const faces = new Set([...desk.painted.value].flatMap((f) => g.faces[f]?.code ?? []))
      for (const p of s.previews.value) for (const c of p.parents.keys()) faces.add(c)
      features.push(...g.answer.areas.features.filter((f) => faces.has(f.properties.code)))
    }
    put(map, 'ed-painted', features)
  })

  // Points to take hold of. Zoomed far out they would cover the map.
  const handles = () => {
    const g = s.ground.peek()
    const list = desk.handles.value
    const focus = desk.focus.value
    const nudged = desk.nudged.value
    if (!g || map.getZoom() < 12.5) return put(map, 'ed-handles', null)
    put(
      map,
      'ed-handles',
      list
        .filter((h) => !tooShort(map, desk, h))
        .map((h) => ({
          type: 'Feature',
          properties: { kind: h.vertex < 0 ? 'mid' : h.vertex === focus ? 'focus' : h.node ? 'node' : 'vertex' },
          geometry: { type: 'Point', coordinates: h.vertex === focus && nudged ? nudged : h.at },
        })),
    )
  }
  draw(handles)
  const zoomed = () => untracked(handles)
  map.on('zoomend', zoomed)
  ends.push(() => map.off('zoomend', zoomed))
  draw(() => {
    const at = desk.cross.value
    put(map, 'ed-cross', at ? [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: at } }] : null)
  })
  return () => {
    for (const end of ends) end()
  }
}

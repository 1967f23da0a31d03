import type { MapLibreMap } from 'maplibre-gl'
import { TerraDraw, TerraDrawFreehandMode, TerraDrawLineStringMode, TerraDrawPolygonMode } from 'terra-draw'
import { TerraDrawMapLibreGLAdapter } from 'terra-draw-maplibre-gl-adapter'
import type { LonLat } from '../api_editor.ts'

const ink = '#c2185b'

/** What the pen draws. */
export type Stroke = 'line' | 'polygon' | 'freehand'

/**
 * Pen draws lines and polygons on the map with terra-draw. What is drawn so
 * far is told with every move, and handed over when it is finished; nothing
 * drawn stays on the map.
 */
export class Pen {
  readonly #draw: TerraDraw
  readonly #map: MapLibreMap
  #stroke: Stroke | null = null

  constructor(map: MapLibreMap, on: { drawn: (points: LonLat[]) => void; finished: (points: LonLat[]) => void }) {
    this.#map = map
    const look = { fillColor: ink, fillOpacity: 0.16, outlineColor: ink, outlineWidth: 3, closingPointColor: ink } as const
    this.#draw = new TerraDraw({
      adapter: new TerraDrawMapLibreGLAdapter({ map, coordinatePrecision: 9 }),
      modes: [
        new TerraDrawLineStringMode({ styles: { lineStringColor: ink, lineStringWidth: 3, closingPointColor: ink }, pointerDistance: 14 }),
        new TerraDrawPolygonMode({ styles: look, pointerDistance: 14 }),
        new TerraDrawFreehandMode({ styles: look, autoClose: false, minDistance: 8, drawInteraction: 'click-drag' }),
      ],
    })
    this.#draw.start()
    this.#draw.on('change', (ids, type) => {
      if (type === 'delete' || this.#stroke === null) return
      const id = ids.find((i) => this.#draw.getSnapshotFeature(i)?.properties['mode'] === this.#mode())
      const points = id === undefined ? null : this.#points(id)
      if (points) on.drawn(points)
    })
    this.#draw.on('finish', (id) => {
      const points = this.#points(id)
      // The map keeps the answer, not the stroke.
      queueMicrotask(() => this.#draw.clear())
      if (points) on.finished(points)
    })
  }

  #mode(): string {
    return this.#stroke === 'line' ? 'linestring' : (this.#stroke ?? 'static')
  }

  /** points are those of a stroke, the last of a ring not the first again. */
  #points(id: string | number): LonLat[] | null {
    const g = this.#draw.getSnapshotFeature(id)?.geometry
    const list = g?.type === 'LineString' ? g.coordinates : g?.type === 'Polygon' ? (g.coordinates[0] ?? []).slice(0, -1) : null
    if (!list) return null
    // A click and the move before it put the same point twice.
    return list.map((p): LonLat => [p[0]!, p[1]!]).filter((p, i, all) => i === 0 || p[0] !== all[i - 1]![0] || p[1] !== all[i - 1]![1])
  }

  /** take readies the pen for a stroke, or puts it down. */
  take(stroke: Stroke | null): void {
    if (stroke === this.#stroke) return
    this.#draw.clear()
    this.#stroke = stroke
    this.#draw.setMode(this.#mode())
    this.#map.getCanvas().style.cursor = stroke ? 'crosshair' : ''
  }

  /** drop gives up the stroke that is being drawn. */
  drop(): void {
    const mode = this.#mode()
    this.#draw.setMode('static')
    this.#draw.clear()
    this.#draw.setMode(mode)
  }

  /** press does at a point what a click there does, for those who have no pointer. */
  press(at: LonLat): void {
    const canvas = this.#map.getCanvas()
    const box = canvas.getBoundingClientRect()
    const p = this.#map.project(at)
    const where = { clientX: box.left + p.x, clientY: box.top + p.y, button: 0, isPrimary: true, pointerId: 1, pointerType: 'mouse', bubbles: false }
    canvas.dispatchEvent(new PointerEvent('pointermove', { ...where, button: -1 }))
    canvas.dispatchEvent(new PointerEvent('pointerdown', { ...where, buttons: 1 }))
    canvas.dispatchEvent(new PointerEvent('pointerup', where))
  }

  /** hover moves the end that follows the pointer. */
  hover(at: LonLat): void {
    const canvas = this.#map.getCanvas()
    const box = canvas.getBoundingClientRect()
    const p = this.#map.project(at)
    canvas.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + p.x, clientY: box.top + p.y, button: -1, isPrimary: true, pointerId: 1, pointerType: 'mouse' }))
  }

  /** finish ends the stroke where it is, as Enter does. */
  finish(): void {
    this.#map.getCanvas().dispatchEvent(new KeyboardEvent('keyup', { key: 'Enter' }))
  }

  end(): void {
    this.#draw.stop()
  }
}

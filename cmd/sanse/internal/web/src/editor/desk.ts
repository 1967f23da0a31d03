import { computed, effect, signal, type ReadonlySignal, type Signal } from '@preact/signals'
import type { Polygon } from 'geojson'
import type { Edit, LonLat } from '../api_editor.ts'
import type { Ground } from './ground.ts'
import { moved } from './plane.ts'
import { give, merge, moveVertex, nothing, paint } from './preview.ts'
import { isNew, levelOf, previewOf } from './gesture.ts'
import type { Session } from './session.ts'

/** What the pointer does. */
export type Tool = 'select' | 'brush' | 'lasso' | 'split' | 'merge' | 'new'
export const tools: readonly Tool[] = ['select', 'brush', 'lasso', 'split', 'merge', 'new']

/** A point that can be dragged: a vertex, or the middle of an edge u→v, where one may be put. */
export interface Handle {
  at: LonLat
  /** number of the vertex; -1: the middle of an edge */
  vertex: number
  node: boolean
  u: number
  v: number
}

/** An area that is about to be begun. */
export interface Newcomer {
  name: string
  special: boolean
}

/** The largest brush, in steps from its middle cell. */
const widest = 6

/**
 * Desk is what the editor has in hand: the tool, what of the ground it holds,
 * and what the gesture so far would do. It knows nothing of the map or the
 * page; whoever moves the pointer, or presses keys in its stead, calls it.
 */
export class Desk {
  readonly session: Session
  readonly tool: Signal<Tool> = signal('select')
  /** Steps of the brush from its middle cell; 0: a single cell. */
  readonly brush: Signal<number> = signal(1)
  readonly lasso: Signal<'polygon' | 'freehand'> = signal('polygon')
  readonly hovered: Signal<string> = signal('')
  /** The vertex that the arrow keys move; -1: none. */
  readonly focus: Signal<number> = signal(-1)
  /** Where the arrow keys have brought the crosshair; null: the pointer does the work. */
  readonly cross: Signal<LonLat | null> = signal(null)
  /** Cells under the brush, and those that the stroke has gone over. */
  readonly under: Signal<readonly number[]> = signal([])
  readonly painted: Signal<ReadonlySet<number>> = signal(new Set<number>())
  readonly newcomer: Signal<Newcomer> = signal({ name: '', special: false })
  /** Handles of the selected area's borders, or of all borders of the level. */
  readonly handles: ReadonlySignal<readonly Handle[]> = computed(() => this.#handles())
  /** Where a focused vertex would go by the keys so far. */
  readonly nudged: Signal<LonLat | null> = signal(null)
  /** The handle that is held, and the ground whose vertices it numbers. */
  #grip: { handle: Handle; on: Ground; to: LonLat } | null = null
  #stroke: LonLat | null = null
  #end: () => void

  constructor(session: Session) {
    this.session = session
    // Vertices and faces are numbered anew with every ground, and what the keys
    // have begun is for the area that was selected.
    let chosen = session.selected.peek()
    this.#end = effect(() => {
      void session.ground.value
      const to = session.selected.value
      const level = session.level.value
      const stale = this.painted.peek().size > 0 && (to !== chosen || level === 'grid')
      chosen = to
      if (stale || this.nudged.peek() !== null) session.live.value = null
      if (stale) this.painted.value = new Set()
      this.focus.value = -1
      this.nudged.value = null
    })
  }

  end(): void {
    this.#end()
  }

  get ground(): Ground | null {
    return this.session.ground.value
  }

  /** take puts another tool into the hand; what the last one had begun is dropped. */
  take(tool: Tool): void {
    this.drop()
    this.tool.value = tool
  }

  /** drop gives up the gesture so far; false: there was none. */
  drop(): boolean {
    const had = this.session.live.value !== null || this.#grip !== null || this.painted.value.size > 0 || this.nudged.value !== null
    this.#grip = null
    this.#stroke = null
    this.painted.value = new Set()
    this.under.value = []
    this.nudged.value = null
    this.session.live.value = null
    return had
  }

  /** select chooses an area; its code at the level that is edited. */
  select(code: string): void {
    this.session.selected.value = code
  }

  /** codeAt is the code of the area of the level at a point; empty outside. */
  codeAt(p: LonLat): string {
    const f = this.ground?.faceAt(p[0], p[1]) ?? -1
    return f < 0 || !this.ground ? '' : this.ground.codeAt(this.session.level.value, f)
  }

  #handles(): Handle[] {
    const g = this.session.ground.value
    if (!g || this.tool.value !== 'select') return []
    const level = this.session.level.value
    const chosen = this.session.selected.value
    if (!chosen) return []
    const seen = new Set<number>()
    const out: Handle[] = []
    for (const e of g.borders(level)) {
      if (g.codeAt(level, e.left) !== chosen && g.codeAt(level, e.right) !== chosen) continue
      for (const v of [e.u, e.v]) {
        if (seen.has(v) || g.outer(v)) continue
        seen.add(v)
        out.push({ at: g.at(v), vertex: v, node: g.node(v), u: -1, v: -1 })
      }
      const [a, b] = [g.at(e.u), g.at(e.v)]
      out.push({ at: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2], vertex: -1, node: false, u: e.u, v: e.v })
    }
    return out
  }

  // The border under the hand.

  /** grip takes hold of a handle. */
  grip(handle: Handle): void {
    const on = this.ground
    if (!on) return
    this.#grip = { handle, on, to: handle.at }
    if (handle.vertex >= 0) this.focus.value = handle.vertex
  }

  get gripped(): boolean {
    return this.#grip !== null
  }

  /** drag moves what is held to a point, and tells what that would do. */
  drag(to: LonLat): void {
    const g = this.ground
    if (!this.#grip || !g) return
    this.#grip.to = to
    this.session.live.value = previewOf(g, held(this.#grip))
  }

  /** letGo ends a drag: what was moved is sent. */
  letGo(): void {
    const g = this.ground
    const grip = this.#grip
    this.#grip = null
    if (!g || !grip || !this.session.live.value) return
    this.session.commit(held(grip))
  }

  /** insert puts a vertex into the middle of an edge, where it changes nothing yet. */
  insert(h: Handle): void {
    const g = this.ground
    if (g && h.vertex < 0) this.session.commit({ op: 'border', old: [g.at(h.u), g.at(h.v)], new: [g.at(h.u), h.at, g.at(h.v)] })
  }

  /** nextVertex moves the focus along the borders of the selected area. */
  nextVertex(step: 1 | -1): LonLat | null {
    const list = this.handles.value.filter((h) => h.vertex >= 0)
    if (list.length === 0) return null
    const now = list.findIndex((h) => h.vertex === this.focus.value)
    const next = list[(now < 0 ? (step > 0 ? 0 : list.length - 1) : now + step + list.length) % list.length]!
    this.drop()
    this.focus.value = next.vertex
    return next.at
  }

  /** nudge moves the focused vertex by metres; Enter sends it. */
  nudge(east: number, north: number): boolean {
    const g = this.ground
    const v = this.focus.value
    if (!g || v < 0) return false
    const to = moved(this.nudged.value ?? g.at(v), east, north)
    this.nudged.value = to
    this.session.live.value = moveVertex(g, v, to)
    return true
  }

  /** removeVertex takes the focused vertex out of its border. */
  removeVertex(): boolean {
    const g = this.ground
    const v = this.focus.value
    if (!g || v < 0) return false
    const c = g.corners(v)[0]
    if (!c || g.node(v)) {
      this.session.say({ kind: 'refused', reason: 'node_stays', at: g.at(v) })
      return true
    }
    this.drop()
    this.session.commit({ op: 'border', old: [g.at(c.before), g.at(v), g.at(c.after)], new: [g.at(c.before), g.at(c.after)] })
    return true
  }

  // The brush.

  /** hover shows what is under the brush. */
  hoverBrush(p: LonLat): void {
    const g = this.ground
    if (g) this.under.value = this.session.level.value === 'grid' ? [] : g.cells.near(p[0], p[1], this.brush.value)
  }

  /** stroke goes on with the brush to a point. */
  stroke(p: LonLat): void {
    const g = this.ground
    const to = this.session.selected.value
    if (!g) return
    if (!to) {
      this.session.say({ kind: 'refused', reason: 'nothing_selected', at: p })
      return
    }
    const next = new Set(this.painted.value)
    if (this.session.level.value === 'grid') {
      // Whole micro-grids, by the number of their face.
      const f = g.faceAt(p[0], p[1])
      if (f >= 0 && g.gridOfFace(f) !== to) next.add(f)
    } else
      // A cell that the border runs through is painted too: what of it is left
      // out would lie as a strip between the area and what it gets.
      for (const c of g.cells.along(this.#stroke ?? p, p, this.brush.value)) if (!next.has(c) && !g.wholeIn(c, to, 'micro-grid')) next.add(c)
    this.#stroke = p
    this.hoverBrush(p)
    this.painted.value = next
    const edit = this.#brushed(g, to)
    this.session.live.value = edit ? (edit.op === 'paint' ? paint(g, next, 'micro-grid', to) : previewOf(g, edit)) : null
  }

  /** lift ends a stroke without sending it yet: the keys paint cell by cell. */
  lift(): void {
    this.#stroke = null
  }

  /** dip sends what was painted. */
  dip(): void {
    const g = this.ground
    const edit = g && this.#brushed(g, this.session.selected.value)
    this.#stroke = null
    this.painted.value = new Set()
    this.session.live.value = null
    if (edit) this.session.commit(edit)
  }

  #brushed(g: Ground, to: string): Edit | null {
    const list = [...this.painted.value]
    if (list.length === 0 || !to) return null
    if (this.session.level.value === 'grid') return { op: 'assign', areas: list.map((f) => g.faces[f]!.code), to }
    return { op: 'paint', level: levelOf(g, to), cells: list.map((c) => g.cells.ids[c]!), to }
  }

  widen(by: 1 | -1): void {
    this.brush.value = Math.min(widest, Math.max(0, this.brush.value + by))
  }

  // Lines and polygons, drawn by the pen.

  /** drawn tells what the line or polygon so far would do. */
  drawn(points: readonly LonLat[]): void {
    const g = this.ground
    const edit = g && this.#penned(points)
    if (!g || !edit) {
      this.session.live.value = null
      return
    }
    // Most of a line lies in no area yet: no reason to cry out while it is drawn.
    const p = edit.op === 'give' ? give(g, points, this.session.level.value, edit.to, isNew(edit.to) ? previewOf(g, edit).begun[0] : undefined) : previewOf(g, edit)
    this.session.live.value = p.bad === 'no_cut' ? nothing() : p
  }

  /** finish sends what was drawn. */
  finish(points: readonly LonLat[]): void {
    const edit = this.#penned(points)
    this.session.live.value = null
    if (edit) this.session.commit(edit)
    else if (!this.session.selected.value) this.session.say({ kind: 'refused', reason: 'nothing_selected' })
  }

  #penned(points: readonly LonLat[]): Edit | null {
    const g = this.ground
    const chosen = this.session.selected.value
    const level = this.session.level.value
    if (!g) return null
    const { name, special } = this.newcomer.value
    const named = name.trim() ? { name: name.trim() } : {}
    switch (this.tool.value) {
      case 'split':
        return chosen && points.length >= 2 ? { op: 'split', area: chosen, line: [...points], ...named } : null
      case 'lasso':
        return chosen && points.length >= 3 ? { op: 'give', polygon: closed(points), to: chosen, level: g.area(chosen) ? levelOf(g, chosen) : level } : null
      case 'new': {
        if (points.length < 3) return null
        // A micro-grid begins in the grid that is chosen, or where its first corner lies.
        const first = points[0]!
        const face = g.faceAt(first[0], first[1])
        const parent = level === 'grid' ? g.answer.area.code : g.gridOf.has(chosen) ? chosen : (g.area(chosen)?.parent ?? (face < 0 ? '' : g.gridOfFace(face)))
        return parent ? { op: 'give', polygon: closed(points), to: '+new', level, parent, ...named, ...(special ? { special } : {}) } : null
      }
      default:
        return null
    }
  }

  // Whole areas.

  /** overMerge tells what merging the selected area with another would do. */
  overMerge(code: string): void {
    const g = this.ground
    const chosen = this.session.selected.value
    if (g) this.session.live.value = code && chosen && code !== chosen ? merge(g, [chosen, code], chosen, this.session.level.value) : null
  }

  mergeWith(code: string): void {
    const chosen = this.session.selected.value
    if (!chosen || !code || code === chosen) this.select(code)
    else this.session.commit({ op: 'merge', areas: [chosen, code], as: chosen })
  }

  retire(): void {
    const chosen = this.session.selected.value
    if (chosen) this.session.commit({ op: 'retire', area: chosen })
    else this.session.say({ kind: 'refused', reason: 'nothing_selected' })
  }
}

/** held is what a drag would send, by coordinates: the ground may be another one since the handle was taken. */
function held({ handle: { vertex, u, v }, on, to }: { handle: Handle; on: Ground; to: LonLat }): Edit {
  return vertex >= 0 ? { op: 'vertex', at: on.at(vertex), to } : { op: 'border', old: [on.at(u), on.at(v)], new: [on.at(u), to, on.at(v)] }
}

function closed(points: readonly LonLat[]): Polygon {
  const ring = [...points]
  const [a, z] = [ring[0]!, ring.at(-1)!]
  if (a[0] !== z[0] || a[1] !== z[1]) ring.push(a)
  return { type: 'Polygon', coordinates: [ring] }
}


import type { Edit } from '../api_editor.ts'
import type { EditLevel, Ground } from './ground.ts'
import { assign, give, merge, moveVertex, nothing, paint, redraw, retire, split, type Begun, type Preview } from './preview.ts'

/** isNew tells whether a code is that of an area to be begun: + and a word. */
export const isNew = (code: string): boolean => code.startsWith('+')

/**
 * previewOf tells what an edit would do to the ground. An edit outlives the
 * ground that it was made on (others may be quicker, an answer comes later), so
 * what it does is told anew from the edit alone.
 */
export function previewOf(g: Ground, edit: Edit): Preview {
  const begun = (code: string, level: EditLevel, more: { name?: string; special?: boolean; parent?: string }): Begun | undefined =>
    isNew(code) ? { code, name: more.name ?? '', level, parent: more.parent ?? g.answer.area.code, special: more.special ?? false } : undefined
  switch (edit.op) {
    case 'vertex':
      return moveVertex(g, g.vertex(edit.at), edit.to)
    case 'border':
      return redraw(g, edit.old, edit.new)
    case 'paint': {
      const index = new Map(g.cells.ids.map((id, i) => [id, i]))
      const level = edit.level as EditLevel
      return paint(g, edit.cells.flatMap((id) => index.get(id) ?? []), level, edit.to, begun(edit.to, level, edit))
    }
    case 'give': {
      const level = edit.level as EditLevel
      const ring = (edit.polygon.coordinates[0] ?? []).map((p) => [p[0]!, p[1]!] as [number, number])
      return give(g, ring, level, edit.to, begun(edit.to, level, edit))
    }
    case 'assign':
      return assign(g, edit.areas.flatMap((c) => g.faceOf.get(c) ?? []), edit.to, begun(edit.to, 'grid', edit))
    case 'split': {
      const a = g.area(edit.area)
      if (!a) return nothing({ touches: [edit.area], bad: 'nothing' })
      const more = edit.name === undefined ? { parent: a.parent } : { parent: a.parent, name: edit.name }
      return split(g, edit.area, edit.line, begun('+split', a.level as EditLevel, more)!)
    }
    case 'merge':
      return merge(g, edit.areas, edit.as, levelOf(g, edit.as))
    case 'retire':
      return retire(g, edit.area, levelOf(g, edit.area))
    case 'rename':
      return nothing({ touches: [edit.area] })
    case 'recode':
    case 'mend':
      // Which areas these concern is known to the service alone.
      return nothing({ touches: g.answer.areas.features.map((f) => f.properties.code) })
  }
}

/** levelOf is the level at which a code of the ground is edited. */
export function levelOf(g: Ground, code: string): EditLevel {
  return g.area(code)?.level === 'grid' ? 'grid' : 'micro-grid'
}

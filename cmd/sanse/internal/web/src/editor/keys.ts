import type { TextKey } from '../dictionary.ts'
import type { Tool } from './desk.ts'

/** What a key does; the page knows how. */
export type Act =
  | Tool
  | 'rename' | 'lock' | 'retire' | 'draw' | 'level' | 'next' | 'previous' | 'undo' | 'redo' | 'help'
  | 'cancel' | 'delete' | 'smaller' | 'larger' | 'vertexNext' | 'vertexBefore' | 'press' | 'finish'
  | 'west' | 'east' | 'north' | 'south'

const letters: Readonly<Record<string, Act>> = {
  v: 'select', b: 'brush', l: 'lasso', s: 'split', m: 'merge', n: 'new',
  r: 'rename', k: 'lock', t: 'retire', d: 'draw', g: 'level', p: 'next',
  '?': 'help', '？': 'help', '[': 'smaller', ']': 'larger', ',': 'vertexBefore', '.': 'vertexNext', '<': 'vertexBefore', '>': 'vertexNext',
}
const named: Readonly<Record<string, Act>> = {
  Escape: 'cancel', Delete: 'delete', Backspace: 'delete', ' ': 'press', Enter: 'finish',
  ArrowLeft: 'west', ArrowRight: 'east', ArrowUp: 'north', ArrowDown: 'south',
}

/** Keys that a focused control needs itself. */
const ofControls: ReadonlySet<Act> = new Set(['press', 'finish', 'west', 'east', 'north', 'south', 'delete'])

/** actOf is what a key does: null where it is for the browser, or for the control that has the focus. */
export function actOf(e: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>, onControl: boolean): Act | null {
  const key = e.key.length === 1 ? e.key.toLowerCase() : e.key
  if ((e.ctrlKey || e.metaKey) && !e.altKey) {
    if (key === 'z') return e.shiftKey ? 'redo' : 'undo'
    return key === 'y' && !e.shiftKey ? 'redo' : null
  }
  if (e.altKey) return null
  const act = letters[key] ?? named[e.key] ?? null
  if (act === 'next' && e.shiftKey) return 'previous'
  return act !== null && onControl && ofControls.has(act) ? null : act
}

/** The keys as they are told, in groups. */
export const keyTable: readonly (readonly { keys: readonly (string | { text: TextKey })[]; does: TextKey }[])[] = [
  [
    { keys: ['V'], does: 'ed.tool.select' },
    { keys: ['B'], does: 'ed.tool.brush' },
    { keys: ['L'], does: 'ed.tool.lasso' },
    { keys: ['S'], does: 'ed.tool.split' },
    { keys: ['M'], does: 'ed.tool.merge' },
    { keys: ['N'], does: 'ed.tool.new' },
    { keys: ['R'], does: 'ed.act.rename' },
    { keys: ['K'], does: 'ed.act.lock' },
    { keys: ['T'], does: 'ed.act.retire' },
    { keys: ['D'], does: 'ed.act.draw' },
  ],
  [
    { keys: ['G'], does: 'ed.keys.level' },
    { keys: ['P', 'Shift P'], does: 'ed.keys.problem' },
    { keys: ['Ctrl Z'], does: 'ed.act.undo' },
    { keys: ['Ctrl Shift Z', 'Ctrl Y'], does: 'ed.act.redo' },
    { keys: ['Esc'], does: 'ed.keys.cancel' },
    { keys: ['?'], does: 'ed.act.keys' },
    { keys: ['Tab'], does: 'ed.keys.area' },
    { keys: ['[', ']'], does: 'ed.keys.brush' },
  ],
  [
    { keys: [',', '.'], does: 'ed.keys.vertex' },
    { keys: [{ text: 'ed.key.arrows' }], does: 'ed.keys.nudge' },
    { keys: ['Delete'], does: 'ed.keys.delete' },
    { keys: [{ text: 'ed.key.arrows' }], does: 'ed.keys.cross' },
    { keys: [{ text: 'ed.key.space' }], does: 'ed.keys.press' },
    { keys: [{ text: 'ed.key.enter' }], does: 'ed.keys.finish' },
    { keys: ['Alt'], does: 'ed.keys.alt' },
  ],
]

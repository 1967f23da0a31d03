import type { District } from '../api.ts'
import type { DraftEdit, Finding } from '../api_editor.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { list, number } from '../format.ts'
import { t, term } from '../i18n.ts'
import type { Target } from './balance.ts'
import type { Said } from './session.ts'

/** has tells whether the dictionary has a text. */
const has = (key: string): key is TextKey => key in dictionary

/** weightName is what a weight is called; a weight that is a grade by the district's own word. */
export function weightName(district: District, weight: string, short = false): string {
  const key = `${short ? 'ed.w' : 'ed.weight'}.${weight}`
  if (has(key)) return t(key)
  return short ? term(district.grades, weight) : t('ed.weight.of', { grade: term(district.grades, weight) })
}

/** shortCode leaves out of a code what all areas of the community share: 510113001001002013 → 002·013. */
export function shortCode(code: string, community: string): string {
  if (code.startsWith('~')) return t('ed.toGrid', { code: shortCode(code.slice(1), community) })
  if (code.startsWith('+')) return t('ed.new')
  if (!code.startsWith(community) || code.length <= community.length) return code
  return code.slice(community.length).match(/.{1,3}/g)!.join('·')
}

/** codes lists some codes, and how many there are in all. */
export function codes(all: readonly string[], community: string, most = 4): string {
  // The finest say it all; a grid is told where it stands alone.
  const finest = all.filter((c) => !all.some((d) => d !== c && d.startsWith(c)))
  const some = finest.slice(0, most).map((c) => shortCode(c, community))
  if (some.length === 0) return ''
  return finest.length > most ? t('ed.more.codes', { some: list(some), n: number(finest.length) }) : list(some)
}

/** kindWord says what a change is by its kind or verb. */
export function kindWord(kind: string): string {
  const key = `ed.kind.${kind}`
  return has(key) ? t(key) : kind
}

/** sentence is what was done or refused, in words. */
export function sentence(s: Said, community: string): string {
  const areas = codes(s.areas, community)
  const did = s.kind === 'done' ? done(s, community) : null
  if (did) return did
  if (s.kind === 'done') return areas ? t('ed.done', { what: kindWord(s.reason), areas }) : t('ed.doneNone', { what: kindWord(s.reason) })
  if (s.kind === 'theirs') return t('ed.theirs', { what: kindWord(s.reason), areas })
  const named = `ed.whose.${s.reason}`
  if (areas && has(named)) return t('ed.refused', { why: t(named, { areas }) })
  const key = `ed.why.${s.reason}`
  return t('ed.refused', { why: has(key) ? t(key, { areas }) : s.message || s.reason })
}

/** done says what an own edit did, by what was asked for. */
function done(s: Said, community: string): string | null {
  const e = s.edit
  const short = (c: string) => shortCode(c, community)
  const fresh = codes(s.fresh, community)
  if (s.reason === 'draw' && s.areas[0]) return t('ed.did.draw', { n: s.areas.length, level: t(s.areas[0].length > community.length + 3 ? 'level.micro-grid' : 'level.grid') })
  switch (e?.op) {
    case 'vertex':
    case 'border':
      return s.areas.length > 1 ? t('ed.did.border', { areas: s.areas.slice(0, 4).map(short).join(' | ') }) : null
    case 'split':
      return fresh ? t('ed.did.split', { area: short(e.area), fresh }) : null
    case 'merge':
      return t('ed.did.merge', { gone: codes(e.areas.filter((c) => c !== e.as), community), into: short(e.as) })
    case 'paint':
    case 'give':
      return e.to.startsWith('+') ? (fresh ? t('ed.did.new', { fresh }) : null) : t('ed.did.give', { to: short(e.to) })
    case 'assign':
      return e.to.startsWith('+') ? null : t('ed.did.assign', { to: short(e.to), n: e.areas.length })
    case 'retire':
      return t('ed.did.retire', { area: short(e.area) })
    case 'rename':
      return t('ed.did.rename', { area: short(e.area) })
    default:
      return null
  }
}

/** theirs tells what others did. */
export function theirs(edits: readonly DraftEdit[], community: string): string {
  return list(edits.slice(-3).map((e) => `${kindWord(e.verb)}${e.areas?.length ? ` ${codes(e.areas, community, 3)}` : ''}`))
}

/** targetText writes what an area is to have. */
export function targetText(x: Target): string {
  if (!Number.isFinite(x.most)) return t('ed.targetFrom', { least: number(x.least) })
  return t('ed.targetRange', { least: number(x.least), most: number(x.most) })
}

/** percentOff writes a deviation with its sign: +12%. */
export function percentOff(share: number): string {
  const p = Math.min(999, Math.round(share * 100))
  return `${p > 0 ? '+' : p < 0 ? '−' : ''}${Math.abs(p)}%`
}

/** findingName says what kind of place the check found. */
export function findingName(f: Finding): string {
  const key = `ed.problem.${f.kind}`
  return has(key) ? t(key) : t('ed.problem.other')
}

/** findingSize says how large it is. */
export function findingSize(f: Finding): string {
  const m2 = number(Math.max(1, f.area_m2))
  if (f.area_m2 <= 0) return ''
  return f.width_m ? t('ed.problemSize', { m2, w: f.width_m < 1 ? f.width_m.toFixed(2) : number(f.width_m) }) : t('ed.problemArea', { m2 })
}


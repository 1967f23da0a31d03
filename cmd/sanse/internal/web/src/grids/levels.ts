import type { Level } from '../api.ts'

/** The lengths of codes by level: the community's has 12 digits, each level below three more. */
const lengths: readonly (readonly [number, Level])[] = [
  [6, 'district'],
  [9, 'town'],
  [12, 'community'],
  [15, 'grid'],
]

/** levelOf tells the level of an area by the length of its code. */
export function levelOf(code: string): Level {
  return lengths.find(([n]) => code.length <= n)?.[1] ?? 'micro-grid'
}

/** parentOf is the code of the area that an area lies in; of the district and of a town, empty: they lie in all there is. */
export function parentOf(code: string): string {
  return code.length <= 9 ? '' : code.slice(0, code.length <= 12 ? 9 : code.length <= 15 ? 12 : 15)
}

/** communityOf is the code of the community that an area lies in; of a wider area its own. */
export function communityOf(code: string): string {
  return code.slice(0, 12)
}

/** brief is the part of a code that tells it from others of its community: "003-012"; of a wider area all of it. */
export function brief(code: string): string {
  if (code.length <= 12) return code
  return [code.slice(12, 15), code.slice(15)].filter(Boolean).join('-')
}

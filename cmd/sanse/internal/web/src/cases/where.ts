/** whereOf writes where a case is from the names of its areas, the town first: what a name says again of the one before is left out. */
export function whereOf(names: readonly string[]): string {
  return names.map((n, i) => (i > 0 && n !== names[i - 1] && n.startsWith(names[i - 1] ?? '') ? n.slice(names[i - 1]?.length) : n)).join(' · ')
}

/**
 * bend is the way a step turns off from straight on, in degrees clockwise: -90
 * is left. null where a step has no direction of its own: setting out, arriving
 * (their modifier is a side of the street), and what passes no junction.
 */
export function bend(type: string, modifier: string | undefined): number | null {
  if (type === 'depart' || type === 'arrive') return null
  return bends[modifier ?? ''] ?? null
}

const bends: Record<string, number> = {
  straight: 0,
  'slight right': 45,
  right: 90,
  'sharp right': 135,
  uturn: 180,
  'sharp left': -135,
  left: -90,
  'slight left': -45,
}

/** arrow draws a bend in a square of 24: a stem from below, then the head. */
export function arrow(degrees: number): string {
  if (Math.abs(degrees) === 180) return 'M17 21V9a5 5 0 0 0-10 0v9M3 14l4 4 4-4'
  const at = (x: number, y: number, angle: number, length: number) =>
    [x + length * Math.sin((angle * Math.PI) / 180), y - length * Math.cos((angle * Math.PI) / 180)] as const
  const said = (p: readonly [number, number]) => p.map((v) => v.toFixed(1)).join(' ')
  // The stem stands aside so that the whole arrow is in the middle.
  const stem = 12 - 5 * Math.sin((degrees * Math.PI) / 180)
  const tip = at(stem, 12, degrees, degrees === 0 ? 9 : 11)
  const [one, other] = [at(...tip, degrees + 145, 6.5), at(...tip, degrees - 145, 6.5)]
  return `M${said([stem, 21])}V12L${said(tip)}M${said(one)}L${said(tip)}L${said(other)}`
}

/**
 * clauses cuts a sentence where a line may end: after a Chinese comma, for
 * elsewhere Chinese would be broken in the middle of a word. No figure is parted
 * from its unit. Put together again they are the sentence.
 */
export function clauses(text: string): string[] {
  return text.replace(/(\d) (?=k?m\b|\p{Script=Han})/gu, '$1\u00a0').match(/[^，]*，|[^，]+$/g) ?? []
}

import type { Me } from '../seat.ts'

/** How long before a session ends the screen asks whether to go on. */
export const asksMs = 5 * 60_000

/**
 * endsAt is when the session of whoever sits here ends at the earliest, in milliseconds:
 * when it is over, or when it was not used for too long since used; what the screen asks
 * by itself is no use. Null: never, as for who started the service for themselves.
 */
export function endsAt(who: Me | null | undefined, used: number): number | null {
  if (!who?.account) return null
  const over = Date.parse(who.expires_at)
  const idle = who.idle_seconds > 0 ? used + who.idle_seconds * 1000 : Infinity
  const at = Math.min(Number.isFinite(over) ? over : Infinity, idle)
  return Number.isFinite(at) ? at : null
}

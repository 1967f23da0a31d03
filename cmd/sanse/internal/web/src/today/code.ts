import type { TodayStop } from '../api_today.ts'
import { isVisit } from './record.ts'

// A door code: an opaque token. What is scanned is the address of our page with
// the token behind the #, which no browser sends to any server.

/** tokenIn is the token in what was scanned, or in the part of an address behind #; empty where there is none. */
export function tokenIn(scanned: string): string {
  const after = scanned.includes('#') ? scanned.slice(scanned.indexOf('#') + 1) : scanned
  return /^[0-9A-Za-z_-]{16,64}$/.test(after.trim()) ? after.trim() : ''
}

/** hashOf is the SHA-256 of a token in base64url, as a day carries it; empty where the browser cannot work it out (a page without TLS). */
export async function hashOf(token: string): Promise<string> {
  if (!globalThis.crypto?.subtle) return ''
  const sum = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token)))
  return btoa(String.fromCharCode(...sum)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** behind are the stops at whose door a code hangs: one at a home or on a card, several behind the plate of a building. */
export function behind(stops: readonly TodayStop[], hash: string): TodayStop[] {
  return hash === '' ? [] : stops.filter((s) => isVisit(s) && (s.codes ?? []).some((c) => c.replace(/=+$/, '') === hash))
}

/** newID makes the id of a record: a random UUID, also where the page came without TLS. */
export function newID(): string {
  if (crypto.randomUUID) return crypto.randomUUID()
  const b = crypto.getRandomValues(new Uint8Array(16))
  b[6] = (b[6]! & 0x0f) | 0x40
  b[8] = (b[8]! & 0x3f) | 0x80
  const hex = [...b].map((x) => x.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
}

import { expect, test } from 'vitest'
import type { Me } from '../seat.ts'
import { endsAt } from './until.ts'

test('a session ends when it is over, or was not used for too long, whichever is first', () => {
  const who = (over: string, idle: number) => ({ account: 'a', expires_at: over, idle_seconds: idle }) as Me
  const used = Date.parse('2026-12-01T08:00:00Z')
  expect(endsAt(who('2026-12-01T20:00:00Z', 1800), used)).toBe(Date.parse('2026-12-01T08:30:00Z'))
  expect(endsAt(who('2026-12-01T08:10:00Z', 1800), used)).toBe(Date.parse('2026-12-01T08:10:00Z'))
  expect(endsAt(who('2026-12-01T20:00:00Z', 0), used)).toBe(Date.parse('2026-12-01T20:00:00Z'))
  expect(endsAt(who('', 0), used)).toBeNull()
  expect(endsAt({ account: '', expires_at: '2026-12-01T20:00:00Z', idle_seconds: 60 } as Me, used)).toBeNull()
  expect(endsAt(null, used)).toBeNull()
})

import { afterEach, expect, test, vi } from 'vitest'
import type { TodayStop } from '../api_today.ts'
import { behind, hashOf, newID, tokenIn } from './code.ts'

afterEach(() => vi.unstubAllGlobals())

const token = 'bcdfghjkmnpqrstvwxz2345678'

test.each([
  ['the address on a door', `https://care.example/c#${token}`, token],
  ['the fragment alone', `#${token}`, token],
  ['a token typed in', ` ${token}\n`, token],
  ['an address of something else', 'https://example.com/menu', ''],
  ['another fragment', 'https://care.example/c#top', ''],
  ['a script', `#${token}<script>`, ''],
  ['something endless', '#' + 'b'.repeat(400), ''],
  ['nothing', '', ''],
])('of what is scanned only a token is taken: %s', (_, scanned, want) => {
  expect(tokenIn(scanned)).toBe(want)
})

test('a token is understood by its SHA-256, without signal', async () => {
  const hash = await hashOf(token)
  expect(hash).toBe('gqdCPtHf5Aa7OuNGbVYW-hztkGqxWoH4igwZNIpKD8U') // by openssl dgst -sha256
  const stop = (key: string, codes: string[] | null, resident: string | null = key): TodayStop => ({ key, resident, codes, arrive: '09:00', minutes: 5, walk_seconds: 0 })
  const stops = [stop('one', ['other', hash]), stop('two', null), stop('three', [hash + '=']), stop('four', [hash], null), stop('five', [''])]
  expect(behind(stops, hash).map((s) => s.key)).toEqual(['one', 'three'])
  expect(behind(stops, '')).toEqual([])
})

test('an id is a random UUID, also where the browser has none to give', () => {
  const form = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  expect(newID()).toMatch(form)
  vi.stubGlobal('crypto', { getRandomValues: (b: Uint8Array) => b.fill(0xff) })
  expect(newID()).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff')
})

test('where the browser cannot work a sum out, it says so', async () => {
  vi.stubGlobal('crypto', {})
  expect(await hashOf(token)).toBe('')
})

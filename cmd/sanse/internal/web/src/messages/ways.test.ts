import { expect, test } from 'vitest'
import { keyBytes } from './key.ts'
import { has, turned } from './ways.ts'

test('a channel of a kind is turned on and off, and no other', () => {
  const off = { holder: ['push' as const], plan: null }
  expect(has(off, 'holder', 'push')).toBe(true)
  expect(has(off, 'holder', 'webhook')).toBe(false)
  expect(has(off, 'plan', 'push')).toBe(false)
  expect(turned(off, 'holder', 'push', true).holder).toEqual(['push'])
  expect(turned(off, 'holder', 'webhook', true).holder).toEqual(['push', 'webhook'])
  expect(turned(off, 'holder', 'push', false).holder).toEqual([])
  expect(turned(off, 'plan', 'push', true)).toEqual({ holder: ['push'], plan: ['push'] })
  expect(off).toEqual({ holder: ['push'], plan: null })
})

test('the key of the server is read as it is written, base64url', () => {
  expect([...keyBytes('-_8B')]).toEqual([251, 255, 1])
  expect([...keyBytes('BA')]).toEqual([4])
})

import { expect, test } from 'vitest'
import { pathOf, qrOf } from './qr.ts'
import { known } from './testdata/qr.ts'

test('a text is drawn as another encoder draws it', () => {
  for (const [text, rows] of known) {
    const got = qrOf(text)?.map((row) => row.map((d) => (d ? '1' : '0')).join(''))
    expect(got, text).toEqual(rows)
  }
})

test('what is too long for a code is none, and the longest is one', () => {
  expect(qrOf('x'.repeat(213))?.length).toBe(57)
  expect(qrOf('x'.repeat(214))).toBeNull()
})

test('the path has every dark module once, within the quiet zone', () => {
  const code = qrOf('https://sanse.example/r#bcdfghjkmnpqrstvwxz23456789')!
  const { d, side } = pathOf(code)
  const dark = new Set<string>()
  for (const [, x, y, n] of d.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) for (let i = 0; i < Number(n); i++) dark.add(`${Number(x) + i} ${y}`)
  expect(side).toBe(code.length + 8)
  expect(dark.size).toBe(code.flat().filter(Boolean).length)
  for (const place of dark) {
    const [x, y] = place.split(' ').map(Number) as [number, number]
    expect(code[y - 4]?.[x - 4]).toBe(true)
  }
})

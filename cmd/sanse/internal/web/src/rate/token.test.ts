import { expect, test } from 'vitest'
import { codeIn, drawn, length, signs } from './token.ts'

const code = 'bcdfghjkmnpqrstvwxz23456789'

test('a code is read as it was scanned, and as it is typed from a slip', () => {
  for (const text of [code, `#${code}`, `https://sanse.example/r#${code}`, ' BCDF GHJK MNPQ RSTV-WXZ2 3456 789 ']) expect(codeIn(text)).toBe(code)
  for (const text of ['', '#', code.slice(1), code + 'b', code.replace('b', 'a'), code.replace('9', '1'), '<script>', 'ｂ' + code.slice(1)]) expect(codeIn(text)).toBe('')
})

test('a code is drawn from all signs alike, and no two are the same', () => {
  const seen = new Set<string>()
  const count = new Map<string, number>()
  for (let i = 0; i < 2000; i++) {
    const c = drawn()
    expect(codeIn(c)).toBe(c)
    seen.add(c)
    for (const s of c) count.set(s, (count.get(s) ?? 0) + 1)
  }
  expect(seen.size).toBe(2000)
  expect(count.size).toBe(signs.length)
  // 2000 of each on average, and by chance hardly ever more than 300 off.
  for (const n of count.values()) expect(Math.abs(n - 2000)).toBeLessThan(400)
})

test('bytes that would make some signs come more often are thrown away', () => {
  let n = 0
  const got = drawn((b) => b.fill(n++ === 0 ? 250 : 0))
  expect(got).toBe('b'.repeat(length))
  expect(n).toBe(2)
})

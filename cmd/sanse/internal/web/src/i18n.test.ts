import { describe, expect, test } from 'vitest'
import { dictionary, type TextKey } from './dictionary.ts'
import { chooseLang, fill, lang, t, term, text } from './i18n.ts'

const keys = Object.keys(dictionary) as TextKey[]
const names = (s: string) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()
const chinese = /\p{Script=Han}/u

/** All code of the pages but tests and the dictionary itself. */
const sources = Object.entries(import.meta.glob<string>('./**/*.{ts,tsx}', { query: '?raw', import: 'default', eager: true }))
  .filter(([path]) => !/\.test\.ts$|dictionary(_\w+)?\.ts$/.test(path))
  .map(([, code]) => code)
const code = sources.join('\n')

describe('every text', () => {
  test('is written in both languages, with the same values', () => {
    const odd = keys.filter((k) => {
      const { zh, en } = dictionary[k]
      return zh.trim() === '' || en.trim() === '' || names(zh).join() !== names(en).join()
    })
    expect(odd).toEqual([])
  })

  test('is in its own language, but for the switch, which names the other', () => {
    const odd = keys.filter((k) => {
      const { zh, en } = dictionary[k]
      // Once values and names of things are out, Chinese holds no Latin words.
      return chinese.test(en) || /[A-Za-z]{2,}/.test(zh.replace(/\{\w+\}|sanse plan|WebGL|CSV|GeoJSON|WGS 84/g, ''))
    })
    expect(odd).toEqual(['app.language'])
  })

  test('is used somewhere, by its name or by the family it is looked up in', () => {
    const families = [...code.matchAll(/`([a-z]+(?:\.[a-z]+)*\.)\$\{/g)].map((m) => m[1] ?? '')
    const named = new Set([...code.matchAll(/'([\w.-]+)'/g)].map((m) => m[1]))
    const unused = keys.filter((k) => !named.has(k) && !families.some((f) => k.startsWith(f)))
    expect(unused).toEqual([])
  })

  test('stands in the dictionary: no page has Chinese of its own', () => {
    const strays = code
      .split('\n')
      .map((line) => line.replace(/\/\/.*$|\/?\*.*$/, ''))
      .filter((line) => chinese.test(line))
    // The letters in the icons and the units of dates are signs, not texts.
    expect(strays.filter((l) => !/'[餐浴医日康儿养]'|月\$\{|年\$\{|zh: \['日'|周\$\{/.test(l))).toEqual([])
  })
})

test('the language is what the address says, then what was kept, then Chinese', () => {
  expect(chooseLang('', null)).toBe('zh')
  expect(chooseLang('', 'en')).toBe('en')
  expect(chooseLang('?lang=zh', 'en')).toBe('zh')
  expect(chooseLang('?lang=en&area=1', null)).toBe('en')
  expect(chooseLang('?lang=fr', 'xx')).toBe('zh')
})

test('values are filled in, unknown names stay', () => {
  expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}')
  expect(fill('{a}{a}', { a: '{b}', b: 2 })).toBe('{b}{b}')
  expect(text('zh', 'day.stops', { n: 4 })).toBe('4 户')
  expect(text('en', 'day.stops', { n: 4 })).toBe('4 doors')
})

test('terms of the API follow the switch, and an unknown key is shown as it is', () => {
  const terms = [{ key: 'meals', zh: '助餐', en: 'meals' }]
  lang.value = 'zh'
  expect(term(terms, 'meals')).toBe('助餐')
  expect(t('app.name')).toBe('三色')
  lang.value = 'en'
  expect(term(terms, 'meals')).toBe('Meals')
  expect(term(terms, 'haircut')).toBe('haircut')
  expect(term(undefined, 'x')).toBe('x')
  lang.value = 'zh'
})

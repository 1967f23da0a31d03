import { signal } from '@preact/signals'
import { dictionary, type TextKey } from './dictionary.ts'

/** The languages of the pages; Chinese is the default. */
export type Lang = 'zh' | 'en'

const storageKey = 'sanse.lang'

/** lang is the language that is shown now. */
export const lang = signal<Lang>('zh')

/** chooseLang decides the language at the start: the address, then what was kept, then Chinese. */
export function chooseLang(search: string, kept: string | null): Lang {
  const asked = new URLSearchParams(search).get('lang')
  for (const v of [asked, kept]) if (v === 'zh' || v === 'en') return v
  return 'zh'
}

/** startLang reads the address and localStorage, which a browser may refuse. */
export function startLang(): void {
  let kept: string | null = null
  try {
    kept = localStorage.getItem(storageKey)
  } catch {
    // Storage is switched off: the choice lasts as long as the page.
  }
  setLang(chooseLang(location.search, kept))
}

/** setLang shows the pages in that language from now on. */
export function setLang(l: Lang): void {
  lang.value = l
  document.documentElement.lang = l === 'zh' ? 'zh-CN' : 'en'
  try {
    localStorage.setItem(storageKey, l)
  } catch {
    // As above.
  }
}

/** Values for the {names} in a text. */
export type Values = Readonly<Record<string, string | number>>

/** text is the dictionary's text in that language, its {names} filled in. */
export function text(l: Lang, key: TextKey, values: Values = {}): string {
  return fill(dictionary[key][l], values)
}

/** fill puts values for the {names} of a pattern; a name without a value stays. */
export function fill(pattern: string, values: Values): string {
  return pattern.replace(/\{(\w+)\}/g, (all, name: string) => (name in values ? String(values[name]) : all))
}

/** t is the text in the language shown now. Reading it in a component subscribes to the switch. */
export function t(key: TextKey, values?: Values): string {
  return text(lang.value, key, values)
}

/** A word that the API names in both languages. */
export interface Term {
  key: string
  zh: string
  en: string
}

/** term is what the list calls the key, with a capital; the key itself where it does not. */
export function term(terms: readonly Term[] | undefined, key: string): string {
  const found = terms?.find((x) => x.key === key)
  if (!found) return key
  const word = found[lang.value] || found.zh || key
  return word.charAt(0).toUpperCase() + word.slice(1)
}

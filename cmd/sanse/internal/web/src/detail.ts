import { dictionary, type TextKey } from './dictionary.ts'
import { list } from './format.ts'
import { fill, lang, term, type Term, type Values } from './i18n.ts'

const keys: readonly TextKey[] = [
  'detail.absent',
  'detail.rules',
  'detail.scope',
  'detail.way',
  'detail.times',
  'detail.moved',
  'detail.gap',
  'detail.gapTwo',
  'detail.past',
  'detail.skill',
  'detail.isAndHas',
  'detail.has',
  'detail.is',
  'detail.closed',
  'detail.second',
  'detail.nearest',
  'detail.workingWay',
  'detail.working',
  'detail.long',
  'detail.taken',
  'detail.elsewhere',
  'detail.full',
  'detail.short',
]

/** Values of several words. */
const words: readonly string[] = ['rest', 'words', 'more']

/** One visitor, one minute: the planner counts, the dictionary has the form for many. */
const one = (source: string) => source.replace(/(visitor|minute)s/g, '$1s?')

/** The planner writes plain apostrophes; the dictionary does as a printer does. */
const plain = (s: string) => s.replaceAll('’', "'")

const patterns = keys.map((key) => {
  const names: string[] = []
  const escaped = plain(dictionary[key].en).replace(/[.*+?^$()|[\]\\]/g, '\\$&')
  const source = escaped.replace(/\{(\w+)\}/g, (_, name: string) => {
    names.push(name)
    return words.includes(name) ? '(.+)' : '(\\S+)'
  })
  return { key, names, pattern: new RegExp(`^${one(source)}$`) }
})

/** visitorsInScope is how many visitors may visit there, as the planner counts them in a binding's detail; null where it says nothing of them. */
export function visitorsInScope(english: string): number | null {
  const m = /(\d+) visitors? in scope/.exec(english)
  return m ? Number(m[1]) : null
}

/**
 * detail says in the language of the page what stands in the way of a visit.
 * The planner writes English; a sentence that is not known stays as it came.
 * terms are what the district calls kinds of visitors and skills.
 */
export function detail(english: string, terms: readonly Term[] = []): string {
  if (lang.value === 'en') return english
  for (const { key, names, pattern } of patterns) {
    const m = pattern.exec(plain(english))
    if (!m) continue
    const values: Record<string, string> = {}
    names.forEach((name, i) => {
      const v = m[i + 1] ?? ''
      values[name] = name === 'rest' ? detail(v, terms) : words.includes(name) ? list(v.split(/ and | or /).map((w) => term(terms, w))) : v
    })
    return fill(dictionary[key].zh, values as Values)
  }
  return english
}

import type { AskedForm } from '../api_records.ts'
import type { TextKey } from '../dictionary.ts'
import { dictionary } from '../dictionary.ts'
import { lang, t } from '../i18n.ts'

// What a record says, in the words of the form by which it was asked.

/** said is a text of a family of the dictionary by a word of the service; the word where it has none. */
export function said(family: 'flag' | 'evidence' | 'verdict' | 'result', word: string): string {
  const key = `rec.${family}.${word}`
  return key in dictionary ? t(key as TextKey) : word
}

/** reasonIn is why nobody was seen, or why there was no code. */
export function reasonIn(form: AskedForm | null, list: 'not_seen' | 'no_code', code: string): string {
  return form?.reasons[list].find((c) => c.code === code)?.[lang.value] ?? code
}

/** answersIn are the questions of a form that were answered, with the answers. */
export function answersIn(form: AskedForm | null, answers: Readonly<Record<string, string>>, only: readonly string[]): { item: string; answer: string }[] {
  return (form?.items ?? []).flatMap((i) => {
    const code = answers[i.id]
    if (code === undefined || !only.includes(i.id)) return []
    return [{ item: i[lang.value], answer: i.answers.find((a) => a.code === code)?.[lang.value] ?? code }]
  })
}

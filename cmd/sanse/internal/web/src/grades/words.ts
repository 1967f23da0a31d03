import type { District } from '../api.ts'
import type { GradeFact, GradeReason, GradeRules, GradeWord } from '../api_grades.ts'
import { day } from '../format.ts'
import { lang, t, term } from '../i18n.ts'
import { gradeName } from '../parts/marks.tsx'

/** wordOf is what the rules call a code; the code where they do not know it any more. */
export function wordOf(words: readonly GradeWord[] | null | undefined, code: string): string {
  return words?.find((w) => w.code === code)?.[lang.value] ?? code
}

/** reasonWords is a reason in words: the rule. */
export function reasonWords(rules: GradeRules | undefined, r: GradeReason): string {
  return r.code === 'over' ? t('grad.over') : wordOf(rules?.rules, r.code)
}

/** factWords is a fact in words. */
export function factWords(district: District, rules: GradeRules | undefined, f: GradeFact): string {
  const what =
    f.what === 'kind' ? term(district.kinds, f.code ?? '') : f.what === 'raised' ? gradeName(district.grades, f.code ?? '') : f.what === 'noted' ? wordOf(rules?.notes, f.code ?? '') : ''
  return t(`grad.fact.${f.what}`, { what, n: f.n ?? 0, day: f.day ? day(f.day) : '' })
}

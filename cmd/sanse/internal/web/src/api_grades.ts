import { url } from './api.ts'
import { json } from './request.ts'

// Which grade, and why: /v1/grades, /v1/residents/{id}/grades, /facts, /appeals.

/** A fact that made a rule hold: what sort of fact, which (code, word), how many (n), and its latest day. */
export interface GradeFact {
  what: 'kind' | 'noted' | 'age' | 'unanswered' | 'lapses' | 'found' | 'case' | 'raised'
  code?: string
  word?: string
  n?: number
  day?: string
}

export interface GradeReason {
  code: string
  points?: number
  facts: GradeFact[] | null
}

/** A grade that the facts speak for. */
export interface GradeSuggestion {
  id: number
  resident: string
  grid: string
  /** names of the areas from the town down to it */
  where?: string[]
  was: string
  grade: string
  lower?: boolean
  reasons: GradeReason[] | null
  made: string
}

/** A decision on a grade, or an import that brought another. The same grade before and after: a suggestion was not followed. */
export interface GradeChange {
  resident: string
  grid?: string
  n: number
  day: string
  was: string
  grade: string
  how: 'decision' | 'import'
  at: string
  by?: string
  flagged?: boolean
  entered: boolean
  reason?: string
}

export interface GradeAppeal {
  n: number
  who: string
  at: string
  said?: string
  outcome?: string
  decided?: string
  answer?: string
}

export interface GradeHistory {
  resident: string
  grade: string
  changes: GradeChange[] | null
  appeals: GradeAppeal[] | null
  facts: { code: string; day: string }[] | null
}

/** A word of the rules in both languages. */
export interface GradeWord {
  code: string
  zh: string
  en: string
}

export interface GradeRules {
  from: string
  grades: string[]
  notes: GradeWord[] | null
  rules: (GradeWord & { grade?: string; points?: number })[] | null
  points?: { points: number; grade: string }[] | null
}

/** The rules of the district, dated, and those to begin with. */
export interface GradeRuleSet {
  items: GradeRules[] | null
  today: string
  reference: GradeRules
}

const of = (resident: string, rest: string) => url(`/residents/${encodeURIComponent(resident)}/${rest}`)

export const gradesAt = {
  rules: () => url('/grades/rules'),
  suggestions: (area: string) => url('/grades/suggestions', { area }),
  changes: (area: string, flagged: boolean) => url('/grades', flagged ? { area, flagged: 'true' } : { area }),
  history: (resident: string) => of(resident, 'grades'),
}

/** rulesOn are the rules that hold on a day; undefined: none do. */
export function rulesOn(set: GradeRuleSet | null): GradeRules | undefined {
  return (set?.items ?? []).filter((r) => r.from <= (set?.today ?? '')).at(-1)
}

/** decideGrade gives a resident a grade, or keeps the present one where it was suggested to change it. */
export const decideGrade = (d: { resident: string; grade: string; suggestion?: number; reason?: string }): Promise<GradeChange> => json('POST', url('/grades'), { body: d })

/** putGradeRules has rules hold from their day on. */
export const putGradeRules = (r: GradeRules): Promise<void> => json<void>('PUT', url('/grades/rules'), { body: r })

/** noteFact writes down what is known of a resident; dropFact takes it back. */
export const noteFact = (resident: string, code: string, day: string): Promise<void> => json<void>('PUT', of(resident, `facts/${encodeURIComponent(code)}`), { body: { day } })
export const dropFact = (resident: string, code: string): Promise<void> => json<void>('DELETE', of(resident, `facts/${encodeURIComponent(code)}`))

/** appeal writes down what somebody says against a grade; answerAppeal answers it. */
export const appeal = (resident: string, who: string, said: string): Promise<{ n: number }> => json('POST', of(resident, 'appeals'), { body: { who, said } })
export const answerAppeal = (resident: string, n: number, outcome: string, answer: string): Promise<void> => json<void>('POST', of(resident, `appeals/${n}`), { body: { outcome, answer } })

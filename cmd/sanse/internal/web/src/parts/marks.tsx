import type { ByGrade } from '../api.ts'
import { number, percent } from '../format.ts'
import { t, term, type Term } from '../i18n.ts'
import { gradeColour } from '../theme.ts'
import type { TextKey } from '../dictionary.ts'

/** gradeName is the word of a grade: the district's own, else that of the dictionary, else its key. What outsiders are told may be several grades in one. */
export function gradeName(grades: readonly Term[], grade: string): string {
  if (grade === 'all') return t('grade.all')
  if (grade.includes('+')) return grade.split('+').map((g) => gradeName(grades, g)).reduce((a, b) => t('grade.and', { a, b }))
  const own = term(grades, grade)
  if (own !== grade) return own
  const key = `grade.${grade}`
  return ['grade.red', 'grade.yellow', 'grade.blue'].includes(key) ? t(key as TextKey) : grade
}

/** GradeMark is the dot of a grade with its word beside it, never the colour alone. */
export function GradeMark({ grade, grades }: { grade: string; grades: readonly Term[] }) {
  return (
    <span class="grade">
      <i class="dot" style={{ background: gradeColour(grade) }} aria-hidden="true" />
      {gradeName(grades, grade)}
    </span>
  )
}

/** GradeCounts are the residents by grade, in the order of the district's grades. */
export function GradeCounts({ counts, grades }: { counts: ByGrade; grades: readonly Term[] }) {
  return (
    <ul class="grade-counts">
      {gradeKeys(counts, grades).map((g) => (
        <li key={g}>
          <GradeMark grade={g} grades={grades} /> <b>{number(counts[g] ?? 0)}</b>
        </li>
      ))}
    </ul>
  )
}

/** gradeKeys are the grades that are named or counted, the named first; where several are counted in one, those that are counted. */
export function gradeKeys(counts: ByGrade, grades: readonly Term[]): string[] {
  if (Object.keys(counts).some((k) => k === 'all' || k.includes('+'))) return Object.keys(counts)
  const keys = grades.map((g) => g.key)
  return [...keys, ...Object.keys(counts).filter((k) => !keys.includes(k))]
}

/** sum adds up all grades. */
export function sum(counts: ByGrade): number {
  return Object.values(counts).reduce((a, b) => a + b, 0)
}

/** GradeBar is the same as one bar, its parts in proportion; the words stand elsewhere. */
export function GradeBar({ counts, grades }: { counts: ByGrade; grades: readonly Term[] }) {
  const all = sum(counts)
  return (
    <div class="grade-bar" aria-hidden="true">
      {all > 0 &&
        gradeKeys(counts, grades).map((g) => (
          <i key={g} style={{ width: `${((counts[g] ?? 0) / all) * 100}%`, background: gradeColour(g) }} />
        ))}
    </div>
  )
}

/** Share is a share 0..1 as a bar with its number. */
export function Share(props: { share: number | null | undefined; colour?: string; label?: string }) {
  const v = props.share ?? 0
  return (
    <span class="share" aria-label={props.label}>
      <span class="share-bar" aria-hidden="true">
        <i style={{ width: `${Math.min(1, Math.max(0, v)) * 100}%`, background: props.colour }} />
      </span>
      <b>{percent(props.share)}</b>
    </span>
  )
}

import type { District } from '../api.ts'
import type { Shortfall } from '../api_shortfall.ts'
import { number } from '../format.ts'
import { t, term } from '../i18n.ts'
import { gradeKeys, GradeMark } from '../parts/marks.tsx'

/** UncoveredSection is the residents whom no facility of a service covers, by grade and by kind. */
export function UncoveredSection({ board, district }: { board: Shortfall; district: District }) {
  const by = board.uncovered?.by_service ?? {}
  const services = [...district.services.map((s) => s.key), ...Object.keys(by)].filter((s, i, all) => s in by && all.indexOf(s) === i)
  if (services.length === 0) return null
  const total = (k: string) => by[k]?.total ?? 0
  const counts = Object.fromEntries(services.flatMap((s) => Object.keys(by[s]?.by_grade ?? {})).map((g) => [g, 0]))
  const grades = gradeKeys(counts, district.grades).filter((g) => g in counts)
  const kinds = [...new Set(services.flatMap((s) => Object.keys(by[s]?.by_kind ?? {})))].sort((a, b) => place(district, a) - place(district, b))
  return (
    <section data-testid="uncovered">
      <h2>{t('shortfall.uncovered')}</h2>
      <p class="hint">{t('shortfall.uncoveredNote')}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('shortfall.uncovered')}>
        <table class="by-service">
          <thead>
            <tr>
              <th scope="col">{t('coverage.service')}</th>
              <th scope="col">{t('shortfall.people')}</th>
              {grades.map((g) => (
                <th scope="col" key={g}>
                  <GradeMark grade={g} grades={district.grades} />
                </th>
              ))}
              {kinds.map((k) => (
                <th scope="col" key={k}>
                  {term(district.kinds, k)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {services.map((s) => (
              <tr key={s} data-testid="uncovered-service" data-service={s}>
                <th scope="row">{term(district.services, s)}</th>
                <td data-col="total">
                  <b>{number(total(s))}</b>
                </td>
                {grades.map((g) => (
                  <td key={g}>{number(by[s]?.by_grade?.[g] ?? 0)}</td>
                ))}
                {kinds.map((k) => (
                  <td key={k}>{number(by[s]?.by_kind?.[k] ?? 0)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  )
}

/** place is where the district's list has a kind; those it does not have come last. */
function place(district: District, kind: string): number {
  const i = district.kinds.findIndex((k) => k.key === kind)
  return i < 0 ? district.kinds.length : i
}

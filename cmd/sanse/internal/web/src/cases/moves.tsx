import { movesAt, type VisitMove, type VisitMoves } from '../api_cases.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'

/** untold are the visitors who were given a visit and whom no message reached, each once. */
export function untold(items: readonly VisitMove[]): string[] {
  const of = items.flatMap((m) => (m.to_visitor && !m.loose && m.told && !m.told.waiting && m.told.accounts === 0 ? [m.to_visitor] : []))
  return [...new Set(of)].sort()
}

/** Moves sums up what visitors gave out of their days, and shows what came of it that nobody would see else. */
export function Moves({ area }: { area: string }) {
  const got = useGet<VisitMoves>(movesAt(area))
  const items = got.data?.items ?? []
  const loose = items.filter((m) => m.loose)
  const silent = untold(items)
  const of = (kind: string) => number(items.filter((m) => m.kind === kind).length)
  return (
    <section class="covering" data-testid="moves" data-count={got.data ? items.length : undefined} data-loose={loose.length}>
      <h2>{t('moves.title')}</h2>
      <Status got={got} />
      {got.data && items.length === 0 && <p class="all-well">{t('moves.none')}</p>}
      {items.length > 0 && <p>{t('moves.sum', { later: of('postpone'), handed: of('hand_over'), passed: of('pass_on') })}</p>}
      {loose.length > 0 && (
        <>
          <p class="tag lapse">{t('moves.loose', { n: number(loose.length) })}</p>
          <ul>
            {loose.map((m) => (
              <li key={m.id}>
                <span class="code">{m.to_day ?? m.date}</span> · {t('moves.visit')} <span class="code">{m.resident}</span> · <span class="code">{m.to_visitor ?? m.visitor}</span>{' '}
                {m.loose && t(`moves.loose.${m.loose}`)}
              </li>
            ))}
          </ul>
        </>
      )}
      {silent.length > 0 && (
        <>
          <p class="tag lapse">{t('moves.untold', { n: number(silent.length) })}</p>
          <p class="code">{silent.join(' ')}</p>
        </>
      )}
    </section>
  )
}

import { coveredAt, type Covered } from '../api_cases.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'

/** silentHolders are the visitors who hold a visit and whom no message reached, each once. */
export function silentHolders(c: Covered): string[] {
  const of = (c.items ?? []).flatMap((l) => {
    const last = l.steps.at(-1)
    return last?.holder && last.told && !last.told.waiting && last.told.accounts === 0 ? [last.holder] : []
  })
  return [...new Set(of)].sort()
}

/** Covering sums up who covers what today, and whom no message reached: those are called. */
export function Covering({ area }: { area: string }) {
  const got = useGet<Covered>(coveredAt(area))
  const c = got.data
  const items = c?.items ?? []
  const moved = items.filter((l) => l.steps.some((s) => s.kind === 'cover')).length
  const silent = c ? silentHolders(c) : []
  return (
    <section class="covering" data-testid="covering" data-open={c ? items.length : undefined} data-messages={c?.told.messages} data-nobody={c?.told.nobody}>
      <h2>{t('cover.title')}</h2>
      <Status got={got} />
      {c && items.length === 0 && <p class="all-well">{t('cover.none')}</p>}
      {c && items.length > 0 && (
        <>
          <p>
            {t('cover.open', { n: number(items.length) })} · {t('cover.step', { n: number(moved) })}
          </p>
          <p class="hint">{t('cover.told', { n: number(c.told.messages), arrived: number(c.told.delivered), read: number(c.told.read) })}</p>
          {c.told.nobody > 0 && (
            <p class="tag lapse" data-testid="told-nobody">
              {t('cover.nobody', { k: number(c.told.nobody), n: number(c.told.messages) })}
            </p>
          )}
          {silent.length > 0 && (
            <details>
              <summary>{t('cover.whom')}</summary>
              <p class="code">{silent.join(' ')}</p>
            </details>
          )}
          {c.more && <p class="hint">{t('cover.more', { n: number(items.length) })}</p>}
        </>
      )}
    </section>
  )
}

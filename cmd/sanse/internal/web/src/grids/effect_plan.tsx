import type { Effect, EffectWork } from '../api_grids.ts'
import { decimal, number } from '../format.ts'
import { t } from '../i18n.ts'
import { Change, signed } from './effect_change.tsx'

/** The figures of a plan in the order in which they are told; of all but the first rows fewer is better. */
const figures = ['lapses', 'task_lapses', 'owed_left', 'visits', 'visitor_days', 'walk_seconds', 'spread_minutes'] as const
const neutral = new Set<string>(['visits'])
/** Figures that are told even when they are none before and after. */
const always = new Set<string>(['lapses', 'visits', 'walk_seconds', 'spread_minutes'])

const write = (k: string) => (n: number) => (k === 'walk_seconds' ? decimal(n / 3600, 1) : k === 'spread_minutes' ? decimal(n, 1) : number(n))

/** valueOf is a figure as it is shown: how uneven the work is, of one visitor and week. */
const valueOf = (w: EffectWork, k: (typeof figures)[number]): number => (k === 'spread_minutes' ? Math.round((10 * w[k]) / Math.max(1, w.visitor_weeks)) / 10 : w[k])

/** EffectPlan compares the visit plans made under the boundaries of today and of the draft. */
export function EffectPlan({ effect: e }: { effect: Effect }) {
  const p = e.plan
  if (p.planned === 0) return <p class="all-well">{t('effect.planSame')}</p>
  const { before, after } = p.total
  const rows = figures.filter((k) => always.has(k) || before[k] !== 0 || after[k] !== 0)
  const communities = (p.communities ?? []).filter((c) => figures.some((k) => c.before[k] !== c.after[k]))
  return (
    <>
      <p class="hint">{t('effect.planNote', { days: e.days, n: number(p.planned), of: number(p.of) })}</p>
      <table class="wrapped" data-testid="effect-plan">
        <thead>
          <tr>
            <th scope="col">{t('effect.figure')}</th>
            <th scope="col">{t('effect.todayColumn')}</th>
            <th scope="col">{t('effect.draftColumn')}</th>
            <th scope="col">{t('effect.difference')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((k) => {
            const d = valueOf(after, k) - valueOf(before, k)
            return (
              <tr key={k} data-figure={k}>
                <th scope="row" title={t(`effect.note.${k}`)}>
                  {t(`effect.figure.${k}`)}
                </th>
                <td>{write(k)(valueOf(before, k))}</td>
                <td data-col="after">{write(k)(valueOf(after, k))}</td>
                <td class={neutral.has(k) || d === 0 ? undefined : d > 0 ? 'worse' : 'better'}>{signed(d, write(k))}</td>
              </tr>
            )
          })}
        </tbody>
      </table>
      {communities.length > 0 && (
        <details class="more">
          <summary>{t('effect.byCommunity', { n: number(communities.length) })}</summary>
          <div class="scroll" tabIndex={0} role="region" aria-label={t('effect.byCommunity', { n: number(communities.length) })}>
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('level.community')}</th>
                  {rows.map((k) => (
                    <th scope="col" key={k}>
                      {t(`effect.figure.${k}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {communities.map((c) => (
                  <tr key={c.code}>
                    <th scope="row">{c.name}</th>
                    {rows.map((k) => (
                      <td key={k}>
                        <Change before={valueOf(c.before, k)} after={valueOf(c.after, k)} write={write(k)} {...(neutral.has(k) ? {} : { worse: 'more' as const })} />
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </>
  )
}

import { useState } from 'preact/hooks'
import type { District, Level } from '../api.ts'
import { atDraft, type Balance } from '../api_editor.ts'
import type { Effect, EffectFigures } from '../api_grids.ts'
import { decimal, number } from '../format.ts'
import { t } from '../i18n.ts'
import type { TextKey } from '../dictionary.ts'
import { gradeKeys, GradeMark } from '../parts/marks.tsx'
import { useGet } from '../use_get.ts'
import { Change, Deviation } from './effect_change.tsx'
import { communityOf } from './levels.ts'

/** Figures with a bar. */
const barred = ['households', 'care_minutes_per_week'] as const
type Barred = (typeof barred)[number]
/** From how many rows on the rest waits to be asked for. */
const listed = 40

/** EffectAreaTable are the grids or micro-grids that change or whose people do, before and after. */
export function EffectAreaTable(props: { effect: Effect; district: District; selected: string | null; onSelect: (code: string | null) => void }) {
  const { effect: e, district, selected } = props
  const areas = e.areas ?? []
  const levels = (['grid', 'micro-grid'] as const).filter((l) => areas.some((a) => a.level === l))
  const [level, setLevel] = useState<Level>(levels[0] ?? 'grid')
  const [all, setAll] = useState(false)
  const balance = useGet<Balance>(areas.length > 0 && e.draft ? atDraft.step(e.draft.id, 'balance') : null)
  const rows = areas.filter((a) => a.level === level)
  if (areas.length === 0) return <p class="all-well">{t('effect.noAreas')}</p>
  const grades = gradeKeys(Object.assign({}, ...rows.map((a) => a.after?.by_grade ?? a.before?.by_grade ?? {})) as Record<string, number>, district.grades)
  const most = Object.fromEntries(barred.map((k) => [k, Math.max(1, ...rows.flatMap((a) => [a.before?.[k] ?? 0, a.after?.[k] ?? 0]))])) as Record<Barred, number>
  const mean = (k: Barred, community: string) => (balance.data ? meanOf(balance.data, k, level, community) : 0)
  const changes = changeOf(e)
  return (
    <>
      <div class="effect-areas-head">
        <div class="segments" role="group" aria-label={t('effect.areas')}>
          {levels.map((l) => (
            <button type="button" key={l} aria-pressed={l === level} onClick={() => setLevel(l)} data-testid={`effect-level-${l}`}>
              {t(`level.${l}` as TextKey)} {number(areas.filter((a) => a.level === l).length)}
            </button>
          ))}
        </div>
        <p class="hint">{t('effect.barNote')}</p>
      </div>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('effect.areas')}>
        <table class="effect-table">
          <thead>
            <tr>
              <th scope="col">{t('effect.area')}</th>
              <th scope="col">{t('effect.households')}</th>
              <th scope="col" title={t('effect.minutesNote')}>
                {t('effect.minutes')}
              </th>
              <th scope="col">{t('effect.residents')}</th>
              {grades.map((g) => (
                <th scope="col" key={g}>
                  <GradeMark grade={g} grades={district.grades} />
                </th>
              ))}
              <th scope="col" title={t('effect.compactNote')}>
                {t('effect.compact')}
              </th>
              <th scope="col" title={t('effect.visitorsNote')}>
                {t('effect.visitors')}
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, all ? rows.length : listed).map((a) => (
              <tr key={a.code} class={selected === a.code ? 'selected' : undefined} data-testid="effect-area" data-code={a.code} data-level={a.level}>
                <th scope="row">
                  <button type="button" class="link" aria-pressed={selected === a.code} onClick={() => props.onSelect(selected === a.code ? null : a.code)}>
                    {a.name}
                  </button>
                  <small>
                    <span class="code">{a.code}</span>
                    {(changes.get(a.code) ?? []).map((c) => (
                      <span key={c} class={`tag ${c}`}>
                        {t(`effect.change.${c}`)}
                      </span>
                    ))}
                    {a.was && <span> {t('effect.was', { name: a.was })}</span>}
                  </small>
                </th>
                {barred.map((k) => (
                  <td key={k} data-col={k}>
                    <Change before={a.before?.[k]} after={a.after?.[k]} />
                    <Deviation before={a.before?.[k]} after={a.after?.[k]} mean={mean(k, communityOf(a.code))} most={most[k]} />
                  </td>
                ))}
                <td data-col="residents">
                  <Change before={a.before?.residents} after={a.after?.residents} />
                </td>
                {grades.map((g) => (
                  <td key={g}>
                    <Change before={graded(a.before, g)} after={graded(a.after, g)} />
                  </td>
                ))}
                <td>
                  <Change before={a.before?.polsby_popper} after={a.after?.polsby_popper} write={(n) => decimal(n, 2)} />
                </td>
                <td class={a.after && a.after.visitors === 0 ? 'alarm' : undefined}>
                  <Change before={a.before?.visitors} after={a.after?.visitors} worse="less" />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {!all && rows.length > listed && (
        <button type="button" class="button quiet" onClick={() => setAll(true)}>
          {t('effect.moreRows', { n: number(rows.length - listed) })}
        </button>
      )}
    </>
  )
}

function graded(f: EffectFigures | undefined, grade: string): number | undefined {
  return f && (f.by_grade?.[grade] ?? 0)
}

/** The weight of the draft's balance that is the figure. */
const weights: Record<Barred, string> = { households: 'households', care_minutes_per_week: 'minutes' }

/**
 * meanOf is the mean of a figure over the areas of a level in a community of the
 * draft, special ones left out; 0: not known. What lies in a community stays in
 * it, so that where no area begins or ends it was the same before.
 */
function meanOf(b: Balance, k: Barred, level: Level, community: string): number {
  const at = b.weights.indexOf(weights[k])
  const some = b.areas.filter((a) => a.level === level && !a.special && a.code.startsWith(community))
  return at < 0 || some.length === 0 ? 0 : some.reduce((s, a) => s + (a.values[at] ?? 0), 0) / some.length
}

/** changeOf lists what becomes of each area. */
function changeOf(e: Effect): Map<string, ('created' | 'retired' | 'reshaped' | 'renamed')[]> {
  const out = new Map<string, ('created' | 'retired' | 'reshaped' | 'renamed')[]>()
  for (const k of ['created', 'retired', 'reshaped', 'renamed'] as const)
    for (const code of e.changes[k] ?? []) out.set(code, [...(out.get(code) ?? []), k])
  return out
}

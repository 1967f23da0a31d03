import type { District } from '../api.ts'
import { t } from '../i18n.ts'
import { balanceColours, met, standardTarget } from './balance.ts'
import type { Session } from './session.ts'
import { targetText, weightName } from './words.ts'

const tolerances = [0.02, 0.05, 0.1, 0.15, 0.2, 0.3]

/** AimPanel says what areas are balanced by, and what each is to have. */
export function AimPanel({ session: s, district }: { session: Session; district: District }) {
  const g = s.ground.value
  if (!g) return null
  const aim = s.aim.value
  const rule = standardTarget(g.answer.standard, s.level.value, aim)
  const target = s.target.value
  return (
    <section class="ed-aim">
      <label>
        <span>{t('ed.weight')}</span>
        <select value={aim.weight} data-testid="ed-weight" onChange={(e) => (s.aim.value = { ...aim, weight: e.currentTarget.value })}>
          {g.weights.map((w) => (
            <option key={w} value={w}>
              {weightName(district, w)}
            </option>
          ))}
        </select>
      </label>
      <label>
        <span>{t('ed.aim')}</span>
        <select
          value={rule ? aim.by : 'mean'}
          data-testid="ed-aim"
          onChange={(e) => (s.aim.value = { ...aim, by: e.currentTarget.value === 'standard' ? 'standard' : 'mean' })}
        >
          <option value="mean">{t('ed.aim.mean')}</option>
          {rule && <option value="standard">{t('ed.aim.standard')}</option>}
        </select>
      </label>
      <label>
        <span>{t('ed.tolerance')}</span>
        <select value={aim.tolerance} onChange={(e) => (s.aim.value = { ...aim, tolerance: Number(e.currentTarget.value) })}>
          {tolerances.map((x) => (
            <option key={x} value={x}>
              ±{x * 100}%
            </option>
          ))}
        </select>
      </label>
      <output title={t('ed.aim')} data-testid="ed-target">
        {target ? targetText(target) : '—'}
      </output>
    </section>
  )
}

/** Legend explains the colours. */
export function Legend({ district, session }: { district: District; session: Session }) {
  return (
    <details class="ed-legend" open={!matchMedia('(max-width: 900px)').matches}>
      <summary>{t('ed.legend')}</summary>
      <div class="scale" aria-hidden="true">
        {balanceColours.map((c, i) => (
          <svg key={c} viewBox="0 0 10 10" preserveAspectRatio="none" class={i === met ? 'met' : undefined}>
            <rect width="10" height="10" fill={c} />
          </svg>
        ))}
      </div>
      <p class="scale-words">
        <span>{t('ed.less')}</span>
        <span>{t('ed.fits')}</span>
        <span>{t('ed.more')}</span>
      </p>
      <p class="hint">{weightName(district, session.aim.value.weight)}</p>
      <ul>
        <li>
          <i class="hatch" /> {t('ed.legendSpecial')}
        </li>
        <li>
          <i class="home" /> {t('ed.legendPlaces')}
        </li>
        {(session.ground.value?.answer.barriers.features.length ?? 0) > 0 && (
          <li>
            <i class="river" /> {t('ed.legendBarrier')}
          </li>
        )}
      </ul>
    </details>
  )
}

import { useId } from 'preact/hooks'
import type { District } from '../api.ts'
import type { GroundAnswer } from '../api_editor.ts'
import type { TextKey } from '../dictionary.ts'
import { dictionary } from '../dictionary.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { gradeName } from '../parts/marks.tsx'
import { counted, mostWeights, stays, sumOf, times, toggled, zonesOf, type DrawWish } from './draw_wish.ts'

/** weightName is the word of a weight; a grade's own word where it is one. */
export function weightName(district: District, weight: string): string {
  const key = `draw.weight.${weight}`
  return key in dictionary ? t(key as TextKey) : t('draw.gradeWeight', { grade: gradeName(district.grades, weight) })
}

/** DrawForm asks what is wanted of a drawing. */
export function DrawForm(props: { wish: DrawWish; onWish: (w: DrawWish) => void; ground: GroundAnswer; district: District }) {
  const { wish: w, onWish, ground: g, district } = props
  const id = useId()
  const set = (over: Partial<DrawWish>) => onWish({ ...w, ...over })
  const count = (e: { currentTarget: HTMLInputElement }, least = 0) => Math.max(least, Math.floor(Number(e.currentTarget.value) || 0))
  const grids = g.areas.features.map((f) => f.properties).filter((p) => p.level === 'grid' && !p.special)
  const zones = zonesOf(g, w)
  const { all: now, alone } = counted(g, w.level, w.within)
  const whole = w.level === 'grid' && g.areas.features.some((f) => f.properties.level === 'micro-grid')
  return (
    <form class="draw-form" onSubmit={(e) => e.preventDefault()}>
      <p class="hint">{t(`draw.note.${w.level}`)}</p>
      {w.level === 'micro-grid' && (
        <label class="field">
          <span>{t('draw.where')}</span>
          <select value={w.within} onChange={(e) => set({ within: e.currentTarget.value, zones: Math.max(1, counted(g, w.level, e.currentTarget.value).all) })} data-testid="draw-within">
            <option value="">{t('draw.wholeCommunity', { name: g.area.name })}</option>
            {grids.map((p) => (
              <option key={p.code} value={p.code}>
                {p.name}
              </option>
            ))}
          </select>
        </label>
      )}
      <fieldset>
        <legend>{t('draw.howMany')}</legend>
        <div class="radios">
          {(['standard', 'zones'] as const).map((by) => (
            <label key={by}>
              <input type="radio" name={`${id}-by`} checked={w.by === by} onChange={() => set({ by })} data-testid={`draw-by-${by}`} />
              <span>{t(`draw.by.${by}`)}</span>
            </label>
          ))}
        </div>
        {w.by === 'zones' ? (
          <label class="inline">
            <input type="number" min={1} max={999} value={w.zones} onInput={(e) => set({ zones: count(e, 1) })} data-testid="draw-zones" />
            {t('draw.zonesNow', { n: number(now) })}
          </label>
        ) : (
          <div class="inline">
            {w.least > 0 || w.most > 0 ? (
              <>
                <input type="number" min={0} aria-label={t('draw.least')} value={w.least} onInput={(e) => set({ least: count(e) })} data-testid="draw-least" />–
                <input type="number" min={1} aria-label={t('draw.most')} value={w.most} onInput={(e) => set({ most: count(e, 1) })} data-testid="draw-most" />
              </>
            ) : (
              <input type="number" min={1} aria-label={t('draw.target')} value={w.target} onInput={(e) => set({ target: count(e, 1) })} data-testid="draw-target" />
            )}
            <span>
              {t('draw.each', { weight: weightName(district, w.weight) })}
              {zones !== null && <b> {t('draw.about', { n: number(zones), now: number(now) })}</b>}
            </span>
          </div>
        )}
      </fieldset>
      <fieldset>
        <legend>
          {t('draw.balance')} <small>{t('draw.balanceNote', { n: mostWeights })}</small>
        </legend>
        <ul class="weights">
          {g.weights.map((name) => {
            const at = w.weights.findIndex((x) => x.name === name)
            const sum = sumOf(g, name, w.within)
            const on = w.weights[at]
            return (
              <li key={name}>
                <label class="switch">
                  <input type="checkbox" checked={at >= 0} disabled={sum === 0 || (at < 0 && w.weights.length >= mostWeights)} onChange={() => onWish(toggled(w, name))} data-testid={`draw-weight-${name}`} />
                  <span>
                    {weightName(district, name)} <small>{t('draw.sum', { n: number(sum) })}</small>
                  </span>
                </label>
                {on && (
                  <label class="inline">
                    ±
                    <input
                      type="number"
                      min={0}
                      max={100}
                      step={0.5}
                      aria-label={t('draw.tolerance', { weight: weightName(district, name) })}
                      value={on.tolerance}
                      onInput={(e) => {
                        const tolerance = Math.max(0, Math.min(100, Number(e.currentTarget.value) || 0))
                        set({ weights: w.weights.map((x, i) => (i === at ? { ...x, tolerance } : x)) })
                      }}
                      data-testid={`draw-tolerance-${name}`}
                    />
                    %
                  </label>
                )}
              </li>
            )
          })}
        </ul>
      </fieldset>
      <fieldset>
        <legend>{t('draw.stay')}</legend>
        <input
          type="range"
          min={0}
          max={stays.length - 1}
          step={1}
          value={w.stay}
          aria-label={t('draw.stay')}
          aria-valuetext={t(`draw.stays.${w.stay}` as TextKey)}
          onInput={(e) => set({ stay: Number(e.currentTarget.value) })}
          data-testid="draw-stay"
        />
        <p class="ends">
          <span>{t('draw.stays.0')}</span>
          <span>{t('draw.stays.5')}</span>
        </p>
      </fieldset>
      <fieldset>
        <legend>{t('draw.rules')}</legend>
        {whole && (
          <label class="switch">
            <input type="checkbox" checked={w.wholeBlocks} onChange={(e) => set({ wholeBlocks: e.currentTarget.checked })} data-testid="draw-whole" />
            <span>{t('draw.wholeBlocks')}</span>
          </label>
        )}
        <label class="switch">
          <input type="checkbox" checked={w.barriers} disabled={g.barriers.features.length === 0} onChange={(e) => set({ barriers: e.currentTarget.checked })} data-testid="draw-barriers" />
          <span>{t(g.barriers.features.length === 0 ? 'draw.noBarriers' : 'draw.barriers')}</span>
        </label>
        {alone > 0 && <p class="hint">{t('draw.alone', { n: number(alone) })}</p>}
        <label class="inline">
          {t('draw.time')}
          <select value={w.seconds} onChange={(e) => set({ seconds: Number(e.currentTarget.value) })} data-testid="draw-seconds">
            {times.map((s) => (
              <option key={s} value={s}>
                {t('draw.seconds', { n: s })}
              </option>
            ))}
          </select>
        </label>
      </fieldset>
    </form>
  )
}

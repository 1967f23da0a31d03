import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { indicatorsAt, type IndicatorBoard, type IndicatorColumn, type IndicatorValue } from '../api_ledger.ts'
import type { TextKey } from '../dictionary.ts'
import { decimal, month, number, percent } from '../format.ts'
import { lang, t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { follow } from '../route.ts'
import { may } from '../seat.ts'
import { useGet } from '../use_get.ts'
import { SetDialog } from './set_dialog.tsx'

/** How many months stand side by side. */
const months = 6

/** IndicatorBoardSection is what the indicators of an area came to, month by month, and those of the areas right below it side by side. */
export function IndicatorBoardSection({ area, district, to }: { area: string; district: District; to: (code: string) => string }) {
  const got = useGet<IndicatorBoard>(indicatorsAt.board(area, undefined, months))
  const [setting, setSetting] = useState(false)
  const [chosen, setChosen] = useState('')
  const b = got.data
  const sets = may('plan')
  const shown = b?.columns.find((c) => c.code === chosen) ?? b?.columns[0]
  const level = b?.areas?.[0]?.level
  return (
    <section data-testid="indicators" data-area={b?.area.code} data-own={b ? String(b.own) : undefined}>
      <header class="ledger-head">
        <div>
          <h2>{t('ind.title')}</h2>
          <p class="hint">{t('ind.note')}</p>
          {b && !b.own && (
            <p class="hint" data-testid="ind-reference">
              {t('ind.notOwn')}
            </p>
          )}
        </div>
        {sets && b && (
          <button type="button" class="button quiet" onClick={() => setSetting(true)} data-testid="ind-set">
            {t('ind.set')}
          </button>
        )}
      </header>
      <Status got={got} />
      {b && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t('ind.title')}>
          <table class="ledger-table" data-testid="ind-months">
            <thead>
              <tr>
                <th scope="col">{t('ind.indicator')}</th>
                <th scope="col">{t('ind.target')}</th>
                {b.months.map((m) => (
                  <th scope="col" key={m}>
                    {month(m)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {b.columns.map((c) => (
                <tr key={c.code} data-testid="ind-row" data-code={c.code}>
                  <th scope="row" title={t(`ind.note.${c.measure}`)}>
                    {nameOf(c)}
                  </th>
                  <td>{targetOf(c)}</td>
                  {(b.area.values[c.code] ?? []).map((v, i) => (
                    <Cell key={b.months[i]} column={c} value={v} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {b && shown && level && (
        <>
          <div class="filters">
            <label class="field">
              <span>{t('ind.compare', { level: t(`level.${level}` as TextKey) })}</span>
              <select value={shown.code} onChange={(e) => setChosen(e.currentTarget.value)} data-testid="ind-choose">
                {b.columns.map((c) => (
                  <option key={c.code} value={c.code}>
                    {nameOf(c)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <p class="hint">{t(`ind.note.${shown.measure}`)}</p>
          <div class="scroll" tabIndex={0} role="region" aria-label={nameOf(shown)}>
            <table class="ledger-table" data-testid="ind-areas" data-code={shown.code}>
              <thead>
                <tr>
                  <th scope="col">{t(`level.${level}` as TextKey)}</th>
                  {b.months.map((m) => (
                    <th scope="col" key={m}>
                      {month(m)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {(b.areas ?? []).map((a) => (
                  <tr key={a.code} data-code={a.code}>
                    <th scope="row">
                      <a href={to(a.code)} onClick={follow}>
                        {a.name}
                      </a>
                    </th>
                    {(a.values[shown.code] ?? []).map((v, i) => (
                      <Cell key={b.months[i]} column={shown} value={v} />
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      )}
      {setting && b && <SetDialog district={district} board={b} onSaved={() => (setSetting(false), got.refresh())} onClose={() => setSetting(false)} />}
    </section>
  )
}

/** nameOf is the district's own word for an indicator. */
export function nameOf(c: { zh: string; en: string }): string {
  return lang.value === 'zh' ? c.zh : c.en
}

function targetOf(c: IndicatorColumn): string {
  if (c.target === null || c.target === undefined) return t('ind.noTarget')
  return t(c.less ? 'ind.atMost' : 'ind.atLeast', { value: figureOf(c, c.target) })
}

/** figureOf writes a figure in the unit of its indicator. */
function figureOf(c: IndicatorColumn, value: number | null): string {
  if (value === null) return '—'
  if (c.unit === 'share') return percent(value)
  return c.unit === 'rating' ? decimal(value, 1) : number(value)
}

/** Cell is a figure; one that misses its target says so by a mark, not by colour alone. */
function Cell({ column, value }: { column: IndicatorColumn; value: IndicatorValue }) {
  const off = value.kept === false
  return (
    <td class={off ? 'alarm' : undefined} data-kept={value.kept === null ? undefined : String(value.kept)} title={off ? t('ind.off') : undefined}>
      {off && <span aria-label={t('ind.off')}>{column.less ? '▲' : '▼'}</span>} {figureOf(column, value.value)}
    </td>
  )
}

import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { measures, putIndicators, type Indicator, type IndicatorBoard, type IndicatorSet, type Measure } from '../api_ledger.ts'
import { month } from '../format.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { t, term } from '../i18n.ts'
import { useSend } from '../trust/steps.tsx'
import { why } from '../trust/words.ts'

const most = 8

/** In which unit a target is typed: shares in per cent. */
const perCent = (m: Measure): boolean => m !== 'missed' && m !== 'satisfaction'

/** nextMonth is the first day of the month after that of a day. */
export function nextMonth(iso: string): string {
  return new Date(Date.UTC(Number(iso.slice(0, 4)), Number(iso.slice(5, 7)), 1)).toISOString().slice(0, 10)
}

/** SetDialog sets what the district measures itself by, from this month or the next one on. */
export function SetDialog({ district, board, onSaved, onClose }: { district: District; board: IndicatorBoard; onSaved: () => void; onClose: () => void }) {
  const now = board.today.slice(0, 8) + '01'
  const [set, setSet] = useState<IndicatorSet>({ from: now, indicators: board.columns.map(({ code, zh, en, measure, service, target }) => ({ code, zh, en, measure, ...(service && { service }), target: target ?? null })) })
  const sender = useSend()
  const change = (i: number, over: Partial<Indicator>) => setSet({ ...set, indicators: set.indicators.map((x, k) => (k === i ? { ...x, ...over } : x)) })
  const add = () => {
    const free = Array.from({ length: most + 1 }, (_, n) => `own_${n + 1}`).find((c) => !set.indicators.some((x) => x.code === c)) ?? 'own'
    setSet({ ...set, indicators: [...set.indicators, { code: free, zh: '', en: '', measure: 'on_time', target: null }] })
  }
  const measured = (i: number, measure: Measure) => {
    const { service: _, ...rest } = set.indicators[i] as Indicator
    const first = district.services[0]?.key
    setSet({ ...set, indicators: set.indicators.map((x, k) => (k === i ? { ...rest, measure, target: null, ...(measure === 'coverage' && first ? { service: first } : {}) } : x)) })
  }
  const sent = (): IndicatorSet => ({
    from: set.from,
    indicators: set.indicators.map(({ target, ...x }) => ({ ...x, ...(target !== null && target !== undefined && { target }) })),
  })
  return (
    <Dialog title={t('ind.set')} onClose={onClose} testid="ind-dialog">
      {(close) => (
        <form
          class="case-on"
          onSubmit={(e) => {
            e.preventDefault()
            sender.send(() => putIndicators(sent()).then(onSaved))
          }}
        >
          <p class="hint">{t('ind.setNote', { n: most })}</p>
          <label class="field">
            <span>{t('ind.from')}</span>
            <select value={set.from} onChange={(e) => setSet({ ...set, from: e.currentTarget.value })} data-testid="ind-from">
              {[now, nextMonth(now)].map((m) => (
                <option key={m} value={m}>
                  {month(m, true)}
                </option>
              ))}
            </select>
          </label>
          {set.indicators.map((x, i) => (
            <fieldset class="indicator" key={x.code} data-testid="ind-one" data-code={x.code}>
              <label class="field">
                <span>{t('ind.zh')}</span>
                <input required maxLength={40} value={x.zh} onInput={(e) => change(i, { zh: e.currentTarget.value })} />
              </label>
              <label class="field">
                <span>{t('ind.en')}</span>
                <input required maxLength={40} value={x.en} onInput={(e) => change(i, { en: e.currentTarget.value })} />
              </label>
              <label class="field">
                <span>{t('ind.measure')}</span>
                <select value={x.measure} onChange={(e) => measured(i, e.currentTarget.value as Measure)}>
                  {measures.map((m) => (
                    <option key={m} value={m}>
                      {t(`ind.${m}`)}
                    </option>
                  ))}
                </select>
              </label>
              {x.measure === 'coverage' && (
                <label class="field">
                  <span>{t('ind.service')}</span>
                  <select value={x.service ?? ''} onChange={(e) => change(i, { service: e.currentTarget.value })}>
                    {district.services.map((s) => (
                      <option key={s.key} value={s.key}>
                        {term(district.services, s.key)}
                      </option>
                    ))}
                  </select>
                </label>
              )}
              <label class="field">
                <span>{t(perCent(x.measure) ? 'ind.targetShare' : x.measure === 'satisfaction' ? 'ind.targetRating' : 'ind.targetCount')}</span>
                <input
                  type="number"
                  min={x.measure === 'satisfaction' ? 1 : 0}
                  max={x.measure === 'satisfaction' ? 5 : perCent(x.measure) ? 100 : 1000000}
                  step={x.measure === 'missed' ? 1 : 0.1}
                  value={x.target === null || x.target === undefined ? '' : perCent(x.measure) ? Math.round(x.target * 1000) / 10 : x.target}
                  onChange={(e) => {
                    const v = e.currentTarget.value === '' ? null : Number(e.currentTarget.value)
                    change(i, { target: v === null || Number.isNaN(v) ? null : perCent(x.measure) ? v / 100 : v })
                  }}
                />
              </label>
              <button type="button" class="link" disabled={set.indicators.length <= 1} onClick={() => setSet({ ...set, indicators: set.indicators.filter((_, k) => k !== i) })}>
                {t('ind.drop')}
              </button>
            </fieldset>
          ))}
          <p class="acts">
            <button type="button" class="link" disabled={set.indicators.length >= most} onClick={add}>
              {t('ind.add')}
            </button>
            <button type="button" class="link" onClick={() => setSet({ ...board.reference, from: set.from })}>
              {t('ind.reference')}
            </button>
          </p>
          {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
          {sender.busy && <Busy>{t('trust.sending')}</Busy>}
          <footer>
            <button type="submit" class="button" disabled={sender.busy} data-testid="ind-save">
              {t('ind.save')}
            </button>
            <button type="button" class="button quiet" onClick={close}>
              {t('grids.cancel')}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}

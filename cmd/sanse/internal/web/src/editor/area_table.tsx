import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { balanceColours, classOf, deviation, met, worstFirst } from './balance.ts'
import type { Desk } from './desk.ts'
import { total, type Row } from './sums.ts'
import { percentOff, shortCode, weightName } from './words.ts'

/** Off is a bar to the left of the middle for too little, to the right for too much. */
function Off({ share, cls }: { share: number; cls: number }) {
  const wide = Math.min(1, Math.abs(share)) * 50
  return (
    <span class={`ed-off${cls === met ? '' : ' beyond'}`}>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <rect x="0" y="3.5" width="100" height="3" fill="#e7eaeb" />
        <rect x={share < 0 ? 50 - wide : 50} y="1" width={wide} height="8" fill={cls === met ? '#9aa7ae' : balanceColours[cls]} />
        <rect x="49.4" y="0" width="1.2" height="10" fill="#5a6770" />
      </svg>
      <b>{percentOff(share)}</b>
    </span>
  )
}

/** Sign is a padlock. */
export function Padlock() {
  return (
    <svg class="padlock" viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
      <rect x="3" y="7" width="10" height="7" rx="1.5" />
      <path d="M5 7V5a3 3 0 0 1 6 0v2" />
    </svg>
  )
}

/**
 * AreaTable lists the areas of the level with their sums, as they would be
 * under what the mouse is doing: a figure that changes shows by how much.
 */
export function AreaTable({ desk, district, drawn }: { desk: Desk; district: District; drawn: () => void }) {
  const s = desk.session
  const [byCode, setByCode] = useState(false)
  const order = useRef<string[]>([])
  const g = s.ground.value
  const w = s.weight.value
  const target = s.target.value
  const before = new Map(s.before.value.map((r) => [r.code, r]))
  const after = s.after.value
  const busy = s.live.value !== null
  useLayoutEffect(drawn)
  if (!g) return null
  // Lines keep their places while the mouse moves: nothing jumps from under the eye.
  const sorted = byCode ? [...after].sort((a, b) => (a.code < b.code ? -1 : 1)) : worstFirst(busy ? s.before.value : after, w, target)
  if (!busy) order.current = sorted.map((r) => r.code)
  const rank = new Map(order.current.map((c, i) => [c, i]))
  const list = [...after].sort((a, b) => (rank.get(a.code) ?? Infinity) - (rank.get(b.code) ?? Infinity))
  const community = g.answer.area.code
  const sum = total(after, g.weights.length)
  const delta = (r: Row, i: number) => {
    const was = before.get(r.code)?.values[i] ?? 0
    const d = (r.values[i] ?? 0) - was
    return busy && d !== 0 ? <small class={d > 0 ? 'up' : 'down'}>{`${d > 0 ? '+' : '−'}${number(Math.abs(d))}`}</small> : null
  }
  return (
    <>
      <div class="ed-order">
        <span class="segments" role="group" aria-label={t('ed.order')}>
          <button type="button" aria-pressed={!byCode} onClick={() => setByCode(false)}>
            {t('ed.byWorst')}
          </button>
          <button type="button" aria-pressed={byCode} onClick={() => setByCode(true)}>
            {t('ed.byCode')}
          </button>
        </span>
      </div>
      <div class="ed-scroll">
        <table class="ed-table" data-testid="ed-table">
          <thead>
            <tr>
              <th scope="col">{t('ed.code')}</th>
              {g.weights.map((name, i) => (
                <th scope="col" key={name} title={weightName(district, name)} class={i === w ? 'by' : undefined}>
                  {weightName(district, name, true)}
                </th>
              ))}
              <th scope="col">{t('ed.deviation')}</th>
            </tr>
          </thead>
          <tbody>
            {list.map((r) => {
              const value = r.values[w] ?? 0
              const counted = target !== null && !r.special
              return (
                <tr
                  key={r.code}
                  tabIndex={0}
                  aria-selected={s.selected.value === r.code}
                  data-testid="ed-row"
                  data-code={r.code}
                  data-locked={r.locked}
                  onClick={() => desk.select(r.code)}
                  onMouseEnter={() => (desk.hovered.value = r.code)}
                  onMouseLeave={() => (desk.hovered.value = '')}
                  onKeyDown={(e) => {
                    if (e.key === 'Enter' || e.key === ' ') {
                      e.preventDefault()
                      desk.select(r.code)
                    }
                    const next = e.key === 'ArrowDown' ? e.currentTarget.nextElementSibling : e.key === 'ArrowUp' ? e.currentTarget.previousElementSibling : null
                    if (next) {
                      e.preventDefault()
                      ;(next as HTMLElement).focus()
                    }
                  }}
                >
                  <th scope="row" title={r.name}>
                    {shortCode(r.code, community)}
                    {r.locked && (
                      <span title={t('ed.lockedWithin')}>
                        <Padlock />
                        <span class="unseen">{t('ed.locked')}</span>
                      </span>
                    )}
                    {r.special && <i class="special" title={t('level.special')} />}
                  </th>
                  {g.weights.map((name, i) => (
                    <td key={name} data-col={name} class={i === w ? 'by' : undefined}>
                      <span data-value>{number(r.values[i] ?? 0)}</span>
                      {delta(r, i)}
                    </td>
                  ))}
                  <td>{counted && <Off share={deviation(value, target)} cls={classOf(value, target)} />}</td>
                </tr>
              )
            })}
          </tbody>
          <tfoot>
            <tr title={t('ed.totalKept')}>
              <th scope="row">{t('ed.total')}</th>
              {g.weights.map((name, i) => (
                <td key={name} data-total={name}>
                  {number(sum[i] ?? 0)}
                </td>
              ))}
              <td />
            </tr>
          </tfoot>
        </table>
      </div>
    </>
  )
}

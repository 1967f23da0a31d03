import { number } from '../format.ts'
import { t } from '../i18n.ts'

/** signed writes a difference with its sign: "+12", "−3", "±0". */
export function signed(n: number, write: (n: number) => string = number): string {
  if (n === 0) return '±0'
  return (n > 0 ? '+' : '−') + write(Math.abs(n))
}

/** Change is a figure before and after; null is none. bad marks a change for the worse. */
export function Change(props: {
  before: number | null | undefined
  after: number | null | undefined
  write?: (n: number) => string
  worse?: 'more' | 'less'
}) {
  const { before = null, after = null, write = number } = props
  const d = before === null || after === null ? 0 : after - before
  const bad = (props.worse === 'more' && d > 0) || (props.worse === 'less' && d < 0)
  const good = (props.worse === 'more' && d < 0) || (props.worse === 'less' && d > 0)
  const none = <span class="none">—</span>
  if (before !== null && before === after) return <span class="change-pair same">{write(after)}</span>
  return (
    <span class={`change-pair${bad ? ' bad' : good ? ' good' : ''}`}>
      <span>{before === null ? none : write(before)}</span>
      <i aria-hidden="true">→</i>
      <span class="unseen">{t('effect.becomes')}</span>
      <b>{after === null ? none : write(after)}</b>
    </span>
  )
}

/**
 * Deviation shows a figure before and after on one scale: the grey bar before,
 * the coloured one after, and a tick at the mean that both are held against.
 */
export function Deviation({ before, after, mean, most }: { before?: number | undefined; after?: number | undefined; mean: number; most: number }) {
  const at = (n: number) => `${Math.max(0, Math.min(100, (n / Math.max(most, 1e-9)) * 100))}%`
  const off = after !== undefined && mean > 0 ? (after - mean) / mean : null
  const label = off === null ? '' : t(off >= 0 ? 'effect.above' : 'effect.below', { n: Math.round(Math.abs(off) * 100) })
  return (
    <span class="deviation" title={label}>
      {before !== undefined && <i class="was" style={{ width: at(before) }} />}
      {after !== undefined && <i class={off !== null && Math.abs(off) > 0.25 ? 'is far' : 'is'} style={{ width: at(after) }} />}
      {mean > 0 && <i class="mean" style={{ left: at(mean) }} />}
      <span class="unseen">{label}</span>
    </span>
  )
}

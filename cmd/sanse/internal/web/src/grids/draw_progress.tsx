import type { District } from '../api.ts'
import type { Drawing, DrawingForbid } from '../api_editor.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { decimal, number, percent } from '../format.ts'
import { t } from '../i18n.ts'
import { weightName } from './draw_form.tsx'
import type { DrawWish } from './draw_wish.ts'
import { brief } from './levels.ts'
import { codes } from './refusal.ts'

/** How far a drawing was when it was asked for. */
export interface Sample {
  /** share of the time that is over */
  spent: number
  /** metres of border, with what it costs to move */
  goal: number
  /** by how much bounds are broken, as shares of the targets, summed; 0: all are kept */
  excess: number
}

const [width, height] = [320, 54]

/** DrawProgress is how far a search is: its time, what bounds are still broken, and how short the borders have become. */
export function DrawProgress({ drawing, samples, seconds }: { drawing: Drawing | null; samples: readonly Sample[]; seconds: number }) {
  const p = drawing?.progress
  const state = drawing?.state ?? 'running'
  const spent = state === 'running' ? Math.min(1, p?.spent ?? 0) : 1
  return (
    <div class="draw-progress" data-testid="draw-progress" data-state={state}>
      <p role="status">
        {state === 'running' && <span class="spinner" aria-hidden="true" />}
        <b>{t(`draw.state.${state}`)}</b>
        {state === 'running' && <small>{t('draw.ofTime', { spent: decimal(spent * seconds), all: seconds })}</small>}
      </p>
      <progress max={1} value={spent} aria-label={t('draw.progress')} />
      {p && (
        <p class="hint draw-figures">
          <span class="excess">{p.excess > 0 ? t('draw.excess', { n: percent(p.excess) }) : t('draw.kept')}</span>
          <span class="goal">{t('draw.goal', { km: decimal(p.goal / 1000, 2) })}</span>
          <span>{t('draw.iterations', { n: number(p.iterations) })}</span>
        </p>
      )}
      <Curve samples={samples} />
    </div>
  )
}

/** Curve is what is broken and the borders over time, each from its most down to its least; the figures above say the same. */
function Curve({ samples }: { samples: readonly Sample[] }) {
  if (samples.length < 3) return null
  const line = (of: (s: Sample) => number) => {
    const all = samples.map(of)
    const [low, high] = [Math.min(...all), Math.max(...all)]
    const x = (i: number) => (i / (samples.length - 1)) * width
    const y = (v: number) => 4 + (high > low ? (high - v) / (high - low) : 1) * (height - 8)
    return all.map((v, i) => `${x(i).toFixed(1)},${y(v).toFixed(1)}`).join(' ')
  }
  return (
    <svg class="curve" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
      <polyline class="excess" points={line((s) => s.excess)} />
      <polyline points={line((s) => s.goal)} />
    </svg>
  )
}

/** DrawResult is what the best drawing so far comes to, and what forbids a better one. */
export function DrawResult({ drawing, wish, district }: { drawing: Drawing; wish: DrawWish; district: District }) {
  const r = drawing.result
  if (!r) return null
  const m = r.metrics
  const tolerance = new Map(wish.weights.map((w) => [w.name, w.tolerance / 100]))
  const first = wish.weights[0]?.name ?? ''
  const forbids = drawing.state === 'running' ? [] : (r.forbids ?? [])
  return (
    <div class="draw-result" data-testid="draw-result" data-zones={m.zones}>
      <dl class="figures">
        <div>
          <dt>{t('draw.zones')}</dt>
          <dd>{number(m.zones)}</dd>
        </div>
        {Object.entries(m.worst ?? {}).map(([name, off]) => {
          const within = Math.abs(off) <= (tolerance.get(name) ?? Infinity) + 1e-9
          return (
            <div key={name}>
              <dt>{t('draw.worst', { weight: weightName(district, name) })}</dt>
              <dd class={within ? undefined : 'bad'} data-testid={`draw-worst-${name}`} data-off={off}>
                {off > 0 ? '+' : off < 0 ? '−' : ''}
                {percent(Math.abs(off))}
                {tolerance.has(name) && wish.by === 'zones' && <small> / ±{decimal((tolerance.get(name) ?? 0) * 100)}%</small>}
              </dd>
            </div>
          )
        })}
        {m.polsby_popper !== undefined && (
          <div>
            <dt>{t('effect.compact')}</dt>
            <dd>{decimal(m.polsby_popper, 2)}</dd>
          </div>
        )}
        {m.moved !== undefined && (
          <div>
            <dt>{t('draw.moved', { weight: weightName(district, first) })}</dt>
            <dd>{number(m.moved)}</dd>
          </div>
        )}
      </dl>
      {forbids.length > 0 && (
        <>
          <h3>{t('draw.forbids')}</h3>
          <ul class="bullets">
            {forbids.map((f, i) => (
              <li key={i} data-testid="draw-forbid" data-kind={f.kind}>
                {forbidText(f, district)}
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** forbidText says in words what stands in the way of a tolerance; as the service put it where there are none. */
function forbidText(f: DrawingForbid, district: District): string {
  const key = `draw.forbid.${f.kind}`
  if (!(key in dictionary)) return f.message
  const weight = f.weight ? weightName(district, f.weight) : ''
  const places = codes((f.areas ?? []).map(brief))
  const what = t(key as TextKey, { areas: places, weight })
  return f.short !== undefined && f.short > 0 ? `${what} ${t(f.kind === 'search' ? 'draw.stillShort' : 'draw.short', { n: decimal(f.short), weight })}` : what
}

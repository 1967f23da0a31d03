import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import type { Effect, People } from '../api_coverage.ts'
import type { TextKey } from '../dictionary.ts'
import { number, percent } from '../format.ts'
import { t, term } from '../i18n.ts'
import { ChangeLegend } from './legend.tsx'
import { counted } from './cards.tsx'
import type { CellChange } from './map_layers.ts'
import { reasonWord } from './words.ts'
import type { Trial, Trials } from './trials.ts'

const who = ['people', 'over60', 'disabled', 'residents'] as const
const listed = 12
/** Degrees that an arrow key moves a place: about 25 m. */
const step = 25 / 111_320

/** trialName says what is tried; new places are numbered as on the map. */
export function trialName(district: District, all: readonly Trial[], x: Trial): string {
  const service = term(district.services, x.service)
  const n = all.filter((y) => y.op === 'add').indexOf(x) + 1
  return t(`cov.try.op.${x.op}` as TextKey, { service, n, name: x.name })
}

/** TryPanel lists what is tried together, and what it does to the numbers. */
export function TryPanel(props: {
  district: District
  trials: Trials
  service: string
  minutes: number
  cells: Readonly<Record<CellChange, number>>
  onCenter: () => void
  comparing: boolean
  onCompare: (on: boolean) => void
  onArea: (code: string) => void
}) {
  const { district, trials } = props
  const list = trials.list.value
  const answer = trials.answer.value
  const selected = trials.selected.value
  return (
    <section data-testid="try-panel" data-busy={trials.busy.value}>
      <p class="hint cov-how">{t('cov.try.how', { service: term(district.services, props.service) })}</p>
      <div class="buttons">
        <button type="button" class="button quiet" onClick={props.onCenter} data-testid="try-center">
          {t('cov.try.center')}
        </button>
        <button type="button" class="button quiet" disabled={!trials.canUndo} onClick={() => trials.undo()} data-testid="try-undo">
          {t('cov.try.undo')}
        </button>
        <button type="button" class="button quiet" disabled={list.length === 0} onClick={() => trials.clear()} data-testid="try-clear">
          {t('cov.try.clear')}
        </button>
      </div>
      {list.length === 0 ? (
        <p class="hint">{t('cov.try.none')}</p>
      ) : (
        <>
          <h3>{t('cov.try.list')}</h3>
          <ul class="cov-trials" title={t('cov.try.keys')}>
            {list.map((x) => (
              <li key={x.key} data-testid="trial" data-op={x.op} data-selected={x.key === selected}>
                <button
                  type="button"
                  class="link"
                  aria-pressed={x.key === selected}
                  aria-description={x.op === 'add' || x.op === 'move' ? t('cov.try.keys') : undefined}
                  onClick={() => (trials.selected.value = x.key)}
                  onKeyDown={(e) => {
                    const by = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[e.key]
                    if (e.key === 'Delete' || e.key === 'Backspace') {
                      e.preventDefault()
                      trials.remove(x.key)
                    } else if (by && (x.op === 'add' || x.op === 'move')) {
                      e.preventDefault()
                      trials.grip(x.key)
                      trials.drag(x.key, [x.at[0] + ((by[0] ?? 0) * step) / Math.cos((x.at[1] * Math.PI) / 180), x.at[1] + (by[1] ?? 0) * step])
                      trials.drop()
                    }
                  }}
                >
                  {trialName(district, list, x)}
                </button>
                <button type="button" class="close" aria-label={t('cov.try.remove', { what: trialName(district, list, x) })} onClick={() => trials.remove(x.key)}>
                  ×
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
      {trials.error.value && (
        <p class="status failed" role="alert">
          {t('cov.try.failed', { why: trials.error.value })}{' '}
          <button type="button" class="link" onClick={() => trials.again()}>
            {t('app.retry')}
          </button>
        </p>
      )}
      {answer?.unplaced && (
        <p class="heed" role="alert" data-testid="try-unplaced">
          {t('cov.try.unplaced', { why: reasonWord(answer.unplaced, answer.unplaced_detail) })}
        </p>
      )}
      {answer && (
        <div aria-live="polite">
          <h3>
            {t('cov.try.numbers', { n: props.minutes })} <small data-testid="try-took">{t('cov.try.took', { n: number(Math.round(trials.took.value)) })}</small>
          </h3>
          {Object.entries(answer.services).map(([service, e]) => (
            <EffectTable key={service} name={term(district.services, service)} service={service} effect={e} />
          ))}
          <ChangeLegend counts={props.cells} />
          <button type="button" class="button cov-wide" aria-pressed={props.comparing} onClick={() => props.onCompare(!props.comparing)} data-testid="compare">
            {t(props.comparing ? 'cov.compare.off' : 'cov.compare')}
          </button>
          <h3>{t('cov.try.areas')}</h3>
          <AreaChanges district={district} answer={answer.areas ?? []} onArea={props.onArea} />
        </div>
      )}
    </section>
  )
}

/** signed writes a change with its sign. */
export function signed(n: number): string {
  return n > 0 ? `+${number(n)}` : n < 0 ? `−${number(-n)}` : '0'
}

function EffectTable({ name, service, effect: e }: { name: string; service: string; effect: Effect }) {
  const change = (k: keyof People) => {
    const [b, a] = [e.before[k], e.after[k]]
    return b === null || a === null || b === undefined || a === undefined ? null : a - b
  }
  return (
    <table class="cov-table" data-testid={`effect-${service}`}>
      <caption>{name}</caption>
      <thead>
        <tr>
          <td />
          <th scope="col">{t('cov.try.before')}</th>
          <th scope="col">{t('cov.try.after')}</th>
          <th scope="col">{t('cov.try.change')}</th>
        </tr>
      </thead>
      <tbody>
        {who.map((k) => {
          const d = change(k)
          const total = e.total[k]
          return (
            <tr key={k}>
              <th scope="row">{t(`cov.who.${k}`)}</th>
              <td data-value={`${k}-before`}>{counted(e.before[k])}</td>
              <td data-value={`${k}-after`}>
                {counted(e.after[k])}
                {total && e.after[k] !== null ? <small>{percent((e.after[k] ?? 0) / total)}</small> : null}
              </td>
              <td data-value={`${k}-change`} class={d === null || d === 0 ? undefined : d > 0 ? 'cov-up' : 'cov-down'}>
                {d === null ? '—' : signed(d)}
              </td>
            </tr>
          )
        })}
      </tbody>
    </table>
  )
}

function AreaChanges(props: { district: District; answer: readonly (Effect & { code: string; name: string; level: string; service: string })[]; onArea: (code: string) => void }) {
  const [all, setAll] = useState(false)
  const by = (e: Effect) => (e.after.people ?? 0) - (e.before.people ?? 0)
  const levels = ['community', 'town']
  const rows = [...props.answer].filter((a) => levels.includes(a.level)).sort((a, b) => Math.abs(by(b)) - Math.abs(by(a)) || (a.code < b.code ? -1 : 1))
  if (rows.length === 0) return <p class="hint">{t('cov.try.noAreas')}</p>
  const several = new Set(rows.map((r) => r.service)).size > 1
  return (
    <>
      <table class="cov-table" data-testid="effect-areas">
        <thead>
          <tr>
            <th scope="col">{t('level.community')}</th>
            <th scope="col">{t('cov.who.people')}</th>
            <th scope="col">{t('cov.who.over60')}</th>
            <th scope="col">{t('cov.who.residents')}</th>
          </tr>
        </thead>
        <tbody>
          {(all ? rows : rows.slice(0, listed)).map((r) => (
            <tr key={`${r.service}-${r.code}`} data-code={r.code}>
              <th scope="row">
                <button type="button" class="link" onClick={() => props.onArea(r.code)}>
                  {r.name}
                </button>
                {several && <small>{term(props.district.services, r.service)}</small>}
              </th>
              {(['people', 'over60', 'residents'] as const).map((k) => {
                const [b, a] = [r.before[k], r.after[k]]
                return <td key={k}>{b === null || a === null ? '—' : signed(a - b)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {!all && rows.length > listed && (
        <button type="button" class="link" onClick={() => setAll(true)}>
          {t('cov.try.more', { n: rows.length - listed })}
        </button>
      )}
    </>
  )
}

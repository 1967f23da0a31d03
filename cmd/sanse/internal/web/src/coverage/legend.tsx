import type { ComponentChildren } from 'preact'
import { decimal, number } from '../format.ts'
import { t } from '../i18n.ts'
import { changeColours, type CellChange } from './map_layers.ts'
import type { Painted } from './paint.ts'
import { met } from './paint.ts'
import type { ClassCount } from './scale.ts'

/** What the values of a layer are, so that its classes can be written. */
export type Unit = 'seconds' | 'people' | 'share' | 'short' | 'supply' | 'percent'

/** classWords says which values are in a class; several says that it holds more than one value. */
export function classWords(c: Pick<ClassCount, 'from' | 'to'>, unit: Unit): string {
  const { from, to } = c
  switch (unit) {
    case 'seconds': {
      const a = Math.floor(from / 60)
      const b = to === null ? null : Math.floor((to - 1) / 60)
      if (b === null) return t('cov.legend.over', { n: a })
      return a === 0 ? t('cov.legend.upTo', { n: b }) : t('cov.legend.between', { a, b })
    }
    case 'share': {
      if (from >= met) return t('cov.legend.met')
      const b = to === null || to >= met ? 100 : Math.round(to * 100)
      return from === 0 ? t('cov.legend.below', { b }) : t('cov.legend.shortBy', { a: Math.round(from * 100), b })
    }
    case 'percent':
      return to === null ? `≥ ${decimal(from * 100)}%` : `${decimal(from * 100)}–${decimal(to * 100)}%`
    case 'short':
    case 'supply': {
      if (from === 0) return t(unit === 'short' ? 'cov.legend.nothing' : 'cov.legend.zero')
      const d = (v: number) => significant(v)
      return to === null ? `≥ ${d(from)}` : `${d(from)}–${d(to)}`
    }
    default:
      return to === null ? `≥ ${number(from)}` : to - 1 <= from ? number(from) : `${number(from)}–${number(to - 1)}`
  }
}

/** significant writes a number with as many digits as tell it from its neighbours. */
export function significant(v: number): string {
  const a = Math.abs(v)
  return decimal(v, a >= 100 ? 0 : a >= 10 ? 1 : a >= 1 ? 2 : a >= 0.1 ? 3 : 4)
}

/** Legend names the classes of what is painted, how many places are in each, and how many have no value and why. */
export function Legend(props: { painted: Painted; unit: Unit; areas: boolean; outside: boolean; k: number; children?: ComponentChildren }) {
  const { counted } = props.painted
  const rolled = props.painted.data.features.filter((f) => f.properties?.['rolled_up']).length
  const all = counted.classes.reduce((n, c) => n + c.count, 0) + Object.values(counted.blanks).reduce((a, b) => a + b, 0)
  return (
    <div class="legend cov-legend" data-testid="cov-legend" data-all={all}>
      <p class="count">{t(props.areas ? 'cov.legend.areas' : 'cov.legend.cells', { n: number(all) })}</p>
      <ul>
        {counted.classes.map((c) => (
          <Entry key={c.index} colour={c.colour} words={classWords(c, props.unit)} count={c.count} />
        ))}
        {/* What has no data is an entry even where there is none: nobody has to ask. */}
        <Entry pattern="dots" words={t('cov.legend.noData')} count={counted.blanks.none} testid="legend-none" />
        {counted.blanks.not_applicable > 0 && <Entry pattern="blank" words={t('cov.legend.not_applicable')} count={counted.blanks.not_applicable} />}
        {(counted.blanks.hidden > 0 || (props.outside && props.unit === 'people')) && <Entry pattern="hatch" words={props.areas ? t('cov.legend.notTold') : t('cov.legend.hidden', { k: props.k })} count={counted.blanks.hidden} testid="legend-hidden" />}
      </ul>
      {props.children}
      {rolled > 0 && <p class="hint">{t('cov.legend.rolled', { n: number(rolled) })}</p>}
      {props.unit === 'people' && (counted.blanks.hidden > 0 || rolled > 0) && <p class="hint">{t('cov.legend.hiddenNote', { k: props.k })}</p>}
    </div>
  )
}

/** Entry is a line of a legend: a swatch, its words, how many. */
export function Entry(props: { colour?: string; pattern?: 'hatch' | 'dots' | 'blank'; words: string; count?: number; testid?: string }) {
  return (
    <li data-testid={props.testid}>
      <i class={props.pattern} style={props.colour ? { background: props.colour } : undefined} aria-hidden="true" />
      <span>{props.words}</span>
      {props.count !== undefined && <b>{number(props.count)}</b>}
    </li>
  )
}

/** ChangeLegend counts the cells that a trial changes. */
export function ChangeLegend({ counts }: { counts: Readonly<Record<CellChange, number>> }) {
  return (
    <div class="legend cov-legend" data-testid="change-legend">
      <p class="count">{t('cov.try.cells')}</p>
      <ul>
        {(Object.keys(changeColours) as CellChange[]).map((c) => (
          <li key={c}>
            <i class={c === 'lost' ? 'hatched' : undefined} style={{ background: changeColours[c] }} aria-hidden="true" />
            <span>{t(`cov.try.${c}`)}</span>
            <b>{number(counts[c])}</b>
          </li>
        ))}
      </ul>
    </div>
  )
}

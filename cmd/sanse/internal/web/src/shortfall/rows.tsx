import type { AreaName } from '../api.ts'
import { shown, type BehindWhat, type Figures, type Shown, type StandardRow } from '../api_shortfall.ts'
import { day, decimal } from '../format.ts'
import { t } from '../i18n.ts'
import type { Asked } from './behind_dialog.tsx'
import { StandingMark, standings } from './standing.tsx'
import { amount, counted, countedIn, noneText, said, targetOf, turn, valueOf } from './words.ts'

/** What stands behind the numbers of each measure; people first, for they are whom it is about. */
const behind: Readonly<Record<string, readonly BehindWhat[]>> = {
  reach: ['people', 'facilities', 'areas'],
  response: ['people', 'areas'],
  share: ['people', 'areas'],
  per_area: ['areas', 'facilities'],
  idle: ['facilities', 'areas'],
}
const others: readonly BehindWhat[] = ['facilities', 'areas']

/** Rows is every standard of an area, those that are short first; what is behind them is for those who answer for it (mine). */
export function Rows(props: { rows: readonly StandardRow[]; only: Shown | null; area: AreaName; mine: boolean; onAsk: (a: Asked) => void }) {
  const rows = props.rows
    .filter((r) => props.only === null || shown(r) === props.only)
    .map((r, i) => ({ r, i }))
    .sort((a, b) => standings.indexOf(shown(a.r)) - standings.indexOf(shown(b.r)) || a.i - b.i)
  if (rows.length === 0) return null
  return (
    <section>
      <h2>{t('shortfall.byStandard')}</h2>
      <ul class="standard-rows">
        {rows.map(({ r }) => (
          <Row key={r.standard} row={r} area={props.area} mine={props.mine} onAsk={props.onAsk} />
        ))}
      </ul>
    </section>
  )
}

function Row({ row, area, mine, onAsk }: { row: StandardRow; area: AreaName; mine: boolean; onAsk: (a: Asked) => void }) {
  const name = said(row.name)
  const standing = shown(row)
  const none = standing !== 'met' && standing !== 'short'
  const unit = countedIn(row.measure)
  const open = (what: BehindWhat) => onAsk({ standard: row.standard, name, what })
  const whats = (behind[row.measure] ?? others).filter((w) => w !== 'areas' || (area.level !== 'grid' && area.level !== 'micro-grid'))
  return (
    <li class={`standard-row ${standing}`} data-testid="standard-row" data-standard={row.standard} data-standing={standing}>
      <div class="row-name">
        <StandingMark of={standing} alone />
        <div>
          <h3>{name}</h3>
          <p class="hint">
            {row.aim
              ? t('shortfall.step', {
                  target: targetOf(row.target.value, row.target.unit),
                  year: row.target.year,
                  aim: targetOf(row.aim.value, row.aim.unit),
                  by: row.aim.year,
                })
              : t('shortfall.target', { target: targetOf(row.target.value, row.target.unit), year: row.target.year })}
          </p>
        </div>
      </div>
      {none ? (
        <p class="row-none">{noneText(row)}</p>
      ) : (
        <>
          <Bar row={row} />
          <dl class="row-figures">
            <div>
              <dt>{t('shortfall.have')}</dt>
              <dd data-col="have">{counted(row.have, unit)}</dd>
            </div>
            <div>
              <dt>{t(row.measure === 'idle' ? 'shortfall.most' : 'shortfall.need')}</dt>
              <dd data-col="need">{counted(row.need, unit)}</dd>
            </div>
            <div class={standing === 'short' ? 'is-short' : undefined}>
              <dt>{t(row.measure === 'idle' ? 'shortfall.over' : 'shortfall.short')}</dt>
              <dd data-col="short">{counted(row.short, unit)}</dd>
            </div>
          </dl>
        </>
      )}
      <div class="row-more">
        <Trend row={row} />
        {row.unknown ? <p>{t('shortfall.unknown', { n: row.unknown })}</p> : null}
        {(row.urban || row.rural) && (
          <p class="places">
            {row.urban && <Side name={t('shortfall.urban')} of={row.urban} row={row} />}
            {row.rural && <Side name={t('shortfall.rural')} of={row.rural} row={row} />}
          </p>
        )}
        {standing !== 'hidden' && standing !== 'not_applicable' && mine && (
          <p class="row-open">
            {t('shortfall.open')}
            {whats.map((w) => (
              <button type="button" key={w} class="link" onClick={() => open(w)} data-testid="behind" data-what={w}>
                {t(`shortfall.behind.${w}`)}
              </button>
            ))}
          </p>
        )}
      </div>
    </li>
  )
}

/** Bar is the share as a bar with a mark where the target lies; a standard without a share has none. */
function Bar({ row }: { row: StandardRow }) {
  const share = row.share ?? null
  if (share === null) return <p class="row-bar" />
  const goal = row.target.unit === '%' ? row.target.value / 100 : 1
  return (
    <p class="row-bar">
      <b data-col="share">{valueOf(row, row.target.unit)}</b>
      <span class="goal-bar" aria-hidden="true">
        <i style={{ width: `${Math.min(1, Math.max(0, share)) * 100}%` }} />
        <i class="goal" style={{ left: `${Math.min(1, Math.max(0, goal)) * 100}%` }} />
      </span>
    </p>
  )
}

/** Trend says how far a row has come since the report before. */
function Trend({ row }: { row: StandardRow }) {
  const went = turn(row)
  if (!went || !row.trend) return null
  const since = day(row.trend.day)
  if (went.by === 0) return <p class="trend">{t('shortfall.trendSame', { day: since })}</p>
  const by = went.share ? t('shortfall.points', { n: decimal(Math.abs(went.by) * 100, 1) }) : amount(Math.abs(went.by))
  return (
    <p class={went.better ? 'trend better' : 'trend worse'} data-testid="trend">
      <span aria-hidden="true">{went.by > 0 ? '↑' : '↓'}</span> {t(went.by > 0 ? 'shortfall.trendUp' : 'shortfall.trendDown', { n: by, day: since })}
    </p>
  )
}

/** Side is a standard in the towns or in the country alone. */
function Side({ name, of, row }: { name: string; of: Figures; row: StandardRow }) {
  const standing = shown(of)
  return (
    <span class={`side ${standing}`}>
      <StandingMark of={standing} alone /> {name} <b>{valueOf(of, row.target.unit)}</b>
      {of.short ? <small> {t(row.measure === 'idle' ? 'shortfall.overBy' : 'shortfall.shortBy', { n: counted(of.short, countedIn(row.measure)) })}</small> : null}
    </span>
  )
}

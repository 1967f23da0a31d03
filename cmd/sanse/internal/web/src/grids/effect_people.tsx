import type { District } from '../api.ts'
import type { Effect } from '../api_grids.ts'
import { day, number } from '../format.ts'
import { t } from '../i18n.ts'
import { GradeMark } from '../parts/marks.tsx'
import { follow, href } from '../route.ts'
import { Named } from '../trust/named.tsx'
import { brief } from './levels.ts'

const listed = 30

/** EffectPeople says who moves, by grade, and who of the red loses a familiar visitor. */
export function EffectPeople({ effect: e, district }: { effect: Effect; district: District }) {
  const m = e.moved
  const red = (e.moves ?? []).filter((v) => v.grade === 'red' && (v.loses_visitors?.length ?? 0) > 0)
  const extras = [
    ['open', m.windows_open],
    ['owed', m.owed],
    ['tasks', m.tasks],
    ['householdsMoved', m.households],
    ['peopleMoved', m.people],
    ['facilities', m.facilities?.length ?? 0],
  ] as const
  return (
    <>
      <table class="wrapped" data-testid="effect-grades">
        <thead>
          <tr>
            <th scope="col">{t('effect.grade')}</th>
            <th scope="col">{t('effect.toCommunity')}</th>
            <th scope="col">{t('effect.toGrid')}</th>
            <th scope="col">{t('effect.toMicro')}</th>
            <th scope="col">{t('effect.familiar')}</th>
          </tr>
        </thead>
        <tbody>
          {(m.by_grade ?? []).map((g) => (
            <tr key={g.grade} data-grade={g.grade}>
              <th scope="row">
                <GradeMark grade={g.grade} grades={district.grades} />
              </th>
              <td>{number(g.community)}</td>
              <td data-col="grid">{number(g.grid)}</td>
              <td data-col="micro">{number(g.micro_grid)}</td>
              <td class={(m.lose_familiar_visitor?.[g.grade] ?? 0) > 0 ? 'alarm' : undefined}>{number(m.lose_familiar_visitor?.[g.grade] ?? 0)}</td>
            </tr>
          ))}
          {(m.by_grade ?? []).length === 0 && (
            <tr>
              <td colSpan={5}>{t('effect.nobody')}</td>
            </tr>
          )}
        </tbody>
      </table>
      <p class="tags">
        {extras
          .filter(([, n]) => n > 0)
          .map(([k, n]) => (
            <span key={k} class={k === 'owed' ? 'tag due' : 'tag kind'}>
              {t(`effect.extra.${k}`, { n: number(n) })}
            </span>
          ))}
      </p>
      {red.length > 0 && (
        <details class="more" open={red.length <= 8}>
          <summary data-testid="effect-red">{t('effect.redLose', { n: number(red.length) })}</summary>
          <ul class="plain-list">
            {red.slice(0, listed).map((v) => (
              <li key={v.resident}>
                <Named id={v.resident} zone={district.time_zone} /> {brief(v.from_micro_grid || v.from_grid)} → {brief(v.to_micro_grid || v.to_grid)}{' '}
                <small>{t('effect.loses', { who: (v.loses_visitors ?? []).join(' '), n: v.keeps_visitors })}</small>
              </li>
            ))}
            {red.length > listed && <li class="hint">{t('effect.inReport', { n: number(red.length - listed) })}</li>}
          </ul>
        </details>
      )}
    </>
  )
}

/** EffectInFlight are the visits of the plan in force to those who move. */
export function EffectInFlight({ effect: e, district }: { effect: Effect; district: District }) {
  const f = e.in_flight
  if (!f.plan) return <p class="hint">{t('effect.noPlanThen', { day: day(e.from) })}</p>
  const list = [...(f.list ?? [])].sort((a, b) => Number(a.in_scope) - Number(b.in_scope))
  return (
    <>
      <dl class="figures">
        <div>
          <dt>{t('effect.visitsToMoved', { n: f.plan })}</dt>
          <dd data-testid="effect-in-flight">{number(f.visits)}</dd>
        </div>
        <div>
          <dt>{t('effect.outOfScope')}</dt>
          <dd class={f.out_of_scope > 0 ? 'bad' : undefined} data-testid="effect-out-of-scope">
            {number(f.out_of_scope)}
          </dd>
        </div>
      </dl>
      {Object.entries(f.by_grade ?? {}).length > 0 && (
        <p class="tags">
          {Object.entries(f.by_grade ?? {}).map(([g, n]) => (
            <span key={g} class="tag kind">
              <GradeMark grade={g} grades={district.grades} /> {number(n)}
            </span>
          ))}
        </p>
      )}
      {list.length > 0 && (
        <details class="more">
          <summary>{t('effect.listVisits')}</summary>
          <ul class="plain-list">
            {list.slice(0, listed).map((v, i) => (
              <li key={i}>
                <a href={href('day', { visitor: v.visitor, date: v.date })} onClick={follow}>
                  {day(v.date)} {v.visitor}
                </a>{' '}
                <span class="code">{v.task || v.resident}</span>{' '}
                <small>
                  {brief(v.from)} → {brief(v.to)}
                  {!v.in_scope && ` · ${t('effect.mustChange')}`}
                </small>
              </li>
            ))}
            {list.length > listed && <li class="hint">{t('effect.inReport', { n: number(list.length - listed) })}</li>}
          </ul>
        </details>
      )}
    </>
  )
}

import type { District } from '../api.ts'
import type { Shortfall } from '../api_shortfall.ts'
import { figure, number, percent, span } from '../format.ts'
import { t, term } from '../i18n.ts'
import { Share } from '../parts/marks.tsx'
import { follow, href } from '../route.ts'

/** Capacity is what there is to serve with: teams, facilities, and visitors' time. */
export function Capacity({ board, district }: { board: Shortfall; district: District }) {
  const { team, facilities: f, visitor_minutes: v } = board
  const lacking = Object.entries(team?.lacking ?? {}).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  if (!team && !f && !v) return null
  return (
    <section class="capacity" data-testid="capacity">
      {team && (
        <div>
          <h2>{t('shortfall.team')}</h2>
          <p class="hint">{t('shortfall.teamNote')}</p>
          {team.residents === 0 ? (
            <p class="row-none">{t('shortfall.noData')}</p>
          ) : (
            <>
              <p class="team-share">
                <Share share={team.complete / team.residents} label={t('shortfall.teamComplete')} />
                <span>{t('shortfall.teamOf', { n: number(team.complete), all: number(team.residents), share: percent(team.complete / team.residents) })}</span>
              </p>
              <ul class="pairs">
                {lacking.map(([k, n]) => (
                  <li key={k} data-testid="lacking" data-kind={k}>
                    <span>{t('shortfall.lacks', { who: term(district.visitor_kinds, k) })}</span>
                    <b>{t('shortfall.of.people', { n: number(n) })}</b>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
      {f && (
        <div>
          <h2>{t('shortfall.facilities')}</h2>
          <ul class="pairs" data-testid="facility-counts">
            {(['open', 'full', 'idle', 'planned'] as const).map((k) => (
              <li key={k} data-state={k}>
                <span>
                  <i class={`state ${k}`} aria-hidden="true" /> {t(`shortfall.facility.${k}`)}
                </span>
                <b>{figure(f[k])}</b>
              </li>
            ))}
            <li data-state="unused">
              <span>{t('shortfall.facility.unused')}</span>
              <b>{figure(f.unused)}</b>
            </li>
          </ul>
        </div>
      )}
      {v && (
        <div>
          <h2>{t('shortfall.visitors')}</h2>
          <p class={v.short > 0 ? 'visitor-short' : 'all-well'} data-testid="visitor-minutes">
            {v.short > 0 ? t('shortfall.visitorsShort', { time: span(v.short), n: number(v.blocks) }) : t('shortfall.visitorsEnough')}{' '}
            {v.short > 0 && (
              <a href={href('board', { area: board.area.code }) + '#unplanned'} onClick={follow}>
                {t('sentence.who')}
              </a>
            )}
          </p>
        </div>
      )}
    </section>
  )
}

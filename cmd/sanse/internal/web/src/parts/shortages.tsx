import { useState } from 'preact/hooks'
import { at, type AreaName, type District, type Shortage } from '../api.ts'
import { number } from '../format.ts'
import { t, term } from '../i18n.ts'
import { days } from '../mend.ts'
import { follow, href } from '../route.ts'
import { useGet } from '../use_get.ts'

const first = 6

/** Shortages says in words what proves that the plan cannot be without lapses; nothing where nothing does. */
export function Shortages({ area, district }: { area: AreaName; district: District }) {
  const got = useGet<Shortage[]>(at.shortages(area.code))
  const [all, setAll] = useState(false)
  const list = [...(got.data ?? [])].sort((a, b) => b.mend_minutes - a.mend_minutes || (a.block < b.block ? -1 : 1))
  if (list.length === 0) return null
  const shown = all ? list : list.slice(0, first)
  return (
    <div class="shortages" data-testid="shortages">
      <h3>{t('board.shortages')}</h3>
      <p class="hint">{t('board.shortagesNote')}</p>
      <ul>
        {shown.map((s, i) => (
          <li key={i} data-testid="shortage" data-block={s.block}>
            <b>
              {s.block === '' || s.block === area.code ? (
                s.name || t('board.shortageDistrict')
              ) : (
                <a href={href('board', { area: s.block }) + '#unplanned'} onClick={follow}>
                  {s.name || s.block}
                </a>
              )}
            </b>
            <p>
              {t('board.shortage', {
                days: days(s.days),
                need: number(s.need_minutes),
                have: number(s.have_minutes),
                short: number(s.short_minutes),
              })}
            </p>
            <p class="work" data-testid="shortage-work">
              {(s.work ?? []).map((w) => (
                <span class="tag" key={`${w.kind ?? ''}/${w.what ?? ''}`}>
                  {t('board.shortageWork', { work: workOf(w, district), n: number(w.visits) })}
                </span>
              ))}
            </p>
            <small>
              {t(s.visitors > 0 ? 'board.shortageMore' : 'board.shortageNobody', {
                needs: number(s.needs),
                visitors: number(s.visitors),
                mend: number(s.mend_minutes),
              })}
              {(s.only ?? []).length > 0 && (
                <>
                  {' '}
                  {t('board.shortageOnly')}
                  {(s.only ?? []).map((v) => (
                    <a key={v} class="code" href={href('day', { visitor: v, date: s.days[0] ?? '' })} onClick={follow}>
                      {v}
                    </a>
                  ))}
                </>
              )}
            </small>
          </li>
        ))}
      </ul>
      {list.length > shown.length && (
        <button type="button" class="button quiet" onClick={() => setAll(true)}>
          {t('board.shortagesMore', { n: number(list.length - shown.length) })}
        </button>
      )}
    </div>
  )
}

/** workOf is what a sort of work is called: a service by its skill, other tasks by their kind, else a care visit. */
function workOf(w: NonNullable<Shortage['work']>[number], district: District): string {
  if (w.what) return term(district.skills, w.what)
  return w.kind ? term(district.task_kinds, w.kind) : t('board.shortageCare')
}

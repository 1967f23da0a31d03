import { useState } from 'preact/hooks'
import { at, type AreaName, type Shortage } from '../api.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { days } from '../mend.ts'
import { follow, href } from '../route.ts'
import { useGet } from '../use_get.ts'

const first = 6

/** Shortages says in words what proves that the plan cannot be without lapses; nothing where nothing does. */
export function Shortages({ area }: { area: AreaName }) {
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
            <small>
              {t(s.visitors > 0 ? 'board.shortageMore' : 'board.shortageNobody', {
                needs: number(s.needs),
                visitors: number(s.visitors),
                mend: number(s.mend_minutes),
              })}
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

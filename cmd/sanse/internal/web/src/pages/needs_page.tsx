import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { atNeeds, needStatuses, type Need, type Needs } from '../api_needs.ts'
import { number } from '../format.ts'
import { homeOf, homes } from '../home.ts'
import { t, term } from '../i18n.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { Homes } from '../parts/homes.tsx'
import { Status } from '../parts/status.tsx'
import { follow, go, href, route } from '../route.ts'
import { ForThose } from '../shortfall/for_those.tsx'
import { NeedDialog } from '../shortfall/need_dialog.tsx'
import { NeedList } from '../shortfall/need_list.tsx'
import { Pager } from '../shortfall/pager.tsx'
import { ProposeBar } from '../shortfall/propose_bar.tsx'
import { Ways } from '../shortfall/ways.tsx'
import { useGet } from '../use_get.ts'
import '../grids.css'
import '../shortfall.css'

const page = 50

/** NeedsPage is the ledger of needs: who needs what how often, who gives it, and what to do where nobody does. */
export function NeedsPage({ district }: { district: District }) {
  const { params } = route.value
  const { service, status } = params
  const home = homeOf(district, params['area'])
  // Of the whole district, and of those alone who were handed over, no area is asked for.
  const area = params['area'] ?? (home === district.code ? undefined : home)
  const from = Math.max(0, Math.floor(Number(params['from'] ?? 0)) || 0)
  const got = useGet<Needs>(atNeeds.list({ area, service, status, limit: page, offset: from }))
  const [chosen, setChosen] = useState<{ need: Need; view: 'change' | 'history' } | null>(null)
  const to = (over: Record<string, string | undefined>) => href('needs', { area, service, status, ...over })
  const n = got.data
  const items = n?.items ?? []
  return (
    <div class="page board shortfall" data-testid="needs" data-total={n?.total}>
      <Ways open="needs" area={area} />
      <header class="board-head">
        <div>
          <h1>{t('needs.title')}</h1>
          <p class="hint">{t('needs.intro')}</p>
        </div>
      </header>
      <ForThose got={got} what={t('needs.hidden')}>
        <Homes district={district} open={area ?? district.code} to={(code) => to({ area: code })} />
        <ProposeBar area={area} service={service} district={district} onDone={got.refresh} />
        <section>
          <div class="need-filters">
            <div class="field">
              <span>{t('day.pickArea')}</span>
              {area ? (
                <span class="chosen-area">
                  <b class="code">{area}</b>{' '}
                  {area !== home ? (
                    <a href={to({ area: undefined })} onClick={follow}>
                      {home === district.code ? t('needs.wholeDistrict') : home}
                    </a>
                  ) : (
                    <AreaSearch within={homes(district)} onPick={(hit) => go(to({ area: hit.code }))} />
                  )}
                </span>
              ) : (
                <AreaSearch onPick={(hit) => go(to({ area: hit.code }))} />
              )}
            </div>
            <label class="field">
              <span>{t('coverage.service')}</span>
              <select value={service ?? ''} onChange={(e) => go(to({ service: e.currentTarget.value }))} data-testid="need-service">
                <option value="">{t('map.all')}</option>
                {wordsOf(district).map((s) => (
                  <option key={s} value={s}>
                    {serviceName(district, s)}
                  </option>
                ))}
              </select>
            </label>
            <label class="field">
              <span>{t('needs.status')}</span>
              <select value={status ?? ''} onChange={(e) => go(to({ status: e.currentTarget.value }))} data-testid="need-status">
                <option value="">{t('map.all')}</option>
                {needStatuses.map((s) => (
                  <option key={s} value={s}>
                    {t(`needs.status.${s}`)}
                  </option>
                ))}
              </select>
            </label>
          </div>
          <p class="hint" role="status" data-testid="needs-total">
            {n && t('needs.found', { n: number(n.total) })}
          </p>
          <Status got={got} />
          {n && n.total === 0 && <p class="row-none">{t('needs.none')}</p>}
          <NeedList items={items} district={district} onOpen={(need, view) => setChosen({ need, view })} />
          {n && <Pager total={n.total} page={page} from={from} onFrom={(f) => go(to({ from: f === 0 ? undefined : String(f) }))} />}
        </section>
      </ForThose>
      {chosen && (
        <NeedDialog
          key={`${chosen.need.id}/${chosen.view}`}
          need={chosen.need}
          view={chosen.view}
          district={district}
          onClose={() => setChosen(null)}
          onChanged={got.refresh}
        />
      )}
    </div>
  )
}

/** wordsOf are the services that a need can ask for: what facilities give, and what is done at home. */
function wordsOf(district: District): string[] {
  return [...district.services, ...district.skills].map((s) => s.key).filter((k, i, all) => all.indexOf(k) === i)
}

/** serviceName is what the district calls a service of a facility or at home. */
export function serviceName(district: District, key: string): string {
  return term([...district.services, ...district.skills], key)
}

import { useEffect, useRef, useState } from 'preact/hooks'
import { at, type AreaName, type Areas, type Binding, type District, type Unplanned, type UnplannedItem } from '../api.ts'
import { detail, visitorsInScope } from '../detail.ts'
import { day, longDay, number, span } from '../format.ts'
import { t, term } from '../i18n.ts'
import { follow, href } from '../route.ts'
import { useGet } from '../use_get.ts'
import { mend } from '../mend.ts'
import { Named } from '../trust/named.tsx'
import { GradeMark, Share } from './marks.tsx'
import { Shortages } from './shortages.tsx'
import { Status } from './status.tsx'

/** Length of a community's code; a grid's is longer, a town's shorter. */
const blockLength = 12
const firstRows = 30
const moreRows = 200
const firstBlocks = 8

/**
 * UnplannedSection says what the plan does not make in an area: how many by
 * reason, what binds in each community, and of every visit whose it is, why,
 * and what would free it. It counts the whole plan whatever period is shown.
 */
export function UnplannedSection({ area, district }: { area: AreaName; district: District }) {
  const got = useGet<Unplanned>(at.unplanned(area.code))
  const [reason, setReason] = useState<string | null>(null)
  const u = got.data
  const items = u?.items ?? []
  const binding = bindingOf(area.code, district.summary?.binding ?? [])
  const box = useRef<HTMLElement>(null)
  const here = u !== null
  // A link to this section was followed before there was anything to scroll to.
  useEffect(() => {
    if (here && location.hash === '#unplanned') box.current?.scrollIntoView()
  }, [here])
  return (
    <section id="unplanned" class="unplanned" ref={box}>
      <h2>
        {t('board.unplanned')} {u && u.total > 0 && <small data-testid="unplanned-total">{t('board.unplannedCount', { n: number(u.total) })}</small>}
      </h2>
      <Status got={got} />
      {u && u.total === 0 && (
        <p class="all-well" data-testid="unplanned-none">
          {t('board.unplannedNone')}
        </p>
      )}
      {items.length > 0 && (
        <>
          <Shortages area={area} district={district} />
          <Reasons items={items} district={district} chosen={reason} onChoose={setReason} />
          {binding.length > 0 && <BindingTable binding={binding} area={area} district={district} />}
          <List key={reason} items={items.filter((i) => reason === null || i.reason === reason)} district={district} />
        </>
      )}
    </section>
  )
}

/** bindingOf are the rows of the communities in an area, or of the one that holds it; those that lack most come first. */
function bindingOf(area: string, all: readonly Binding[]): Binding[] {
  return all
    .filter((b) => b.block.startsWith(area) || area.startsWith(b.block))
    .sort((a, b) => b.care_minutes - a.care_minutes || (a.block < b.block ? -1 : 1))
}

/** Reasons are the counts by reason, the most frequent first; each is a filter of the list. */
function Reasons(props: {
  items: readonly UnplannedItem[]
  district: District
  chosen: string | null
  onChoose: (reason: string | null) => void
}) {
  const { items, chosen, onChoose } = props
  const byReason = new Map<string, number>()
  for (const i of items) byReason.set(i.reason, (byReason.get(i.reason) ?? 0) + 1)
  const rows = [...byReason].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
  const chip = (r: string | null, name: string, n: number) => (
    <button
      type="button"
      key={r ?? ''}
      class="chip"
      aria-pressed={chosen === r}
      onClick={() => onChoose(chosen === r ? null : r)}
      data-testid="reason"
      data-reason={r ?? ''}
    >
      {name} <b>{number(n)}</b>
    </button>
  )
  return (
    <div class="chips reasons" role="group" aria-label={t('board.reasons')}>
      {chip(null, t('board.allReasons'), items.length)}
      {rows.map(([r, n]) => chip(r, term(props.district.reasons, r), n))}
    </div>
  )
}

/** BindingTable says for each community what its missing visits lack, and whose shifts they would need. */
function BindingTable({ binding, area, district }: { binding: readonly Binding[]; area: AreaName; district: District }) {
  const [all, setAll] = useState(false)
  const communities = useGet<Areas>(at.areas('community', area.level === 'town' ? area.code : undefined))
  const names = new Map((communities.data?.features ?? []).map((f) => [f.properties.code, f.properties.name]))
  const shown = all ? binding : binding.slice(0, firstBlocks)
  return (
    <div class="binding">
      <h3>{t('board.binding')}</h3>
      <p class="hint">{t('board.bindingNote')}</p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('board.binding')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('level.community')}</th>
              <th scope="col">{t('board.mainReason')}</th>
              <th scope="col">{t('board.missing')}</th>
              <th scope="col" title={t('board.shortNote')}>
                {t('board.short')}
              </th>
              <th scope="col">{t('board.whose')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map((b) => {
              const n = visitorsInScope(b.detail)
              const others = Object.entries(b.by_reason)
                .filter(([r]) => r !== b.reason)
                .sort((x, y) => y[1] - x[1])
              return (
                <tr key={b.block} data-testid="binding" data-block={b.block}>
                  <th scope="row">
                    {b.block === area.code.slice(0, blockLength) && area.level === 'community' ? (
                      area.name
                    ) : (
                      <a href={href('board', { area: b.block }) + '#unplanned'} onClick={follow}>
                        {names.get(b.block) ?? b.block}
                      </a>
                    )}
                  </th>
                  <td data-label={t('board.mainReason')}>
                    <div>
                      {term(district.reasons, b.reason)} <span class="code">{number(b.by_reason[b.reason] ?? 0)}</span>
                      {b.lapses > 0 && b.proven === false && <small>{t('board.notProven')}</small>}
                      {others.map(([r, k]) => (
                        <small key={r}>
                          {term(district.reasons, r)} {number(k)}
                        </small>
                      ))}
                    </div>
                  </td>
                  <td data-label={t('board.missing')}>
                    <div>
                      {b.lapses > 0 && <span class="tag lapse">{t('board.missingLapses', { n: number(b.lapses) })}</span>}{' '}
                      {b.owed > 0 && <span class="tag due">{t('board.missingOwed', { n: number(b.owed) })}</span>}
                    </div>
                  </td>
                  <td data-label={t('board.short')} title={t('board.shortNote')}>
                    <div>
                      <b>{span(b.care_minutes)}</b>
                    </div>
                  </td>
                  <td data-label={t('board.whose')}>
                    <div>
                      <a href={href('day', { area: b.block })} onClick={follow}>
                        {n === null ? t('board.scopeSome') : t('board.scopeOf', { n: number(n) })}
                      </a>
                      <small>{t('board.shifts', { all: span(b.shift_minutes), used: span(b.used_minutes) })}</small>
                      {b.shift_minutes > 0 && <Share share={b.used_minutes / b.shift_minutes} />}
                    </div>
                  </td>
                </tr>
              )
            })}
          </tbody>
        </table>
      </div>
      {binding.length > shown.length && (
        <button type="button" class="button quiet" onClick={() => setAll(true)}>
          {t('board.bindingMore', { n: number(binding.length - shown.length) })}
        </button>
      )}
    </div>
  )
}

/** List is every visit that is not planned, one a row. */
function List({ items, district }: { items: readonly UnplannedItem[]; district: District }) {
  const [many, setMany] = useState(firstRows)
  return (
    <>
      <p class="hint" role="status" data-testid="unplanned-shown">
        {t('board.shown', { n: number(items.length) })}
      </p>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('board.unplanned')}>
        <table class="who-and-why">
          <thead>
            <tr>
              {(['dueBy', 'resident', 'grade', 'grid', 'reason', 'detail'] as const).map((c) => (
                <th scope="col" key={c}>
                  {t(`board.${c}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {items.slice(0, many).map((i, k) => (
              <tr key={k} data-testid="unplanned" data-resident={i.resident} data-task={i.task}>
                <td title={longDay(i.due_by)} data-label={t('board.dueBy')}>
                  <div>
                    {day(i.due_by)} <span class={i.owed ? 'tag due' : 'tag lapse'}>{t(i.owed ? 'board.isOwed' : 'board.isLapse')}</span>
                  </div>
                </td>
                <td class="code" data-label={t('board.resident')}>
                  <div>
                    {i.resident ? <Named id={i.resident} zone={district.time_zone} /> : i.task}
                    {i.task && i.resident && <small>{i.task}</small>}
                  </div>
                </td>
                <td data-label={t('board.grade')}>
                  {i.task ? (
                    <div>
                      {term(district.task_kinds, i.kind ?? '')}
                      {i.what && <small>{term(district.skills, i.what)}</small>}
                    </div>
                  ) : (
                    <GradeMark grade={i.grade} grades={district.grades} />
                  )}
                </td>
                <td data-label={t('board.grid')}>
                  <a class="code" href={href('board', { area: i.grid })} onClick={follow}>
                    {i.grid}
                  </a>
                </td>
                <td data-label={t('board.reason')}>
                  <div>{term(district.reasons, i.reason)}</div>
                </td>
                <td class="detail" data-label={t('board.detail')}>
                  <div>
                    {detail(i.detail, [...district.skills, ...district.visitor_kinds])}
                    {(i.mends ?? []).length > 0 && (
                      <ul class="mends" data-testid="mends">
                        {(i.mends ?? []).map((m, n) => (
                          <li key={n} data-kind={m.kind}>
                            {m.visitor && m.date ? (
                              <a href={href('day', { visitor: m.visitor, date: m.date })} onClick={follow}>
                                {mend(m, district)}
                              </a>
                            ) : (
                              mend(m, district)
                            )}
                          </li>
                        ))}
                      </ul>
                    )}
                    {(i.mends ?? []).length === 0 && i.visitor && i.date && (
                      <>
                        {' '}
                        <a href={href('day', { visitor: i.visitor, date: i.date })} onClick={follow}>
                          {t('board.nearestShift')}
                        </a>
                      </>
                    )}
                  </div>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {items.length > many && (
        <button type="button" class="button quiet" onClick={() => setMany(many + moreRows)}>
          {t('board.moreRows', { n: number(Math.min(moreRows, items.length - many)) })}
        </button>
      )}
    </>
  )
}

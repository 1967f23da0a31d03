import type { District } from '../api.ts'
import { flags, mondayOf, recordsAt, type Forms, type SeenRecords } from '../api_records.ts'
import { whereOf } from '../cases/where.ts'
import { addDays, isDate } from '../format.ts'
import { homeOf } from '../home.ts'
import { t } from '../i18n.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { Homes } from '../parts/homes.tsx'
import { Status } from '../parts/status.tsx'
import { RecordCard } from '../records/record_card.tsx'
import { SampleSection } from '../records/sample_section.tsx'
import { said } from '../records/words.ts'
import { follow, go, href, route } from '../route.ts'
import { useGet } from '../use_get.ts'
import '../grids.css'
import '../records.css'

const keys = ['area', 'from', 'to', 'flag', 'open', 'after', 'week'] as const
type Params = Partial<Record<(typeof keys)[number], string | undefined>>

/** RecordsPage is what was recorded at the doors of an area: what is doubtful for a human to look at, and the sample of a week. */
export function RecordsPage({ district }: { district: District }) {
  const { params } = route.value
  const q: Params = Object.fromEntries(keys.map((k) => [k, params[k]]))
  const area = q.area ?? homeOf(district)
  const { week: _, ...list } = q
  const got = useGet<SeenRecords>(recordsAt.list({ ...list, area }))
  const forms = useGet<Forms>(recordsAt.forms())
  const to = (over: Params) => href('records', { ...q, after: undefined, ...over })
  const dated = (k: 'from' | 'to') => (e: { currentTarget: HTMLInputElement }) => {
    const v = e.currentTarget.value
    if (v === '' || isDate(v)) go(to({ [k]: v || undefined }))
  }
  const items = got.data?.items ?? []
  const week = mondayOf(isDate(q.week) ? q.week : addDays(district.today, -7))
  return (
    <div class="page board records" data-testid="records" data-count={got.data ? items.length : undefined}>
      <header class="board-head">
        <div>
          <h1>{t('page.records')}</h1>
          <p class="hint">
            {t('rec.note')}{' '}
            <a href={href('form', {})} onClick={follow} data-testid="to-form">
              {t('page.form')}
            </a>
          </p>
          <p>
            <b data-testid="records-area">{area === district.code ? district.name : whereOf(got.data?.where ?? []) || area}</b>
          </p>
          <Homes district={district} open={area} to={(code) => to({ area: code })} />
        </div>
        <AreaSearch label={t('rec.area')} within={district.viewer} onPick={(hit) => go(to({ area: hit.code }))} />
      </header>
      <section>
        <div class="filters">
          <label class="field">
            <span>{t('rec.which')}</span>
            <select value={q.open ? 'open' : (q.flag ?? '')} onChange={(e) => go(to(e.currentTarget.value === 'open' ? { flag: undefined, open: 'true' } : { flag: e.currentTarget.value || undefined, open: undefined }))} data-testid="records-flag">
              <option value="">{t('rec.all')}</option>
              <option value="open">{t('rec.open')}</option>
              <option value="any">{t('rec.any')}</option>
              {flags.map((f) => (
                <option key={f} value={f}>
                  {said('flag', f)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t('rec.from')}</span>
            <input type="date" value={q.from ?? got.data?.from ?? ''} max={q.to ?? district.today} onChange={dated('from')} data-testid="records-from" />
          </label>
          <label class="field">
            <span>{t('rec.to')}</span>
            <input type="date" value={q.to ?? got.data?.to ?? ''} min={q.from} max={district.today} onChange={dated('to')} data-testid="records-to" />
          </label>
        </div>
        <Status got={got} />
        {got.data && items.length === 0 && <p class="row-none">{t('rec.none')}</p>}
        <ul class="record-list" data-testid="record-list">
          {items.map((r) => (
            <RecordCard key={r.id} record={r} forms={forms.data} zone={district.time_zone} onChanged={got.refresh} />
          ))}
        </ul>
        {(q.after || got.data?.next) && (
          <nav class="pager" aria-label={t('rec.pages')}>
            {q.after && (
              <a class="button quiet" href={to({})} onClick={follow}>
                {t('rec.newest')}
              </a>
            )}
            {got.data?.next && (
              <a class="button quiet" href={to({ after: got.data.next })} onClick={follow} data-testid="records-older">
                {t('rec.older')} ›
              </a>
            )}
          </nav>
        )}
      </section>
      <SampleSection area={area} week={week} today={district.today} forms={forms.data} zone={district.time_zone} to={(w) => href('records', { ...q, week: w })} />
    </div>
  )
}

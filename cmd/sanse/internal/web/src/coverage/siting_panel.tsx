import type { District } from '../api.ts'
import type { Site, SitingAsk, SitingResult } from '../api_coverage.ts'
import { decimal, number, percent, walk } from '../format.ts'
import { lang, t } from '../i18n.ts'
import { OwnCandidates } from './own_candidates.tsx'
import { asks, byMoney, counts, type Search, type Wish } from './siting.ts'

const goals: readonly Wish['goal'][] = ['mclp', 'lscp', 'pmedian', 'pcenter']
const people: readonly Wish['who'][] = ['people', 'over60', 'disabled', 'residents', 'unmet']
const open: readonly Wish['who'][] = ['people', 'over60']
const places: readonly Wish['candidates'][] = ['streets', 'buildings', 'own']
const limits: readonly Wish['limit'][] = ['p', 'budget']
const times: readonly number[] = [5, 10, 30, 60]

/** gapWords is how far from the best an answer can be at most; never “0 %” of what is not proven. */
export function gapWords(r: Pick<SitingResult, 'gap' | 'proven'>): string {
  if (r.proven || r.gap === 0) return t('cov.site.proven')
  if (r.gap === null || !Number.isFinite(r.gap)) return ''
  // Rounded up: the promise holds.
  const tenths = Math.ceil(r.gap * 1000 - 1e-9) / 10
  return t('cov.site.gap', { gap: `${decimal(tenths)}%` })
}

/** SitingPanel asks where to build, shows how far the search is, and lists what it found with its proof. */
export function SitingPanel(props: {
  district: District
  search: Search
  area: { code: string; name: string } | null
  how: Pick<SitingAsk, 'service' | 'minutes' | 'speed'>
  /** who looks from outside may not ask about residents */
  outside: boolean
  selected: number
  onSelect: (rank: number) => void
  onTryAll: () => void
  /** a candidate in the middle of what is seen of the map */
  onCenter: () => void
}) {
  const { search, area } = props
  const wish = search.wish.value
  const set = (patch: Partial<Wish>) => (search.wish.value = { ...wish, ...patch })
  const job = search.job.value
  const result = job?.result ?? null
  const spent = job?.progress ?? null
  const own = search.own.value
  const begin = () => void search.begin(asks(wish, own, props.how, area?.code))
  const budget = search.asked.value?.budget
  const said = result?.message
  return (
    <section data-testid="siting-panel" data-state={job?.state ?? ''}>
      <p class="hint cov-how">{t('cov.site.intro')}</p>
      <form
        class="cov-siting"
        onSubmit={(e) => {
          e.preventDefault()
          begin()
        }}
      >
        <Choice label={t('cov.site.goal')} value={wish.goal} options={goals.map((g) => [g, t(`cov.site.goal.${g}`)])} on={(v) => set({ goal: v as Wish['goal'] })} testid="goal" />
        <Choice label={t('cov.site.who')} value={wish.who} options={(props.outside ? open : people).map((w) => [w, t(`cov.site.who.${w}`)])} on={(v) => set({ who: v as Wish['who'] })} testid="who" />
        <Choice label={t('cov.site.candidates')} value={wish.candidates} options={places.map((c) => [c, t(`cov.site.candidates.${c}`)])} on={(v) => set({ candidates: v as Wish['candidates'] })} testid="candidates" />
        {wish.candidates === 'own' && <OwnCandidates search={search} onCenter={props.onCenter} />}
        {counts(wish.goal) && wish.candidates === 'own' && (
          <Choice label={t('cov.site.limit')} value={wish.limit} options={limits.map((l) => [l, t(`cov.site.limit.${l}`)])} on={(v) => set({ limit: v as Wish['limit'] })} testid="limit" />
        )}
        {counts(wish.goal) && !byMoney(wish) && (
          <label class="field">
            {t('cov.site.p')}
            <input type="number" min={1} max={200} required value={wish.p} onInput={(e) => set({ p: Math.round(Number(e.currentTarget.value)) })} data-testid="site-p" />
          </label>
        )}
        {byMoney(wish) && (
          <label class="field">
            {t('cov.site.budget')}
            <input type="number" min={1} max={1e12} step={1} required value={wish.budget} onInput={(e) => set({ budget: Math.round(Number(e.currentTarget.value)) })} data-testid="site-budget" />
          </label>
        )}
        <label class="field">
          {t('cov.site.beside')}
          <input type="number" min={0} max={2000} step={50} value={wish.beside} onInput={(e) => set({ beside: Number(e.currentTarget.value) })} />
        </label>
        <Choice label={t('cov.site.seconds')} value={String(wish.seconds)} options={times.map((n) => [String(n), t('cov.site.secondsOf', { n })])} on={(v) => set({ seconds: Number(v) })} testid="seconds" />
        {area && (
          <label class="switch">
            <input type="checkbox" checked={wish.inArea} onChange={(e) => set({ inArea: e.currentTarget.checked })} />
            {t('cov.site.area', { name: area.name })}
          </label>
        )}
        <div class="buttons">
          <button type="submit" class="button" disabled={search.runs || (wish.candidates === 'own' && own.length === 0)} data-testid="site-begin">
            {t('cov.site.begin')}
          </button>
          {search.runs && (
            <button type="button" class="button quiet" onClick={() => void search.stop()} data-testid="site-stop">
              {t('cov.site.stop')}
            </button>
          )}
        </div>
      </form>
      {search.error.value && (
        <p class="status failed" role="alert">
          {t('cov.site.failed', { why: search.error.value })}
        </p>
      )}
      {search.runs && (
        <p class="cov-progress" role="status">
          <span class="spinner" aria-hidden="true" />
          {t('cov.site.running')}
          {spent !== null && <progress max={1} value={spent} aria-label={t('cov.site.running')} />}
        </p>
      )}
      {result && job && (
        <div aria-live="polite" data-testid="siting-result">
          <p class="cov-proof" data-testid="siting-proof">
            <b>{search.runs ? t('cov.site.running') : t('cov.site.done')}</b>
            {gapWords(result) && <> · {gapWords(result)}</>}
          </p>
          {said && <p class="hint">{said[lang.value] || said.zh}</p>}
          {budget !== undefined && (
            <p class="hint" data-testid="site-spent">
              {t('cov.site.spent', { n: number(result.sites.features.reduce((sum, f) => sum + (f.properties.price ?? 0), 0)), budget: number(budget) })}
            </p>
          )}
          <Sites sites={result.sites.features.map((f) => f.properties)} goal={search.asked.value?.goal ?? 'mclp'} total={result.total} selected={props.selected} onSelect={props.onSelect} />
          {result.sites.features.length > 0 && (
            <button type="button" class="button cov-wide" disabled={search.runs} onClick={props.onTryAll} data-testid="try-all">
              {t('cov.site.tryAll')}
            </button>
          )}
        </div>
      )}
    </section>
  )
}

function Choice(props: { label: string; value: string; options: readonly (readonly [string, string])[]; on: (v: string) => void; testid: string }) {
  return (
    <label class="field">
      {props.label}
      <select value={props.value} onChange={(e) => props.on(e.currentTarget.value)} data-testid={props.testid}>
        {props.options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </label>
  )
}

function Sites(props: { sites: readonly Site[]; goal: SitingAsk['goal']; total: number; selected: number; onSelect: (rank: number) => void }) {
  const steps = props.sites
  if (steps.length === 0) return <p class="hint">{t('cov.site.none')}</p>
  // Goals of covering count people, the others walks.
  const people = props.goal === 'mclp' || props.goal === 'lscp'
  const figure = (v: number) => (people ? number(v) : props.goal === 'pcenter' ? walk(v) : props.total > 0 ? walk(v / props.total) : number(v))
  return (
    <table class="cov-table" data-testid="sites">
      <thead>
        <tr>
          <th scope="col">{t('cov.site.rank')}</th>
          <th scope="col">{t('cov.site.what')}</th>
          <th scope="col">{t('cov.site.gain')}</th>
          <th scope="col">{t('cov.site.after')}</th>
        </tr>
      </thead>
      <tbody>
        {steps.map((s) => (
          <tr key={s.rank} data-rank={s.rank} data-selected={s.rank === props.selected}>
            <th scope="row">
              <button type="button" class="cov-rank" aria-label={t('cov.site.show', { n: s.rank })} onClick={() => props.onSelect(s.rank)}>
                {s.rank}
              </button>
            </th>
            <td>
              {t(`cov.site.status.${s.status}`)}
              {s.price !== undefined && s.price > 0 && <small> {t('cov.site.costs', { id: s.id, n: number(s.price) })}</small>}
            </td>
            <td data-value="gain">{people ? `+${number(s.gain)}` : `−${figure(s.gain)}`}</td>
            <td>
              {figure(s.after)}
              {people && props.total > 0 && <small>{percent(s.after / props.total)}</small>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

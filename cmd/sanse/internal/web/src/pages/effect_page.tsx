import { useEffect, useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { atDraft, DraftClient, type Draft } from '../api_editor.ts'
import { answer, atGrids, type Effect, type Publication } from '../api_grids.ts'
import { PublishDialog } from '../editor/publish_dialog.tsx'
import { isDate, longDay, number } from '../format.ts'
import { EffectAreaTable } from '../grids/effect_areas.tsx'
import { EffectMaps } from '../grids/effect_maps.tsx'
import { EffectInFlight, EffectPeople } from '../grids/effect_people.tsx'
import { EffectPlan } from '../grids/effect_plan.tsx'
import { firstDay } from '../grids/days.ts'
import { Refusal } from '../grids/dialog.tsx'
import { communityOf } from '../grids/levels.ts'
import { codes, refused } from '../grids/refusal.ts'
import { lang, t } from '../i18n.ts'
import { rich } from '../parts/rich.tsx'
import { Status } from '../parts/status.tsx'
import { follow, go, href, route } from '../route.ts'
import { FileLink } from '../trust/file_link.tsx'
import { useGet } from '../use_get.ts'
import '../grids.css'

/** EffectPage shows what a draft would do before it is published: who moves, loads before and after, the plan made again. */
export function EffectPage({ district }: { district: District }) {
  const { params } = route.value
  const id = /^[1-9]\d*$/.test(params['draft'] ?? '') ? Number(params['draft']) : null
  if (id === null)
    return (
      <div class="page grids">
        <p class="hint">
          {t('effect.noDraft')}{' '}
          <a href={href('grids')} onClick={follow}>
            {t('effect.toDrafts')}
          </a>
        </p>
      </div>
    )
  return <DraftEffect key={id} id={id} district={district} />
}

function DraftEffect({ id, district }: { id: number; district: District }) {
  const { params } = route.value
  const asked = isDate(params['from']) ? params['from'] : undefined
  const draft = useGet<Draft>(atDraft.draft(id))
  const published = useGet<{ items: Publication[] | null }>(atGrids.publications())
  const got = useGet<Effect>(atGrids.effect(id, asked), answer)
  const [publish, setPublish] = useState<DraftClient | null>(null)
  const [done, setDone] = useState(false)
  const [selected, setSelected] = useState<string | null>(null)
  const e = got.data
  const from = e?.from ?? asked ?? firstDay(district.today, published.data?.items ?? [])
  const open = draft.data?.state === 'open'
  // The editor opens where the change is: at the area that is looked at, or at the only community that changes.
  const changed = new Set((e?.areas ?? []).map((a) => communityOf(a.code)))
  const area = selected ? communityOf(selected) : changed.size === 1 ? [...changed][0] : null
  return (
    <div class="page grids effect" data-testid="effect" data-from={e?.from} data-version={e?.draft?.version}>
      <header class="grids-head">
        <div>
          <nav class="crumbs" aria-label={t('board.path')}>
            <ol>
              <li>
                <a href={href('grids')} onClick={follow}>
                  {t('page.grids')}
                </a>
              </li>
              <li>
                <span aria-current="page">{draft.data?.name ?? '…'}</span>
              </li>
            </ol>
          </nav>
          <h1>{t('effect.title')}</h1>
          {draft.data && <p class="hint">{t('effect.intro', { n: number(draft.data.position), version: e?.draft?.version ?? draft.data.version })}</p>}
        </div>
        <div class="effect-tools">
          <label class="field day-field">
            <span>{t('grids.effective')}</span>
            <input
              type="date"
              min={firstDay(district.today, published.data?.items ?? [])}
              value={from}
              onChange={(ev) => isDate(ev.currentTarget.value) && go(href('effect', { draft: String(id), from: ev.currentTarget.value }), 'replace')}
              data-testid="effect-from"
            />
          </label>
          {open && (
            <a class="button quiet" href={href('edit', { draft: String(id), area: area ?? undefined })} onClick={follow} data-testid="effect-edit">
              {t('grids.edit')}
            </a>
          )}
          {e && (
            <>
              <FileLink address={atGrids.effectFile(id, 'html', e.from, lang.value)} look="button quiet" tab testid="effect-report">
                {t('effect.report')}
              </FileLink>
              <FileLink address={atGrids.effectFile(id, 'xlsx', e.from, lang.value)} look="button quiet" testid="effect-workbook">
                {t('effect.workbook')}
              </FileLink>
            </>
          )}
          {open && draft.data && (
            <button
              type="button"
              class="button"
              onClick={() => {
                const client = new DraftClient(id)
                // What is published is what was looked at, not what somebody made of it since.
                client.version.value = e?.draft?.version ?? draft.data?.version ?? 0
                setPublish(client)
              }}
              data-testid="effect-publish"
            >
              {t('grids.publish')}
            </button>
          )}
        </div>
      </header>
      {draft.error && <Status got={draft} />}
      {got.loading && <Waiting stale={e !== null} />}
      {got.error && !got.loading && (
        <Refusal>
          {refused(got.error)}{' '}
          <button type="button" class="link" onClick={got.again}>
            {t('app.retry')}
          </button>
        </Refusal>
      )}
      {e && (
        <div class={got.loading ? 'effect-body stale' : 'effect-body'}>
          <Verdict effect={e} />
          <Warnings effect={e} />
          <EffectMaps effect={e} district={district} selected={selected} onSelect={setSelected} />
          <div class="two">
            <section>
              <h2>{t('effect.people')}</h2>
              <EffectPeople effect={e} district={district} />
              <h2 class="next">{t('effect.inFlight')}</h2>
              <EffectInFlight effect={e} district={district} />
            </section>
            <section>
              <h2>{t('effect.plan')}</h2>
              <EffectPlan effect={e} />
            </section>
          </div>
          <section>
            <h2>{t('effect.areas')}</h2>
            <EffectAreaTable effect={e} district={district} selected={selected} onSelect={setSelected} />
          </section>
          <p class="hint">{t('effect.private')}</p>
        </div>
      )}
      {publish && (
        <PublishDialog
          client={publish}
          from={from}
          seen
          onPublished={() => setDone(true)}
          onClose={() => {
            setPublish(null)
            if (done) go(href('grids'))
            else draft.refresh()
          }}
        />
      )}
    </div>
  )
}

/** Waiting says what takes the time, and how long it has taken so far. */
function Waiting({ stale }: { stale: boolean }) {
  const [seconds, setSeconds] = useState(0)
  useEffect(() => {
    const began = performance.now()
    const timer = setInterval(() => setSeconds(Math.floor((performance.now() - began) / 1000)), 500)
    return () => clearInterval(timer)
  }, [])
  return (
    <section class="effect-waiting" role="status" data-testid="effect-waiting">
      <span class="spinner" aria-hidden="true" />
      <div>
        <b>{t('effect.computing')}</b>
        <p class="hint">{t(stale ? 'effect.computingAgain' : 'effect.computingNote')}</p>
      </div>
      {seconds > 0 && (
        <span class="hint" aria-hidden="true">
          {t('effect.seconds', { n: seconds })}
        </span>
      )}
    </section>
  )
}

/** Verdict is the effect in one sentence. */
function Verdict({ effect: e }: { effect: Effect }) {
  const { before, after } = e.plan.total
  const worse = e.plan.planned > 0 && after.lapses > before.lapses
  const b = (n: number) => <b>{number(n)}</b>
  const red = e.moved.by_grade?.find((g) => g.grade === 'red')
  return (
    <section class={`sentence ${worse ? 'broken' : 'kept'}`} aria-label={t('effect.title')}>
      <span class="verdict">{t(worse ? 'effect.worse' : e.plan.planned > 0 && after.lapses < before.lapses ? 'effect.better' : 'effect.kept')}</span>
      <p>
        {t('effect.from', { day: longDay(e.from) })}
        {t('sentence.join')}
        {rich(t('effect.sentence.moved'), {
          n: (
            <b data-testid="effect-moved">{number(e.moved.residents)}</b>
          ),
          red: b((red?.community ?? 0) + (red?.grid ?? 0) + (red?.micro_grid ?? 0)),
        })}
        {t('sentence.join')}
        {rich(t('effect.sentence.flight'), { n: b(e.in_flight.visits), out: b(e.in_flight.out_of_scope) })}
        {t('sentence.join')}
        {e.plan.planned === 0
          ? t('effect.sentence.planSame')
          : rich(t('effect.sentence.lapses'), { before: <b class="plain">{number(before.lapses)}</b>, after: <b data-testid="effect-lapses">{number(after.lapses)}</b> })}
        {t('sentence.end')}
      </p>
    </section>
  )
}

/** Warnings are what must be known before anything else. */
function Warnings({ effect: e }: { effect: Effect }) {
  const { no_visitor, stranded_visitors, no_own_visitor } = e.changes
  const all = { nowhere: e.moved.nowhere, no_visitor, stranded_visitors, no_own_visitor }
  const some = (Object.keys(all) as (keyof typeof all)[]).filter((k) => (all[k] ?? []).length > 0)
  if (some.length === 0) return null
  return (
    <ul class="effect-warnings">
      {some.map((k) => (
        // Of a new area those who answer for the wider one still take care.
        <li key={k} class={k === 'no_own_visitor' ? 'heed' : 'refusal'}>
          {t(`effect.warn.${k}`)} <span class="code">{codes(all[k] ?? [])}</span>
        </li>
      ))}
    </ul>
  )
}

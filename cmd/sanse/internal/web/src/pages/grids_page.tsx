import { useEffect, useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { atDraft, beginDraft, type Draft } from '../api_editor.ts'
import { atGrids, type Publication } from '../api_grids.ts'
import { DraftCard } from '../grids/draft_card.tsx'
import { PlaceHistory } from '../grids/place_history.tsx'
import { NameDialog } from '../grids/name_dialog.tsx'
import { Publications } from '../grids/publications.tsx'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'
import '../grids.css'

/** GridsPage is where a planner begins: drafts of new boundaries, what was published, and which grid a place was in. */
export function GridsPage({ district }: { district: District }) {
  const drafts = useGet<{ items: Draft[] | null }>(atDraft.list())
  const published = useGet<{ items: Publication[] | null }>(atGrids.publications())
  const [begin, setBegin] = useState(false)
  const changed = () => {
    drafts.refresh()
    published.refresh()
  }
  // Two planners may be at work: whoever comes back sees what the other did.
  useEffect(() => {
    const seen = () => {
      if (document.visibilityState === 'visible') changed()
    }
    document.addEventListener('visibilitychange', seen)
    return () => document.removeEventListener('visibilitychange', seen)
  }, [])
  const all = drafts.data?.items ?? []
  const open = all.filter((d) => d.state === 'open')
  const closed = all.filter((d) => d.state !== 'open')
  return (
    <div class="page grids" data-testid="grids">
      <header class="grids-head">
        <div>
          <h1>{t('grids.title')}</h1>
          <p class="hint">{t('grids.intro')}</p>
        </div>
        <button type="button" class="button" onClick={() => setBegin(true)} data-testid="begin">
          {t('grids.begin')}
        </button>
      </header>
      <section aria-labelledby="drafts-title">
        <h2 id="drafts-title">
          {t('grids.drafts')} {open.length > 0 && <small>{number(open.length)}</small>}
        </h2>
        <Status got={drafts} />
        {drafts.data && open.length === 0 && <p class="hint">{t('grids.noDrafts')}</p>}
        <ul class="drafts">
          {open.map((d) => (
            <DraftCard key={d.id} draft={d} district={district} onChanged={changed} />
          ))}
        </ul>
        {closed.length > 0 && (
          <details class="more">
            <summary data-testid="closed-drafts">{t('grids.closed', { n: number(closed.length) })}</summary>
            <ul class="drafts">
              {closed.map((d) => (
                <DraftCard key={d.id} draft={d} district={district} onChanged={changed} />
              ))}
            </ul>
          </details>
        )}
      </section>
      <section aria-labelledby="published-title">
        <h2 id="published-title">{t('grids.publications')}</h2>
        <Status got={published} />
        {published.data && <Publications publications={published.data.items ?? []} drafts={all} district={district} onChanged={changed} />}
      </section>
      <section aria-labelledby="history-title">
        <h2 id="history-title">{t('grids.history')}</h2>
        <p class="hint">{t('grids.historyNote')}</p>
        <PlaceHistory district={district} />
      </section>
      {begin && (
        <NameDialog
          title={t('grids.begin')}
          act={t('grids.beginAct')}
          hint={t('grids.beginNote')}
          onClose={() => setBegin(false)}
          onSave={async (name, note) => {
            await beginDraft(name, note)
            changed()
          }}
        />
      )}
    </div>
  )
}

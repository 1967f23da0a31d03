import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import type { Draft, DraftDetail } from '../api_editor.ts'
import { atDraft } from '../api_editor.ts'
import type { Publication } from '../api_grids.ts'
import { addDays, longDay, number } from '../format.ts'
import { t } from '../i18n.ts'
import { useGet } from '../use_get.ts'
import { inForce } from './days.ts'
import { levelOf } from './levels.ts'
import { moment } from './moment.ts'
import { RollBackDialog } from './roll_back_dialog.tsx'

/** Publications is the one line of boundaries that hold, held or will hold, the latest first. */
export function Publications(props: { publications: Publication[]; drafts: Draft[]; district: District; onChanged: () => void }) {
  const { publications: all, district } = props
  const [undo, setUndo] = useState<Publication | null>(null)
  if (all.length === 0) return <p class="hint">{t('grids.noPublications')}</p>
  const now = inForce(all, district.today)?.id
  return (
    <>
      <ol class="publications">
        {all.map((p) => {
          const when = p.effective > district.today ? 'coming' : p.id === now ? 'now' : 'past'
          return (
            <li key={p.id} class={when} data-testid="publication" data-id={p.id} data-when={when}>
              <div>
                <b>{t('grids.from', { day: longDay(p.effective) })}</b> <span class={`tag ${when}`}>{t(`grids.when.${when}`)}</span>
              </div>
              <Origin publication={p} drafts={props.drafts} />
              <p class="hint">
                {t('grids.number', { n: p.id })} · {t('grids.publishedAt', { at: moment(p.at, district.time_zone) })}
              </p>
              <button type="button" class="button quiet" onClick={() => setUndo(p)} data-testid="roll-back">
                {t('grids.rollBack')}
              </button>
            </li>
          )
        })}
      </ol>
      {undo && (
        <RollBackDialog
          district={district}
          publications={all}
          backTo={addDays(undo.effective, -1)}
          onClose={() => setUndo(null)}
          onPublished={props.onChanged}
        />
      )}
    </>
  )
}

/** Origin says where the boundaries of a publication came from, and what they changed. */
function Origin({ publication: p, drafts }: { publication: Publication; drafts: Draft[] }) {
  const got = useGet<DraftDetail>(p.draft === null ? null : atDraft.draft(p.draft))
  if (p.draft === null) return <p>{t('grids.fromDay', { day: longDay(p.back_to ?? '') })}</p>
  const name = drafts.find((d) => d.id === p.draft)?.name ?? got.data?.name ?? `#${p.draft}`
  const steps = got.data?.changes.slice(0, got.data.position) ?? []
  const touched = new Set(steps.flatMap((s) => s.areas))
  const count = (level: 'grid' | 'micro-grid') => [...touched].filter((c) => levelOf(c) === level).length
  return (
    <p>
      {t('grids.fromDraft', { name })}
      {got.data && <small class="hint"> {t('grids.touched', { steps: number(steps.length), grids: number(count('grid')), micro: number(count('micro-grid')) })}</small>}
    </p>
  )
}

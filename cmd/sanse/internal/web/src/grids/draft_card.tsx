import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { atDraft, DraftClient, type Draft, type DraftDetail, type DraftStep } from '../api_editor.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { PublishDialog } from '../editor/publish_dialog.tsx'
import { day } from '../format.ts'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { follow, href } from '../route.ts'
import { useGet } from '../use_get.ts'
import { Busy, Dialog, Refusal } from './dialog.tsx'
import { moment } from './moment.ts'
import { NameDialog } from './name_dialog.tsx'
import { codes, refused } from './refusal.ts'

/** knownClient is a client that edits the version of the draft that is shown here. */
function knownClient(d: Draft): DraftClient {
  const client = new DraftClient(d.id)
  client.version.value = d.version
  return client
}

/** DraftCard is one draft: what it is, what it changes, and what can be done with it. */
export function DraftCard({ draft: d, district, onChanged }: { draft: Draft; district: District; onChanged: () => void }) {
  const [asked, setAsked] = useState<'name' | 'drop' | 'publish' | null>(null)
  const [steps, setSteps] = useState(false)
  const [published, setPublished] = useState(false)
  const done = () => setAsked(null)
  const open = d.state === 'open'
  return (
    <li class={`draft ${d.state}`} data-testid="draft" data-id={d.id} data-state={d.state} data-version={d.version}>
      <div class="draft-head">
        <h3>{d.name}</h3>
        <span class={`tag ${d.state}`}>{t(`grids.state.${d.state}`)}</span>
      </div>
      {d.note && <p class="draft-note">{d.note}</p>}
      <p class="hint">
        {t('grids.onBase', { day: day(d.base) })} · {t('grids.changedAt', { at: moment(d.changed_at, district.time_zone) })} ·{' '}
        {t('grids.version', { n: d.version })}
      </p>
      <div class="draft-acts">
        {open && (
          <>
            <a class="button" href={href('edit', { draft: String(d.id) })} onClick={follow} data-testid="draft-edit">
              {t('grids.edit')}
            </a>
            <a class="button quiet" href={href('effect', { draft: String(d.id) })} onClick={follow} data-testid="draft-effect">
              {t('grids.effect')}
            </a>
            <button type="button" class="button quiet" onClick={() => setAsked('publish')} disabled={d.position === 0} title={d.position === 0 ? t('grids.nothingYet') : undefined} data-testid="draft-publish">
              {t('grids.publish')}
            </button>
            <button type="button" class="button quiet" onClick={() => setAsked('name')} data-testid="draft-rename">
              {t('grids.rename')}
            </button>
            <button type="button" class="button quiet" onClick={() => setAsked('drop')} data-testid="draft-drop">
              {t('grids.drop')}
            </button>
          </>
        )}
      </div>
      <details class="more" onToggle={(e) => setSteps(e.currentTarget.open)}>
        <summary data-testid="draft-changes">
          {t('grids.changes', { n: d.position })}
          {d.total > d.position && ` · ${t('grids.undone', { n: d.total - d.position })}`}
        </summary>
        {steps && <Steps draft={d} district={district} />}
      </details>
      {asked === 'name' && (
        <NameDialog
          title={t('grids.rename')}
          act={t('grids.save')}
          name={d.name}
          note={d.note}
          onClose={done}
          onSave={async (name, note) => {
            try {
              await knownClient(d).describe({ name, note })
            } finally {
              onChanged() // where somebody was quicker, what they made of it is what is edited next
            }
          }}
        />
      )}
      {asked === 'drop' && <DropDialog draft={d} onClose={done} onDropped={onChanged} />}
      {asked === 'publish' && (
        <PublishDialog
          client={knownClient(d)}
          onPublished={() => setPublished(true)}
          onClose={() => {
            done()
            // Not before: the card goes elsewhere, and what the dialog tells with it.
            if (published) onChanged()
          }}
        />
      )}
    </li>
  )
}

/** DropDialog asks whether a draft is really given up. */
function DropDialog({ draft, onClose, onDropped }: { draft: Draft; onClose: () => void; onDropped: () => void }) {
  const [busy, setBusy] = useState(false)
  const [why, setWhy] = useState<string | null>(null)
  return (
    <Dialog title={t('grids.dropTitle', { name: draft.name })} onClose={onClose} testid="drop-dialog">
      {(close) => (
        <>
          <p>{t('grids.dropNote', { n: draft.position })}</p>
          {why !== null && <Refusal>{why}</Refusal>}
          {busy && <Busy>{t('grids.saving')}</Busy>}
          <footer>
            <button
              type="button"
              class="button danger"
              disabled={busy}
              data-testid="drop-yes"
              onClick={() => {
                setBusy(true)
                knownClient(draft)
                  .drop()
                  .then(
                    () => {
                      close()
                      onDropped()
                    },
                    (e: unknown) => {
                      setWhy(refused(e))
                      setBusy(false)
                      onDropped() // show what has become of it
                    },
                  )
              }}
            >
              {t('grids.drop')}
            </button>
            <button type="button" class="button quiet" onClick={close}>
              {t('grids.keep')}
            </button>
          </footer>
        </>
      )}
    </Dialog>
  )
}

/** Steps are the changes of a draft in their order, those undone grey. */
function Steps({ draft, district }: { draft: Draft; district: District }) {
  const got = useGet<DraftDetail>(atDraft.draft(draft.id))
  const d = got.data
  return (
    <>
      <Status got={got} />
      {d && d.changes.length === 0 && <p class="hint">{t('grids.nothingYet')}</p>}
      {d && (
        <ol class="steps-list">
          {d.changes.map((s, i) => (
            <li key={s.seq} class={i < d.position ? undefined : 'undone'}>
              <b>{kindName(s.kind)}</b> <span class="code">{codes(touched(s))}</span>{' '}
              <small>
                {moment(s.at, district.time_zone)}
                {i >= d.position && ` · ${t('grids.isUndone')}`}
              </small>
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

/** touched are the grids that a change touches, its micro-grids where it touches no more than those. */
function touched(s: DraftStep): string[] {
  const grids = s.areas.filter((c) => c.length <= 15)
  return grids.length > 0 ? grids : s.areas
}

/** kindName is the word of a kind of change; the kind itself where there is none. */
function kindName(kind: string): string {
  const key = `grids.kind.${kind}`
  return key in dictionary ? t(key as TextKey) : kind
}

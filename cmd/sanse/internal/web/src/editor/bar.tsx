import { useState } from 'preact/hooks'
import type { DraftClient } from '../api_editor.ts'
import { t } from '../i18n.ts'
import { follow, href } from '../route.ts'
import type { EditLevel } from './ground.ts'
import { PublishDialog } from './publish_dialog.tsx'
import type { Session } from './session.ts'

/** Bar is the line over the map: which draft and community, back and forth in time, the level, and where to go from here. */
export function Bar(props: {
  client: DraftClient
  place: string | null
  level: EditLevel
  onLevel: (l: EditLevel) => void
  session: Session | null
  onKeys?: () => void
  onDraw?: () => void
}) {
  const { client, session } = props
  const [publishing, setPublishing] = useState(false)
  const d = client.draft.value
  const editable = d?.state === 'open'
  const busy = client.waiting.value > 0
  // What is on the page alone would not be published with the rest.
  const unsaved = (session?.pending.value.length ?? 0) > 0
  return (
    <div class="ed-bar">
      <nav class="crumbs" aria-label={t('page.edit')}>
        <ol>
          <li>
            <a href={href('grids')} onClick={follow}>
              {t('ed.drafts')}
            </a>
          </li>
          <li>
            {props.place === null ? (
              <b>{d?.name ?? `#${client.id}`}</b>
            ) : (
              <a href={href('edit', { draft: String(client.id) })} onClick={follow} title={t('ed.back')} data-testid="ed-back">
                {d?.name ?? `#${client.id}`}
              </a>
            )}
          </li>
          {props.place !== null && (
            <li>
              <b data-testid="ed-place">{props.place}</b>
            </li>
          )}
        </ol>
        {d && (
          <small class="hint" data-testid="ed-version" data-version={d.version} title={t('ed.version', { n: d.version })}>
            {t('ed.changes', { n: d.position })}
          </small>
        )}
      </nav>
      {d && !editable && <span class="tag due">{t('ed.readOnly', { state: t(d.state === 'published' ? 'ed.state.published' : 'ed.state.dropped') })}</span>}
      <div class="ed-bar-acts">
        <span class="segments" role="group" aria-label={t('ed.level')} title="G">
          {(['grid', 'micro-grid'] as const).map((l) => (
            <button key={l} type="button" aria-pressed={props.level === l} onClick={() => props.onLevel(l)} data-testid={`level-${l}`}>
              {t(`level.${l}`)}
            </button>
          ))}
        </span>
        {session && editable && (
          <span class="ed-steps">
            <button type="button" class="chip" disabled={busy || !d || d.position === 0} title="Ctrl Z" onClick={() => void session.undo()} data-testid="ed-undo">
              ↶ {t('ed.act.undo')} <b>{d?.position ?? 0}</b>
            </button>
            <button type="button" class="chip" disabled={busy || !d || d.position >= d.total} title="Ctrl Shift Z" onClick={() => void session.redo()} data-testid="ed-redo">
              ↷ {t('ed.act.redo')} <b>{(d?.total ?? 0) - (d?.position ?? 0)}</b>
            </button>
          </span>
        )}
        <span class="ed-go">
          {session && editable && (
            <button type="button" class="chip" title={t('ed.recodeNote')} onClick={() => session.commit({ op: 'recode', area: session.code })} data-testid="ed-recode">
              {t('ed.act.recode')}
            </button>
          )}
          {props.onDraw && editable && (
            <button type="button" class="chip" title="D" onClick={props.onDraw} data-testid="ed-draw">
              {t('ed.act.draw')}
            </button>
          )}
          {props.onKeys && (
            <button type="button" class="chip" title="?" onClick={props.onKeys} data-testid="ed-help">
              {t('ed.act.keys')}
            </button>
          )}
          <a class="button quiet" href={href('effect', { draft: String(client.id) })} onClick={follow} data-testid="ed-effect">
            {t('ed.act.effect')}
          </a>
          {editable && (
            <button type="button" class="button" disabled={unsaved} onClick={() => setPublishing(true)} data-testid="ed-publish">
              {t('ed.act.publish')}
            </button>
          )}
        </span>
      </div>
      {publishing && (
        <PublishDialog
          client={client}
          onPublished={() => {
            void client.load().catch(() => undefined)
          }}
          onClose={() => setPublishing(false)}
        />
      )}
    </div>
  )
}

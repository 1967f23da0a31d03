import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { isNew, previewOf } from './gesture.ts'
import type { Pending, Session } from './session.ts'
import { codes, sentence, theirs } from './words.ts'

/** opWord says what an edit is, with the areas that it is about. */
function opWord(s: Session, p: Pending): string {
  const g = s.ground.value
  const touched = g ? previewOf(g, p.edit).touches.filter((c) => !isNew(c)) : []
  return [t(`ed.op.${p.edit.op}`), codes(touched, s.code, 3)].filter(Boolean).join(' ')
}

/** PendingBar tells of edits that wait for an answer, and of those that were not made: what was done is never lost unseen. */
export function PendingBar({ session: s }: { session: Session }) {
  const list = s.pending.value
  const stuck = list.filter((p) => p.state !== 'waiting')
  return (
    <>
      {list.length > stuck.length && (
        <p class="ed-note" role="status">
          <span class="spinner" aria-hidden="true" /> {t('ed.waiting', { n: number(list.length - stuck.length) })}
        </p>
      )}
      {stuck.map((p) => (
        <div key={p.key} class="ed-note alarm" role="alert" data-testid="ed-unsaved" data-state={p.state}>
          <p>{p.state === 'stuck' ? t('ed.stuck', { why: p.why }) : t('ed.beaten', { what: theirs(p.theirs, s.code) })}</p>
          <p class="hint">{t('ed.yours', { what: opWord(s, p) })}</p>
          <div class="ed-acts">
            <button type="button" class="button" onClick={() => s.retry(p.key)} data-testid="ed-again">
              {t(p.state === 'stuck' ? 'ed.retry' : 'ed.again')}
            </button>
            <button type="button" class="button quiet" onClick={() => s.forget(p.key)} data-testid="ed-forget">
              {t(p.state === 'stuck' ? 'ed.forget' : 'ed.keepTheirs')}
            </button>
          </div>
        </div>
      ))}
    </>
  )
}

/** Toast says what was done last, or why it was not; it is read out as well. */
export function Toast({ session: s }: { session: Session }) {
  const said = s.said.value
  return (
    <div aria-live="polite" role="status">
      {said && (
        <p class={`ed-note ${said.kind}`} data-testid="ed-said" data-kind={said.kind} data-reason={said.reason}>
          {sentence(said, s.code)}
          <button type="button" class="close" aria-label={t('app.close')} onClick={() => (s.said.value = null)}>
            ×
          </button>
        </p>
      )}
    </div>
  )
}

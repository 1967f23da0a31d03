import { useEffect, useRef } from 'preact/hooks'
import { look } from '../api_session.ts'
import { t } from '../i18n.ts'
import { me, missing } from '../seat.ts'
import { Steps } from './steps.tsx'
import { forget } from './keep.ts'

/**
 * AgainDialog stands above a page under work when its session has ended, or asks
 * for a PIN or a code: the same person signs in again, and what was typed is
 * still there. What lies behind it is hidden, for nobody may be sitting there.
 */
export function AgainDialog() {
  const box = useRef<HTMLDialogElement>(null)
  const what = missing.value
  useEffect(() => {
    const el = box.current
    if (!el) return
    if (what && !el.open) el.showModal()
    if (!what && el.open) el.close()
  }, [what])
  useEffect(() => {
    if (!what) return
    // Signing in elsewhere happens in another window.
    const back = () => {
      if (!document.hidden) look().catch(() => undefined)
    }
    document.addEventListener('visibilitychange', back)
    return () => document.removeEventListener('visibilitychange', back)
  }, [what])
  const who = me.value
  const stage = who && who.stage !== 'full' ? who.stage : what
  const leave = () => {
    void forget().then(() => location.assign('/sign-in'))
  }
  return (
    <dialog class="ask again" ref={box} aria-labelledby="again" onCancel={(e) => e.preventDefault()} data-testid="again" data-stage={stage ?? undefined}>
      {stage && (
        <>
          <header>
            <h2 id="again">{t(stage === 'out' ? 'trust.again' : 'trust.againStep')}</h2>
          </header>
          <p class="hint">{t(stage === 'out' ? 'trust.againNote' : 'trust.againStepNote')}</p>
          <Steps key={stage} what={stage} who={who} />
          <footer>
            <button type="button" class="link" onClick={leave} data-testid="again-leave">
              {t('trust.againLeave')}
            </button>
          </footer>
        </>
      )}
    </dialog>
  )
}

import { useState } from 'preact/hooks'
import { dropPush, messagesAt, putPush, type PushState } from '../api_messages.ts'
import { t } from '../i18n.ts'
import { why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import { keyBytes } from './key.ts'

/** Here has this browser take messages while nobody looks, until whoever sits here signs out; nothing where the district does not let it. */
export function Here() {
  const got = useGet<PushState>(messagesAt.push())
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<string | null>(null)
  const state = got.data
  if (!state?.on) return null
  const can = 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window
  const run = (what: () => Promise<unknown>) => {
    setBusy(true)
    setFailed(null)
    what().then(
      () => {
        setBusy(false)
        got.refresh()
      },
      (e: unknown) => {
        setBusy(false)
        setFailed(e instanceof Denied ? t('msg.hereDenied') : why(e))
      },
    )
  }
  return (
    <div class="here" data-testid="push-here" data-subscribed={state.subscribed}>
      <p>
        <b>{t('msg.here')}</b> <small>{t(!can ? 'msg.hereCannot' : state.subscribed ? 'msg.hereOn' : 'msg.hereOff')}</small>
      </p>
      {can && (
        <button type="button" class="button quiet" disabled={busy} onClick={() => run(() => (state.subscribed ? unsubscribe() : subscribe(state.key ?? '')))} data-testid="push-switch">
          {t(state.subscribed ? 'msg.turnOff' : 'msg.turnOn')}
        </button>
      )}
      {failed && (
        <p class="refusal" role="alert">
          {failed}
        </p>
      )}
    </div>
  )
}

/** Denied says that the browser does not let the page notify. */
class Denied extends Error {}

async function subscribe(key: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') throw new Denied()
  await navigator.serviceWorker.register('/sw.js')
  const { pushManager } = await navigator.serviceWorker.ready
  // A subscription of an older key of the server is of no use.
  await (await pushManager.getSubscription())?.unsubscribe()
  const made = (await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: keyBytes(key) })).toJSON()
  await putPush({ endpoint: made.endpoint ?? '', p256dh: made.keys?.['p256dh'] ?? '', auth: made.keys?.['auth'] ?? '' })
}

async function unsubscribe(): Promise<void> {
  await dropPush()
  const there = await navigator.serviceWorker.getRegistration()
  await (await there?.pushManager.getSubscription())?.unsubscribe()
}

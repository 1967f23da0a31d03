import { signal } from '@preact/signals'

/** newVersion tells that another version of the app is on the phone and waits to be taken. */
export const newVersion = signal(false)

let waiting: ServiceWorker | null = null

/**
 * startUpdates keeps the app on the phone, so that it opens without signal, and
 * follows new versions of it. A new version is taken when whoever walks says so,
 * or when the app is opened the next time: never under an open record.
 */
export function startUpdates(): void {
  if (!('serviceWorker' in navigator)) return // a page without TLS: it opens only with signal
  navigator.serviceWorker.register('/sw.js').then(follow, () => undefined)
}

function follow(r: ServiceWorkerRegistration): void {
  const ready = (w: ServiceWorker | null) => {
    if (!w || !navigator.serviceWorker.controller) return // the first one: nothing is replaced
    waiting = w
    newVersion.value = true
  }
  const come = (w: ServiceWorker | null) =>
    w?.addEventListener('statechange', () => {
      if (w.state === 'installed') ready(w)
    })
  ready(r.waiting)
  come(r.installing) // it may be on its way before anybody listens
  r.addEventListener('updatefound', () => come(r.installing))
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) r.update().catch(() => undefined) // without signal there is none
  })
}

/** takeNew opens the new version. All that is being written is on the phone already. */
export function takeNew(): void {
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), { once: true })
  waiting?.postMessage('take')
}

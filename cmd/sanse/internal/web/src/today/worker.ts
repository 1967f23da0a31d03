import { shellFile, shellPrefix } from './shell.ts'

// The service worker: it keeps the shell of the app on the phone and opens it
// without signal. It never sees the day or a record: those are the page's.

/** The files of the shell and its version, which the build writes here (vite.config.ts). */
declare const SANSE_SHELL: { version: string; files: string[] }

interface Extendable extends Event {
  waitUntil(p: Promise<unknown>): void
}
interface Fetching extends Extendable {
  readonly request: Request
  respondWith(r: Promise<Response>): void
}
interface Worker extends EventTarget {
  readonly location: Location
  readonly clients: { claim(): Promise<void>; matchAll(o: { type: 'window' }): Promise<OpenPage[]>; openWindow(url: string): Promise<unknown> }
  readonly registration: ServiceWorkerRegistration
  skipWaiting(): Promise<void>
}
interface OpenPage {
  readonly url: string
  focus(): Promise<unknown>
}
const worker = self as unknown as Worker

const { version, files } = SANSE_SHELL
const name = shellPrefix + version

/** install keeps the whole shell, or nothing: half a new version is never opened. */
async function install(): Promise<void> {
  const cache = await caches.open(name)
  await cache.addAll(files.map((f) => new Request(f, { cache: 'reload' })))
}

/** activate gives up the shells of other versions. */
async function activate(): Promise<void> {
  for (const other of await caches.keys()) if (other.startsWith(shellPrefix) && other !== name) await caches.delete(other)
  await worker.clients.claim()
}

async function answer(file: string, request: Request): Promise<Response> {
  const cache = await caches.open(name)
  return (await cache.match(file)) ?? fetch(request)
}

worker.addEventListener('install', (e) => (e as Extendable).waitUntil(install()))
worker.addEventListener('activate', (e) => (e as Extendable).waitUntil(activate()))
worker.addEventListener('message', (e) => {
  if ((e as MessageEvent).data === 'take') void worker.skipWaiting()
})
worker.addEventListener('fetch', (e) => {
  const { request } = e as Fetching
  const file = shellFile(new URL(request.url), worker.location.origin, request.method, request.mode === 'navigate', files)
  if (file !== null) (e as Fetching).respondWith(answer(file, request))
})

/** What the service sends: numbers and times, never a name (docs/messages.md). */
interface Pushed {
  id?: string
  title?: string
  text?: string
  kind?: string
}

/** pageOf is the page on which something is done about a message. */
const pageOf = (kind: unknown): string => (kind === 'handed' ? '/handed' : String(kind).startsWith('case') ? '/cases' : '/today')

/** notify shows a message; one that comes twice takes the place of the first. */
async function notify(message: Pushed): Promise<void> {
  const o: NotificationOptions = { body: message.text ?? '', icon: '/icon-192.png', data: pageOf(message.kind) }
  if (message.id) o.tag = message.id
  await worker.registration.showNotification(message.title ?? 'Sanse', o)
}

/** lead opens the page of a message, in a window that has it where there is one. */
async function lead(page: string): Promise<void> {
  for (const w of await worker.clients.matchAll({ type: 'window' })) if (new URL(w.url).pathname === page) return void (await w.focus())
  await worker.clients.openWindow(page)
}

worker.addEventListener('push', (e) => {
  const data = (e as Event & { data?: { json(): unknown } | null }).data
  ;(e as Extendable).waitUntil(notify((data?.json() ?? {}) as Pushed))
})
worker.addEventListener('notificationclick', (e) => {
  const { notification } = e as Event & { notification: Notification }
  notification.close()
  ;(e as Extendable).waitUntil(lead(String(notification.data)))
})

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
  readonly clients: { claim(): Promise<void> }
  skipWaiting(): Promise<void>
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

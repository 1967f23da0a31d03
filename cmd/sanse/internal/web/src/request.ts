import { t } from './i18n.ts'
import { backAgain, me, sit, type Me, type Missing, type Stage } from './seat.ts'

/** A refusal as problem+json says it (RFC 9457), with the members of the house beside the usual ones. */
export interface Problem {
  /** a path that names the kind of problem, where somebody acts on it */
  type?: string
  title?: string
  detail?: string
  /** a word for programs: why */
  reason?: string
  stage?: Stage
}

/** A refusal of the service: its status and, by problem+json (RFC 9457), why. */
export class ApiError extends Error {
  readonly status: number
  readonly problem: Readonly<Problem & Record<string, unknown>>
  constructor(status: number, message: string, problem: Problem & Record<string, unknown> = {}) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
  }
}

const stages: readonly string[] = ['password', 'totp', 'enrol', 'pin']

/**
 * request asks the API for whoever sits here. What changes anything carries the
 * token that a forged request cannot know (Me.csrf). Where the session turns out
 * to be over, or to stop at a stage, the page asks for that above itself, and
 * once the same person is back the request is made again: nothing was done, and
 * nothing is lost. Signing in itself asks atDoor: its refusals are its own.
 */
export async function request(address: string, init: RequestInit, atDoor = false): Promise<Response> {
  for (;;) {
    const before = me.value
    const r = await fetch(address, withToken(init))
    if (r.ok || atDoor) return r
    const lacks = await lacking(r)
    if (lacks === 'token' ? !(await newToken(before)) : !lacks || !(await backAgain(lacks))) return r
  }
}

/**
 * newToken asks for the token that holds now: whoever signs in anew in another
 * window of the browser changes that of this one too. It tells whether there is
 * another one for the same person.
 */
async function newToken(before: Me | null | undefined): Promise<boolean> {
  const r = await fetch('/v1/session', { headers: { Accept: 'application/json' } })
  const now = r.status === 200 ? ((await r.json()) as Me) : null
  if (!now?.account || now.account !== before?.account || now.csrf === before.csrf) return false
  sit(now)
  return true
}

/** withToken adds the token to a request that changes something. */
function withToken(init: RequestInit): RequestInit {
  const csrf = me.value?.csrf
  if (!csrf || !init.method || init.method === 'GET' || init.method === 'HEAD') return init
  return { ...init, headers: { ...(init.headers as Record<string, string>), 'X-Sanse-CSRF': csrf } }
}

/** lacking is what a refusal says to be missing before anything is told; null: something else. */
async function lacking(r: Response): Promise<Missing | 'token' | null> {
  if (r.status === 401) return 'out'
  if (r.status !== 403) return null
  const { stage, type, reason } = await problemOf(r.clone())
  if (type?.endsWith('/csrf') || reason === 'csrf') return 'token'
  return stage && stages.includes(stage) ? (stage as Missing) : null
}

/** problemOf reads the problem of a refusal; empty where it says none. */
export async function problemOf(r: Response): Promise<Problem & Record<string, unknown>> {
  if (!r.headers.get('Content-Type')?.includes('json')) return {}
  return ((await r.json().catch(() => null)) as (Problem & Record<string, unknown>) | null) ?? {}
}

/** refusalOf is the error that a refusal of the service stands for. */
export async function refusalOf(r: Response): Promise<ApiError> {
  const p = await problemOf(r)
  const after = Number(r.headers.get('Retry-After'))
  if (after > 0 && p['retry_after'] === undefined) p['retry_after'] = after
  return new ApiError(r.status, p.detail ?? p.title ?? t('error.status', { status: r.status }), p)
}

/** At a door the line is often one that swallows a request and never answers: after so long it is off, in milliseconds. */
const patience = 20_000
/** What the slowest line still carries: bytes a millisecond (32 kbit/s). */
const slowest = 4

/** json sends a request and reads its JSON (null where there is none); a refusal is an ApiError, an abort stays an AbortError. What is asked atDoor ends in some time. */
export async function json<T>(method: string, address: string, o: { body?: unknown; signal?: AbortSignal; atDoor?: boolean } = {}): Promise<T> {
  const body = o.body === undefined ? null : JSON.stringify(o.body)
  if (!o.atDoor) return asked<T>(method, address, body, o.signal ?? null, false)
  const ends = new AbortController()
  const end = () => ends.abort()
  if (o.signal?.aborted) end()
  o.signal?.addEventListener('abort', end, { once: true })
  const limit = setTimeout(() => ends.abort(new DOMException('no answer', 'TimeoutError')), patience + (body?.length ?? 0) / slowest)
  try {
    return await asked<T>(method, address, body, ends.signal, true)
  } finally {
    clearTimeout(limit)
    o.signal?.removeEventListener('abort', end)
  }
}

async function asked<T>(method: string, address: string, body: string | null, signal: AbortSignal | null, atDoor: boolean): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json, application/geo+json' }
  if (body !== null) headers['Content-Type'] = 'application/json'
  let r: Response
  try {
    r = await request(address, { method, headers, body, signal }, atDoor)
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new ApiError(0, t('error.network'))
  }
  if (!r.ok) throw await refusalOf(r)
  if (r.status === 204) return null as T
  try {
    return (await r.json()) as T
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new ApiError(0, t('error.network')) // the connection broke half-way
  }
}

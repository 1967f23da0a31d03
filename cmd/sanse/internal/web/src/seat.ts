import { signal } from '@preact/signals'

// Who sits before the page, as GET /v1/session says. Nothing of it is kept in
// the browser: the session is a cookie that no script can read.

/** What stands between a session and its work: full is nothing. */
export type Stage = 'full' | 'password' | 'totp' | 'enrol' | 'pin'

/** A role that holds now, in an area (its code) or for a body (a department, a provider). */
export interface Seat {
  role: string
  area?: string
  area_name?: string
  body?: string
}

/** What somebody may do somewhere; the service decides it anew for every area. */
export type Capability =
  | 'numbers' | 'records' | 'names' | 'days' | 'replan' | 'plan' | 'publish' | 'match' | 'ladder' | 'case' | 'report' | 'export'
  | 'visit' | 'codes' | 'review' | 'hand_over' | 'break_glass' | 'accounts' | 'settings' | 'audit' | 'requests' | 'privacy' | 'grade' | 'facts'

export interface Me {
  /** empty: whoever started the service for themselves, without sign-in */
  account: string
  name: string
  login?: string
  stage: Stage
  /** who of those who visit it is */
  visitor?: string
  roles: Seat[] | null
  areas: string[] | null
  may: string[] | null
  expires_at: string
  idle_seconds: number
  csrf: string
  totp: boolean
  pin: boolean
  /** false: another house signs in for the account */
  password?: boolean
  must_change: boolean
  /** one of the people of a demonstration: no password, nothing to keep safe */
  made_up?: boolean
}

/** What whoever is not signed in is told: whose door it is, and the ways in. */
export interface Door {
  district: string
  name: string
  made_up: boolean
  /** Without signing in one sees what the public is told. */
  public: boolean
  oidc: { id: string; name: string }[] | null
  /** Made-up people of a demonstration, who come in with one click. */
  people: Person[] | null
}

/** Person is a made-up one. */
export interface Person {
  id: string
  name?: string
  role: string
  area?: string
  area_name?: string
  body?: string
}

/** me is who is signed in: null nobody, undefined not known yet. */
export const me = signal<Me | null | undefined>(undefined)

/** door is what was told of the ways in; null before it was asked. */
export const door = signal<Door | null>(null)

/** What a page under work waits for: out is that the session is over, else a stage. */
export type Missing = 'out' | Exclude<Stage, 'full'>

/** missing is what the dialog above the page asks for; null: nothing. */
export const missing = signal<Missing | null>(null)

/** may tells whether whoever sits here may do something anywhere at all; the service decides where. */
export function may(what: Capability): boolean {
  return me.value?.may?.includes(what) ?? false
}

/** signedIn tells whether somebody sits here by name: the public and the operator do not. */
export function signedIn(): boolean {
  return Boolean(me.value?.account)
}

let waiting: { back: Promise<boolean>; tell: (back: boolean) => void } | null = null

/**
 * backAgain asks whoever was signed in to do so again, above the page, which
 * keeps all that was typed. It tells whether the same person came back, once
 * they have; nobody to wait for is false at once.
 */
export function backAgain(what: Missing): Promise<boolean> {
  if (!signedIn()) return Promise.resolve(false)
  if (!waiting) {
    let tell = (_: boolean): void => undefined
    const back = new Promise<boolean>((resolve) => (tell = resolve))
    waiting = { back, tell }
  }
  missing.value = what
  return waiting.back
}

/**
 * over is called where a step finds that its session has ended: whoever was at
 * work is asked to sign in from the beginning, above the page; anybody else
 * stands before the door again.
 */
export function over(): void {
  const who = me.value
  if (!who || (who.stage !== 'full' && !waiting)) return sit(null)
  me.value = { ...who, stage: 'full' }
  void backAgain('out')
}

/** sit takes over who is signed in now; those who waited for the same person go on. */
export function sit(now: Me | null): void {
  const before = me.value
  me.value = now
  if (!waiting || (now && now.stage !== 'full')) return
  const { tell } = waiting
  waiting = null
  missing.value = null
  tell(now !== null && now.account === before?.account)
}

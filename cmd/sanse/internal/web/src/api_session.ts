import { ApiError, json } from './request.ts'
import { door, me, over, sit, type Door, type Me } from './seat.ts'

// Signing in and out, and what keeps a session one's own: /v1/session.

/** A session of one's own, on this device or another. */
export interface OwnSession {
  id: string
  kind: 'page' | 'phone' | 'key'
  created_at: string
  seen_at: string
  expires_at: string
  /** the beginning of a network address */
  address?: string
  agent?: string
  /** the one that asks */
  this?: boolean
}

/** What an authenticator app is given: the secret in letters, as an address, and as a picture. */
export interface Enrolment {
  secret: string
  uri: string
  svg: string
}

const id = encodeURIComponent
const at = {
  // Who sits here is not looked at through other eyes.
  door: () => '/v1/sign-in',
  session: (step = '') => '/v1/session' + step,
  sessions: (which = '') => '/v1/sessions' + which,
}

/** begin asks whose door this is and who is signed in already. */
export async function begin(): Promise<Door> {
  const [told, now] = await Promise.all([json<Door>('GET', at.door(), { atDoor: true }), holder()])
  door.value = told
  sit(now)
  return told
}

/** holder is whose session this is; null: nobody's. */
function holder(): Promise<Me | null> {
  return json<Me | null>('GET', at.session(), { atDoor: true })
}

/** look asks whether somebody has signed in meanwhile, in another window; null: nobody. */
export async function look(): Promise<Me | null> {
  const now = await holder()
  if (now) sit(now)
  return now
}

/** step sends a step of signing in. Where its session has ended meanwhile, signing in begins anew. */
async function step<T>(method: string, address: string, body: unknown): Promise<T> {
  try {
    return await json<T>(method, address, { body, atDoor: true })
  } catch (e) {
    if (e instanceof ApiError && e.status === 401 && e.problem.type?.endsWith('/sign-in')) over()
    throw e
  }
}

/** seated is a step after which somebody sits here. */
async function seated(method: string, address: string, body: unknown): Promise<Me> {
  const now = await step<Me>(method, address, body)
  sit(now)
  return now
}

/** signIn is login and password; a session on a phone lasts for days, and asks for the PIN after it has lain. */
export const signIn = (login: string, password: string, phone = false): Promise<Me> =>
  seated('POST', at.session(), phone ? { login, password, phone } : { login, password })

/** signInAs is one click for a made-up person of a demonstration. */
export const signInAs = (person: string): Promise<Me> => seated('POST', at.session('/made-up'), { id: person })

/** changePassword replaces the password; every other session of the account ends. */
export const changePassword = (old: string, next: string): Promise<Me> => seated('POST', at.session('/password'), { old, new: next })

/** secondStep is the code of the authenticator app, or a recovery code. */
export const secondStep = (code: string): Promise<Me> => seated('POST', at.session('/totp'), { code })

/** enterPin is the short number of a phone, after it has lain. */
export const enterPin = (pin: string): Promise<Me> => seated('POST', at.session('/pin'), { pin })

/** enrol begins with an authenticator app; it holds once confirm was told a code of it. Who is signed in already shows the password. */
export const enrol = (password?: string): Promise<Enrolment> => step<Enrolment>('POST', at.session('/totp/enrol'), password === undefined ? {} : { password })

/** confirm ends it: recovery codes, each good for once, told this one time; now is who sits here from then on. */
export async function confirm(code: string): Promise<{ recovery: string[]; now: Me }> {
  const { recovery, ...now } = await step<Me & { recovery: string[] }>('POST', at.session('/totp/confirm'), { code })
  return { recovery, now }
}

/** setPin sets the short number for phones. */
export async function setPin(pin: string, password: string): Promise<void> {
  await step<void>('PUT', at.session('/pin'), { pin, password })
  if (me.value) me.value = { ...me.value, pin: true }
}

/** signOut ends this session. */
export const signOut = (): Promise<void> => json<void>('DELETE', at.session(), { atDoor: true })

/** elsewhereAt is where one signs in with an issuer that the district trusts, to come back to a page of ours. */
export const elsewhereAt = (issuer: string, back: string): string =>
  `/v1/oidc/${id(issuer)}/start${back === '/' ? '' : `?return=${encodeURIComponent(back)}`}`

/** sessionsAt is where one's own sessions are listed. */
export const sessionsAt = (): string => at.sessions()

/** endSession ends one of one's own sessions at once. */
export const endSession = (session: string): Promise<void> => json<void>('DELETE', at.sessions(`/${id(session)}`))

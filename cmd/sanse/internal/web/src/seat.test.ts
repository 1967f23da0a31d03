import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { get, post } from './api.ts'
import { ask } from './api_editor.ts'
import { begin, confirm, elsewhereAt, secondStep, signIn } from './api_session.ts'
import { ApiError } from './request.ts'
import { door, may, me, missing, sit, type Me } from './seat.ts'

const somebody = (over: Partial<Me> = {}): Me => ({
  account: 'a1', name: '王规划', login: 'wang', stage: 'full', roles: [{ role: 'planner', area: '510199' }], areas: ['510199'],
  may: ['numbers', 'records', 'plan'], expires_at: '', idle_seconds: 1800, csrf: 'token-1', totp: true, pin: false, must_change: false, ...over,
})

interface Asked {
  path: string
  method: string
  csrf: string | undefined
  body: unknown
}
let asked: Asked[] = []
/** answers says what the service answers, one after the other; a number alone is a refusal with that status. */
function answers(...of: (number | { status?: number; body?: unknown })[]) {
  asked = []
  vi.stubGlobal('fetch', async (path: string, init: RequestInit = {}) => {
    const headers = init.headers as Record<string, string> | undefined
    asked.push({ path, method: init.method ?? 'GET', csrf: headers?.['X-Sanse-CSRF'], body: init.body ? JSON.parse(String(init.body)) : null })
    const a = of.shift()
    if (a === undefined) throw new Error(`nothing more was to be asked, yet ${path} was`)
    const { status = 200, body = {} } = typeof a === 'number' ? { status: a } : a
    if (status === 204) return new Response(null, { status })
    return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } })
  })
}
/** settled tells whether a promise is done once all that is ready has run. */
async function settled(p: Promise<unknown>): Promise<boolean> {
  let done = false
  p.then(() => (done = true), () => (done = true))
  await new Promise((r) => setTimeout(r))
  return done
}

beforeEach(() => sit(null))
afterEach(() => {
  sit(null)
  me.value = undefined
  door.value = null
  vi.unstubAllGlobals()
})

describe('what changes something', () => {
  test('carries the token of the session, and what only asks does not', async () => {
    sit(somebody())
    answers({ body: [] }, { body: {} }, { body: {} })
    await get('/v1/areas')
    await post('/v1/reports', {})
    await ask('PUT', '/v1/standards', { body: {}, version: 3 })
    expect(asked.map((a) => [a.method, a.csrf])).toEqual([['GET', undefined], ['POST', 'token-1'], ['PUT', 'token-1']])
  })
  test('carries none where nobody is signed in', async () => {
    answers({ body: {} })
    await post('/v1/reports', {})
    expect(asked[0]?.csrf).toBeUndefined()
  })
})

describe('a session that is over', () => {
  test('is asked for again above the page, and what was sent is sent again once', async () => {
    sit(somebody())
    answers({ status: 401 }, { body: { id: 7 } })
    const sent = post('/v1/drafts', { name: '东区' })
    expect(await settled(sent)).toBe(false)
    expect(missing.value).toBe('out')
    sit(somebody({ csrf: 'token-2' }))
    expect(await sent).toEqual({ id: 7 })
    expect(missing.value).toBe(null)
    expect(asked.map((a) => [a.path, a.csrf, a.body])).toEqual([
      ['/v1/drafts', 'token-1', { name: '东区' }],
      ['/v1/drafts', 'token-2', { name: '东区' }],
    ])
  })
  test('is asked for once, however many requests find it', async () => {
    sit(somebody())
    answers(401, 401, { body: 1 }, { body: 2 })
    const both = Promise.all([get('/v1/board'), get('/v1/areas')])
    expect(await settled(both)).toBe(false)
    sit(somebody())
    expect(await both).toEqual([1, 2])
  })
  test('stays open over the steps in between', async () => {
    sit(somebody())
    answers(401, { body: 1 })
    const sent = get('/v1/board')
    await settled(sent)
    sit(somebody({ stage: 'totp' }))
    expect(await settled(sent)).toBe(false)
    expect(missing.value).toBe('out')
    sit(somebody())
    expect(await sent).toBe(1)
  })
  test('is not taken over by somebody else: what the one sent is not sent for the other', async () => {
    sit(somebody())
    answers(401)
    const sent = post('/v1/drafts', {})
    await settled(sent)
    sit(somebody({ account: 'a2' }))
    await expect(sent).rejects.toMatchObject({ status: 401 })
    expect(asked).toHaveLength(1)
  })
  test('asks nobody where nobody was signed in: the public is refused at once', async () => {
    answers(401)
    await expect(get('/v1/unplanned')).rejects.toMatchObject({ status: 401 })
    expect(missing.value).toBe(null)
  })
})

describe('a token that another window has changed', () => {
  test('is asked for, and what was sent is sent again', async () => {
    sit(somebody())
    answers({ status: 403, body: { type: '/problems/csrf' } }, { body: somebody({ csrf: 'token-2' }) }, { body: { id: 7 } })
    expect(await post('/v1/drafts', {})).toEqual({ id: 7 })
    expect(asked.map((a) => [a.path, a.csrf])).toEqual([['/v1/drafts', 'token-1'], ['/v1/session', undefined], ['/v1/drafts', 'token-2']])
  })
  test.each([
    ['is the same still', { body: somebody() }],
    ['is somebody else’s', { body: somebody({ account: 'a2', csrf: 'token-2' }) }],
    ['is nobody’s', 401],
  ])('is a refusal where it %s', async (_, session) => {
    sit(somebody())
    answers({ status: 403, body: { type: '/problems/csrf' } }, session)
    await expect(post('/v1/drafts', {})).rejects.toMatchObject({ status: 403 })
  })
})

describe('a stage', () => {
  test('that the service names is asked for, any other refusal is told', async () => {
    sit(somebody())
    answers({ status: 403, body: { stage: 'pin' } }, { body: 1 }, { status: 403, body: { detail: '不可见' } })
    const sent = get('/v1/day')
    expect(await settled(sent)).toBe(false)
    expect(missing.value).toBe('pin')
    sit(somebody())
    expect(await sent).toBe(1)
    await expect(get('/v1/drafts')).rejects.toMatchObject({ status: 403, message: '不可见' })
    expect(missing.value).toBe(null)
  })
})

describe('at the door', () => {
  test('it is told who sits here already', async () => {
    answers({ body: { district: '510199', name: '云岭区', made_up: true, public: false, oidc: [], people: [] } }, { body: somebody() })
    await begin()
    expect([me.value?.account, door.value?.name, may('plan'), may('audit')]).toEqual(['a1', '云岭区', true, false])
  })
  test('nobody sits here where the service says that nobody does', async () => {
    answers({ body: { district: '510199', name: '云岭区', made_up: true, public: false, oidc: [], people: [] } }, { status: 204 })
    await begin()
    expect(me.value).toBe(null)
  })
  test('a wrong password is refused and asks for nothing above the page', async () => {
    answers({ status: 401, body: { type: '/problems/refused', reason: 'wrong' } })
    const e = await signIn('wang', 'x').catch((x: unknown) => x)
    expect(e).toBeInstanceOf(ApiError)
    expect((e as ApiError).problem.reason).toBe('wrong')
    expect(missing.value).toBe(null)
  })
  test('the recovery codes do not lead on by themselves', async () => {
    sit(somebody({ stage: 'enrol' }))
    answers({ body: { ...somebody(), recovery: ['abcd-1234'] } })
    expect(await confirm('123456')).toEqual({ recovery: ['abcd-1234'], now: somebody() })
    expect(me.value?.stage).toBe('enrol')
  })
  test('a step whose session has ended leads back to the door', async () => {
    sit(somebody({ stage: 'totp' }))
    answers({ status: 401, body: { type: '/problems/sign-in' } })
    await expect(secondStep('123456')).rejects.toBeInstanceOf(ApiError)
    expect([me.value, missing.value]).toEqual([null, null])
  })
  test('a step above a page leads back to the door above the page', async () => {
    sit(somebody())
    answers(401, { status: 401, body: { type: '/problems/sign-in' } }, { body: 1 })
    const sent = get('/v1/board')
    await settled(sent)
    sit(somebody({ stage: 'totp' }))
    await expect(secondStep('123456')).rejects.toBeInstanceOf(ApiError)
    expect([me.value?.stage, missing.value]).toEqual(['full', 'out'])
    sit(somebody())
    expect(await sent).toBe(1)
  })
  test('an issuer leads back to where one came from', () => {
    expect(elsewhereAt('ca/1', '/')).toBe('/v1/oidc/ca%2F1/start')
    expect(elsewhereAt('ca', '/board?area=510199')).toBe('/v1/oidc/ca/start?return=%2Fboard%3Farea%3D510199')
  })
})

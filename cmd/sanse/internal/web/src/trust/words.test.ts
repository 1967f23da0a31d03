import { afterEach, describe, expect, test } from 'vitest'
import { offered, rolesOf } from '../access.ts'
import { ApiError } from '../api.ts'
import { roles } from '../api_accounts.ts'
import { dictionary } from '../dictionary.ts'
import { lang } from '../i18n.ts'
import { door, me, type Door, type Me } from '../seat.ts'
import { inForce, lastDay } from './account_dialog.tsx'
import { grouped, picture } from './enrol.tsx'
import { fileName, purposes, withPurpose } from './file_link.tsx'
import { lacks, ready } from './grant_form.tsx'
import { inOrder } from './steps.tsx'
import { agentName, bodies, midnight, seatName, when, why } from './words.ts'

afterEach(() => {
  lang.value = 'zh'
  me.value = undefined
})

test.each([
  ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36', 'Chrome · Linux'],
  ['Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/138.0 Safari/537.36 Edg/138.0', 'Edge · Windows'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1', 'Safari · iOS'],
  ['Mozilla/5.0 (Linux; Android 14; HUAWEI) AppleWebKit/537.36 Chrome/120 Mobile Safari/537.36 MicroMessenger/8.0', 'WeChat · Android'],
  ['curl/8.5.0', 'curl/8.5.0'],
  ['', ''],
])('the browser %s is told as %s', (agent, want) => {
  expect(agentName(agent)).toBe(want)
})

test('the people of a demonstration stand in order, those of large areas first', () => {
  const p = (id: string, role: string, area = '') => ({ id, role, area })
  const people = [p('1', 'administrator'), p('2', 'official', '510199001001'), p('3', 'worker'), p('4', 'official', '510199'), p('5', 'planner', '510199')]
  expect(inOrder(people).map((x) => x.id)).toEqual(['5', '4', '2', '3', '1'])
})

test('every role, department and purpose has its words', () => {
  for (const r of roles) expect(dictionary).toHaveProperty([`trust.roleNote.${r}`])
  for (const r of roles) expect(dictionary).toHaveProperty([`trust.role.${r}`])
  for (const b of bodies) expect(dictionary).toHaveProperty([`trust.body.${b}`])
  for (const p of purposes) expect(dictionary).toHaveProperty([`trust.purpose.${p}`])
})

test('a role is told with where or for whom it holds', () => {
  expect(seatName({ role: 'leader', area: '510199001001001', area_name: '河边一格' })).toBe('网格长 · 河边一格')
  expect(seatName({ role: 'department', body: 'health' })).toBe('部门 · 卫健局')
  expect(seatName({ role: 'auditor' })).toBe('审计员')
  expect(seatName({ role: 'new_role', area: '510199' })).toBe('new_role · 510199')
})

describe('a refusal', () => {
  test.each([
    [new ApiError(401, 'login or secret is wrong', { type: '/problems/refused' }), dictionary['trust.no.wrong'].zh],
    [new ApiError(401, 'sign in first', { type: '/problems/sign-in' }), dictionary['trust.no.over'].zh],
    [new ApiError(429, 'slow down', { type: '/problems/wait', retry_after: 61 }), '试的次数太多，请等2分钟再试。'],
    [new ApiError(429, 'slow down'), dictionary['trust.no.slow'].zh],
    [new ApiError(422, 'weak', { type: '/problems/weak', code: 'common' }), dictionary['trust.weak.common'].zh],
    [new ApiError(422, 'weak', { type: '/problems/weak', code: 'new_code' }), 'weak'],
    [new ApiError(404, 'there is no such account'), dictionary['trust.no.gone'].zh],
    [new ApiError(403, 'no', { reason: 'cap' }), dictionary['trust.no.cap'].zh],
    [new ApiError(500, 'it broke'), 'it broke'],
    [new Error('cut off'), 'cut off'],
  ])('is said in plain words: %s', (e, want) => {
    expect(why(e)).toBe(want)
  })
  test('of a code or a PIN is said in its own words', () => {
    expect(why(new ApiError(401, 'x', { type: '/problems/refused' }), 'trust.no.pin_wrong')).toBe(dictionary['trust.no.pin_wrong'].zh)
  })
})

test('a moment is told in the time of the district', () => {
  expect(when('2026-11-22T17:05:00Z', 'Asia/Shanghai')).toBe('2026-11-23 01:05')
  lang.value = 'en'
  expect(when('2026-11-22T17:05:00Z', 'Asia/Shanghai')).toBe('Mon 23 Nov 2026 01:05')
  expect(when(null, 'Asia/Shanghai')).toBe('—')
  expect(when('no time', 'Asia/Shanghai')).toBe('—')
})

test.each([
  ['2026-11-22', 'Asia/Shanghai', '2026-11-21T16:00:00.000Z'],
  ['2026-11-22', 'UTC', '2026-11-22T00:00:00.000Z'],
  // The days on which clocks are changed, and those beside them.
  ['2026-03-29', 'Europe/Andorra', '2026-03-28T23:00:00.000Z'],
  ['2026-03-30', 'Europe/Andorra', '2026-03-29T22:00:00.000Z'],
  ['2026-10-25', 'Europe/Andorra', '2026-10-24T22:00:00.000Z'],
  ['2026-10-26', 'Europe/Andorra', '2026-10-25T23:00:00.000Z'],
])('%s begins in %s at %s', (day, zone, want) => {
  expect(midnight(day, zone)).toBe(want)
})

describe('a grant', () => {
  const blank = { role: 'leader', from: '2026-11-22', reason: '接任' }
  test.each([
    [{ ...blank }, '', 'area'],
    [{ ...blank, area: '510199' }, '', null],
    [{ ...blank, area: '510199', to: '2026-11-22' }, '', 'days'],
    [{ ...blank, area: '510199', reason: ' ' }, '', 'reason'],
    [{ ...blank, role: 'department' }, '', 'body'],
    [{ ...blank, role: 'department', body: 'health' }, '', null],
    [{ ...blank, role: 'worker' }, '', 'visitor'],
    [{ ...blank, role: 'worker' }, 'V00012', null],
    [{ ...blank, role: 'auditor' }, '', null],
  ] as const)('%j by somebody who is visitor %j lacks %s', (g, visitor, want) => {
    expect(lacks(g, visitor)).toBe(want)
  })
  test('sends only what its role is held for', () => {
    const district = { today: '2026-11-22', time_zone: 'Asia/Shanghai' }
    expect(ready({ ...blank, role: 'auditor', area: '510199', body: 'health', to: '' }, district)).toEqual({ role: 'auditor', reason: '接任' })
    expect(ready({ ...blank, area: '510199', body: 'health', from: '2026-12-01', to: '2027-01-01' }, district)).toEqual({ role: 'leader', area: '510199', from: '2026-11-30T16:00:00.000Z', to: '2026-12-31T16:00:00.000Z', reason: '接任' })
  })
  test('holds from its beginning to before its end, and not once it was ended', () => {
    const g = { n: 1, role: 'leader', from: '2026-11-01T00:00:00Z', to: '2026-12-01T00:00:00Z' }
    const at = (now: string, over = {}) => inForce({ ...g, ...over }, now)
    expect([at('2026-10-31T23:59:59Z'), at('2026-11-01T00:00:00Z'), at('2026-12-01T00:00:00Z'), at('2026-11-05T00:00:00Z', { ended_at: '2026-11-04T00:00:00Z' })]).toEqual([false, true, false, false])
  })
  test('that ends at midnight ends with the day before', () => {
    expect(lastDay('2026-11-30T16:00:00Z', 'Asia/Shanghai')).toBe('2026-11-30')
    expect(lastDay('2026-11-30T17:30:00Z', 'Asia/Shanghai')).toBe('2026-12-01')
  })
})

describe('the menu', () => {
  const sits = (may: string[], over: Partial<Me> = {}) => (me.value = { account: 'a1', may, ...over } as Me)
  test('offers what one may, and to the public what is released', () => {
    me.value = null
    expect((['map', 'coverage', 'shortfall', 'board', 'day', 'grids', 'needs', 'accounts', 'audit', 'me'] as const).filter(offered)).toEqual(['map', 'coverage', 'shortfall', 'board'])
    door.value = { district: '510199' } as Door
    sits(['numbers', 'records', 'days', 'plan', 'publish'], { areas: ['510199'] })
    expect((['day', 'grids', 'edit', 'needs', 'accounts', 'audit', 'me'] as const).filter(offered)).toEqual(['day', 'grids', 'edit', 'needs', 'me'])
    // Boundaries are drawn for the whole district; whoever visits has a day of their own.
    sits(['numbers', 'records', 'days', 'plan', 'publish'], { areas: ['510199102'] })
    expect((['day', 'grids', 'edit', 'needs'] as const).filter(offered)).toEqual(['day', 'needs'])
    sits(['numbers', 'records'], { visitor: 'V1' })
    expect((['day', 'grids', 'needs'] as const).filter(offered)).toEqual(['day', 'needs'])
    sits(['records'])
    expect((['day', 'needs'] as const).filter(offered)).toEqual(['needs'])
    sits(['accounts'])
    expect((['day', 'grids', 'accounts', 'audit'] as const).filter(offered)).toEqual(['accounts'])
  })
  test('can say of each page that it may not offer whose it is', () => {
    me.value = null
    for (const p of ['day', 'grids', 'effect', 'edit', 'needs', 'accounts', 'audit'] as const) expect(rolesOf(p).length, p).toBeGreaterThan(0)
  })
})

describe('a file', () => {
  test.each([
    ['attachment; filename="board-510199.xlsx"', 'board-510199.xlsx'],
    ["attachment; filename=\"x.pdf\"; filename*=UTF-8''%E7%BC%BA%E5%8F%A3.pdf", '缺口.pdf'],
    ["attachment; filename*=UTF-8''%E7%BC", 'shortfall.pdf'],
    ['attachment; filename="../../etc/passwd"', '.._.._etc_passwd'],
    [null, 'shortfall.pdf'],
  ])('that comes with %j is called %s', (head, want) => {
    expect(fileName(head, '/v1/shortfall.pdf')).toBe(want)
  })
  test('is asked for with what it is for', () => {
    expect(withPurpose('/v1/shortfall.pdf', 'daily_work')).toBe('/v1/shortfall.pdf?purpose=daily_work')
    expect(withPurpose('/v1/shortfall.pdf?area=510199', 'report')).toBe('/v1/shortfall.pdf?area=510199&purpose=report')
  })
})

test('the secret of an authenticator is written in fours, its picture is an image that can run nothing', () => {
  expect(grouped('JBSWY3DPEHPK3PXP')).toBe('JBSW Y3DP EHPK 3PXP')
  expect(picture('<svg xmlns="x"><script/></svg>')).toMatch(/^data:image\/svg\+xml,%3Csvg/)
})

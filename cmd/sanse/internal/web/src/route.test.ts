import { expect, test, vi } from 'vitest'
import { go, hold, href, parseRoute, route, startRouting } from './route.ts'
import { at } from './api.ts'
import { answersFor, viewer, viewerIn } from './viewer.ts'

test.each([
  ['/', '', 'map', {}],
  ['/day', '?visitor=v1&date=2026-12-01', 'day', { visitor: 'v1', date: '2026-12-01' }],
  ['/day/', '', 'day', {}],
  ['/board', '?area=510199&lang=en', 'board', { area: '510199' }],
  ['/board', '?area=', 'board', {}],
  ['/grids', '', 'grids', {}],
  ['/grids/effect', '?draft=3&from=2026-12-01', 'effect', { draft: '3', from: '2026-12-01' }],
  ['/elsewhere', '?x=1', 'map', { x: '1' }],
] as const)('%s%s is the page %s', (path, search, page, params) => {
  expect(parseRoute(path, search)).toEqual({ page, params })
})

test('an address that is written is read back', () => {
  for (const params of [{ visitor: 'a b/ü&=', date: '2026-12-01' }, {}, { area: '510199003' }]) {
    const u = new URL(href('day', params), 'http://x')
    expect(parseRoute(u.pathname, u.search)).toEqual({ page: 'day', params })
  }
})

test('parameters without a value are left out', () => {
  expect(href('board', { area: '510199', from: undefined, period: '' })).toBe('/board?area=510199')
  expect(href('map')).toBe('/')
})

test('the API is asked under /v1 with ids escaped', () => {
  expect(at.day('V/1', '2026-12-01')).toBe('/v1/visitors/V%2F1/day?date=2026-12-01')
  expect(at.board('510199', 'week')).toBe('/v1/board?area=510199&period=week')
  expect(at.areas('grid')).toBe('/v1/areas?level=grid')
  expect(at.tiles('a b')).toBe('/v1/tiles/ground/a%20b/{z}/{x}/{y}.mvt')
})

test('a page that is not to be left stays, by a link and by the browser’s back', () => {
  let back = () => undefined as void
  const location = new URL('http://x/grids/edit?draft=3')
  const open = (_: unknown, __: string, to: string) => void (location.href = new URL(to, location.href).href)
  vi.stubGlobal('location', location)
  vi.stubGlobal('history', { pushState: open, replaceState: open })
  vi.stubGlobal('addEventListener', (_: string, f: () => void) => (back = f))
  vi.stubGlobal('scrollTo', () => undefined)
  startRouting()
  let leave = false
  hold.ask = () => leave
  go('/grids')
  expect([location.pathname, route.value.page]).toEqual(['/grids/edit', 'edit'])
  location.href = 'http://x/board'
  back()
  expect([location.pathname + location.search, route.value.page]).toEqual(['/grids/edit?draft=3', 'edit'])
  location.hash = '#main'
  back()
  expect(location.hash).toBe('#main')
  leave = true
  go('/grids')
  expect([location.pathname, route.value.page]).toEqual(['/grids', 'grids'])
  hold.ask = null
  vi.unstubAllGlobals()
})

test('through whose eyes one looks goes with every link and every question, and is no parameter of a page', () => {
  expect(viewerIn('?as=public&lang=en')).toBe('public')
  expect(viewerIn('?as=510199003')).toBe('510199003')
  expect(viewerIn('?as=%2Fx')).toBe('')
  expect(parseRoute('/board', '?area=510199&as=public').params).toEqual({ area: '510199' })
  viewer.value = 'public'
  expect(href('board', { area: '510199' })).toBe('/board?area=510199&as=public')
  expect(href('map')).toBe('/?as=public')
  expect(href('board', { area: '510199' }, '')).toBe('/board?area=510199')
  expect(at.areas('grid')).toBe('/v1/areas?level=grid&as=public')
  expect(at.tiles('3')).toBe('/v1/tiles/ground/3/{z}/{x}/{y}.mvt') // the ground is the same for everybody
  viewer.value = ''
})

test('who looks answers for what the service says, and at once for no more than the address asks for', () => {
  const all = { viewer: ['510199'] }
  const town = { viewer: ['510199003'] }
  expect([answersFor(all, '510199'), answersFor(all, '510199003'), answersFor(all, '510198')]).toEqual([true, true, false])
  expect([answersFor(town, '510199'), answersFor(town, '510199003'), answersFor(town, '510199003001')]).toEqual([false, true, true])
  expect(answersFor({ viewer: [] }, '510199')).toBe(false)
  viewer.value = '510199003'
  expect([answersFor(all, '510199'), answersFor(all, '510199003001')]).toEqual([false, true])
  viewer.value = 'public'
  expect(answersFor(all, '510199003')).toBe(false)
  viewer.value = ''
})

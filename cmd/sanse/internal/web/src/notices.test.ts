import { describe, expect, test } from 'vitest'
import { newer, noticeKey, outermost, staleOn, toShow, type AreaTurn, type Notice, type Notices } from './notices.ts'

const notice = (publication: number, effective: string, more: Partial<Notice> = {}): Notice => ({
  kind: 'boundaries', publication, effective, at: '2026-11-20T08:00:00Z', areas: ['510199001001001'], mine: false, mine_areas: [], stale_plan: null, ...more,
})
const list = (...items: Notice[]): Notices => ({ data_version: 7, today: '2026-11-22', items })
const ids = (found: Notice[]) => found.map((n) => n.publication)

describe('the notices of a page', () => {
  const all = list(
    notice(1, '2026-11-20', { stale_plan: { plan: 3, from: '2026-11-22', itineraries: 5 } }),
    notice(2, '2026-12-01', { mine: true }),
  )
  test('are all of them, but on a visitor’s day their own', () => {
    expect(ids(toShow(all, 'map', undefined, []))).toEqual([1, 2])
    expect(ids(toShow(all, 'day', undefined, []))).toEqual([1, 2])
    expect(ids(toShow(all, 'day', 'V1', []))).toEqual([2])
    expect(toShow(null, 'map', undefined, [])).toEqual([])
  })
  test('are not those put away, unless the board must say that the plan is stale', () => {
    expect(ids(toShow(all, 'map', undefined, ['1+', '2']))).toEqual([])
    expect(ids(toShow(all, 'board', undefined, ['1+', '2']))).toEqual([1])
  })
  test('are told again once they are in force', () => {
    const n = notice(2, '2026-12-01')
    expect(noticeKey(n, '2026-11-30')).toBe('2')
    expect(noticeKey(n, '2026-12-01')).toBe('2+')
  })
})

test('with a grid its micro-grids go without saying', () => {
  const a = (code: string): AreaTurn => ({ code, name: code, level: 'grid', change: 'changed' })
  expect(outermost([a('510199001001002'), a('510199001001002001'), a('510199001001003001')]).map((x) => x.code)).toEqual(['510199001001002', '510199001001003001'])
})

test('a day is stale from the day on which newer boundaries hold, by the last of them', () => {
  const stale = (from: string) => ({ stale_plan: { plan: 3, from, itineraries: 5 } })
  const l = list(notice(1, '2026-11-25', stale('2026-11-25')), notice(2, '2026-12-01', stale('2026-12-01')), notice(3, '2026-12-20'))
  expect(staleOn(l, '2026-11-24')).toBeNull()
  expect(staleOn(l, '2026-11-25')?.publication).toBe(1)
  expect(staleOn(l, '2026-12-24')?.publication).toBe(2)
  expect(staleOn(null, '2026-12-24')).toBeNull()
})

test('what a page shows is behind when the records have a later version', () => {
  const told = { list: list(), failed: false }
  expect(newer(told, 6)).toBe(true)
  expect(newer(told, '7')).toBe(false)
  expect(newer(told, undefined)).toBe(false)
  expect(newer({ list: null, failed: true }, 6)).toBe(false)
})

import { describe, expect, test } from 'vitest'
import type { Item, TodayStop, VisitRecord } from '../api_today.ts'
import type { Kept } from './queue.ts'
import { arrivedAgain, begun, cleaned, dayIn, isMissed, isOver, itemsOf, longest, nextItem, notSeen, seen, standing, toSeeTo } from './record.ts'

const item = (id: string, group: Item['group']): Item => ({
  id, group, zh: id, en: id,
  answers: [{ code: 'fine', zh: '好', en: 'fine' }, { code: 'off', zh: '不好', en: 'not fine', bad: true }],
})
const form = { id: 'f1', items: [item('gas', 'check'), item('health', 'ask'), item('passage', 'clear'), item('meals', 'ask')] }
const stop: TodayStop = { key: 's1', resident: 'r1', arrive: '09:00', minutes: 20, walk_seconds: 60 }
const at = new Date('2026-12-01T01:00:00Z')

describe('questions', () => {
  test('are put in the order asked, checked, cleared', () => {
    expect(itemsOf({ form }).map((i) => i.id)).toEqual(['health', 'meals', 'gas', 'passage'])
  })

  test('are put one by one: the next is the first without an answer', () => {
    const items = itemsOf({ form })
    expect([nextItem(items, {}), nextItem(items, { health: 'fine', gas: 'fine' }), nextItem(items, { health: 'fine', meals: 'off', gas: 'fine', passage: 'fine' })]).toEqual([0, 1, 4])
  })

  test('with something to see to are told at the end', () => {
    expect(toSeeTo(itemsOf({ form }), { gas: 'off', health: 'fine', meals: 'unknown' }).map((x) => [x.item.id, x.answer.code])).toEqual([['gas', 'off']])
  })
})

describe('a record', () => {
  test('begins with the moment of arrival and how one came to the door', () => {
    expect(begun('1', { form }, stop, { token: 'T' }, at)).toEqual({
      id: '1', resident: 'r1', stop: 's1', arrived: '2026-12-01T01:00:00.000Z', how: 'code', token: 'T', result: 'seen', form: 'f1', answers: {},
    })
    expect(begun('1', { form }, stop, { noCode: 'torn' }, at)).toMatchObject({ how: 'hand', no_code: 'torn' })
    expect(begun('1', { form }, { key: '', resident: 'r1' }, { noCode: 'torn' }, at)).not.toHaveProperty('stop')
  })

  test('of a door that nobody opened has a reason and no answers', () => {
    const r: VisitRecord = { ...begun('1', { form }, stop, { token: 'T' }, at), answers: { gas: 'fine' }, text: 'draft' }
    const left = new Date('2026-12-01T01:05:00Z')
    expect(notSeen(r, 'nobody', left)).toMatchObject({ result: 'not_seen', not_seen: 'nobody', answers: {}, left: left.toISOString() })
    expect(notSeen(r, 'nobody', left)).not.toHaveProperty('text')
    expect(seen(r, '  ', left)).not.toHaveProperty('text')
    expect(seen(r, ' gas off ', left)).toMatchObject({ result: 'seen', text: 'gas off', answers: { gas: 'fine' } })
  })

  test('that is mended says what is true now, and was left when it was left', () => {
    const [left, later] = [new Date('2026-12-01T01:05:00Z'), new Date('2026-12-01T09:00:00Z')]
    const r = begun('1', { form }, stop, { token: 'T' }, at)
    expect(seen(notSeen(r, 'nobody', left), '', later)).toEqual({ ...r, left: left.toISOString() })
    expect(notSeen(seen(r, 'x', left), 'nobody', later)).toEqual({ ...r, left: left.toISOString(), result: 'not_seen', not_seen: 'nobody' })
  })

  const place = { lon: 120, lat: 30, accuracy: 9 }
  test.each([
    ['a code after a slip of the thumb is when the visit begins', { noCode: 'torn' }, {}, { token: 'T' }, { how: 'code', token: 'T', arrived: '2026-12-01T08:00:00.000Z' }, true],
    ['a code found during the visit is taken down', { noCode: 'torn' }, { gas: 'fine' }, { token: 'T' }, { how: 'code', token: 'T', at: place, answers: { gas: 'fine' } }, false],
    ['another reason before anything was answered', { noCode: 'torn' }, {}, { noCode: 'none' }, { how: 'hand', no_code: 'none', arrived: '2026-12-01T08:00:00.000Z' }, true],
    ['a reason afterwards changes nothing', { noCode: 'torn' }, { gas: 'fine' }, { noCode: 'none' }, { how: 'hand', no_code: 'torn', at: place, answers: { gas: 'fine' } }, false],
    ['nor does it take a code away', { token: 'T' }, {}, { noCode: 'none' }, { how: 'code', token: 'T', at: place }, false],
  ] as const)('of a door one comes to again: %s', (_, first, answers, then, want, again) => {
    const was: VisitRecord = { ...begun('1', { form }, stop, first, at), answers: { ...answers }, at: place }
    const plain = { id: '1', resident: 'r1', stop: 's1', arrived: at.toISOString(), result: 'seen', form: 'f1', answers: {} }
    expect(arrivedAgain(was, then, new Date('2026-12-01T08:00:00Z'))).toEqual({ record: { ...plain, ...want }, again })
  })

  test.each([
    ['plain text stays', '煤气已关\n明天再来', '煤气已关\n明天再来'],
    ['line ends of other systems are one', 'a\r\nb\rc', 'a\nb\nc'],
    ['control characters go', 'a\u0000b\u001b[31mc\u202ed\u200b', 'ab[31mcd'],
    ['nothing but spaces is nothing', ' \n\t ', ''],
    ['signs of two code units are not cut in half', '𠮷'.repeat(longest + 5), '𠮷'.repeat(longest)],
  ])('takes text down cleanly: %s', (_, text, want) => {
    expect(cleaned(text)).toBe(want)
  })
})

describe('a door', () => {
  const kept = (state: Kept['state'], over: Partial<Kept> = {}): Kept => ({ id: state, account: 'a', day: '2026-12-01', resident: 'r1', state, record: null, changed: 0, ...over })
  test.each([
    ['is due', stop, [], 'due'],
    ['is done, the service says', { ...stop, done: 'x' }, [], 'done'],
    ['is being written', stop, [kept('open')], 'open'],
    ['waits', stop, [kept('waiting'), kept('sent')], 'waiting'],
    ['came back, whatever else was made', { ...stop, done: 'x' }, [kept('sent'), kept('refused')], 'refused'],
    ['is another day’s', stop, [kept('sent', { day: '2026-11-30' })], 'due'],
    ['is somebody else’s', stop, [kept('sent', { resident: 'r2' })], 'due'],
    ['is other work at somebody’s home', { ...stop, task: 't1' }, [kept('sent')], 'due'],
    ['has no resident', { key: 's2', task: 't1', arrive: '10:00', minutes: 5, walk_seconds: 0 }, [kept('sent', { resident: '' })], 'due'],
  ] as const)('%s', (_, s, k, want) => {
    expect(standing(s, k, '2026-12-01')).toBe(want)
  })
})

test('a door where nobody was seen is no visit, until somebody is', () => {
  const k = (result?: Kept['result'], over: Partial<Kept> = {}): Kept => ({ id: '1', account: 'a', day: '2026-12-01', resident: 'r1', state: 'sent', record: null, changed: 0, ...(result && { result }), ...over })
  const missed = (...kept: Kept[]) => isMissed(stop, kept, '2026-12-01')
  expect([missed(), missed(k('not_seen')), missed(k('not_seen'), k('seen')), missed(k('not_seen', { day: '2026-11-30' })), missed(k(undefined, { state: 'open' }))]).toEqual([false, true, false, false, false])
})

test('a list is over when the day has ended where the district is', () => {
  const list = { date: '2026-12-01', zone: 'Asia/Shanghai' }
  expect(isOver(list, new Date('2026-12-01T15:59:59Z'))).toBe(false)
  expect(isOver(list, new Date('2026-12-01T16:00:00Z'))).toBe(true)
  expect(dayIn('Asia/Shanghai', new Date('2026-12-01T16:00:00Z'))).toBe('2026-12-02')
  expect(dayIn('No/Where', at)).toMatch(/^2026-1\d-\d\d$/)
})

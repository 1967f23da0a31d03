import { expect, test } from 'vitest'
import { ApiError } from '../request.ts'
import { replyTo } from './reply.ts'

test.each([
  ['no signal', new ApiError(0, 'x'), { kind: 'later', busy: false }],
  ['something else broke', new TypeError('x'), { kind: 'later', busy: false }],
  ['nobody is signed in', new ApiError(401, 'x'), { kind: 'out' }],
  ['the PIN is asked for', new ApiError(403, 'x', { stage: 'pin' }), { kind: 'out' }],
  ['somebody else signed in', new ApiError(403, 'x', { type: '/problems/csrf' }), { kind: 'out' }],
  ['not allowed', new ApiError(403, 'x', { type: '/problems/not-allowed' }), { kind: 'later', busy: false, after: 300_000 }],
  ['an older service', new ApiError(404, 'x'), { kind: 'later', busy: false, after: 300_000 }],
  ['too many', new ApiError(429, 'x', { retry_after: 7 }), { kind: 'later', busy: true, after: 7_000 }],
  ['down', new ApiError(503, 'x'), { kind: 'later', busy: true }],
  ['too large', new ApiError(413, 'x'), { kind: 'bad', code: 'too_large', detail: 'x' }],
  ['not understood', new ApiError(422, 'why', { type: '/problems/invalid' }), { kind: 'bad', code: 'invalid', detail: 'why' }],
  ['not understood, without a word', new ApiError(400, 'why'), { kind: 'bad', code: 'bad', detail: 'why' }],
] as const)('a refusal means for the records: %s', (_, e, want) => {
  expect(replyTo(e)).toEqual(want)
})

import { ApiError } from '../request.ts'
import type { Reply } from './queue.ts'

/** Where the service is reached but this account may not, or not yet, it is asked again after this long. */
const minutes5 = 300_000

/**
 * replyTo says what a failed request of records means for them: whether they wait,
 * wait for somebody to sign in, or cannot be taken as they are. Only the last is
 * ever said of what the service judged to be bad; whatever else goes wrong, the
 * records stay as they are and are sent again.
 */
export function replyTo(e: unknown): Reply {
  if (!(e instanceof ApiError) || e.status === 0) return { kind: 'later', busy: false }
  const { problem, status } = e
  const word = problem.reason ?? problem.type?.split('/').pop() ?? ''
  if (status === 401 || (status === 403 && (problem.stage !== undefined || word === 'csrf'))) return { kind: 'out' }
  const after = Number(problem['retry_after'] ?? 0) * 1000
  if (status === 429 || status === 408 || status === 425 || status >= 500) return { kind: 'later', busy: true, ...(after > 0 && { after }) }
  // Not allowed, or a service that does not know of records yet: neither is the record's fault.
  if (status === 403 || status === 404 || status === 405) return { kind: 'later', busy: false, after: minutes5 }
  return { kind: 'bad', code: status === 413 ? 'too_large' : word || 'bad', detail: e.message }
}

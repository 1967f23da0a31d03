import { signal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { messagesAt } from '../api_messages.ts'
import { me } from '../seat.ts'

/** unread is how many messages whoever sits here has not read; what is not known is 0. */
export const unread = signal(0)

/** How often it is asked while somebody looks, in milliseconds. */
const every = 60_000

/** look asks how many are not read. It is nobody's question: a refusal, or no signal, is no news. */
export async function look(): Promise<void> {
  if (!me.value?.account || me.value.stage !== 'full') {
    unread.value = 0
    return
  }
  try {
    const r = await fetch(messagesAt.unread(), { headers: { Accept: 'application/json' } })
    if (r.ok) unread.value = ((await r.json()) as { unread: number }).unread
  } catch {
    // Without signal what was known stays.
  }
}

/** useUnread keeps unread fresh while the page is looked at. */
export function useUnread(): void {
  const who = me.value?.account
  const stage = me.value?.stage
  useEffect(() => {
    void look()
    if (!who || stage !== 'full') return
    const again = () => {
      if (!document.hidden && navigator.onLine) void look()
    }
    const timer = setInterval(again, every)
    document.addEventListener('visibilitychange', again)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', again)
    }
  }, [who, stage])
}

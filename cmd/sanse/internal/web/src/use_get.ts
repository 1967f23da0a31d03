import { signal } from '@preact/signals'
import { useEffect, useState } from 'preact/hooks'
import { get } from './api.ts'

/** What is known of an answer: nothing yet, the data, or why there is none. */
export interface Got<T> {
  data: T | null
  error: Error | null
  loading: boolean
  /** Asks again, with nothing to show until the answer is there. */
  again: () => void
  /** Asks again; what is known stays until the answer is there. */
  refresh: () => void
}

const asked = signal(0)

/** refreshAll has all that is shown asked for again; it stays until the answers are there. */
export function refreshAll(): void {
  asked.value++
}

/**
 * useGet asks for an address and again whenever it changes; null asks nothing.
 * While a new answer is on its way the old data stays, so that pages do not
 * flash; an answer that was overtaken is dropped. Where asking again for the
 * same address fails, the error stands beside what was known. by asks in another
 * way than get.
 */
export function useGet<T>(address: string | null, by: (address: string, signal: AbortSignal) => Promise<T> = get<T>): Got<T> {
  const [round, setRound] = useState(0)
  const [state, setState] = useState<{ address: string | null; data: T | null; error: Error | null }>({
    address: null,
    data: null,
    error: null,
  })
  useEffect(() => {
    if (address === null) {
      setState({ address: null, data: null, error: null })
      return
    }
    const stop = new AbortController()
    by(address, stop.signal).then(
      (data) => setState({ address, data, error: null }),
      (e: unknown) => {
        if (stop.signal.aborted) return
        const error = e instanceof Error ? e : new Error(String(e))
        setState((s) => ({ address, data: s.address === address ? s.data : null, error }))
      },
    )
    return () => stop.abort()
  }, [address, round, asked.value])
  return {
    data: state.data,
    error: state.error,
    loading: address !== null && state.address !== address,
    refresh: () => setRound((n) => n + 1),
    again: () => {
      setState({ address: null, data: null, error: null })
      setRound((n) => n + 1)
    },
  }
}

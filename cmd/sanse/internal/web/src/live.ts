import { useEffect, useState } from 'preact/hooks'
import { get } from './api.ts'
import { liveAt, type Live } from './api_live.ts'

/** How a day is followed: by a stream, by asking again and again where there is none, or not at all yet. */
export type Following = 'begins' | 'live' | 'asks' | 'lost'

export interface Followed {
  day: Live | null
  how: Following
  error: Error | null
  /** How far the clock of the service is ahead of this one, in milliseconds. */
  ahead: number
}

/** A stream that says nothing for so long is lost: it beats every 15 seconds. */
const silentMs = 40_000
/** How often it is asked where there is no stream, and after how long a stream is tried again. */
const askMs = 10_000
const againMs = 60_000

/** What follow needs of the browser; a test has its own. */
export interface Line {
  open: (address: string) => EventSource
  ask: (address: string, signal: AbortSignal) => Promise<Live>
  now: () => number
  set: (f: () => void, ms: number) => number
  clear: (id: number) => void
}

const browser: Line = {
  open: (address) => new EventSource(address),
  ask: (address, signal) => get<Live>(address, signal),
  now: () => Date.now(),
  set: (f, ms) => setTimeout(f, ms),
  clear: (id) => clearTimeout(id),
}

/**
 * follow tells of the day of an area and of each change of it until it is stopped.
 * Where the stream is refused, breaks or falls silent the day is asked for instead,
 * by the usual way, which has whoever's session is over sign in again; a stream is
 * tried again every minute.
 */
export function follow(address: string, tell: (f: Partial<Followed>) => void, line: Line = browser): () => void {
  const stop = new AbortController()
  let source: EventSource | null = null
  let silence = 0
  let clock = 0
  let asking = false
  const ask = () => {
    if (stop.signal.aborted || asking) return
    asking = true
    line.ask(address, stop.signal).then(
      (day) => {
        asking = false
        tell({ day, error: null, ...(source === null ? { how: 'asks' as const } : {}) })
      },
      (e: unknown) => {
        asking = false
        if (!stop.signal.aborted) tell({ error: e instanceof Error ? e : new Error(String(e)), how: 'lost' })
      },
    )
  }
  let tried = 0
  const fall = () => {
    source?.close()
    source = null
    line.clear(silence)
    if (stop.signal.aborted) return
    ask()
    line.clear(clock)
    const round = () => {
      if (line.now() - tried >= againMs) return begin()
      ask()
      clock = line.set(round, askMs)
    }
    clock = line.set(round, askMs)
  }
  const heard = () => {
    line.clear(silence)
    silence = line.set(fall, silentMs)
  }
  const begin = () => {
    tried = line.now()
    const mine = (source = line.open(address))
    heard()
    mine.addEventListener('time', (e) => {
      heard()
      const at = Date.parse((e as MessageEvent<string>).data)
      if (Number.isFinite(at)) tell({ ahead: at - line.now(), how: 'live', error: null })
    })
    mine.addEventListener('state', (e) => {
      heard()
      tell({ day: JSON.parse((e as MessageEvent<string>).data) as Live, how: 'live', error: null })
    })
    mine.addEventListener('end', (e) => {
      // A server that stops is come back to by the browser itself.
      if ((e as MessageEvent<string>).data !== 'closing') fall()
    })
    mine.addEventListener('error', () => {
      if (mine === source && mine.readyState === 2) fall() // refused: a browser does not try that again
    })
  }
  begin()
  return () => {
    stop.abort()
    source?.close()
    line.clear(silence)
    line.clear(clock)
  }
}

/** useLive follows the day of an area as long as it is shown. */
export function useLive(area: string): Followed {
  const begins: Followed = { day: null, how: 'begins', error: null, ahead: 0 }
  const address = liveAt(area)
  const [state, setState] = useState<Followed & { of: string }>({ ...begins, of: address })
  useEffect(() => {
    setState({ ...begins, of: address })
    return follow(address, (f) => setState((s) => (s.of === address ? { ...s, ...f } : s)))
  }, [address])
  return state.of === address ? state : begins
}

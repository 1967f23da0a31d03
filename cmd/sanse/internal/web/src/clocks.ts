import { useEffect, useState } from 'preact/hooks'
import { t } from './i18n.ts'

// Clocks of cases: how long is left, in words and by a shape as well as by colour.

/** How a clock stands: over, soon over, or with time left. */
export type Standing = 'over' | 'soon' | 'left'

/** The sign of each, told apart without colour. */
export const signs: Readonly<Record<Standing, string>> = { over: '▲', soon: '◐', left: '○' }

/** From how many minutes on a clock is soon over. */
const soonMinutes = 30

/** clockOf tells how a deadline stands at a moment (both ms): minutes left are rounded down, minutes over too. */
export function clockOf(deadline: number, now: number): { standing: Standing; minutes: number } {
  const left = deadline - now
  if (left <= 0) return { standing: 'over', minutes: Math.floor(Math.abs(left) / 60_000) }
  const minutes = Math.floor(left / 60_000)
  return { standing: minutes < soonMinutes ? 'soon' : 'left', minutes }
}

/** span writes minutes by their two largest units: 9 minutes, 1 hour 5 minutes, 2 days 3 hours. */
export function spanOf(minutes: number): string {
  if (minutes < 60) return t('time.min', { n: minutes })
  const h = Math.floor(minutes / 60)
  if (h < 48) return minutes % 60 === 0 ? t('time.hours', { h }) : t('time.hourMin', { h, m: minutes % 60 })
  return h % 24 === 0 ? t('case.days', { d: h / 24 }) : t('case.dayHours', { d: Math.floor(h / 24), h: h % 24 })
}

/** clockWords says it: how long is left, or for how long it has been over. */
export function clockWords(deadline: string, now: number): { standing: Standing; words: string } {
  const c = clockOf(Date.parse(deadline), now)
  if (c.standing === 'over') return { standing: 'over', words: c.minutes === 0 ? t('case.justOver') : t('case.over', { time: spanOf(c.minutes) }) }
  return { standing: c.standing, words: c.minutes === 0 ? t('case.underMinute') : t('case.left', { time: spanOf(c.minutes) }) }
}

/** useNow is the time (ms), anew every some seconds; ahead is how far the clock of the service is ahead. */
export function useNow(ahead = 0, everyMs = 5_000): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    const clock = setInterval(() => setNow(Date.now()), everyMs)
    return () => clearInterval(clock)
  }, [everyMs])
  return now + ahead
}

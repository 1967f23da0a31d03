import { clockWords, signs } from '../clocks.ts'

/** Clock is how long is left of a deadline, or for how long it has been over: a shape, words and a colour. */
export function Clock({ deadline, now }: { deadline: string; now: number }) {
  const { standing, words } = clockWords(deadline, now)
  return (
    <span class={`clock ${standing}`} data-testid="clock" data-standing={standing}>
      <i aria-hidden="true">{signs[standing]}</i>
      {words}
    </span>
  )
}

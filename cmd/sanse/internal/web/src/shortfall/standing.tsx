import type { Shown } from '../api_shortfall.ts'
import { t } from '../i18n.ts'

/** The states in the order in which they are told: what is short comes first. */
export const standings: readonly Shown[] = ['short', 'met', 'no_data', 'not_applicable', 'hidden']

/** The shape of each state, so that colour is never all there is. */
const shapes: Readonly<Record<Shown, string>> = {
  short: 'M8 2.2 14.6 13.6H1.4Z',
  met: 'M3 8.4 6.6 12 13.2 4.6',
  no_data: 'M5.6 6.2a2.4 2.4 0 1 1 3.6 2.1c-.8.5-1.2 1-1.2 1.9M8 12.9v.2',
  not_applicable: 'M3.5 8h9',
  hidden: 'M5 7.4V5.6a3 3 0 0 1 6 0v1.8M3.6 7.4h8.8v5.4H3.6Z',
}

/** StandingMark is the sign of a state with its word; alone it keeps the word for those who cannot see it. */
export function StandingMark({ of: standing, alone }: { of: Shown; alone?: boolean }) {
  const word = t(`shortfall.status.${standing}`)
  return (
    <span class={`standing ${standing}`} title={alone ? word : undefined} data-standing={standing}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <path d={shapes[standing] ?? shapes.no_data} />
      </svg>
      <span class={alone ? 'unseen' : undefined}>{word}</span>
    </span>
  )
}

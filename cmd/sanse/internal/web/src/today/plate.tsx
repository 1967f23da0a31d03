import type { TodayStop } from '../api_today.ts'
import { t } from '../i18n.ts'
import { StopCard } from './list.tsx'
import type { Round } from './round.ts'
import { startAt } from './start.ts'

/** PlateView asks at whose door one stands, where the plate of a building was scanned. */
export function PlateView({ round, token, stops }: { round: Round; token: string; stops: readonly TodayStop[] }) {
  return (
    <>
      <h1>{t('today.whichDoor')}</h1>
      <ol class="round" data-testid="plate">
        {stops.map((s) => (
          <li key={s.key || s.resident}>
            <StopCard round={round} stop={s} onOpen={() => void startAt(round, s, { token })} />
          </li>
        ))}
      </ol>
    </>
  )
}

import { t } from '../i18n.ts'
import type { Seat } from '../seat.ts'
import { known, seatName } from './words.ts'

/** RoleList says what somebody is and where, and what that lets one see. */
export function RoleList({ seats }: { seats: readonly Seat[] }) {
  if (seats.length === 0) return <p class="hint">{t('trust.noRole')}</p>
  return (
    <ul class="roles" data-testid="roles">
      {seats.map((s, i) => (
        <li key={i} data-role={s.role}>
          <b>{seatName(s)}</b>
          <small>{known('trust.roleNote', s.role)}</small>
        </li>
      ))}
    </ul>
  )
}

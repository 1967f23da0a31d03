import { rolesOf } from '../access.ts'
import { list } from '../format.ts'
import { t } from '../i18n.ts'
import { route } from '../route.ts'
import { me } from '../seat.ts'
import { roleName } from '../trust/words.ts'
import { Closed, WayIn } from './closed.tsx'

/** NotYours stands in place of a page that whoever sits here has no use of, and says whose it is. */
export function NotYours() {
  const { page } = route.value
  const who = rolesOf(page).map(roleName)
  return (
    <div class="page">
      <Closed>
        <b>{t(me.value === null ? 'trust.signInFirst' : 'trust.notYours')}</b> {who.length > 0 && t('trust.whoMay', { who: list(who) })}
        <WayIn />
      </Closed>
    </div>
  )
}

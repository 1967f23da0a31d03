import { useEffect } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Refusal } from '../grids/dialog.tsx'
import { firstPath } from '../home.ts'
import { follow, go, href, route } from '../route.ts'
import { door, me } from '../seat.ts'
import { ownPath } from '../trust/own_path.ts'
import { Steps } from '../trust/steps.tsx'
import { known } from '../trust/words.ts'
import '../grids.css'

/**
 * SignInPage is the door: the ways in, and the steps that stand between a session
 * and its work, and then the page that one wanted.
 */
export function SignInPage() {
  const { params } = route.value
  const who = me.value
  const told = door.value
  const next = ownPath(params['next'], location.origin)
  useEffect(() => {
    if (who?.stage === 'full') go(ownPath(params['next'], location.origin, firstPath(who)), 'replace')
  }, [who])
  const what = who && who.stage !== 'full' ? who.stage : 'out'
  return (
    <div class="sign-in" data-testid="sign-in" data-stage={what}>
      <div class="sign-in-card">
        <header>
          <h1>{told?.name}</h1>
          <p>{t('trust.tagline')}</p>
        </header>
        {params['error'] && what === 'out' && <Refusal testid="problem">{known('trust.problem', params['error'])}</Refusal>}
        {/* A step done is a new form: nothing of the one before is left in it. */}
        <Steps key={what} what={what} who={who} back={next} />
        {told?.public && what === 'out' && (
          <p class="public-way">
            <a href={href('map')} onClick={follow} data-testid="public-way">
              {t('trust.publicWay')}
            </a>
            <small>{t('trust.publicWayNote')}</small>
          </p>
        )}
      </div>
      <p class="hint rules">{t('trust.audited')}</p>
    </div>
  )
}

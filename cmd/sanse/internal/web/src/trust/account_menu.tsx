import { useEffect, useRef, useState } from 'preact/hooks'
import { signOut } from '../api_session.ts'
import { t } from '../i18n.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { follow, go, hold, href, route } from '../route.ts'
import { door, may, me } from '../seat.ts'
import { forget, tellOthers } from './keep.ts'
import { why } from './words.ts'
import { RoleList } from './role_list.tsx'

/** AccountMenu is who sits here, what as, and the way out; where nobody sits, the way in. */
export function AccountMenu() {
  const who = me.value
  const [open, setOpen] = useState(false)
  const box = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const at = route.value
  useEffect(() => setOpen(false), [at])
  useEffect(() => {
    if (!open) return
    const away = (e: PointerEvent) => {
      if (!box.current?.contains(e.target as Node)) setOpen(false)
    }
    addEventListener('pointerdown', away)
    return () => removeEventListener('pointerdown', away)
  }, [open])
  if (who === null && door.value && at.page !== 'sign-in') {
    const next = location.pathname + location.search
    return (
      <a class="button quiet way-in" href={href('sign-in', { next: next === '/' ? undefined : next })} onClick={follow} data-testid="way-in">
        {t('trust.signIn')}
      </a>
    )
  }
  if (!who?.account || who.stage !== 'full') return null
  return (
    <div
      class="account"
      ref={box}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !open) return
        setOpen(false)
        button.current?.focus()
      }}
    >
      <button type="button" class="account-button" ref={button} aria-expanded={open} aria-controls="account" onClick={() => setOpen(!open)} data-testid="account">
        <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
          <circle cx="8" cy="5.2" r="2.7" />
          <path d="M2.8 14a5.2 5.2 0 0 1 10.4 0" />
        </svg>
        <span>{who.name || who.login || who.account}</span>
      </button>
      {open && (
        <div class="account-menu" id="account" data-testid="account-menu">
          <p>
            <b>{who.name || who.account}</b> {who.login && <span class="code">{who.login}</span>}
          </p>
          <RoleList seats={who.roles ?? []} />
          <p>
            <a href={href('me')} onClick={follow} data-testid="to-me">
              {t('trust.mine')}
            </a>
            <small>{t('trust.mineNote')}</small>
          </p>
          {may('names') && (
            <p>
              <a href={href('handed')} onClick={follow} data-testid="to-handed">
                {t('page.handed')}
              </a>
            </p>
          )}
          <SeeAs />
          <Out />
        </div>
      )}
    </div>
  )
}

/** SeeAs looks through other eyes; a viewer only ever sees less than the own. */
function SeeAs() {
  const { page, params } = route.value
  return (
    <details class="more">
      <summary>{t('trust.seeAs')}</summary>
      <p>
        <a href={href(page, params, 'public')} onClick={follow} data-testid="see-as-public">
          {t('trust.seeAsPublic')}
        </a>
      </p>
      <div class="field">
        <span>{t('trust.seeAsArea')}</span>
        <AreaSearch onPick={(hit) => go(href(page, params, hit.code))} />
      </div>
    </details>
  )
}

/** Out ends the session and gives up what the pages keep; what is unsaved is asked for first. */
function Out() {
  const [failed, setFailed] = useState<unknown>(null)
  const leave = () => {
    if (hold.ask && !hold.ask()) return
    signOut().then(
      async () => {
        hold.ask = null
        await forget()
        tellOthers()
        location.assign('/sign-in') // a fresh document: nothing stays in memory
      },
      (e: unknown) => setFailed(e),
    )
  }
  return (
    <>
      <button type="button" class="button quiet" onClick={leave} data-testid="sign-out">
        {t('trust.signOut')}
      </button>
      {failed !== null && <p class="refusal" role="alert">{t('trust.stillIn', { why: why(failed) })}</p>}
    </>
  )
}

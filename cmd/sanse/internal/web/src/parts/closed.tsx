import type { ComponentChildren } from 'preact'
import { t } from '../i18n.ts'
import { follow, href } from '../route.ts'
import { me } from '../seat.ts'

/** Closed says what outsiders are not shown, and who sees it. */
export function Closed({ children }: { children: ComponentChildren }) {
  return (
    <p class="closed" role="note" data-testid="closed">
      <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
        <path d="M4.5 7V5.2a3.5 3.5 0 0 1 7 0V7M3 7h10v6.5H3Z" />
      </svg>
      <span>{children}</span>
    </p>
  )
}

/** WayIn leads the public to the sign-in and back here; nothing for those who are signed in. */
export function WayIn() {
  if (me.value !== null) return null
  return (
    <a href={href('sign-in', { next: location.pathname + location.search })} onClick={follow}>
      {t('trust.signIn')}
    </a>
  )
}

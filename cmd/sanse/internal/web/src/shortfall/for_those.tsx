import type { ComponentChildren } from 'preact'
import { forbidden } from '../api.ts'
import { t } from '../i18n.ts'
import { Closed, WayIn } from '../parts/closed.tsx'
import type { Got } from '../use_get.ts'

/** ForThose shows its children, or what it is that outsiders are not shown where the service refused for that reason. */
export function ForThose(props: { got: Got<unknown>; what: string; children: ComponentChildren }) {
  if (!forbidden(props.got.error)) return <>{props.children}</>
  return (
    <Closed>
      <b>{props.what}</b> {t('shortfall.hidden')} <WayIn />
    </Closed>
  )
}

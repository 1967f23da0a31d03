import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n.ts'
import { route } from '../route.ts'
import { me } from '../seat.ts'
import { Messages } from './list.tsx'
import { unread, useUnread } from './unread.ts'

/** Bell says how many messages are not read, and opens them. */
export function Bell({ zone }: { zone: string }) {
  useUnread()
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
  const who = me.value
  if (!who?.account || who.stage !== 'full') return null
  const n = unread.value
  return (
    <div
      class="account bell"
      ref={box}
      onKeyDown={(e) => {
        if (e.key !== 'Escape' || !open) return
        setOpen(false)
        button.current?.focus()
      }}
    >
      <button type="button" class="bell-button" ref={button} aria-expanded={open} aria-controls="bell" aria-label={t('msg.bell', { n })} onClick={() => setOpen(!open)} data-testid="bell" data-unread={n}>
        <BellMark />
        {n > 0 && <span class="bell-count">{n > 99 ? '99+' : n}</span>}
      </button>
      {open && (
        <div class="account-menu" id="bell" data-testid="bell-menu">
          <h2>{t('msg.title')}</h2>
          <Messages zone={zone} />
        </div>
      )}
    </div>
  )
}

/** BellMark is the drawing of a bell. */
export function BellMark() {
  return (
    <svg viewBox="0 0 16 16" width="18" height="18" aria-hidden="true">
      <path d="M8 1.8a4.1 4.1 0 0 0-4.1 4.1c0 3.6-1.4 4.7-1.4 5.6h11c0-.9-1.4-2-1.4-5.6A4.1 4.1 0 0 0 8 1.8zM6.5 13.6a1.6 1.6 0 0 0 3 0" />
    </svg>
  )
}

import type { ComponentChildren } from 'preact'
import { useId, useLayoutEffect, useRef } from 'preact/hooks'
import { t } from '../i18n.ts'

/**
 * Dialog is a window above the page, closed by its cross or Escape. What is in it
 * may close it through the function that its children are given.
 */
export function Dialog(props: {
  title: string
  onClose: () => void
  children: (close: () => void) => ComponentChildren
  testid: string
  /** Beside the page, which stays in use, and not above it. */
  aside?: boolean
}) {
  const box = useRef<HTMLDialogElement>(null)
  const id = useId()
  // It is open as soon as it is there: nobody meets one that is not to be seen.
  useLayoutEffect(() => {
    const el = box.current
    if (!el || el.open) return
    if (props.aside) el.show()
    else el.showModal()
    // Else the cross has the focus, and looks chosen.
    if (!el.querySelector('[autofocus]')) el.focus()
  }, [])
  const close = () => box.current?.close()
  return (
    <dialog
      class={props.aside ? 'ask aside' : 'ask'}
      ref={box}
      tabIndex={-1}
      onClose={props.onClose}
      onKeyDown={(e) => {
        // Beside a page nothing closes on Escape by itself.
        if (props.aside && e.key === 'Escape') {
          e.stopPropagation()
          close()
        }
      }}
      aria-labelledby={id}
      data-testid={props.testid}
    >
      <header>
        <h2 id={id}>{props.title}</h2>
        <button type="button" class="close" aria-label={t('app.close')} onClick={close}>
          ×
        </button>
      </header>
      {props.children(close)}
    </dialog>
  )
}

/** Busy says that something is under way. */
export function Busy({ children }: { children: ComponentChildren }) {
  return (
    <p class="status" role="status">
      <span class="spinner" aria-hidden="true" />
      {children}
    </p>
  )
}

/** Refusal says why something was not done. */
export function Refusal({ children, testid }: { children: ComponentChildren; testid?: string }) {
  return (
    <p class="refusal" role="alert" data-testid={testid ?? 'refusal'}>
      {children}
    </p>
  )
}

import type { ComponentChildren } from 'preact'

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

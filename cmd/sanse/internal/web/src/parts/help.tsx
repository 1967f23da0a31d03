import { useId } from 'preact/hooks'
import { t } from '../i18n.ts'

/**
 * Explained is the name of a figure with a “?” that opens what it means: by
 * click, touch or keyboard, and closed again by the same or Escape. Whoever
 * shows several keeps one open at a time. Resting the pointer on the name
 * shows the meaning too.
 */
export function Explained(props: { label: string; note: string; open: boolean; onOpen: (open: boolean) => void; testid?: string }) {
  const { label, note, open, onOpen } = props
  const id = useId()
  return (
    <>
      <span title={note}>
        {label}
        <button
          type="button"
          class="help"
          aria-label={t('board.explain', { figure: label })}
          aria-expanded={open}
          aria-controls={id}
          onClick={() => onOpen(!open)}
          onKeyDown={(e) => {
            if (e.key === 'Escape') onOpen(false)
          }}
          data-testid={props.testid}
        >
          ?
        </button>
      </span>
      <p class="meaning" id={id} role="note" hidden={!open}>
        {note}
      </p>
    </>
  )
}

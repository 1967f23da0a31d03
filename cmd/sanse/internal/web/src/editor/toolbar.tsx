import type { ComponentChildren } from 'preact'
import { t } from '../i18n.ts'
import { tools, type Desk, type Tool } from './desk.ts'

const letter: Record<Tool, string> = { select: 'V', brush: 'B', lasso: 'L', split: 'S', merge: 'M', new: 'N' }
const pictures: Record<Tool, ComponentChildren> = {
  select: <path d="M5 3l12 9-6 1-3 6z" />,
  brush: <path d="M14 3l5 5-8 8-5-5zM5 13c-2 1-2 4-3 5 3 1 6 0 7-2z" />,
  lasso: <path d="M11 4c5 0 8 2 8 5s-3 5-8 5-8-2-8-5 3-5 8-5zM7 14c1 2 1 4-1 5" />,
  split: <path d="M3 4h16v14H3zM8 2l6 18" />,
  merge: <path d="M3 5h7v12H3zM12 5h7v12h-7zM8 11h6M12 9l2 2-2 2" />,
  new: <path d="M4 4h14v14H4zM11 8v6M8 11h6" />,
}

/** Toolbar is the row of tools; on a phone it lies at the bottom. */
export function Toolbar({ desk }: { desk: Desk }) {
  return (
    <div class="ed-tools" role="toolbar" aria-label={t('ed.tools')} data-testid="ed-tools">
      {tools.map((k) => (
        <button
          key={k}
          type="button"
          aria-pressed={desk.tool.value === k}
          aria-keyshortcuts={letter[k]}
          title={`${t(`ed.tool.${k}`)} (${letter[k]})`}
          data-testid={`tool-${k}`}
          onClick={() => desk.take(k)}
        >
          <svg viewBox="0 0 22 22" width="20" height="20" aria-hidden="true">
            {pictures[k]}
          </svg>
          <span>{t(`ed.short.${k}`)}</span>
          <kbd aria-hidden="true">{letter[k]}</kbd>
        </button>
      ))}
    </div>
  )
}

import { useRef } from 'preact/hooks'
import type { Rate, Standard, Standards } from '../api_standards.ts'
import { t } from '../i18n.ts'

/** What a file holds: standards, and the rates of who is to be expected where it has them. */
export interface SetFile {
  items: Standard[]
  rates?: Rate[]
}

/** setIn reads a set from a file's text as it was exported; null where it is none. */
export function setIn(text: string): SetFile | null {
  try {
    const v = JSON.parse(text) as { items?: unknown; rates?: unknown }
    const { items, rates } = v
    if (!Array.isArray(items) || items.length === 0) return null
    const all = items.every((x) => typeof x === 'object' && x !== null && typeof (x as Standard).id === 'string' && typeof (x as Standard).target === 'object')
    if (!all) return null
    return { items: items as Standard[], ...(Array.isArray(rates) ? { rates: rates as Rate[] } : {}) }
  } catch {
    return null
  }
}

/** ExchangeBar writes the set into a file and reads one from a file; the service checks what is read. */
export function ExchangeBar(props: { set: Standards; onRead: (set: SetFile) => void; onWrong: (why: string) => void }) {
  const file = useRef<HTMLInputElement>(null)
  const write = () => {
    const body = JSON.stringify({ items: props.set.items ?? [], rates: props.set.rates ?? [] }, null, 2)
    const a = document.createElement('a')
    a.href = URL.createObjectURL(new Blob([body], { type: 'application/json' }))
    a.download = 'standards.json'
    a.click()
    URL.revokeObjectURL(a.href)
  }
  return (
    <>
      <button type="button" class="button quiet" onClick={write} data-testid="standards-export">
        {t('standards.export')}
      </button>
      <button type="button" class="button quiet" onClick={() => file.current?.click()}>
        {t('standards.import')}
      </button>
      <input
        ref={file}
        type="file"
        accept=".json,application/json"
        class="unseen"
        tabIndex={-1}
        aria-label={t('standards.import')}
        data-testid="standards-import"
        onChange={(e) => {
          const chosen = e.currentTarget.files?.[0]
          e.currentTarget.value = ''
          if (!chosen) return
          chosen.text().then(
            (text) => {
              const set = setIn(text)
              if (set) props.onRead(set)
              else props.onWrong(t('standards.notASet'))
            },
            () => props.onWrong(t('standards.notASet')),
          )
        }}
      />
    </>
  )
}

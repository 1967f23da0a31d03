import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n.ts'
import { keyTable } from './keys.ts'

/** Box is a dialog over the page; Escape and the cross close it. */
function Box(props: { title: string; testid: string; onClose: () => void; children: ComponentChildren }) {
  const box = useRef<HTMLDialogElement>(null)
  useLayoutEffect(() => {
    if (!box.current?.open) box.current?.showModal()
  }, [])
  return (
    <dialog class="off ed-dialog" ref={box} onClose={props.onClose} aria-label={props.title} data-testid={props.testid}>
      <header>
        <h2>{props.title}</h2>
        <button type="button" class="close" aria-label={t('app.close')} onClick={() => box.current?.close()}>
          ×
        </button>
      </header>
      {props.children}
    </dialog>
  )
}

/** RenameDialog gives an area another name, or makes it special. */
export function RenameDialog(props: { code: string; name: string; special: boolean; onSave: (name: string, special: boolean) => void; onClose: () => void }) {
  const [name, setName] = useState(props.name)
  const [special, setSpecial] = useState(props.special)
  return (
    <Box title={t('ed.renameTitle', { code: props.code })} testid="ed-rename-dialog" onClose={props.onClose}>
      <form
        onSubmit={(e) => {
          e.preventDefault()
          if (name.trim()) props.onSave(name.trim(), special)
        }}
      >
        <label class="field">
          <span>{t('ed.name')}</span>
          <input value={name} maxLength={100} required onInput={(e) => setName(e.currentTarget.value)} data-testid="ed-name" />
        </label>
        <label class="switch">
          <input type="checkbox" checked={special} onChange={(e) => setSpecial(e.currentTarget.checked)} />
          {t('ed.special')}
        </label>
        <footer class="buttons">
          <button type="submit" class="button" data-testid="ed-name-save">
            {t('ed.act.apply')}
          </button>
          <button type="button" class="button quiet" onClick={props.onClose}>
            {t('ed.act.cancel')}
          </button>
        </footer>
      </form>
    </Box>
  )
}

/** KeysDialog lists the keys. */
export function KeysDialog({ onClose }: { onClose: () => void }) {
  return (
    <Box title={t('ed.keys.title')} testid="ed-keys" onClose={onClose}>
      <p class="hint">{t('ed.keys.note')}</p>
      <div class="ed-keys">
        {keyTable.map((group, i) => (
          <dl key={i}>
            {group.map((k, j) => (
              <div key={j}>
                <dt>
                  {k.keys.map((x, n) => (
                    <kbd key={n}>{typeof x === 'string' ? x : t(x.text)}</kbd>
                  ))}
                </dt>
                <dd>{t(k.does)}</dd>
              </div>
            ))}
          </dl>
        ))}
      </div>
    </Box>
  )
}

import { useState } from 'preact/hooks'
import { t } from '../i18n.ts'
import { Busy, Dialog, Refusal } from './dialog.tsx'
import { refused } from './refusal.ts'

/** The most characters of a name and of a note that the service takes. */
const longestName = 100
const longestNote = 2000

/** NameDialog asks for a name and a note of a draft, to begin one or to describe one. */
export function NameDialog(props: {
  title: string
  act: string
  hint?: string
  name?: string
  note?: string
  onSave: (name: string, note: string) => Promise<void>
  onClose: () => void
}) {
  const [name, setName] = useState(props.name ?? '')
  const [note, setNote] = useState(props.note ?? '')
  const [busy, setBusy] = useState(false)
  const [why, setWhy] = useState<string | null>(null)
  return (
    <Dialog title={props.title} onClose={props.onClose} testid="name-dialog">
      {(close) => (
        <form
          onSubmit={(e) => {
            e.preventDefault()
            if (busy || name.trim() === '') return
            setBusy(true)
            setWhy(null)
            props.onSave(name.trim(), note.trim()).then(close, (err: unknown) => {
              setWhy(refused(err))
              setBusy(false)
            })
          }}
        >
          {props.hint && <p class="hint">{props.hint}</p>}
          <label class="field">
            <span>{t('grids.name')}</span>
            <input type="text" required autofocus maxLength={longestName} value={name} placeholder={t('grids.nameExample')} onInput={(e) => setName(e.currentTarget.value)} data-testid="draft-name" />
          </label>
          <label class="field">
            <span>{t('grids.note')}</span>
            <textarea rows={3} maxLength={longestNote} value={note} placeholder={t('grids.noteExample')} onInput={(e) => setNote(e.currentTarget.value)} data-testid="draft-note" />
          </label>
          {why !== null && <Refusal>{why}</Refusal>}
          {busy && <Busy>{t('grids.saving')}</Busy>}
          <footer>
            <button type="submit" class="button" disabled={busy || name.trim() === ''} data-testid="name-save">
              {props.act}
            </button>
            <button type="button" class="button quiet" onClick={close}>
              {t('grids.cancel')}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}

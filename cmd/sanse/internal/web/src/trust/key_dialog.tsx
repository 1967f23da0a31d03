import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { addKey } from '../api_accounts.ts'
import { addDays } from '../format.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { AreaField } from './grant_form.tsx'
import { Step, useSend } from './steps.tsx'
import { Once } from './sure.tsx'
import { midnight } from './words.ts'

/** What a key may be told, from what anybody may know to what names people. */
const scopes = ['open', 'released', 'duty_area', 'duty_record', 'names'] as const
const firstDays = 90

/** KeyDialog makes a key for another program: what it may ask for, where and how long; it is shown once. */
export function KeyDialog({ district, onAdded, onClose }: { district: District; onAdded: () => void; onClose: () => void }) {
  const [name, setName] = useState('')
  const [chosen, setChosen] = useState<readonly string[]>(['open', 'released'])
  const [area, setArea] = useState<{ code: string; name: string } | null>(null)
  const [last, setLast] = useState(addDays(district.today, firstDays))
  const [key, setKey] = useState<string | null>(null)
  const sender = useSend()
  const send = () =>
    addKey({ name: name.trim(), scopes: [...chosen], area: area?.code ?? district.code, ...(last ? { to: midnight(addDays(last, 1), district.time_zone) } : {}) }).then((k) => {
      setKey(k.key)
      onAdded()
    })
  return (
    <Dialog title={t('trust.addKey')} onClose={onClose} testid="key-dialog">
      {(close) =>
        key !== null ? (
          <>
            <Once secret={key} note={t('trust.keyOnce')} />
            <footer>
              <button type="button" class="button" onClick={close} data-testid="once-done">
                {t('trust.done')}
              </button>
            </footer>
          </>
        ) : (
          <Step title="" note={t('trust.keyNote')} act={t('trust.addKey')} sender={sender} disabled={name.trim() === '' || chosen.length === 0 || !area} onSend={send} testid="add-key">
            <label class="field">
              <span>{t('trust.keyName')}</span>
              <input value={name} onInput={(e) => setName(e.currentTarget.value)} autocomplete="off" required data-testid="key-name" />
            </label>
            <fieldset class="choices-list">
              <legend>{t('trust.scopes')}</legend>
              {scopes.map((s) => (
                <label class="switch" key={s}>
                  <input type="checkbox" checked={chosen.includes(s)} onChange={(e) => setChosen(e.currentTarget.checked ? [...chosen, s] : chosen.filter((x) => x !== s))} data-testid="scope" data-scope={s} />
                  {t(`trust.scope.${s}`)}
                </label>
              ))}
            </fieldset>
            <AreaField district={district} code={area?.code} name={area?.name} onArea={(code, called) => setArea(code ? { code, name: called ?? code } : null)} />
            <label class="field">
              <span>{t('trust.lastDay')}</span>
              <input type="date" value={last} min={district.today} onChange={(e) => setLast(e.currentTarget.value)} data-testid="key-to" />
            </label>
          </Step>
        )
      }
    </Dialog>
  )
}

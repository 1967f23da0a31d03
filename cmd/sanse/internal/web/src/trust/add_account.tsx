import { useState } from 'preact/hooks'
import { ApiError, type District } from '../api.ts'
import { addAccount } from '../api_accounts.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { blank, GrantFields, lacks, ready } from './grant_form.tsx'
import { Step, useSend } from './steps.tsx'
import { Once } from './sure.tsx'

/** taken says of a refusal that somebody has the login already. */
function taken(e: unknown): never {
  if (e instanceof ApiError && e.status === 409) throw new Error(t('trust.no.login_taken'))
  throw e
}

/** AddAccount makes an account with its first role, and shows the secret of the first sign-in once. */
export function AddAccount({ district, onAdded, onClose }: { district: District; onAdded: () => void; onClose: () => void }) {
  const [login, setLogin] = useState('')
  const [name, setName] = useState('')
  const [visitor, setVisitor] = useState('')
  const [grant, setGrant] = useState(() => blank(district))
  const [secret, setSecret] = useState<string | null>(null)
  const sender = useSend()
  const worker = grant.role === 'worker' || grant.role === 'leader'
  const send = () =>
    addAccount({ login: login.trim().toLowerCase(), name: name.trim(), ...(worker && visitor.trim() ? { visitor: visitor.trim() } : {}), grants: [ready(grant, district)] }).then((a) => {
      setSecret(a.secret)
      onAdded()
    }, taken)
  return (
    <Dialog title={t(secret ? 'trust.added' : 'trust.addAccount')} onClose={onClose} testid="add-account-dialog">
      {(close) =>
        secret !== null ? (
          <>
            <Once secret={secret} note={t('trust.secretNote', { login: login.trim().toLowerCase() })} />
            <footer>
              <button type="button" class="button" onClick={close} data-testid="once-done">
                {t('trust.done')}
              </button>
            </footer>
          </>
        ) : (
          <Step title="" act={t('trust.addAccount')} sender={sender} disabled={lacks(grant, visitor.trim()) !== null || name.trim() === ''} onSend={send} testid="add-account">
            <div class="fields">
              <label class="field">
                <span>{t('trust.login')}</span>
                <input value={login} onInput={(e) => setLogin(e.currentTarget.value)} autocomplete="off" autocapitalize="off" spellcheck={false} required data-testid="new-login" />
              </label>
              <label class="field">
                <span>{t('trust.name')}</span>
                <input value={name} onInput={(e) => setName(e.currentTarget.value)} autocomplete="off" required data-testid="new-name" />
              </label>
            </div>
            {worker && (
              <label class="field">
                <span>{t('trust.visitor')}</span>
                <input value={visitor} onInput={(e) => setVisitor(e.currentTarget.value)} placeholder={t('trust.visitorHint')} autocomplete="off" spellcheck={false} data-testid="new-visitor" />
              </label>
            )}
            <GrantFields district={district} grant={grant} onGrant={setGrant} visitor={visitor.trim()} />
          </Step>
        )
      }
    </Dialog>
  )
}

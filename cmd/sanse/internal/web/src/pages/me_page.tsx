import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { endSession, sessionsAt, setPin, type OwnSession } from '../api_session.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { OwnRates } from '../ledger/own_rate.tsx'
import { Choice } from '../messages/choice.tsx'
import { Status } from '../parts/status.tsx'
import { door, me, type Me } from '../seat.ts'
import { Enrol } from '../trust/enrol.tsx'
import { CodeField, PasswordField } from '../trust/field.tsx'
import { RoleList } from '../trust/role_list.tsx'
import { NewPassword, Step, useSend } from '../trust/steps.tsx'
import { agentName, known, when, why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import '../grids.css'
import '../ledger.css'

type Opened = 'password' | 'totp' | 'pin'

/** MePage is one's own account: what one may do, where one is signed in, and how one signs in. */
export function MePage({ district }: { district: District }) {
  const who = me.value
  if (!who?.account) return <p class="status">{t('trust.nobody')}</p>
  return (
    <div class="page board mine" data-testid="me">
      <header>
        <h1>{who.name || who.account}</h1>
        {who.login && <p class="code">{who.login}</p>}
      </header>
      <section>
        <h2>{t('trust.myRoles')}</h2>
        <RoleList seats={who.roles ?? []} />
      </section>
      <OwnRates />
      {!who.made_up && <Safety who={who} />}
      <Choice />
      <Sessions district={district} />
    </div>
  )
}

/** Safety is how one signs in, and the ways to change it. */
function Safety({ who }: { who: Me }) {
  const [open, setOpen] = useState<Opened | null>(null)
  const [done, setDone] = useState<Opened | null>(null)
  const finish = (what: Opened, close: () => void) => () => {
    setDone(what)
    close()
  }
  const note = (k: Opened) => (k === 'totp' ? (who.totp ? 'trust.mine.totpOn' : 'trust.mine.totpOff') : k === 'pin' ? (who.pin ? 'trust.mine.pinOn' : 'trust.mine.pinOff') : 'trust.mine.passwordNote')
  return (
    <section>
      <h2>{t('trust.mySafety')}</h2>
      <ul class="safety">
        {(['password', 'totp', 'pin'] as const).filter((k) => k !== 'password' || who.password !== false).map((k) => (
          <li key={k}>
            <span>
              <b>{t(`trust.mine.${k}`)}</b>
              <small>{t(note(k))}</small>
            </span>
            {/* An authenticator that is in use is taken away by an administrator, not by whoever has found an open page. */}
            {!(k === 'totp' && who.totp) && (
              <button type="button" class="button quiet" onClick={() => (setOpen(k), setDone(null))} data-testid={`change-${k}`}>
                {t(k === 'password' || (k === 'pin' && who.pin) ? 'trust.change' : 'trust.set')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {done && (
        <p class="all-well" role="status" data-testid="me-done">
          {t(`trust.mine.${done}Done`)}
        </p>
      )}
      {open && (
        <Dialog title={t(`trust.mine.${open}`)} onClose={() => setOpen(null)} testid="me-dialog">
          {(close) =>
            open === 'password' ? (
              <NewPassword near={[door.value?.name ?? '', who.login ?? '']} onDone={finish(open, close)} />
            ) : open === 'totp' ? (
              <Enrol onDone={finish(open, close)} />
            ) : (
              <SetPin onDone={finish(open, close)} />
            )
          }
        </Dialog>
      )}
    </section>
  )
}

/** SetPin sets the short number with which a phone that has lain is opened again. */
function SetPin({ onDone }: { onDone: () => void }) {
  const [pin, setNew] = useState('')
  const [password, setPassword] = useState('')
  const sender = useSend()
  return (
    <Step title={t('trust.setPin')} note={t('trust.setPinNote')} act={t('trust.save')} sender={sender} disabled={pin.length < 6} onSend={() => setPin(pin, password).then(onDone)} wrong="trust.no.password_wrong" testid="set-pin-step">
      <CodeField label={t('trust.newPin')} value={pin} onValue={setNew} secret testid="new-pin" />
      <PasswordField label={t('trust.password')} value={password} onValue={setPassword} complete="current-password" testid="pin-password" />
    </Step>
  )
}

/** Sessions are where one is signed in; each but this one can be ended at once. */
function Sessions({ district }: { district: District }) {
  const got = useGet<{ items: OwnSession[] | null }>(sessionsAt())
  const [busy, setBusy] = useState('')
  const [failed, setFailed] = useState<unknown>(null)
  const end = (s: string) => {
    setBusy(s)
    setFailed(null)
    endSession(s).then(
      () => {
        setBusy('')
        got.refresh()
      },
      (e: unknown) => {
        setBusy('')
        setFailed(e)
      },
    )
  }
  return (
    <section>
      <h2>{t('trust.sessions')}</h2>
      <p class="hint">{t('trust.sessionsNote')}</p>
      <Status got={got} />
      {failed !== null && <Refusal>{why(failed)}</Refusal>}
      <ul class="sessions" data-testid="sessions">
        {(got.data?.items ?? []).map((s) => (
          <li key={s.id} data-testid="session" data-current={s.this}>
            <span>
              <b>{known('trust.kind', s.kind)}</b> {s.this && <span class="tag today">{t('trust.thisOne')}</span>}
              <small>
                {[s.agent && agentName(s.agent), s.address].filter(Boolean).join(' · ')}
              </small>
              <small>{t('trust.sessionTimes', { from: when(s.created_at, district.time_zone), seen: when(s.seen_at, district.time_zone) })}</small>
            </span>
            {!s.this && (
              <button type="button" class="button quiet" disabled={busy !== ''} onClick={() => end(s.id)} data-testid="session-end">
                {t('trust.end')}
              </button>
            )}
          </li>
        ))}
      </ul>
      {busy && <Busy>{t('trust.sending')}</Busy>}
    </section>
  )
}

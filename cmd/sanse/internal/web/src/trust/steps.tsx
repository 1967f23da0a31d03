import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { changePassword, elsewhereAt, enterPin, secondStep, signIn, signInAs, signOut } from '../api_session.ts'
import { Busy, Refusal } from '../grids/dialog.tsx'
import type { TextKey } from '../dictionary.ts'
import { t } from '../i18n.ts'
import { door, over, type Door, type Me, type Missing, type Person } from '../seat.ts'
import { Enrol } from './enrol.tsx'
import { CodeField, PasswordField } from './field.tsx'
import { strength } from './password.ts'
import { bodyName, roleName, why } from './words.ts'

/**
 * useSend runs one request at a time and keeps why the last one was refused.
 * What was typed is the caller's: a refusal takes nothing away.
 */
export function useSend() {
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<unknown>(null)
  const send = (what: () => Promise<unknown>) => {
    if (busy) return
    setBusy(true)
    setRefused(null)
    what().then(
      () => setBusy(false),
      (e: unknown) => {
        setBusy(false)
        setRefused(e)
      },
    )
  }
  return { busy, refused, send, clear: () => setRefused(null) }
}

/** Step is one form of signing in: fields, what went wrong, and one large button. */
export function Step(props: { title: string; note?: string; act: string; sender: ReturnType<typeof useSend>; onSend: () => Promise<unknown>; disabled?: boolean; wrong?: TextKey; children: ComponentChildren; below?: ComponentChildren; testid: string }) {
  const { busy, refused, send } = props.sender
  return (
    <form
      class="step-form"
      method="post"
      data-testid={props.testid}
      onSubmit={(e) => {
        e.preventDefault()
        send(props.onSend)
      }}
    >
      <h2>{props.title}</h2>
      {props.note && <p class="hint">{props.note}</p>}
      {props.children}
      {refused !== null && <Refusal testid="step-refused">{why(refused, props.wrong)}</Refusal>}
      <button type="submit" class="button large" disabled={busy || props.disabled} data-testid="step-go">
        {props.act}
      </button>
      {busy && <Busy>{t('trust.sending')}</Busy>}
      {props.below}
    </form>
  )
}

/**
 * Steps leads from the door to the seat: what is missing decides which form is
 * shown. Signing in sits down by itself (see seat); the caller looks at me. back
 * is where one wanted to go.
 */
export function Steps({ what, who, back }: { what: Missing; who?: Me | null | undefined; back?: string }) {
  const told = door.value
  if (!told) return null
  if (what === 'password') return <NewPassword near={[told.name, who?.login ?? '']} />
  if (what === 'totp') return <SecondStep />
  if (what === 'enrol') return <Enrol />
  if (what === 'pin') return <Pin />
  return <AtTheDoor told={told} who={who} back={back} />
}

/**
 * AtTheDoor are the ways in. back is the page that an issuer leads back to;
 * without one it is asked in a window of its own. Somebody who comes back is
 * offered their own way.
 */
function AtTheDoor({ told, who, back }: { told: Door; who: Me | null | undefined; back: string | undefined }) {
  const people = (told.people ?? []).filter((p) => !who || p.id === who.account)
  const oidc = told.oidc ?? []
  return (
    <>
      {people.length > 0 && <MadeUp told={told} people={people} />}
      {oidc.length > 0 && (
        <ul class="issuers">
          {oidc.map((o) => (
            <li key={o.id}>
              <a class="button large" href={elsewhereAt(o.id, back ?? '/me')} target={back === undefined ? '_blank' : undefined} rel="noreferrer" data-testid="oidc" data-id={o.id}>
                {t('trust.with', { name: o.name })}
              </a>
            </li>
          ))}
        </ul>
      )}
      {people.length > 0 ? (
        <details class="more">
          <summary>{t('trust.withPassword')}</summary>
          <Password login={who?.login} />
        </details>
      ) : (
        <Password login={who?.login} />
      )}
    </>
  )
}

/** The people of a demonstration in the order in which a visitor is curious: who plans, who answers, who goes, who else. */
const shownFirst: readonly string[] = ['planner', 'official', 'leader', 'worker', 'department', 'task_force', 'provider', 'auditor', 'administrator']

/** inOrder sorts people by what they are, and those of large areas first. */
export function inOrder(people: readonly Person[]): Person[] {
  const rank = (p: Person) => shownFirst.indexOf(p.role)
  return [...people].sort((a, b) => rank(a) - rank(b) || (a.area ?? '').length - (b.area ?? '').length)
}

/** MadeUp are the people of a demonstration, one click each. */
function MadeUp({ told, people }: { told: Door; people: readonly Person[] }) {
  const sender = useSend()
  const [chosen, setChosen] = useState('')
  return (
    <section class="made-up-people" data-testid="made-up">
      <h2>{t('trust.madeUpTitle')}</h2>
      <p class="made-up-note">{t('trust.madeUpNote')}</p>
      {sender.refused !== null && <Refusal testid="step-refused">{why(sender.refused)}</Refusal>}
      <ul>
        {inOrder(people).map((p) => (
          <li key={p.id}>
            <button
              type="button"
              disabled={sender.busy}
              onClick={() => {
                setChosen(p.id)
                sender.send(() => signInAs(p.id))
              }}
              data-testid="person"
              data-role={p.role}
            >
              <b>{roleName(p.role)}</b>
              <small>
                {p.area_name || p.area || (p.body ? bodyName(p.body) : told.name)}
                {sender.busy && chosen === p.id && ' …'}
              </small>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Password({ login: known }: { login?: string | undefined }) {
  const [login, setLogin] = useState(known ?? '')
  const [password, setPassword] = useState('')
  const [phone, setPhone] = useState(false)
  const touch = matchMedia('(pointer: coarse)').matches
  const sender = useSend()
  return (
    <Step title={t('trust.signIn')} act={t('trust.signIn')} sender={sender} onSend={() => signIn(login.trim(), password, phone).then(() => setPassword(''))} testid="password-step">
      <label class="field">
        <span>{t('trust.login')}</span>
        <input value={login} onInput={(e) => setLogin(e.currentTarget.value)} autocomplete="username" autocapitalize="off" spellcheck={false} autofocus={!known && !touch} required data-testid="login" />
      </label>
      <PasswordField label={t('trust.password')} value={password} onValue={setPassword} complete="current-password" testid="password" />
      {touch && (
        <label class="switch">
          <input type="checkbox" checked={phone} onChange={(e) => setPhone(e.currentTarget.checked)} data-testid="own-phone" />
          {t('trust.ownPhone')}
        </label>
      )}
    </Step>
  )
}

/** NewPassword is the change that the first sign-in asks for, or one makes at will. */
export function NewPassword({ near, onDone }: { near: readonly string[]; onDone?: () => void }) {
  const [old, setOld] = useState('')
  const [next, setNext] = useState('')
  const sender = useSend()
  const found = strength(next, near)
  const bad = found === 'short' || found === 'common' || found === 'near'
  return (
    <Step
      title={t(onDone ? 'trust.changePassword' : 'trust.firstPassword')}
      note={t(onDone ? 'trust.changePasswordNote' : 'trust.firstPasswordNote')}
      act={t('trust.savePassword')}
      sender={sender}
      disabled={bad}
      wrong="trust.no.password_wrong"
      onSend={() => changePassword(old, next).then(() => onDone?.())}
      testid="new-password-step"
    >
      <PasswordField label={t(onDone ? 'trust.oldPassword' : 'trust.givenPassword')} value={old} onValue={setOld} complete="current-password" testid="old-password" />
      <PasswordField label={t('trust.newPassword')} value={next} onValue={setNext} complete="new-password" testid="new-password">
        <p class={next === '' ? 'strength' : `strength ${found}`} role="status" data-testid="strength" data-strength={found}>
          {next === '' ? t('trust.strength.rule') : t(`trust.strength.${found}`, { n: [...next].length })}
        </p>
      </PasswordField>
    </Step>
  )
}

function SecondStep() {
  const [code, setCode] = useState('')
  const [recovery, setRecovery] = useState(false)
  const sender = useSend()
  return (
    <Step
      title={t(recovery ? 'trust.recoveryTitle' : 'trust.codeTitle')}
      note={t(recovery ? 'trust.recoveryNote' : 'trust.codeNote')}
      act={t('trust.continue')}
      sender={sender}
      onSend={() => secondStep(code)}
      wrong="trust.no.code_wrong"
      testid="totp-step"
      below={
        <p class="below">
          <button
            type="button"
            class="link"
            onClick={() => {
              setRecovery(!recovery)
              setCode('')
              sender.clear()
            }}
            data-testid="use-recovery"
          >
            {t(recovery ? 'trust.useCode' : 'trust.useRecovery')}
          </button>
          <Leave />
        </p>
      }
    >
      <CodeField key={String(recovery)} label={t(recovery ? 'trust.recoveryCode' : 'trust.code')} value={code} onValue={setCode} oneTime={!recovery} letters={recovery} testid="code" />
    </Step>
  )
}

function Pin() {
  const [pin, setPin] = useState('')
  const sender = useSend()
  return (
    <Step title={t('trust.pinTitle')} note={t('trust.pinNote')} act={t('trust.continue')} sender={sender} onSend={() => enterPin(pin).finally(() => setPin(''))} wrong="trust.no.pin_wrong" testid="pin-step" below={<p class="below"><Leave /></p>}>
      <CodeField label={t('trust.pin')} value={pin} onValue={setPin} secret testid="pin" />
    </Step>
  )
}

/** Leave gives the half-open session up: another person signs in, or the same with the password. */
export function Leave() {
  const leave = () => {
    signOut().then(over, over) // refused: it was over already
  }
  return (
    <button type="button" class="link" onClick={leave} data-testid="leave">
      {t('trust.startOver')}
    </button>
  )
}

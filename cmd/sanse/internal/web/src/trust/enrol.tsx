import { useEffect, useState } from 'preact/hooks'
import { confirm, enrol, type Enrolment } from '../api_session.ts'
import { Busy, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { me, sit, type Me } from '../seat.ts'
import { CodeField, Copy, PasswordField } from './field.tsx'
import { Leave, Step, useSend } from './steps.tsx'
import { why } from './words.ts'

/**
 * Enrol ties an authenticator app to the account: a picture to scan, or the
 * secret to type; a code of the app shows that it took. The recovery codes are
 * told this one time, so going on waits until they are said to be kept. Who is
 * signed in already (onDone) shows the password first: somebody else may sit at
 * the page that they left.
 */
export function Enrol({ onDone }: { onDone?: () => void }) {
  const [given, setGiven] = useState<Enrolment | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  const [round, setRound] = useState(0)
  const [code, setCode] = useState('')
  const [told, setTold] = useState<{ recovery: string[]; now: Me } | null>(null)
  const sender = useSend()
  const asks = onDone !== undefined && me.value?.password !== false
  useEffect(() => {
    if (asks) return
    let gone = false
    setFailed(null)
    enrol().then(
      (e) => {
        if (!gone) setGiven(e)
      },
      (e: unknown) => {
        if (!gone) setFailed(e)
      },
    )
    return () => {
      gone = true
    }
  }, [round, asks])
  if (told)
    return (
      <Recovery
        codes={told.recovery}
        onKept={async () => {
          // The new seat is taken only now: it would lead on, past the codes.
          sit(told.now)
          onDone?.()
        }}
      />
    )
  if (asks && !given) return <Again onGiven={setGiven} />
  return (
    <Step
      title={t('trust.enrolTitle')}
      note={t('trust.enrolNote')}
      act={t('trust.confirm')}
      sender={sender}
      wrong="trust.no.code_wrong"
      disabled={!given}
      onSend={() => confirm(code).then(setTold)}
      testid="enrol-step"
      below={onDone ? undefined : <p class="below"><Leave /></p>}
    >
      {failed !== null && (
        <Refusal>
          {why(failed)}{' '}
          <button type="button" class="link" onClick={() => setRound(round + 1)}>
            {t('app.retry')}
          </button>
        </Refusal>
      )}
      {!given && failed === null && <Busy>{t('app.loading')}</Busy>}
      {given && (
        <div class="enrolment">
          <img src={picture(given.svg)} width={196} height={196} alt={t('trust.qr')} data-testid="qr" />
          <div>
            <p class="hint">{t('trust.enrolByHand')}</p>
            <code class="secret" data-testid="totp-secret">
              {grouped(given.secret)}
            </code>
            <Copy text={given.secret} />
          </div>
        </div>
      )}
      <CodeField label={t('trust.enrolCode')} value={code} onValue={setCode} oneTime testid="code" />
    </Step>
  )
}

/** Again asks for the password of whoever sits at an open page. */
function Again({ onGiven }: { onGiven: (e: Enrolment) => void }) {
  const [password, setPassword] = useState('')
  const sender = useSend()
  return (
    <Step title={t('trust.enrolTitle')} note={t('trust.enrolPassword')} act={t('trust.continue')} sender={sender} disabled={password === ''} onSend={() => enrol(password).then(onGiven)} wrong="trust.no.password_wrong" testid="enrol-password-step">
      <PasswordField label={t('trust.password')} value={password} onValue={setPassword} complete="current-password" testid="enrol-password" focus />
    </Step>
  )
}

/** picture is an SVG as the address of an image: there it can run nothing. */
export function picture(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`
}

/** grouped writes a secret in fours, as people read it aloud. */
export function grouped(secret: string): string {
  return secret.replace(/\s/g, '').replace(/(.{4})(?=.)/g, '$1 ')
}

/** Recovery shows the codes for the day when the phone is lost. */
function Recovery({ codes, onKept }: { codes: readonly string[]; onKept: () => Promise<void> }) {
  const [kept, setKept] = useState(false)
  const sender = useSend()
  return (
    <Step title={t('trust.keepTitle')} note={t('trust.keepNote')} act={t('trust.continue')} sender={sender} disabled={!kept} onSend={onKept} testid="recovery-step">
      <ul class="recovery" data-testid="recovery">
        {codes.map((c) => (
          <li key={c}>
            <code>{c}</code>
          </li>
        ))}
      </ul>
      <p class="copy-row">
        <Copy text={codes.join('\n')} />
      </p>
      <label class="switch">
        <input type="checkbox" checked={kept} onChange={(e) => setKept(e.currentTarget.checked)} data-testid="kept" />
        {t('trust.kept')}
      </label>
    </Step>
  )
}

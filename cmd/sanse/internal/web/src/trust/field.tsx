import type { ComponentChildren } from 'preact'
import { useId, useState } from 'preact/hooks'
import { t } from '../i18n.ts'

/**
 * PasswordField takes a password: shown or hidden, pasted or typed, filled in by
 * a password manager that knows by autocomplete which one is meant.
 */
export function PasswordField(props: {
  label: string
  value: string
  onValue: (v: string) => void
  complete: 'current-password' | 'new-password'
  testid: string
  focus?: boolean
  children?: ComponentChildren
}) {
  const [shown, setShown] = useState(false)
  const id = useId()
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <span class="password">
        <input
          id={id}
          {...(shown ? { type: 'text' as const } : { type: 'password' as const })}
          value={props.value}
          onInput={(e) => props.onValue(e.currentTarget.value)}
          autocomplete={props.complete}
          autocapitalize="off"
          spellcheck={false}
          autofocus={props.focus}
          required
          data-testid={props.testid}
        />
        <button type="button" class="show" aria-pressed={shown} onClick={() => setShown(!shown)} data-testid={`${props.testid}-show`}>
          {t(shown ? 'trust.hide' : 'trust.show')}
        </button>
      </span>
      {props.children}
    </div>
  )
}

/** CodeField takes digits: a code of an app, a PIN; the keys of a phone are numbers. */
export function CodeField(props: { label: string; value: string; onValue: (v: string) => void; testid: string; secret?: boolean; oneTime?: boolean; letters?: boolean }) {
  return (
    <label class="field">
      <span>{props.label}</span>
      <input
        class="digits"
        {...(props.secret ? { type: 'password' as const } : { type: 'text' as const })}
        inputMode={props.letters ? 'text' : 'numeric'}
        autocomplete={props.oneTime ? 'one-time-code' : 'off'}
        autocapitalize="off"
        spellcheck={false}
        maxLength={props.letters ? 40 : 12}
        value={props.value}
        onInput={(e) => props.onValue(props.letters ? e.currentTarget.value.trim() : e.currentTarget.value.replace(/\D/g, ''))}
        autofocus
        required
        data-testid={props.testid}
      />
    </label>
  )
}

/** Copy puts a text that is shown once on the clipboard, and says so. */
export function Copy({ text, label }: { text: string; label?: string }) {
  const [done, setDone] = useState<boolean | null>(null)
  const copy = () => {
    navigator.clipboard?.writeText(text).then(
      () => setDone(true),
      () => setDone(false),
    ) ?? setDone(false)
  }
  return (
    <>
      <button type="button" class="button quiet" onClick={copy} data-testid="copy">
        {label ?? t('trust.copy')}
      </button>
      <span class="hint" role="status">
        {done === null ? '' : t(done ? 'trust.copied' : 'trust.notCopied')}
      </span>
    </>
  )
}

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { Busy, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Copy } from './field.tsx'
import { useSend } from './steps.tsx'
import { why } from './words.ts'

/** Sure is a button that says what it will do and asks once more before it does. */
export function Sure(props: { label: string; note: string; act: () => Promise<unknown>; onDone: () => void; testid: string; children?: ComponentChildren }) {
  const [asked, setAsked] = useState(false)
  const sender = useSend()
  if (!asked)
    return (
      <button type="button" class="button quiet" onClick={() => setAsked(true)} data-testid={props.testid}>
        {props.label}
      </button>
    )
  return (
    <div class="sure" role="group" aria-label={props.label} data-testid={`${props.testid}-sure`}>
      <p>{props.note}</p>
      {props.children}
      {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
      <p class="acts">
        <button
          type="button"
          class="button danger"
          disabled={sender.busy}
          onClick={() =>
            sender.send(() =>
              props.act().then(() => {
                setAsked(false)
                props.onDone()
              }),
            )
          }
          data-testid={`${props.testid}-yes`}
        >
          {props.label}
        </button>
        <button type="button" class="button quiet" onClick={() => setAsked(false)}>
          {t('grids.cancel')}
        </button>
      </p>
      {sender.busy && <Busy>{t('trust.sending')}</Busy>}
    </div>
  )
}

/** Once shows a secret this one time, with a way to copy it, and says what to do with it. */
export function Once({ secret, note }: { secret: string; note: string }) {
  return (
    <div class="once" data-testid="once">
      <p>
        <b>{t('trust.once')}</b> {note}
      </p>
      <code class="secret" data-testid="secret">
        {secret}
      </code>
      <p class="copy-row">
        <Copy text={secret} />
      </p>
    </div>
  )
}

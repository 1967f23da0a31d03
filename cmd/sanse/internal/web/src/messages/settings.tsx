import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { channels, messageKinds, messagesAt, putRules, testMessages, type MessageRules, type MessageSettings, type Undelivered } from '../api_messages.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { Dialog, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { ApiError } from '../request.ts'
import { Step, useSend } from '../trust/steps.tsx'
import { when, why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import { has, turned } from './ways.ts'

/** MessageWays is by which ways the district lets what be told, for administrators to set. */
export function MessageWays({ district }: { district: District }) {
  const got = useGet<MessageSettings>(messagesAt.rules())
  const [open, setOpen] = useState(false)
  const [secret, setSecret] = useState('')
  const [tested, setTested] = useState<'sent' | null>(null)
  const [failed, setFailed] = useState<unknown>(null)
  const s = got.data
  const test = () => {
    setFailed(null)
    testMessages().then(
      () => setTested('sent'),
      (e: unknown) => setFailed(e),
    )
  }
  return (
    <section data-testid="message-ways">
      <h2>{t('msg.rules')}</h2>
      <p class="hint">{t('msg.rulesNote')}</p>
      <Status got={got} />
      {s && (
        <>
          <ul class="safety">
            <li>
              <span>
                <b>{t('msg.channel.push')}</b> <small data-testid="push-is">{t(s.push ? 'msg.isOn' : 'msg.isOff')}</small>
              </span>
            </li>
            <li>
              <span>
                <b>{t('msg.channel.webhook')}</b> <small data-testid="webhook-is">{t(s.webhook ? 'msg.isOn' : 'msg.isOff')}</small>{' '}
                <small>
                  {t('msg.gateway')} {s.gateway || t('msg.noGateway')}
                </small>
              </span>
            </li>
          </ul>
          {secret && (
            <p class="all-well" role="status">
              {t('msg.secret')} <code data-testid="gateway-secret">{secret}</code>
            </p>
          )}
          <p class="acts">
            <button type="button" class="button quiet" onClick={() => setOpen(true)} data-testid="message-ways-open">
              {t('msg.change')}
            </button>
            <button type="button" class="button quiet" onClick={test} data-testid="message-test">
              {t('msg.test')}
            </button>
          </p>
          {tested && (
            <p class="all-well" role="status" data-testid="message-tested">
              {t('msg.tested')}
            </p>
          )}
          {failed !== null && <Refusal>{why(failed)}</Refusal>}
          <NotDelivered zone={district.time_zone} />
        </>
      )}
      {open && s && (
        <WaysDialog
          settings={s}
          onSaved={(now) => {
            setSecret(now.secret ?? '')
            got.refresh()
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </section>
  )
}

/** faultText says why a message did not arrive: a word of the program's own, or what the other side answered. */
function faultText(fault: string): string {
  const [, code] = /^answer (\d+)$/.exec(fault) ?? []
  if (code) return t('msg.fault.answer', { code })
  const key = `msg.fault.${fault}`
  return key in dictionary ? t(key as TextKey) : fault
}

/** NotDelivered lists what no way took. */
function NotDelivered({ zone }: { zone: string }) {
  const got = useGet<{ items: Undelivered[] | null }>(messagesAt.undelivered())
  const items = got.data?.items ?? []
  return (
    <details class="more" data-testid="undelivered" data-count={got.data ? items.length : undefined}>
      <summary>
        {t('msg.undelivered')} {items.length > 0 && `(${items.length})`}
      </summary>
      <Status got={got} />
      {got.data && items.length === 0 && <p class="hint">{t('msg.allDelivered')}</p>}
      <ul class="messages">
        {items.map((u) => (
          <li key={`${u.message} ${u.channel} ${u.ended}`}>
            <p>{faultText(u.fault)}</p>
            <small>
              {when(u.ended, zone)} · {t('msg.undeliveredRow', { channel: t(`msg.channel.${u.channel}`), kind: t(`msg.kind.${u.kind}` as TextKey), n: u.tries })}
            </small>
          </li>
        ))}
      </ul>
    </details>
  )
}

function WaysDialog({ settings, onSaved, onClose }: { settings: MessageSettings; onSaved: (now: MessageSettings) => void; onClose: () => void }) {
  const begun: MessageRules = settings.set ? settings : settings.reference
  const [push, setPush] = useState(begun.push)
  const [webhook, setWebhook] = useState(begun.webhook)
  const [kinds, setKinds] = useState(begun.kinds ?? {})
  const [quiet, setQuiet] = useState(begun.quiet ?? null)
  const [subject, setSubject] = useState(begun.subject ?? '')
  const [address, setAddress] = useState('')
  const [newSecret, setNewSecret] = useState(false)
  const sender = useSend()
  return (
    <Dialog title={t('msg.rules')} onClose={onClose} testid="message-ways-dialog">
      {(close) => (
        <Step
          title=""
          note={t('msg.quietNote')}
          act={t('trust.save')}
          sender={sender}
          disabled={webhook && !address.trim() && !settings.gateway}
          onSend={() =>
            putRules({
              push,
              webhook,
              kinds,
              ...(quiet ? { quiet } : {}),
              ...(subject.trim() ? { subject: subject.trim() } : {}),
              ...(address.trim() ? { url: address.trim() } : {}),
              new_secret: newSecret,
            }).then(
              (now) => {
                onSaved(now)
                close()
              },
              (e: unknown) => {
                throw e instanceof ApiError && e.message.startsWith('url:') ? new Error(t('msg.urlRefused')) : e
              },
            )
          }
          testid="message-ways-form"
        >
          <label class="check">
            <input type="checkbox" checked={push} onChange={(e) => setPush(e.currentTarget.checked)} data-testid="ways-push" /> <span>{t('msg.pushOn')}</span>
          </label>
          {push && (
            <label class="field">
              <span>{t('msg.subject')}</span>
              <input value={subject} maxLength={200} placeholder="mailto:office@example.gov.cn" autocomplete="off" onInput={(e) => setSubject(e.currentTarget.value)} data-testid="ways-subject" />
            </label>
          )}
          <label class="check">
            <input type="checkbox" checked={webhook} onChange={(e) => setWebhook(e.currentTarget.checked)} data-testid="ways-webhook" /> <span>{t('msg.webhookOn')}</span>
          </label>
          {webhook && (
            <>
              <label class="field">
                <span>{t('msg.url')}</span>
                <input
                  type="url"
                  value={address}
                  maxLength={2048}
                  placeholder={settings.gateway ? t('msg.urlKeep', { host: settings.gateway }) : 'https://'}
                  autocomplete="off"
                  onInput={(e) => setAddress(e.currentTarget.value)}
                  data-testid="ways-url"
                />
              </label>
              {settings.gateway && (
                <label class="check">
                  <input type="checkbox" checked={newSecret} onChange={(e) => setNewSecret(e.currentTarget.checked)} /> <span>{t('msg.newSecret')}</span>
                </label>
              )}
            </>
          )}
          <table class="ways">
            <thead>
              <tr>
                <th scope="col">{t('msg.what')}</th>
                {channels.map((ch) => (
                  <th key={ch} scope="col">
                    {t(`msg.channel.${ch}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {messageKinds.map((k) => (
                <tr key={k}>
                  <th scope="row">{t(`msg.kind.${k}` as TextKey)}</th>
                  {channels.map((ch) => (
                    <td key={ch}>
                      <input
                        type="checkbox"
                        checked={has(kinds, k, ch)}
                        aria-label={`${t(`msg.kind.${k}` as TextKey)}: ${t(`msg.channel.${ch}`)}`}
                        onChange={(e) => setKinds(turned(kinds, k, ch, e.currentTarget.checked))}
                        data-testid={`ways-${k}-${ch}`}
                      />
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <label class="check">
            <input type="checkbox" checked={quiet !== null} onChange={(e) => setQuiet(e.currentTarget.checked ? (settings.reference.quiet ?? { from: '21:00', to: '07:00' }) : null)} data-testid="ways-quiet" />{' '}
            <span>{t('msg.quiet')}</span>
          </label>
          {quiet && (
            <div class="quiet-hours">
              <label class="field">
                <span>{t('msg.from')}</span>
                <input type="time" value={quiet.from} required onInput={(e) => setQuiet({ ...quiet, from: e.currentTarget.value })} />
              </label>
              <label class="field">
                <span>{t('msg.to')}</span>
                <input type="time" value={quiet.to} required onInput={(e) => setQuiet({ ...quiet, to: e.currentTarget.value })} />
              </label>
            </div>
          )}
        </Step>
      )}
    </Dialog>
  )
}

import { useEffect, useState } from 'preact/hooks'
import { messagesAt, readMessages, type Message, type MessageKind, type MessageList } from '../api_messages.ts'
import { get } from '../api.ts'
import { t } from '../i18n.ts'
import { when, why } from '../trust/words.ts'
import { unread } from './unread.ts'

/** Where a message leads: to the page on which something is done about it. */
const leads: Partial<Record<MessageKind, string>> = { reminder: '/today', holder: '/today', again: '/today', plan: '/today', handed: '/handed', case: '/cases', case_near: '/cases', case_over: '/cases' }

/** Messages are those of whoever sits here, the latest first. What is shown here is read. */
export function Messages({ zone }: { zone: string }) {
  const [items, setItems] = useState<Message[] | null>(null)
  const [more, setMore] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const load = (before?: number) =>
    get<MessageList>(messagesAt.list(before)).then(
      (got) => {
        const page = got.items ?? []
        setItems((known) => (before === undefined ? page : [...(known ?? []), ...page]))
        setMore(got.more ?? false)
        const latest = page[0]
        if (before !== undefined || !latest || got.unread === 0) return
        void readMessages(latest.id).then(
          (r) => (unread.value = r.unread),
          () => undefined, // they stay new, and are shown again
        )
      },
      (e: unknown) => setFailed(e),
    )
  useEffect(() => void load(), [])
  if (failed !== null)
    return (
      <p class="refusal" role="alert">
        {why(failed)}
      </p>
    )
  if (!items) return <p class="hint">…</p>
  if (items.length === 0) return <p class="hint">{t('msg.none')}</p>
  const last = items[items.length - 1]
  return (
    <>
      <ul class="messages" data-testid="messages">
        {items.map((m) => (
          <One key={m.id} message={m} zone={zone} />
        ))}
      </ul>
      {more && last && (
        <button type="button" class="button quiet" onClick={() => void load(last.id)} data-testid="older-messages">
          {t('msg.older')}
        </button>
      )}
    </>
  )
}

function One({ message: m, zone }: { message: Message; zone: string }) {
  const to = leads[m.kind]
  return (
    <li data-testid="message" data-kind={m.kind} data-open={m.open} data-read={Boolean(m.read)}>
      <p>{to && m.open > 0 ? <a href={to}>{m.text}</a> : m.text}</p>
      <small>
        {when(m.made, zone)} {!m.read && <span class="tag due">{t('msg.new')}</span>} {m.urgent && <span class="tag owed">{t('msg.urgent')}</span>}{' '}
        {m.open === 0 ? <span class="tag">{t('msg.over')}</span> : m.open < m.count && <span class="tag">{t('msg.partly', { n: m.open })}</span>}
      </small>
    </li>
  )
}

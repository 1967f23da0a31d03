import { useState } from 'preact/hooks'
import { channels, messageKinds, messagesAt, putChoice, type MessageChoice } from '../api_messages.ts'
import type { TextKey } from '../dictionary.ts'
import { Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import { Here } from './here.tsx'
import { has, turned } from './ways.ts'

/** Choice is by which ways whoever sits here is told what, among those that the district lets. */
export function Choice() {
  const got = useGet<MessageChoice>(messagesAt.choice())
  const [saved, setSaved] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const c = got.data
  const save = (language: string, off: MessageChoice['off']) => {
    setSaved(false)
    setFailed(null)
    putChoice({ language, off }).then(
      () => {
        setSaved(true)
        got.refresh()
      },
      (e: unknown) => setFailed(e),
    )
  }
  const on = c ? channels.filter((ch) => messageKinds.some((k) => has(c.lets, k, ch))) : []
  return (
    <section data-testid="message-choice">
      <h2>{t('msg.mine')}</h2>
      <p class="hint">{t('msg.mineNote')}</p>
      <Status got={got} />
      <Here />
      {c && on.length === 0 && <p class="hint">{t('msg.mineNone')}</p>}
      {c && on.length > 0 && (
        <table class="ways">
          <thead>
            <tr>
              <th />
              {on.map((ch) => (
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
                {on.map((ch) => (
                  <td key={ch}>
                    {has(c.lets, k, ch) && (
                      <input
                        type="checkbox"
                        checked={!has(c.off, k, ch)}
                        aria-label={`${t(`msg.kind.${k}` as TextKey)}: ${t(`msg.channel.${ch}`)}`}
                        onChange={(e) => save(c.language, turned(c.off, k, ch, !e.currentTarget.checked))}
                        data-testid={`way-${k}-${ch}`}
                      />
                    )}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {c && (
        <label class="field inline">
          <span>{t('msg.language')}</span>
          <select value={c.language} onChange={(e) => save(e.currentTarget.value, c.off)} data-testid="message-language">
            {(['zh', 'en'] as const).map((l) => (
              <option key={l} value={l}>
                {t(`msg.${l}`)}
              </option>
            ))}
          </select>
        </label>
      )}
      {saved && (
        <p class="all-well" role="status" data-testid="choice-saved">
          {t('msg.saved')}
        </p>
      )}
      {failed !== null && <Refusal>{why(failed)}</Refusal>}
    </section>
  )
}

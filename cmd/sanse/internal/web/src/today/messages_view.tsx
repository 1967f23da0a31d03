import { t } from '../i18n.ts'
import { Here } from '../messages/here.tsx'
import { Messages } from '../messages/list.tsx'
import type { Round } from './round.ts'

/** MessagesView is what whoever walks was told, and whether this phone rings. It takes signal. */
export function MessagesView({ round }: { round: Round }) {
  return (
    <>
      <h1>{t('msg.title')}</h1>
      <Here />
      {round.line.value === 'off' ? <p class="hint">{t('today.noSignal')}</p> : <Messages zone={round.today.value?.zone ?? 'Asia/Shanghai'} />}
    </>
  )
}

import { useState } from 'preact/hooks'
import { dictionary, type TextKey } from '../dictionary.ts'
import { t } from '../i18n.ts'
import { clock } from '../trust/words.ts'
import { newID } from './code.ts'
import { nameOf } from './list.tsx'
import type { Kept } from './queue.ts'
import type { Round } from './round.ts'
import { show } from './view.ts'

/** RecordsView is what became of each record on this phone. What was refused says why, and waits to be dealt with. */
export function RecordsView({ round }: { round: Round }) {
  const kept = round.kept.value
  const waiting = kept.some((k) => k.state === 'waiting')
  return (
    <>
      <h1>{t('today.records')}</h1>
      {kept.length === 0 && <p class="nothing">{t('today.noRecords')}</p>}
      {waiting && (
        <p class="hint">
          {t(round.line.value === 'off' ? 'today.waitSignal' : 'today.waitSend')}
          {round.trouble.value && ` ${round.trouble.value.message}`}
        </p>
      )}
      <ul class="kept" data-testid="kept">
        {[...kept].reverse().map((k) => (
          <li key={k.id} data-testid="kept-record" data-id={k.id} data-state={k.state}>
            <One round={round} kept={k} />
          </li>
        ))}
      </ul>
      {waiting && (
        <button type="button" class="quiet" onClick={() => void round.connect()} data-testid="send-now">
          {t('today.sendNow')}
        </button>
      )}
    </>
  )
}

function One({ round, kept: k }: { round: Round; kept: Kept }) {
  const [sure, setSure] = useState(false)
  const list = round.today.value
  const stop = list?.stops?.find((s) => s.resident === k.resident) ?? round.met.get(k.resident)
  const came = k.record?.arrived ?? k.was?.arrived
  const time = came ? clock(came, list?.zone ?? '') : null
  const corrected = round.kept.value.some((o) => o.corrects === k.id && o.state !== 'open')
  const mend = async () => {
    const fresh = newID()
    await round.anew(k.id, fresh)
    show({ at: 'record', id: fresh })
  }
  const correct = async () => {
    const id = await round.correct(k, newID())
    if (id) show({ at: 'record', id })
  }
  return (
    <>
      <p class="line">
        <b>{stop ? nameOf(stop) : t('today.aDoor')}</b>
        {time && <span>{`${time.day.slice(5)} ${time.time}`}</span>}
        <span class={`tag is-${k.state}`}>{t(`today.is.${k.state}` as TextKey)}</span>
      </p>
      {k.state === 'refused' && <p class="refusal">{whyRefused(k)}</p>}
      {k.state === 'waiting' && k.held !== undefined && <p class="hint">{t('today.held')}</p>}
      {k.state === 'sent' && k.was && stop && !corrected && (
        <button type="button" class="quiet" onClick={() => void correct()} data-testid="correct">
          {t('today.correct')}
        </button>
      )}
      {k.state === 'sent' && corrected && <p class="hint">{t('today.corrected')}</p>}
      {k.state === 'open' && (
        <button type="button" class="quiet" onClick={() => show({ at: 'record', id: k.id })}>
          {t('today.goOn')}
        </button>
      )}
      {k.state === 'refused' && (
        <button type="button" class="quiet" onClick={() => void mend()} data-testid="mend">
          {t('today.mend')}
        </button>
      )}
      {(k.state === 'refused' || k.state === 'open') &&
        (sure ? (
          <button type="button" class="quiet danger" onClick={() => void round.drop(k.id)} data-testid="drop-yes">
            {t('today.dropSure')}
          </button>
        ) : (
          <button type="button" class="quiet" onClick={() => setSure(true)} data-testid="drop">
            {t('today.drop')}
          </button>
        ))}
    </>
  )
}

/** whyRefused says why the service did not take a record: in the words of the pages where they have them. */
export function whyRefused(k: Kept): string {
  const key = `today.no.${k.why?.code ?? ''}`
  return key in dictionary ? t(key as TextKey) : k.why?.detail || t('today.no.bad')
}

import { useEffect, useRef, useState } from 'preact/hooks'
import type { TextKey } from '../dictionary.ts'
import { t } from '../i18n.ts'
import { formOf } from './forms.ts'
import { nameOf } from './list.tsx'
import { isRatable, itemsOf, nextItem, notSeen, seen, toSeeTo, word } from './record.ts'
import type { Round } from './round.ts'
import { show } from './view.ts'
import { canSpeak, listen } from './voice.ts'

/**
 * RecordView writes one record: a question at a time, an answer at a tap, then
 * what was found in one's own words, then one leaves. Every answer is on the phone
 * before the next question is put.
 */
export function RecordView({ round, id }: { round: Round; id: string }) {
  const list = round.today.value
  const kept = round.kept.value.find((k) => k.id === id)
  const r = kept?.state === 'open' ? kept.record : null
  // What it began with, whatever is asked by now: its list may have ended with the day.
  const asked = r ? (formOf(r.form) ?? list) : list
  const items = asked ? itemsOf(asked) : []
  // Chosen: a question that one went back to. Else the first without an answer.
  const [chosen, setChosen] = useState<number | null>(null)
  const [away, setAway] = useState(false)
  const [failed, setFailed] = useState(false)
  const head = useRef<HTMLHeadingElement>(null)
  const at = chosen ?? (r ? nextItem(items, r.answers) : 0)
  useEffect(() => head.current?.focus(), [at, away])
  if (!r) return <p class="nothing">{t('today.notOpen')}</p>
  if (!asked) return <p class="nothing">{t('today.listOffline')}</p>
  const stop = list?.stops?.find((s) => s.resident === r.resident) ?? round.met.get(r.resident)
  const answer = (item: string, code: string) => {
    setFailed(false)
    round.edit(id, (x) => ({ ...x, answers: { ...x.answers, [item]: code } })).then(
      () => setChosen(chosen === null ? null : chosen + 1 < items.length && items[chosen + 1]!.id in r.answers ? chosen + 1 : null),
      () => setFailed(true), // the phone is full: the answer is not kept, and the question stays
    )
  }
  const end = (f: Parameters<Round['finish']>[1], ratable = false) => {
    setFailed(false)
    round.leave(id, f, ratable).then(
      () => show({ at: 'list' }, true),
      () => setFailed(true),
    )
  }
  const item = items[at]
  return (
    <article class="record" data-testid="record" data-at={away ? 'away' : at} data-of={items.length}>
      <header>
        <b>{stop ? nameOf(stop) : t('today.aDoor')}</b>
        {!away && item && <small>{t('today.question', { n: at + 1, of: items.length })}</small>}
        {!away && <progress max={Math.max(1, items.length)} value={at} aria-hidden="true" />}
      </header>
      {failed && (
        <p class="bar-note bad" role="alert">
          {t('today.notKept')}
        </p>
      )}
      {away ? (
        <>
          <h1 ref={head} tabIndex={-1}>
            {t('today.whyNotSeen')}
          </h1>
          <div class="answers">
            {asked.reasons.not_seen.map((c) => (
              <button type="button" key={c.code} class="answer" onClick={() => end((x) => notSeen(x, c.code, new Date()))} data-testid="not-seen-reason" data-code={c.code}>
                {word(c)}
              </button>
            ))}
          </div>
          <button type="button" class="quiet" onClick={() => setAway(false)}>
            ‹ {t('today.back')}
          </button>
        </>
      ) : item ? (
        <>
          <p class="group">{t(`today.group.${item.group}` as TextKey)}</p>
          <h1 ref={head} tabIndex={-1} data-testid="question" data-item={item.id}>
            {word(item)}
          </h1>
          <div class="answers">
            {item.answers.map((a) => (
              <button type="button" key={a.code} class={a.bad ? 'answer bad' : 'answer'} aria-pressed={r.answers[item.id] === a.code} onClick={() => answer(item.id, a.code)} data-testid="answer" data-code={a.code}>
                {word(a)}
              </button>
            ))}
          </div>
          <div class="two">
            {at > 0 && (
              <button type="button" class="quiet" onClick={() => setChosen(at - 1)} data-testid="question-back">
                ‹ {t('today.back')}
              </button>
            )}
            {Object.keys(r.answers).length === 0 && (
              <button type="button" class="quiet" onClick={() => setAway(true)} data-testid="not-seen">
                {t('today.notSeen')}
              </button>
            )}
          </div>
        </>
      ) : (
        <Found key="found" text={r.text ?? ''} bad={toSeeTo(items, r.answers)} onText={(text) => void round.edit(id, (x) => ({ ...x, text })).catch(() => setFailed(true))} onBack={() => setChosen(items.length - 1)} onLeave={(text) => end((x) => seen(x, text, new Date()), isRatable(r))} />
      )}
    </article>
  )
}

/** Found is the end of a record: what is to be seen to, what was found in words, and leaving. */
function Found(props: { text: string; bad: ReturnType<typeof toSeeTo>; onText: (s: string) => void; onBack: () => void; onLeave: (s: string) => void }) {
  const [text, setText] = useState(props.text)
  const [hears, setHears] = useState<null | (() => void)>(null)
  useEffect(() => () => hears?.(), [hears])
  const write = (s: string) => {
    setText(s)
    props.onText(s)
  }
  const speak = () => {
    if (hears) return setHears(null)
    const before = text
    const stop = listen((said) => write([before, said].filter(Boolean).join('\n')), () => setHears(null))
    setHears(() => stop)
  }
  return (
    <>
      {props.bad.length > 0 && (
        <ul class="to-see-to" data-testid="to-see-to">
          {props.bad.map(({ item, answer }) => (
            <li key={item.id}>
              {word(item)} <b>{word(answer)}</b>
            </li>
          ))}
        </ul>
      )}
      <label class="found">
        <b>{t(props.bad.length > 0 ? 'today.foundWhat' : 'today.foundMore')}</b>
        <textarea rows={4} value={text} onInput={(e) => write(e.currentTarget.value)} data-testid="found" />
      </label>
      {canSpeak.value && (
        <button type="button" class="quiet" aria-pressed={hears !== null} onClick={speak} data-testid="speak">
          {t(hears ? 'today.stopSpeaking' : 'today.speak')}
        </button>
      )}
      <div class="thumb">
        <button type="button" class="go" onClick={() => props.onLeave(text)} data-testid="leave-door">
          {t('today.leave')}
        </button>
        <button type="button" class="quiet" onClick={props.onBack}>
          ‹ {t('today.back')}
        </button>
      </div>
    </>
  )
}

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { called, callResults, judge, verdicts, type CallResult, type SeenFlag, type SeenRecord, type Verdict } from '../api_records.ts'
import { Dialog, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { ApiError } from '../request.ts'
import { Step, useSend } from '../trust/steps.tsx'
import { said } from './words.ts'

/** JudgeDialog writes down what a human found of a flag. */
export function JudgeDialog({ flag, onDone, onClose }: { flag: SeenFlag; onDone: () => void; onClose: () => void }) {
  const [verdict, setVerdict] = useState<Verdict | ''>('')
  const [reason, setReason] = useState('')
  return (
    <Choosing
      title={t('rec.judgeTitle', { flag: said('flag', flag.flag) })}
      note={t('rec.judgeNote')}
      testid="judge"
      choices={verdicts.map((v) => ({ code: v, name: said('verdict', v) }))}
      chosen={verdict}
      onChoose={(v) => setVerdict(v as Verdict)}
      text={reason}
      onText={setReason}
      label={t('rec.reason')}
      example={t('rec.reasonExample')}
      lacks={verdict === '' || reason.trim() === ''}
      send={() => (verdict === '' ? Promise.resolve() : judge(flag.id, verdict, reason.trim()))}
      onDone={onDone}
      onClose={onClose}
    />
  )
}

/** CallDialog writes down what was said on a call about a visit that was drawn. */
export function CallDialog({ record, onDone, onClose }: { record: SeenRecord; onDone: () => void; onClose: () => void }) {
  const [result, setResult] = useState<CallResult | ''>('')
  const [words, setWords] = useState('')
  const [rating, setRating] = useState(0)
  const reached = result === 'confirmed' || result === 'differs'
  return (
    <Choosing
      title={t('rec.callTitle')}
      note={t('rec.callNote')}
      testid="call"
      choices={callResults.map((r) => ({ code: r, name: said('result', r) }))}
      chosen={result}
      onChoose={(r) => setResult(r as CallResult)}
      text={words}
      onText={setWords}
      label={t('rec.words')}
      lacks={result === ''}
      more={
        reached && (
          <label class="field">
            <span>{t('rec.rating')}</span>
            <select value={String(rating)} onChange={(e) => setRating(Number(e.currentTarget.value))} data-testid="call-rating">
              {[0, 5, 4, 3, 2, 1].map((n) => (
                <option key={n} value={n}>
                  {n === 0 ? t('rec.noRating') : t(`rec.rating.${n as 1 | 2 | 3 | 4 | 5}`)}
                </option>
              ))}
            </select>
          </label>
        )
      }
      send={() => (result === '' ? Promise.resolve() : called(record.id, result, reached ? rating : 0, words.trim()))}
      onDone={onDone}
      onClose={onClose}
    />
  )
}

/** Choosing is one of several and some words. */
function Choosing(props: {
  title: string
  note: string
  testid: string
  choices: readonly { code: string; name: string }[]
  chosen: string
  onChoose: (code: string) => void
  text: string
  onText: (text: string) => void
  label: string
  example?: string
  lacks: boolean
  more?: ComponentChildren
  send: () => Promise<unknown>
  onDone: () => void
  onClose: () => void
}) {
  const sender = useSend()
  const [own, setOwn] = useState(false)
  return (
    <Dialog title={props.title} onClose={props.onClose} testid={`${props.testid}-dialog`}>
      {(close) => (
        <Step
          title=""
          note={props.note}
          act={t('rec.save')}
          sender={sender}
          disabled={props.lacks}
          onSend={() =>
            props.send().then(
              () => {
                props.onDone()
                close()
              },
              (e: unknown) => {
                if (e instanceof ApiError && e.status === 409) setOwn(true)
                else throw e
              },
            )
          }
          testid={props.testid}
        >
          {own && <Refusal>{t('rec.own')}</Refusal>}
          <fieldset class="choices-list">
            <legend>{t('rec.found')}</legend>
            {props.choices.map((c) => (
              <label key={c.code}>
                <input type="radio" name={props.testid} checked={props.chosen === c.code} onChange={() => props.onChoose(c.code)} data-testid={`${props.testid}-choice`} data-code={c.code} /> {c.name}
              </label>
            ))}
          </fieldset>
          {props.more}
          <label class="field">
            <span>{props.label}</span>
            <textarea rows={3} maxLength={1000} value={props.text} placeholder={props.example} onInput={(e) => props.onText(e.currentTarget.value)} data-testid={`${props.testid}-words`} />
          </label>
        </Step>
      )}
    </Dialog>
  )
}

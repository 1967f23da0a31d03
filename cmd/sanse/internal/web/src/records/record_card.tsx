import { useState } from 'preact/hooks'
import { formOf, type Forms, type SeenFlag, type SeenRecord } from '../api_records.ts'
import { whereOf } from '../cases/where.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Named } from '../trust/named.tsx'
import { clock, when } from '../trust/words.ts'
import { CallDialog, JudgeDialog } from './dialogs.tsx'
import { answersIn, reasonIn, said } from './words.ts'

/** RecordCard is one record: who, when, what came of it, what vouches for it and what is doubtful. calls: one that was drawn. */
export function RecordCard({ record: r, forms, zone, calls, onChanged }: { record: SeenRecord; forms: Forms | null; zone: string; calls?: boolean; onChanged: () => void }) {
  const [judging, setJudging] = useState<SeenFlag | null>(null)
  const [calling, setCalling] = useState(false)
  const form = formOf(forms, r.form)
  const bad = answersIn(form, r.answers ?? {}, r.bad ?? [])
  const from = clock(r.arrived, zone)
  const to = r.left ? clock(r.left, zone) : null
  return (
    <li class="record-card" data-testid="record" data-id={r.id} data-resident={r.resident}>
      <p class="record-who">
        {r.name ? <b>{r.name}</b> : <Named id={r.resident} zone={zone} />} <span class="record-where">{whereOf(r.where ?? []) || r.area}</span>
        <time>
          {from ? `${from.day} ${from.time}` : r.day}
          {to && `–${to.time}`}
        </time>
      </p>
      <p class="record-what">
        <span class={r.result === 'seen' ? 'tag' : 'tag due'}>{r.result === 'seen' ? t('rec.seen') : t('rec.notSeen', { why: reasonIn(form, 'not_seen', r.not_seen ?? '') })}</span>{' '}
        <span class="tag">{said('evidence', r.evidence)}</span>
        {r.no_code && <small> {reasonIn(form, 'no_code', r.no_code)}</small>}
        {r.corrected && <span class="tag"> {t('rec.corrected')}</span>}
        {r.corrects && <small> {t('rec.corrects')}</small>}
      </p>
      {bad.length > 0 && (
        <p>
          {t('rec.toSeeTo')}
          {bad.map((b) => (
            <span class="tag due" key={b.item}>
              {' '}
              {b.item} {b.answer}
            </span>
          ))}
        </p>
      )}
      {r.text && <p class="record-text">{r.text}</p>}
      <p class="hint">
        {[r.visitor && t('rec.by', { name: r.visitor_name || r.visitor }), t('rec.sentAt', { at: when(r.received, zone) }), r.metres !== null && (r.metres === 0 ? t('rec.atDoor') : t('rec.metres', { m: number(r.metres) }))].filter(Boolean).join(' · ')}
      </p>
      {(r.flags ?? []).map((f) => (
        <div class="record-flag" key={f.id} data-testid="flag" data-flag={f.flag} data-verdict={f.looks?.at(-1)?.verdict ?? ''}>
          <p>
            <span class={(f.looks ?? []).length === 0 ? 'tag lapse' : 'tag'}>{said('flag', f.flag)}</span>{' '}
            <button type="button" class="link" onClick={() => setJudging(f)} data-testid="judge-open">
              {t((f.looks ?? []).length === 0 ? 'rec.judge' : 'rec.judgeAgain')}
            </button>
          </p>
          {(f.looks ?? []).map((l) => (
            <p class="hint" key={l.at}>
              <b>{said('verdict', l.verdict)}</b> {l.reason} <small>{when(l.at, zone)}</small>
            </p>
          ))}
        </div>
      ))}
      {(r.calls ?? []).map((c) => (
        <p class="hint" key={c.at} data-testid="call-made" data-result={c.result}>
          <b>{said('result', c.result)}</b> {c.rating ? t('rec.rated', { n: c.rating }) : ''} {c.words} <small>{when(c.at, zone)}</small>
        </p>
      ))}
      {(r.ratings ?? []).map((g) => (
        <p class="hint" key={g.at} data-testid="rated" data-rating={g.rating}>
          <b>{t(`rec.ratedBy.${g.by}`)}</b> {t('rec.rated', { n: g.rating })} {g.words} <small>{when(g.at, zone)}</small>
        </p>
      ))}
      {calls && (
        <button type="button" class="button quiet" onClick={() => setCalling(true)} data-testid="call-open">
          {t('rec.call')}
        </button>
      )}
      {judging && <JudgeDialog flag={judging} onDone={onChanged} onClose={() => setJudging(null)} />}
      {calling && <CallDialog record={r} onDone={onChanged} onClose={() => setCalling(false)} />}
    </li>
  )
}

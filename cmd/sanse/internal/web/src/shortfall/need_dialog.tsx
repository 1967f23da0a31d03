import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { ApiError } from '../api.ts'
import { atNeeds, matchByHand, type Need, type NeedOption, type NeedPast } from '../api_needs.ts'
import { longDay, number, walk } from '../format.ts'
import { t } from '../i18n.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { moment } from '../grids/moment.ts'
import { Status } from '../parts/status.tsx'
import { serviceName } from '../pages/needs_page.tsx'
import { useGet } from '../use_get.ts'
import { choiceOf, key } from './need_choice.ts'
import { frequency, giver, whyNot } from './need_words.ts'

/** NeedDialog is one need: who could give it, to change that by hand, or all that was ever decided. */
export function NeedDialog(props: { need: Need; view: 'change' | 'history'; district: District; onClose: () => void; onChanged: () => void }) {
  const { need, view, district } = props
  const title = t(view === 'change' ? 'needs.changeTitle' : 'needs.historyTitle', { service: serviceName(district, need.service) })
  return (
    <Dialog title={title} onClose={props.onClose} testid="need-dialog">
      {(close) => (
        <>
          <p class="hint">
            <span class="code">{need.resident}</span> · {frequency(need.frequency)} · <span class="code">{need.area}</span>
          </p>
          {view === 'history' ? (
            <History need={need} district={district} />
          ) : (
            <Change
              need={need}
              onDone={() => {
                close()
                props.onChanged()
              }}
            />
          )}
        </>
      )}
    </Dialog>
  )
}

function Change({ need, onDone }: { need: Need; onDone: () => void }) {
  const got = useGet<{ items: NeedOption[] | null }>(atNeeds.options(need.id))
  const now = need.match?.facility ? `f/${need.match.facility}` : need.match?.provider ? `p/${need.match.provider}` : ''
  const [chosen, setChosen] = useState(now)
  const [reason, setReason] = useState('')
  const [busy, setBusy] = useState(false)
  const [why, setWhy] = useState<{ text: string; force: boolean } | null>(null)
  const options = got.data?.items ?? []
  const option = options.find((o) => key(o) === chosen)
  // What was chosen may be none of the options any more.
  const choice = choiceOf(chosen, options)
  const ready = choice !== null && (chosen === 'auto' || reason.trim() !== '')
  const save = (force: boolean) => {
    if (choice === null) return
    setBusy(true)
    setWhy(null)
    matchByHand(need.id, choice, reason.trim(), force).then(onDone, (e: unknown) => {
      setBusy(false)
      setWhy({ text: e instanceof Error ? e.message : String(e), force: e instanceof ApiError && e.status === 409 && !force })
    })
  }
  const radio = (value: string, label: preact.ComponentChildren, side: preact.ComponentChildren, off?: boolean) => (
    <li key={value} class={off ? 'unfit' : undefined}>
      <label>
        <input type="radio" name="giver" value={value} checked={chosen === value} onChange={() => (setChosen(value), setWhy(null))} />
        <span>{label}</span>
        <span class="behind-side">{side}</span>
      </label>
    </li>
  )
  return (
    <form
      onSubmit={(e) => {
        e.preventDefault()
        if (ready && !busy) save(false)
      }}
    >
      <Status got={got} />
      {got.data && (
        <ul class="options" data-testid="need-options">
          {options.map((o) =>
            radio(
              key(o),
              <>
                {giver(o)}
                {!o.fits && <small class="below">{o.reason ? whyNot(o.reason) : t('needs.unfit')}</small>}
              </>,
              <>
                {o.seconds !== undefined && o.seconds !== null && <span>{walk(o.seconds)}</span>}
                <span>{o.room === null || o.room === undefined ? t('needs.roomUnknown') : t(o.provider ? 'needs.roomServices' : 'needs.room', { n: number(o.room) })}</span>
              </>,
              !o.fits,
            ),
          )}
          {options.length === 0 && <li class="row-none">{t('needs.noOptions')}</li>}
          {radio('none', t('needs.toNobody'), null)}
          {(need.match?.hand || need.reason === 'by_hand') && radio('auto', t('needs.toProposal'), null)}
        </ul>
      )}
      {chosen !== 'auto' && (
        <label class="field">
          <span>{t('needs.why')}</span>
          <input type="text" maxLength={500} value={reason} onInput={(e) => setReason(e.currentTarget.value)} placeholder={t('needs.whyExample')} data-testid="need-reason" />
        </label>
      )}
      {option && !option.fits && <p class="heed">{t('needs.unfitNote')}</p>}
      {why !== null && <Refusal>{t('off.failed', { why: why.text })}</Refusal>}
      {busy && <Busy>{t('grids.saving')}</Busy>}
      <footer>
        <button type="submit" class="button" disabled={!ready || busy} data-testid="need-save">
          {t('grids.save')}
        </button>
        {why?.force && (
          <button type="button" class="button danger" disabled={busy} onClick={() => save(true)} data-testid="need-force">
            {t('needs.force')}
          </button>
        )}
      </footer>
    </form>
  )
}

function History({ need, district }: { need: Need; district: District }) {
  const got = useGet<{ items: NeedPast[] | null }>(atNeeds.history(need.id))
  const past = [...(got.data?.items ?? [])].reverse()
  return (
    <>
      <Status got={got} />
      {got.data && past.length === 0 && <p class="row-none">{t('needs.noHistory')}</p>}
      <ol class="spells need-past">
        {past.map((p) => (
          <li key={p.n} class={p.ended ? undefined : 'then'} data-testid="need-past">
            <b>{giver(p)}</b>{' '}
            <small>
              {p.ended ? t('needs.fromTo', { from: longDay(p.since), to: longDay(p.ended) }) : t('needs.since', { from: longDay(p.since) })} ·{' '}
              {t(p.by === 'hand' ? 'needs.byHand' : 'needs.byProposal')} · {moment(p.at, district.time_zone)}
            </small>
            {p.reason && <p>{whyNot(p.reason)}</p>}
            {p.forced && <p class="few">{t('needs.forced')}</p>}
          </li>
        ))}
      </ol>
    </>
  )
}

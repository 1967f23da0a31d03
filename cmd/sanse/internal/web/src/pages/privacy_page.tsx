import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { privacyAt, type Privacy, type PrivacyRequest } from '../api_privacy.ts'
import { figure, number } from '../format.ts'
import { lang, t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { may } from '../seat.ts'
import { FileLink } from '../trust/file_link.tsx'
import { AskDialog, DecideDialog } from '../trust/request_dialog.tsx'
import { RetentionDialog } from '../trust/retention_dialog.tsx'
import { SettingsTable } from '../trust/settings_table.tsx'
import { known, when } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import '../grids.css'

/** PrivacyPage is the life of personal data: what residents ask, what data are used for, how long they are kept. */
export function PrivacyPage({ district }: { district: District }) {
  const [asking, setAsking] = useState(false)
  const [deciding, setDeciding] = useState<PrivacyRequest | null>(null)
  const [keeping, setKeeping] = useState<string | null>(null)
  const decides = may('privacy')
  const got = useGet<Privacy>(decides ? privacyAt.all() : null)
  const p = got.data
  const kept = p?.retention?.find((r) => r.kind === keeping)
  return (
    <div class="page board privacy" data-testid="privacy">
      <header class="board-head">
        <div>
          <h1>{t('priv.title')}</h1>
          <p class="hint">{t('priv.note')}</p>
        </div>
        <p class="acts">
          {may('requests') && (
            <button type="button" class="button" onClick={() => setAsking(true)} data-testid="ask-open">
              {t('priv.ask')}
            </button>
          )}
          {decides && (
            <FileLink address={privacyAt.record()} testid="privacy-record">
              {t('priv.record')}
            </FileLink>
          )}
        </p>
      </header>
      <Status got={got} />
      {p && (
        <>
          <Requests requests={p.requests ?? []} zone={district.time_zone} decides={decides} onDecide={setDeciding} />
          <section>
            <h2>{t('priv.retention')}</h2>
            <p class="hint">{t('priv.retentionNote')}</p>
            <div class="scroll" tabIndex={0} role="region" aria-label={t('priv.retention')}>
              <SettingsTable
                columns={['priv.kind', 'priv.keep', 'priv.basis', 'priv.due']}
                rows={(p.retention ?? []).map((r) => ({
                  id: r.kind,
                  cells: [
                    <b>{known('priv.of', r.kind)}</b>,
                    <div>
                      {t('priv.days', { n: number(r.keep_days) })}
                      {r.least > 0 && <small>{t('priv.least', { n: number(r.least) })}</small>}
                    </div>,
                    r.basis,
                    figure(r.due),
                  ],
                  fixed: !decides,
                  marks: { 'data-kind': r.kind },
                }))}
                testid="retention"
                onOpen={setKeeping}
              />
            </div>
          </section>
          <section>
            <h2>{t('priv.purposes')}</h2>
            <ul class="grants">
              {(p.purposes ?? []).map((x) => (
                <li key={x.code} data-testid="purpose-of">
                  <span>
                    <b>{x[lang.value]}</b>
                    <small>{x.basis}</small>
                  </span>
                </li>
              ))}
            </ul>
          </section>
        </>
      )}
      {asking && <AskDialog onAsked={got.refresh} onClose={() => setAsking(false)} />}
      {deciding && <DecideDialog request={deciding} zone={district.time_zone} onDecided={got.refresh} onClose={() => setDeciding(null)} />}
      {kept && <RetentionDialog retention={kept} onKept={got.refresh} onClose={() => setKeeping(null)} />}
    </div>
  )
}

/** Requests are what residents ask of what is kept of them; those that are open come first. */
function Requests({ requests, zone, decides, onDecide }: { requests: readonly PrivacyRequest[]; zone: string; decides: boolean; onDecide: (r: PrivacyRequest) => void }) {
  const sorted = [...requests].sort((a, b) => Number(b.status === 'open') - Number(a.status === 'open'))
  return (
    <section>
      <h2>{t('priv.requests')}</h2>
      {requests.length === 0 && <p class="all-well">{t('priv.noRequests')}</p>}
      <ul class="grants">
        {sorted.map((r) => (
          <li key={r.id} data-testid="request" data-id={r.id} data-status={r.status}>
            <span>
              <b>{known('priv.request', r.kind)}</b> <span class="code">{r.resident}</span> <span class={r.status === 'open' ? 'tag due' : 'tag'}>{known('priv.status', r.status)}</span>
              <small>{t('priv.asked', { at: when(r.asked_at, zone) })}</small>
              {r.reason && <small>{r.reason}</small>}
              {r.decided_at && <small>{t('priv.decided', { at: when(r.decided_at, zone), why: r.decision_reason ?? '' })}</small>}
            </span>
            {decides && r.status === 'open' && (
              <button type="button" class="button quiet" onClick={() => onDecide(r)} data-testid="decide">
                {t('priv.decide')}
              </button>
            )}
            {decides && r.kind === 'access' && (r.status === 'accepted' || r.status === 'done') && (
              <FileLink address={privacyAt.copy(r.id)} testid="privacy-copy">
                {t('priv.copy')}
              </FileLink>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

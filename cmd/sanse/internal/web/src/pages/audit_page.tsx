import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { auditAt, outcomes, verify, type AuditPage as Listed, type AuditQuery, type Unusual, type Verified } from '../api_audit.ts'
import { isDate, number } from '../format.ts'
import { Busy, Refusal } from '../grids/dialog.tsx'
import { lang, t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { follow, go, href, route } from '../route.ts'
import { ExportsTaken } from '../trust/exports_taken.tsx'
import { EventRow } from '../trust/event_row.tsx'
import { FileLink } from '../trust/file_link.tsx'
import { useSend } from '../trust/steps.tsx'
import { known, when, why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import '../grids.css'

const page = 50
const keys = ['from', 'to', 'account', 'action', 'outcome', 'unusual', 'before'] as const

/** What is told apart when looking for something; the rest of the actions are found in the list. */
const actions = ['read', 'name', 'break_glass', 'export', 'create', 'update', 'delete', 'publish', 'import', 'grant', 'end', 'sign_in', 'sign_out', 'revoke', 'key', 'run', 'audit'] as const

/** AuditPage is the trace: what is out of the ordinary first, then every look and change, and whether the chain is whole. */
export function AuditPage({ district }: { district: District }) {
  const { params } = route.value
  const q: AuditQuery = Object.fromEntries(keys.map((k) => [k, params[k]]))
  const got = useGet<Listed>(auditAt.list(q, page))
  const to = (over: Partial<Record<(typeof keys)[number], string | undefined>>) => href('audit', { ...q, before: undefined, ...over })
  const items = got.data?.items ?? []
  const dated = (k: 'from' | 'to') => (e: { currentTarget: HTMLInputElement }) => {
    const v = e.currentTarget.value
    if (v === '' || isDate(v)) go(to({ [k]: v || undefined }))
  }
  return (
    <div class="page board audit" data-testid="audit">
      <header class="board-head">
        <div>
          <h1>{t('trust.audit')}</h1>
          <p class="hint">{t('trust.auditNote')}</p>
        </div>
      </header>
      <UnusualList district={district} />
      <Chain district={district} />
      <ExportsTaken district={district} />
      <section>
        <h2>{t('trust.all')}</h2>
        <div class="filters audit-filters">
          <label class="field">
            <span>{t('trust.from')}</span>
            <input type="date" value={q.from ?? ''} max={q.to} onChange={dated('from')} data-testid="audit-from" />
          </label>
          <label class="field">
            <span>{t('trust.to')}</span>
            <input type="date" value={q.to ?? ''} min={q.from} onChange={dated('to')} data-testid="audit-to" />
          </label>
          <label class="field">
            <span>{t('trust.what')}</span>
            <select value={q.action ?? ''} onChange={(e) => go(to({ action: e.currentTarget.value }))} data-testid="audit-action">
              <option value="">{t('map.all')}</option>
              {actions.map((a) => (
                <option key={a} value={a}>
                  {t(`trust.action.${a}`)}
                </option>
              ))}
            </select>
          </label>
          <label class="field">
            <span>{t('trust.outcome')}</span>
            <select value={q.outcome ?? ''} onChange={(e) => go(to({ outcome: e.currentTarget.value }))} data-testid="audit-outcome">
              <option value="">{t('map.all')}</option>
              {outcomes.map((o) => (
                <option key={o} value={o}>
                  {t(`trust.outcome.${o}`)}
                </option>
              ))}
            </select>
          </label>
        </div>
        {(q.account || q.unusual) && (
          <p class="hint" data-testid="audit-account">
            {q.unusual && <b>{known('trust.unusual', q.unusual)} </b>}
            {q.account && (
              <>
                {t('trust.onlyAccount')} <span class="code">{items.find((e) => e.account === q.account)?.login || q.account}</span>{' '}
              </>
            )}
            <a href={to({ account: undefined, unusual: undefined })} onClick={follow}>
              {t('trust.everybody')}
            </a>
          </p>
        )}
        <Status got={got} />
        {got.data && items.length === 0 && <p class="row-none">{t('trust.nothing')}</p>}
        {items.length > 0 && (
          <div class="scroll" tabIndex={0} role="region" aria-label={t('trust.all')}>
            <table class="audit-table">
              <thead>
                <tr>
                  {(['at', 'who', 'what', 'about', 'why', 'outcome'] as const).map((c) => (
                    <th scope="col" key={c}>
                      {t(`trust.${c}`)}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {items.map((e) => (
                  <EventRow key={e.id} event={e} zone={district.time_zone} of={(account) => to({ account })} />
                ))}
              </tbody>
            </table>
          </div>
        )}
        {(q.before || got.data?.next) && (
          <nav class="pager" aria-label={t('trust.pages')}>
            {q.before && (
              <a class="button quiet" href={to({})} onClick={follow} data-testid="audit-first">
                {t('trust.newest')}
              </a>
            )}
            {got.data?.next && (
              <a class="button quiet" href={to({ before: String(got.data.next) })} onClick={follow} data-testid="audit-next">
                {t('trust.older')} ›
              </a>
            )}
          </nav>
        )}
        <p class="acts">
          <FileLink address={auditAt.file('ocsf', q)} testid="audit-ocsf">
            {t('trust.ocsf')}
          </FileLink>
          <FileLink address={auditAt.file('cef', q)} testid="audit-cef">
            {t('trust.cef')}
          </FileLink>
        </p>
      </section>
    </div>
  )
}

/** UnusualList is what an auditor looks at first: many records, out of the own area, at night, refused. */
function UnusualList({ district }: { district: District }) {
  const got = useGet<{ items: Unusual[] | null }>(auditAt.unusual(lang.value))
  const items = got.data?.items ?? []
  const zone = district.time_zone
  return (
    <section data-testid="unusual" data-count={got.data ? items.length : undefined}>
      <h2>{t('trust.unusual')}</h2>
      <Status got={got} />
      {got.data && items.length === 0 && <p class="all-well">{t('trust.unusualNone')}</p>}
      <ul class="unusual">
        {items.map((u, i) => (
          <li key={i} data-testid="unusual-item" data-kind={u.kind}>
            <span>
              <b>{known('trust.unusual', u.kind)}</b>
              <small>
                {t('trust.unusualWho', { who: u.login || u.account || t('trust.unknown'), n: number(u.count), from: when(u.from, zone), to: when(u.to, zone) })}
              </small>
              {u.why && <small>{u.why}</small>}
            </span>
            <a href={href('audit', { account: u.account || undefined, unusual: u.kind })} onClick={follow}>
              {t('trust.seeAll')}
            </a>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** Chain checks that no row was taken out, put in or changed since it was written. */
function Chain({ district }: { district: District }) {
  const [found, setFound] = useState<Verified | null>(null)
  const sender = useSend()
  return (
    <section class="chain" data-testid="chain" data-ok={found ? found.ok : undefined}>
      <h2>{t('trust.chain')}</h2>
      <p class="hint">{t('trust.chainNote')}</p>
      {found?.ok && (
        <p class="all-well" role="status" data-testid="chain-whole">
          {t('trust.chainWhole', { rows: number(found.rows), links: number(found.links) })}
          {(found.unlinked ?? 0) > 0 && ` ${t('trust.chainUnlinked', { n: number(found.unlinked ?? 0) })}`}
          {found.last && ` ${t('trust.chainLast', { at: when(found.last.at, district.time_zone) })}`}
        </p>
      )}
      {found?.last && (
        <p class="anchor">
          {t('trust.anchor')} <code class="secret">{found.last.anchor}</code>
        </p>
      )}
      {found && !found.ok && (
        <Refusal testid="chain-broken">
          {t('trust.chainBroken')}
          {found.broken && ` ${known('trust.broken', found.broken.kind)} ${t('trust.brokenAt', { link: number(found.broken.link), from: number(found.broken.from), upto: number(found.broken.upto) })}`}
        </Refusal>
      )}
      {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
      <p class="acts">
        <button type="button" class="button quiet" disabled={sender.busy} onClick={() => sender.send(() => verify().then(setFound))} data-testid="verify">
          {t(found ? 'trust.verifyAgain' : 'trust.verify')}
        </button>
      </p>
      {sender.busy && <Busy>{t('trust.verifying')}</Busy>}
    </section>
  )
}

import { useEffect, useRef, useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { accountsAt, roles, type Account } from '../api_accounts.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { MessageWays } from '../messages/settings.tsx'
import { Status } from '../parts/status.tsx'
import { go, href, route } from '../route.ts'
import { AccountDialog, inForce } from '../trust/account_dialog.tsx'
import { AddAccount } from '../trust/add_account.tsx'
import { ExportCaps } from '../trust/export_caps.tsx'
import { KeyDialog } from '../trust/key_dialog.tsx'
import { ReviewNumber } from '../trust/review_number.tsx'
import { SecondFactors } from '../trust/second_factors.tsx'
import { roleName, seatName, when } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import '../grids.css'

/** AccountsPage is who comes in and what as. What was typed to search is no part of the address: it may be a name. */
export function AccountsPage({ district }: { district: District }) {
  const role = route.value.params['role']
  const [typed, setTyped] = useState('')
  const [text, setText] = useState('')
  useEffect(() => {
    const later = setTimeout(() => setText(typed.trim()), 200)
    return () => clearTimeout(later)
  }, [typed])
  const got = useGet<{ items: Account[] | null }>(accountsAt(text, role))
  const [open, setOpen] = useState<string | null>(null)
  const [adding, setAdding] = useState<'account' | 'key' | null>(null)
  const items = got.data?.items ?? []
  // All that were ever listed: whoever gave a role may not be among those that are looked for.
  const logins = useRef(new Map<string, string>())
  for (const a of items) logins.current.set(a.id, a.login)
  const nameOf = (account: string) => (account === 'operator' ? roleName(account) : (logins.current.get(account) ?? account))
  const chosen = items.find((a) => a.id === open)
  return (
    <div class="page board accounts" data-testid="accounts" data-count={got.data ? items.length : undefined}>
      <header class="board-head">
        <div>
          <h1>{t('trust.accounts')}</h1>
          <p class="hint">{t('trust.accountsNote')}</p>
        </div>
        <p class="acts">
          <button type="button" class="button" onClick={() => setAdding('account')} data-testid="add-account">
            {t('trust.addAccount')}
          </button>
          <button type="button" class="button quiet" onClick={() => setAdding('key')} data-testid="add-key-open">
            {t('trust.addKey')}
          </button>
        </p>
      </header>
      <section>
        <div class="filters">
          <label class="field">
            <span>{t('trust.find')}</span>
            <input type="search" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} placeholder={t('trust.findHint')} autocomplete="off" data-testid="account-query" />
          </label>
          <label class="field">
            <span>{t('trust.role')}</span>
            <select value={role ?? ''} onChange={(e) => go(href('accounts', { role: e.currentTarget.value }))} data-testid="account-role">
              <option value="">{t('map.all')}</option>
              {roles.map((r) => (
                <option key={r} value={r}>
                  {roleName(r)}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Status got={got} />
        {got.data && (
          <p class="hint" role="status">
            {t('trust.found', { n: number(items.length) })}
          </p>
        )}
        <ul class="account-list">
          {items.map((a) => (
            <Row key={a.id} account={a} zone={district.time_zone} onOpen={() => setOpen(a.id)} />
          ))}
        </ul>
      </section>
      <MessageWays district={district} />
      <SecondFactors />
      <ReviewNumber district={district} />
      <ExportCaps />
      {chosen && <AccountDialog key={chosen.id} district={district} account={chosen} nameOf={nameOf} onChanged={got.refresh} onClose={() => setOpen(null)} />}
      {adding === 'account' && <AddAccount district={district} onAdded={got.refresh} onClose={() => setAdding(null)} />}
      {adding === 'key' && <KeyDialog district={district} onAdded={got.refresh} onClose={() => setAdding(null)} />}
    </div>
  )
}

/** Row is one account: who, what as now, and what is out of the ordinary. */
function Row({ account: a, zone, onOpen }: { account: Account; zone: string; onOpen: () => void }) {
  const now = new Date().toISOString()
  const held = (a.grants ?? []).filter((g) => inForce(g, now))
  const locked = a.locked_until && Date.parse(a.locked_until) > Date.now()
  return (
    <li data-testid="account-row" data-account={a.id} data-disabled={a.disabled}>
      <span class="who-is">
        <b>{a.name || a.login}</b> <span class="code">{a.login}</span>
        <small>{a.seen_at ? t('trust.seen', { at: when(a.seen_at, zone) }) : t('trust.neverSeen')}</small>
      </span>
      <span class="holds">
        {held.length === 0 && <span class="hint">{t('trust.noRole')}</span>}
        {held.map((g) => (
          <span class="tag kind" key={g.n}>
            {seatName({ role: g.role, area: g.area ?? '', area_name: g.area_name ?? '', body: g.body ?? '' })}
          </span>
        ))}
        {a.disabled && <span class="tag owed">{t(a.closed ? 'trust.isClosed' : 'trust.isDisabled')}</span>}
        {locked && <span class="tag due">{t('trust.isLocked', { at: when(a.locked_until, zone) })}</span>}
        {a.must_change && <span class="tag">{t('trust.isNew')}</span>}
        {a.totp && <span class="tag">{t('trust.hasTotp')}</span>}
      </span>
      <button type="button" class="button quiet" onClick={onOpen} data-testid="account-open">
        {t('trust.manage')}
      </button>
    </li>
  )
}

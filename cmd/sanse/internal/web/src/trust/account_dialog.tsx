import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { changeAccount, endGrant, endSessions, give, newSecret, type Account, type Grant } from '../api_accounts.ts'
import { addDays } from '../format.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { me } from '../seat.ts'
import { blank, GrantFields, lacks, ready } from './grant_form.tsx'
import { Step, useSend } from './steps.tsx'
import { Once, Sure } from './sure.tsx'
import { clock, seatName, when } from './words.ts'

/** inForce tells whether a grant holds at a moment. */
export function inForce(g: Grant, now: string): boolean {
  const at = Date.parse(now)
  return !g.ended_at && Date.parse(g.from) <= at && (!g.to || Date.parse(g.to) > at)
}

/** AccountDialog is one account: its roles now and before, and all that an administrator may do with it. */
export function AccountDialog({ district, account: a, nameOf, onChanged, onClose }: { district: District; account: Account; nameOf: (account: string) => string; onChanged: () => void; onClose: () => void }) {
  const [secret, setSecret] = useState<string | null>(null)
  const [giving, setGiving] = useState(false)
  const [said, setSaid] = useState('')
  const zone = district.time_zone
  const now = new Date().toISOString()
  const grants = a.grants ?? []
  const open = grants.filter((g) => !g.ended_at && (!g.to || Date.parse(g.to) > Date.parse(now)))
  const past = grants.filter((g) => !open.includes(g))
  const self = a.id === me.value?.account
  const done = (what: string) => () => {
    setSaid(what)
    onChanged()
  }
  return (
    <Dialog title={a.name || a.login} onClose={onClose} testid="account-dialog">
      {() => (
        <>
          <p class="hint">
            <span class="code">{a.login}</span>
            {a.visitor && ` · ${t('trust.visitorIs', { id: a.visitor })}`}
            {` · ${a.seen_at ? t('trust.seen', { at: when(a.seen_at, zone) }) : t('trust.neverSeen')}`}
          </p>
          {self && <p class="hint bad">{t('trust.yourself')}</p>}
          {said && (
            <p class="all-well" role="status" data-testid="account-said">
              {said}
            </p>
          )}
          {secret !== null && <Once secret={secret} note={t('trust.secretNote', { login: a.login })} />}
          <h3>{t('trust.rolesNow')}</h3>
          {open.length === 0 && <p class="hint">{t('trust.noRole')}</p>}
          <ul class="grants" data-testid="grants">
            {open.map((g) => (
              <li key={g.n} data-testid="grant" data-role={g.role} data-n={g.n}>
                <Told grant={g} zone={zone} now={now} nameOf={nameOf} />
                <Sure label={t('trust.endGrant')} note={t('trust.endGrantNote', { role: seatName(seatOf(g)) })} act={() => endGrant(a.id, g.n)} onDone={done(t('trust.grantEnded'))} testid="end-grant" />
              </li>
            ))}
          </ul>
          {giving ? (
            <Give district={district} account={a} onGiven={() => (setGiving(false), done(t('trust.given'))())} />
          ) : (
            !self && !a.closed && a.kind !== 'key' && (
              <button type="button" class="button" onClick={() => setGiving(true)} data-testid="give">
                {t('trust.give')}
              </button>
            )
          )}
          {past.length > 0 && (
            <details class="more">
              <summary>{t('trust.rolesBefore', { n: past.length })}</summary>
              <ul class="grants past">
                {past.map((g) => (
                  <li key={g.n}>
                    <Told grant={g} zone={zone} now={now} nameOf={nameOf} />
                  </li>
                ))}
              </ul>
            </details>
          )}
          {a.closed ? <p class="hint">{t('trust.closedNote')}</p> : <h3>{t('trust.doWith')}</h3>}
          <div class="account-acts" hidden={a.closed}>
            <Sure label={t('trust.endAll')} note={t('trust.endAllNote')} act={() => endSessions(a.id)} onDone={done(t('trust.endedAll'))} testid="end-all" />
            {!self && (a.kind ?? 'person') === 'person' && !a.issuer && <Sure label={t('trust.newSecret')} note={t('trust.newSecretNote')} act={() => newSecret(a.id).then((s) => setSecret(s.secret))} onDone={done(t('trust.secretMade'))} testid="new-secret" />}
            {a.disabled ? (
              <Sure label={t('trust.enable')} note={t('trust.enableNote')} act={() => changeAccount(a.id, { disabled: false })} onDone={done(t('trust.enabled'))} testid="enable" />
            ) : (
              !self && <Sure label={t('trust.disable')} note={t('trust.disableNote')} act={() => changeAccount(a.id, { disabled: true })} onDone={done(t('trust.disabledNow'))} testid="disable" />
            )}
          </div>
        </>
      )}
    </Dialog>
  )
}

const seatOf = (g: Grant) => ({ role: g.role, ...(g.area ? { area: g.area } : {}), ...(g.area_name ? { area_name: g.area_name } : {}), ...(g.body ? { body: g.body } : {}) })

/** Told says a grant: what, where, from when until when, who gave it and why. */
function Told({ grant: g, zone, now, nameOf }: { grant: Grant; zone: string; now: string; nameOf: (account: string) => string }) {
  const dayOf = (at: string) => clock(at, zone)?.day ?? at
  const to = g.ended_at ?? g.to
  const last = to && (g.ended_at ? dayOf(to) : lastDay(to, zone))
  return (
    <span>
      <b>{seatName(seatOf(g))}</b> {!inForce(g, now) && !g.ended_at && Date.parse(g.from) > Date.parse(now) && <span class="tag due">{t('trust.notYet')}</span>}
      <small>{last ? t('trust.spanTo', { from: dayOf(g.from), to: last }) : t('trust.spanOpen', { from: dayOf(g.from) })}</small>
      {(g.reason || g.given_by) && <small>{[g.given_by && t('trust.givenBy', { who: nameOf(g.given_by) }), g.reason].filter(Boolean).join(' · ')}</small>}
    </span>
  )
}

/** lastDay is the last day on which something holds that ends at a moment: one that ends at midnight ends with the day before. */
export function lastDay(to: string, zone: string): string {
  const c = clock(to, zone)
  if (!c) return to
  return c.time === '00:00' ? addDays(c.day, -1) : c.day
}

/** Give is the form of one more role. */
function Give({ district, account, onGiven }: { district: District; account: Account; onGiven: () => void }) {
  const [grant, setGrant] = useState(() => blank(district))
  const sender = useSend()
  const visitor = account.visitor ?? ''
  return (
    <Step title="" act={t('trust.giveIt')} sender={sender} disabled={lacks(grant, visitor) !== null} onSend={() => give(account.id, ready(grant, district)).then(onGiven)} testid="give-form">
      <GrantFields district={district} grant={grant} onGrant={setGrant} visitor={visitor} />
    </Step>
  )
}

import type { District } from '../api.ts'
import { heldFor, roles, type NewGrant, type Role } from '../api_accounts.ts'
import { addDays } from '../format.ts'
import { t } from '../i18n.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { bodies, bodyName, known, midnight, roleName } from './words.ts'

/** A grant while it is written: from and to are days, to the first one without it; area_name is for reading only. */
export interface Draft extends NewGrant {
  area_name?: string
}

/** blank is an empty grant of a role that people hold, from today on. */
export function blank(district: District): Draft {
  return { role: 'leader', from: district.today, reason: '' }
}

/** lacks is what a grant still lacks, in a word of the dictionary; null: nothing. */
export function lacks(g: Draft, visitor: string): 'area' | 'body' | 'visitor' | 'reason' | 'days' | null {
  const what = heldFor[g.role as Role]
  if (what === 'area' && !g.area) return 'area'
  if (what === 'body' && !g.body?.trim()) return 'body'
  if (what === 'visitor' && !visitor) return 'visitor'
  if (g.from && g.to && g.to <= g.from) return 'days'
  if (g.reason.trim() === '') return 'reason'
  return null
}

/**
 * ready is the grant as it is sent: only what its role is held for, and days as
 * the moments in the district's time zone at which they begin. A grant from today
 * on holds at once.
 */
export function ready(g: Draft, district: Pick<District, 'today' | 'time_zone'>): NewGrant {
  const what = heldFor[g.role as Role]
  return {
    role: g.role,
    ...(what === 'area' && g.area ? { area: g.area } : {}),
    ...(what === 'body' && g.body ? { body: g.body.trim() } : {}),
    ...(g.from && g.from !== district.today ? { from: midnight(g.from, district.time_zone) } : {}),
    ...(g.to ? { to: midnight(g.to, district.time_zone) } : {}),
    reason: g.reason.trim(),
  }
}

/** GrantFields are the fields of a role: which, where or for whom, from when until when, and why. */
export function GrantFields({ district, grant: g, onGrant, visitor }: { district: District; grant: Draft; onGrant: (g: Draft) => void; visitor: string }) {
  const what = heldFor[g.role as Role]
  const missing = lacks(g, visitor)
  return (
    <div class="grant-fields" data-testid="grant-fields">
      <label class="field">
        <span>{t('trust.role')}</span>
        <select value={g.role} onChange={(e) => onGrant({ ...g, role: e.currentTarget.value })} data-testid="grant-role">
          {roles
            .filter((r) => r !== 'service')
            .map((r) => (
              <option key={r} value={r}>
                {roleName(r)}
              </option>
            ))}
        </select>
      </label>
      <p class="hint">{known('trust.roleNote', g.role)}</p>
      {what === 'area' && <AreaField district={district} code={g.area} name={g.area_name} onArea={(area, area_name) => onGrant({ ...g, area, area_name })} />}
      {what === 'body' && (
        <label class="field">
          <span>{t(g.role === 'department' ? 'trust.bodyOf.department' : 'trust.bodyOf.provider')}</span>
          <input value={g.body ?? ''} onInput={(e) => onGrant({ ...g, body: e.currentTarget.value })} list={g.role === 'department' ? 'bodies' : undefined} autocomplete="off" spellcheck={false} data-testid="grant-body" />
          {g.role === 'department' && (
            <datalist id="bodies">
              {bodies.map((b) => (
                <option key={b} value={b}>
                  {bodyName(b)}
                </option>
              ))}
            </datalist>
          )}
        </label>
      )}
      <Span from={g.from} to={g.to} onSpan={(from, to) => onGrant({ ...g, from, to })} />
      <label class="field">
        <span>{t('trust.reason')}</span>
        <input value={g.reason} placeholder={t('trust.reasonExample')} onInput={(e) => onGrant({ ...g, reason: e.currentTarget.value })} data-testid="grant-reason" />
      </label>
      {missing && missing !== 'reason' && missing !== 'area' && missing !== 'body' && <p class="hint bad">{t(`trust.lacks.${missing}`)}</p>}
    </div>
  )
}

/** AreaField chooses an area by its name or code. */
export function AreaField(props: { district: District; code: string | undefined; name: string | undefined; onArea: (code: string | undefined, name: string | undefined) => void }) {
  const { district, code } = props
  return (
    <div class="field">
      <span>{t('trust.where')}</span>
      {code ? (
        <span class="chosen-area">
          <b>{props.name || (code === district.code ? district.name : code)}</b> <span class="code">{code}</span>{' '}
          <button type="button" class="link" onClick={() => props.onArea(undefined, undefined)}>
            {t('trust.change')}
          </button>
        </span>
      ) : (
        <>
          <AreaSearch onPick={(hit) => props.onArea(hit.code, hit.name)} label={t('trust.where')} />
          <button type="button" class="link whole" onClick={() => props.onArea(district.code, district.name)} data-testid="whole-district">
            {t('trust.wholeDistrict')}
          </button>
        </>
      )}
    </div>
  )
}

/** Span is from which day to which; the end is shown as the last day and sent as the day after it. */
function Span({ from, to, onSpan }: { from: string | undefined; to: string | undefined; onSpan: (from: string, to: string | undefined) => void }) {
  return (
    <div class="fields">
      <label class="field">
        <span>{t('trust.from')}</span>
        <input type="date" value={from ?? ''} onChange={(e) => onSpan(e.currentTarget.value, to)} data-testid="grant-from" />
      </label>
      <label class="field">
        <span>{t('trust.lastDay')}</span>
        <input type="date" value={to ? addDays(to, -1) : ''} min={from} onChange={(e) => onSpan(from ?? '', e.currentTarget.value ? addDays(e.currentTarget.value, 1) : undefined)} data-testid="grant-to" />
      </label>
    </div>
  )
}

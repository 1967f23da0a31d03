import { ApiError } from '../api.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { list, longDay } from '../format.ts'
import { lang, t } from '../i18n.ts'
import type { Seat } from '../seat.ts'

/** known is a text of the dictionary by a word of the service; the word itself where it has none. */
export function known(prefix: string, word: string): string {
  const key = `${prefix}.${word}`
  return key in dictionary ? t(key as TextKey) : word
}

/** roleName is what the pages call a role. */
export function roleName(role: string): string {
  return known('trust.role', role)
}

/** The departments that share the care for people, by the word the service has for each. */
export const bodies = [
  'health', 'civil_affairs', 'police', 'disabled_federation', 'education', 'human_resources', 'medical_insurance', 'justice',
  'political_legal', 'social_work', 'housing', 'emergency', 'fire', 'transport', 'agriculture', 'water', 'market_regulation',
  'veterans', 'women_federation', 'youth_league', 'trade_union', 'red_cross', 'data', 'petitions',
] as const

/** bodyName is what the pages call a department; a provider is its id. */
export function bodyName(body: string): string {
  return known('trust.body', body)
}

/** seatName is a role with where or for whom it holds. */
export function seatName(s: Seat): string {
  const where = [s.area_name || s.area, s.body && bodyName(s.body)].filter(Boolean)
  return where.length > 0 ? t('trust.roleAt', { role: roleName(s.role), where: list(where as string[]) }) : roleName(s.role)
}

/** Why a file is refused that is more than one's roles take. */
const capReasons: readonly string[] = ['files_a_day', 'records_a_file', 'records_a_day']

/** wait writes seconds as whole minutes, at least one. */
export function wait(seconds: number): string {
  return t('trust.minutes', { n: Math.max(1, Math.ceil(seconds / 60)) })
}

/**
 * why says in plain words why something was refused: by the kind of the problem
 * where it is known, else as the service put it. wrong is what is said of a
 * secret that is not right: login and password, a code, a PIN.
 */
export function why(e: unknown, wrong: TextKey = 'trust.no.wrong'): string {
  if (!(e instanceof ApiError)) return e instanceof Error ? e.message : String(e)
  const { reason, type } = e.problem
  const kind = type?.split('/').pop()
  const after = Number(e.problem['retry_after'] ?? 0)
  if (reason && capReasons.includes(reason)) return t(`trust.no.${reason}` as TextKey)
  if (e.status === 429 || kind === 'wait') return after > 0 ? t('trust.no.wait', { time: wait(after) }) : t('trust.no.slow')
  if (kind === 'refused') return t(wrong)
  if (kind === 'sign-in') return t('trust.no.over')
  const code = e.problem['code']
  if (kind === 'weak' && typeof code === 'string' && `trust.weak.${code}` in dictionary) return t(`trust.weak.${code}` as TextKey)
  if (reason && `trust.no.${reason}` in dictionary) return t(`trust.no.${reason}` as TextKey)
  if (e.status === 404) return t('trust.no.gone')
  if (e.status === 409) return t('trust.no.notNow')
  return e.message
}

/** when writes a moment to the minute, in the district's time zone. */
export function when(at: string | null | undefined, zone: string): string {
  const p = at ? clock(at, zone) : null
  if (!p) return '—'
  return `${lang.value === 'zh' ? p.day : longDay(p.day)} ${p.time}`
}

/** clock is the calendar day and the time of day of a moment in a time zone; null where it is none. */
export function clock(at: string, zone: string): { day: string; time: string } | null {
  const d = new Date(at)
  if (Number.isNaN(d.getTime())) return null
  const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const
  const parts = (z?: string) => Object.fromEntries(new Intl.DateTimeFormat('en-CA', z ? { ...options, timeZone: z } : options).formatToParts(d).map((x) => [x.type, x.value]))
  let p: Record<string, string>
  try {
    p = parts(zone)
  } catch {
    p = parts() // an unknown zone: that of the device
  }
  return { day: `${p['year']}-${p['month']}-${p['day']}`, time: `${p['hour']}:${p['minute']}` }
}

/** Browsers and systems by what they call themselves, the particular before those that they claim to be. */
const agents: readonly (readonly [RegExp, string])[] = [
  [/MicroMessenger/, 'WeChat'], [/Edg/, 'Edge'], [/Firefox/, 'Firefox'], [/Chrom/, 'Chrome'], [/Safari/, 'Safari'],
]
const systems: readonly (readonly [RegExp, string])[] = [
  [/OpenHarmony|HarmonyOS/, 'HarmonyOS'], [/Android/, 'Android'], [/iPhone|iPad/, 'iOS'], [/Windows/, 'Windows'], [/Mac OS/, 'macOS'], [/Linux/, 'Linux'],
]

/** agentName says which browser on which system a User-Agent stands for; what is not known is written as it came, cut. */
export function agentName(agent: string): string {
  const found = [agents, systems].flatMap((l) => l.find(([like]) => like.test(agent))?.[1] ?? [])
  return found.length > 0 ? found.join(' · ') : agent.slice(0, 40)
}

/** midnight is the moment at which a calendar day begins in a time zone (RFC 3339, UTC). */
export function midnight(day: string, zone: string): string {
  const utc = Date.parse(`${day}T00:00:00Z`)
  // How far the clocks there are ahead, asked twice for the days on which they change.
  const ahead = (at: number) => {
    const c = clock(new Date(at).toISOString(), zone)
    return c ? Date.parse(`${c.day}T${c.time}:00Z`) - Math.floor(at / 60_000) * 60_000 : 0
  }
  return new Date(utc - ahead(utc - ahead(utc))).toISOString()
}

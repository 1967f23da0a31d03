import { lang, t, text, type Lang } from './i18n.ts'

/** number groups the digits of a count: 6240 → "6,240". */
export function number(n: number): string {
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 }).format(n)
}

/** figure is number, and a dash for what is not told: never 0. */
export function figure(n: number | null | undefined): string {
  return n === null || n === undefined ? '—' : number(n)
}

/** decimal writes at most so many digits after the point. */
export function decimal(n: number, digits = 1): string {
  return new Intl.NumberFormat('en-US', { maximumFractionDigits: digits }).format(n)
}

/**
 * percent writes a share 0..1 in per cent with one decimal; null is a dash. A
 * share that is not whole never rounds to 100 or 0: 0.9999 is "99.9%".
 */
export function percent(share: number | null | undefined): string {
  if (share === null || share === undefined || !Number.isFinite(share)) return '—'
  let v = Math.round(share * 1000) / 10
  if (v >= 100 && share < 1) v = 99.9
  if (v <= 0 && share > 0) v = 0.1
  return `${decimal(v, 1)}%`
}

const weekdays: Record<Lang, readonly string[]> = {
  zh: ['日', '一', '二', '三', '四', '五', '六'],
  en: ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'],
}
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** A calendar day's parts; null where the text is no date YYYY-MM-DD. */
function parts(iso: string): { y: number; m: number; d: number; weekday: number } | null {
  const p = /^(\d{4})-(\d{2})-(\d{2})$/.exec(iso)
  if (!p) return null
  const [y, m, d] = [Number(p[1]), Number(p[2]), Number(p[3])]
  const at = new Date(Date.UTC(y, m - 1, d))
  if (at.getUTCMonth() !== m - 1 || at.getUTCDate() !== d) return null
  return { y, m, d, weekday: at.getUTCDay() }
}

/** isDate tells whether the text is a calendar day YYYY-MM-DD. */
export function isDate(iso: string | undefined): iso is string {
  return iso !== undefined && parts(iso) !== null
}

/** day writes a date short: "12月5日", "5 Dec". What is no date is written as it came. */
export function day(iso: string, l: Lang = lang.value): string {
  const p = parts(iso)
  if (!p) return iso
  return l === 'zh' ? `${p.m}月${p.d}日` : `${p.d} ${months[p.m - 1]}`
}

/** weekday writes the day of the week: "周六", "Sat". */
export function weekday(iso: string, l: Lang = lang.value): string {
  const p = parts(iso)
  if (!p) return ''
  return l === 'zh' ? `周${weekdays.zh[p.weekday]}` : (weekdays.en[p.weekday] ?? '')
}

/** longDay writes a date with its weekday and year: "2026年12月5日 周六". */
export function longDay(iso: string, l: Lang = lang.value): string {
  const p = parts(iso)
  if (!p) return iso
  return l === 'zh' ? `${p.y}年${day(iso, l)} ${weekday(iso, l)}` : `${weekday(iso, l)} ${day(iso, l)} ${p.y}`
}

/** month writes the month of a date: "11月", "Nov"; long with its year. */
export function month(iso: string, long = false): string {
  const p = parts(iso)
  if (!p) return iso
  const m = lang.value === 'zh' ? p.m : (months[p.m - 1] ?? '')
  return long ? t('time.yearMonth', { y: p.y, m }) : t('time.month', { m })
}

/** addDays moves a date by whole days, over months and years. */
export function addDays(iso: string, n: number): string {
  const p = parts(iso)
  if (!p) return iso
  return new Date(Date.UTC(p.y, p.m - 1, p.d + n)).toISOString().slice(0, 10)
}

/** clampDay keeps a date within first and last, both included. ISO dates sort as text. */
export function clampDay(iso: string, first: string, last: string): string {
  return iso < first ? first : iso > last ? last : iso
}

/** todayIn is the calendar day that it is now in a time zone; empty where the zone is unknown. */
export function todayIn(timeZone: string, now = new Date()): string {
  try {
    return new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).format(now)
  } catch {
    return ''
  }
}

/** walk writes whole seconds on foot, rounded up to the minute as the planner does. */
export function walk(seconds: number): string {
  const m = Math.ceil(seconds / 60)
  if (m < 60) return t('time.min', { n: m })
  return t('time.hourMin', { h: Math.floor(m / 60), m: m % 60 })
}

/** span writes minutes that may be many: "45分钟", "249小时20分". */
export function span(minutes: number): string {
  if (minutes < 120) return t('time.min', { n: minutes })
  const h = number(Math.floor(minutes / 60))
  return minutes % 60 === 0 ? t('time.hours', { h }) : t('time.hourMin', { h, m: minutes % 60 })
}

/** list joins words as the language does. */
export function list(words: readonly string[]): string {
  return words.reduce((a, b) => text(lang.value, 'app.list', { a, b }))
}

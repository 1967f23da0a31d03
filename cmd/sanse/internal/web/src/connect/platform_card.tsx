import type { Platform, PlatformPull } from '../api_connect.ts'
import { spanOf } from '../clocks.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { number } from '../format.ts'
import { moment } from '../grids/moment.ts'
import { t } from '../i18n.ts'

/** PlatformCard is a platform and how it goes with it: its tasks, what it tells, and what it is asked for. */
export function PlatformCard({ platform: p, zone }: { platform: Platform; zone: string }) {
  const at = (iso: string | null) => (iso ? moment(iso, zone) : '—')
  const s = p.pushed
  return (
    <section class="platform" data-testid="platform" data-id={p.id} data-off={String(p.off)}>
      <h2>
        <span class="code">{p.id}</span> {p.off ? <small>{t('connect.off')}</small> : !p.key && <small>{t('connect.byFile')}</small>}
      </h2>
      <dl>
        <dt>{t('connect.tasks')}</dt>
        <dd>
          {s ? (s.sent ? t('connect.sent', { time: at(s.sent) }) : t('connect.sentNever')) : p.asked ? t('connect.asks', { time: at(p.asked) }) : t('connect.asksNever')}
          {s && s.waiting > 0 && (
            <small data-testid="platform-waiting">
              {t('connect.waiting', { n: number(s.waiting) })}
              {s.code && ` · ${t('connect.tried', { n: s.tries, why: whyOf(s.code), time: at(s.next) })}`}
            </small>
          )}
          {s && s.dead > 0 && (
            <small class="alarm" data-testid="platform-dead">
              ▲ {t('connect.dead', { n: number(s.dead) })}
            </small>
          )}
        </dd>
        <dt>{t('connect.came')}</dt>
        <dd>{p.came ? t('connect.cameAt', { time: at(p.came) }) : t('connect.cameNever')}</dd>
        {(p.pulls ?? []).map((l) => (
          <Pull key={l.kind} pull={l} at={at} />
        ))}
      </dl>
    </section>
  )
}

function Pull({ pull: l, at }: { pull: PlatformPull; at: (iso: string | null) => string }) {
  return (
    <>
      <dt>{t(`connect.pull.${l.kind}`)}</dt>
      <dd data-testid="platform-pull" data-kind={l.kind} data-code={l.code ?? ''}>
        {t('connect.every', { time: everyWords(l.every_seconds) })} · {l.taken ? t('connect.taken', { time: at(l.taken) }) : t('connect.takenNever')}
        {l.code && <small class="alarm">▲ {t('connect.fails', { why: whyOf(l.code), time: at(l.since), n: number(l.fails), next: at(l.next) })}</small>}
        <small>{t('connect.rows', { stored: number(l.stored), same: number(l.same), refused: number(l.refused) })}</small>
      </dd>
    </>
  )
}

/** whyOf says a code of a failure in words. */
function whyOf(code: string): string {
  if (code.startsWith('status_')) return t('connect.why.status', { status: code.slice(7) })
  const key = `connect.why.${code}`
  return t(key in dictionary ? (key as TextKey) : 'connect.why.failed')
}

/** everyWords says how often: in minutes and hours, or in seconds where those are not enough. */
function everyWords(seconds: number): string {
  return seconds % 60 === 0 ? spanOf(seconds / 60) : t('connect.seconds', { n: seconds })
}

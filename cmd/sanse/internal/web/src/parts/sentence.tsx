import type { ComponentChildren } from 'preact'
import type { District } from '../api.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { day, number } from '../format.ts'
import { lang, t } from '../i18n.ts'
import { follow, href } from '../route.ts'
import { answersFor } from '../viewer.ts'
import { rich } from './rich.tsx'

/** Sentence is what the district answers for: required, owed, planned and lapsing visits of the plan. */
export function Sentence({ district }: { district: District }) {
  const { plan, summary } = district
  if (!answersFor(district, district.code)) return null // outsiders are not told
  if (!plan || !summary)
    return (
      <section class="sentence" aria-label={t('sentence.label')}>
        <p data-testid="sentence">{t('sentence.noPlan')}</p>
      </section>
    )
  const tasks = summary.task_lapses ?? 0
  const kept = summary.lapses + tasks === 0
  const say = (key: TextKey, values: Record<string, ComponentChildren>) => rich(dictionary[key][lang.value], values)
  const n = (id: string, v: number) => <b data-testid={`sentence-${id}`}>{number(v)}</b>
  const owed = { n: n('owed', summary.owed_at_start) }
  const cleared = summary.owed_cleared_on
  return (
    <section class={kept ? 'sentence kept' : 'sentence broken'} aria-label={t('sentence.label')}>
      <span class="verdict">
        <svg viewBox="0 0 20 20" width="20" height="20" aria-hidden="true">
          {kept ? <path d="M4 10.5l4 4 8-9" /> : <path d="M10 4v8M10 15.2v.6" />}
        </svg>
        {t(kept ? 'sentence.kept' : 'sentence.broken')}
      </span>
      <p data-testid="sentence">
        {say('sentence.required', { from: day(plan.start), to: day(plan.end), n: n('required', summary.visits_required) })}
        {t('sentence.join')}
        {summary.owed_at_start === 0
          ? say('sentence.owedNone', owed)
          : cleared
            ? say('sentence.owedCleared', { ...owed, date: <b class="plain">{day(cleared)}</b> })
            : say('sentence.owedOpen', owed)}
        {t('sentence.join')}
        {say('sentence.planned', { n: n('planned', summary.visits_planned) })}
        {t('sentence.join')}
        <span class="lapse-part">
          {kept
            ? say('sentence.lapsesNone', { n: n('lapses', summary.lapses) })
            : say('sentence.lapses', {
                n: n('lapses', summary.lapses),
                who: (
                  <a href={href('board', { area: district.code, period: 'horizon' }) + '#unplanned'} onClick={follow}>
                    {t('sentence.who')}
                  </a>
                ),
              })}
        </span>
        {tasks > 0 && (
          <>
            {t('sentence.join')}
            {say('sentence.tasks', { n: n('tasks', tasks) })}
          </>
        )}
        {t('sentence.end')}
      </p>
    </section>
  )
}

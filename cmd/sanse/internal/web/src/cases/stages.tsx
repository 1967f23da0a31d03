import { stages, type Stage } from '../api_cases.ts'
import { t } from '../i18n.ts'

/** Stages are those of a case as a row: those that are behind it, the one it is at, and those to come. */
export function Stages({ at }: { at: Stage }) {
  const now = stages.indexOf(at)
  return (
    <ol class="stages" aria-label={t('case.stageNow', { stage: t(`case.stage.${at}`) })}>
      {stages.map((s, i) => (
        <li key={s} class={i < now ? 'behind' : i === now ? 'here' : ''} aria-current={i === now ? 'step' : undefined}>
          {t(`case.stage.${s}`)}
        </li>
      ))}
    </ol>
  )
}

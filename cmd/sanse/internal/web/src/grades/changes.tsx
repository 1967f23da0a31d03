import type { District } from '../api.ts'
import type { GradeChange } from '../api_grades.ts'
import { t } from '../i18n.ts'
import { GradeMark } from '../parts/marks.tsx'
import { when } from '../trust/words.ts'

/** Change is a decision on a grade, or an import that brought another. */
export function Change({ change: c, district, id }: { change: GradeChange; district: District; id?: string }) {
  return (
    <div>
      <p>
        {id && <b>{id} </b>}
        <GradeMark grade={c.was} grades={district.grades} />
        {c.grade !== c.was && (
          <>
            {' → '}
            <GradeMark grade={c.grade} grades={district.grades} />
          </>
        )}{' '}
        {c.flagged && <span class="tag bad">{t('grad.flagged')}</span>} {c.grade === c.was && <span class="tag">{t('grad.kept')}</span>}{' '}
        {c.how === 'import' && <span class="tag">{t('grad.import')}</span>} {!c.entered && <span class="tag">{t('grad.waiting')}</span>}
      </p>
      <small>{when(c.at, district.time_zone)}</small>
      {c.reason && <small>{c.reason}</small>}
    </div>
  )
}

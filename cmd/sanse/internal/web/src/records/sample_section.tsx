import { draw, mondayOf, recordsAt, type Forms, type Sample } from '../api_records.ts'
import { addDays, longDay, number } from '../format.ts'
import { Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { ApiError } from '../request.ts'
import { follow } from '../route.ts'
import { useSend } from '../trust/steps.tsx'
import { when, why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import { RecordCard } from './record_card.tsx'

/** SampleSection is the sample for quality review of a week and an area: drawn once, then called one by one. */
export function SampleSection(props: { area: string; week: string; today: string; forms: Forms | null; zone: string; to: (week: string) => string }) {
  const { area, week, zone } = props
  const micro = area.length > 15
  const got = useGet<Sample>(micro ? null : recordsAt.sample(area, week))
  const sender = useSend()
  const s = got.data
  const last = addDays(mondayOf(props.today), -7)
  const refused = sender.refused
  return (
    <section data-testid="sample" data-drawn={s ? String(s.drawn !== null) : undefined}>
      <h2>{t('rec.sample')}</h2>
      <p class="hint">{t('rec.sampleNote')}</p>
      {micro ? (
        <p class="hint">{t('rec.noMicro')}</p>
      ) : (
        <>
          <p class="acts">
            <a class="link" href={props.to(addDays(week, -7))} onClick={follow} data-testid="week-before">
              ‹ {t('rec.weekBefore')}
            </a>
            <b>{t('rec.week', { from: longDay(week), to: longDay(addDays(week, 6)) })}</b>
            {week < last && (
              <a class="link" href={props.to(addDays(week, 7))} onClick={follow}>
                {t('rec.weekAfter')} ›
              </a>
            )}
          </p>
          <Status got={got} />
          {s && s.drawn === null && (
            <p class="acts">
              <span>{t('rec.notDrawn')}</span>
              <button type="button" class="button" disabled={sender.busy} onClick={() => sender.send(() => draw(area, week).then(got.refresh))} data-testid="draw">
                {t('rec.draw')}
              </button>
            </p>
          )}
          {refused !== null && <Refusal>{refused instanceof ApiError && refused.status === 409 ? t('rec.cannotDraw') : why(refused)}</Refusal>}
          {s?.drawn && (
            <>
              <p class="hint">{t('rec.drawn', { n: number((s.items ?? []).length), of: number(s.records), seed: s.seed ?? '', at: when(s.drawn, zone) })}</p>
              <ul class="record-list" data-testid="sample-records">
                {(s.items ?? []).map((r) => (
                  <RecordCard key={r.id} record={r} forms={props.forms} zone={zone} calls onChanged={got.refresh} />
                ))}
              </ul>
            </>
          )}
        </>
      )}
    </section>
  )
}

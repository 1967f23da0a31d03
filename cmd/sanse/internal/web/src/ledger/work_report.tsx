import type { District } from '../api.ts'
import { workAt, type WorkReport, type WorkWords } from '../api_ledger.ts'
import { addDays } from '../format.ts'
import { lang, t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { startOf } from '../period.ts'
import { go } from '../route.ts'
import { may } from '../seat.ts'
import { FileLink } from '../trust/file_link.tsx'
import { useGet } from '../use_get.ts'

/** WorkReportSection is the work report of an area for a week or a month, in plain sentences. */
export function WorkReportSection(props: { area: string; district: District; by: 'week' | 'month'; on: string; to: (by: 'week' | 'month', on: string | undefined) => string }) {
  const { area, district, by, on, to } = props
  const got = useGet<WorkReport>(workAt.report(area, by, on))
  const w = got.data
  const first = startOf(by, on)
  const next = addDays(first, by === 'week' ? 7 : 32)
  const after = startOf(by, next)
  return (
    <section data-testid="work" data-area={w?.area} data-first={w?.first}>
      <h2>{t('work.title')}</h2>
      <p class="hint">{t('work.note')}</p>
      <div class="switch-row">
        <button type="button" class="arrow" aria-label={t('work.before')} title={t('work.before')} onClick={() => go(to(by, startOf(by, addDays(first, -1))))} data-testid="work-before">
          ‹
        </button>
        <div class="segments" role="group" aria-label={t('work.title')}>
          {(['week', 'month'] as const).map((k) => (
            <button type="button" key={k} aria-pressed={k === by} onClick={() => go(to(k, on))} data-testid={`work-${k}`}>
              {t(`work.${k}`)}
            </button>
          ))}
        </div>
        <button type="button" class="arrow" aria-label={t('work.after')} title={t('work.after')} disabled={after > district.today} onClick={() => go(to(by, after))} data-testid="work-after">
          ›
        </button>
      </div>
      <Status got={got} />
      {w && (
        <>
          <h3>{said(w.title)}</h3>
          <p class="hint">{said(w.under)}</p>
          {may('export') && (
            <p class="acts">
              <FileLink address={workAt.page(area, by, on, lang.value)} testid="work-page" look="button quiet" tab>
                {t('work.pdf')}
              </FileLink>
              <FileLink address={workAt.workbook(area, by, on)} testid="work-workbook" look="button quiet">
                {t('ledger.workbook')}
              </FileLink>
            </p>
          )}
          <dl class="work">
            {(w.sections ?? []).map((s) => (
              <div key={s.title.en} data-testid="work-part">
                <dt>{said(s.title)}</dt>
                {(s.lines ?? []).map((l) => (
                  <dd key={l.en}>{said(l)}</dd>
                ))}
              </div>
            ))}
          </dl>
        </>
      )}
    </section>
  )
}

const said = (w: WorkWords): string => (lang.value === 'zh' ? w.zh : w.en)

import type { District } from '../api.ts'
import type { PublishedDraft } from '../api_editor.ts'
import { day, longDay, number } from '../format.ts'
import { t } from '../i18n.ts'
import { codes } from './refusal.ts'

/** PublishedReport says what a publication will do on its day, and what is to be done until then. */
export function PublishedReport({ published: p, district, onClose }: { published: PublishedDraft; district: District; onClose: () => void }) {
  const lists = (['created', 'changed', 'retired'] as const).filter((k) => p[k].length > 0)
  const stale = p.stale_plan
  return (
    <div data-testid="published" data-id={p.id} data-moved={p.moved}>
      <p class="all-well" role="status">
        {t('grids.publishedFrom', { n: p.id, day: longDay(p.effective) })}
      </p>
      <dl class="figures">
        <div>
          <dt>{t('grids.movedPeople')}</dt>
          <dd data-testid="published-moved">{number(p.moved)}</dd>
        </div>
        {lists.map((k) => (
          <div key={k}>
            <dt>{t(`grids.areas.${k}`)}</dt>
            <dd title={p[k].join(' ')}>{number(p[k].length)}</dd>
          </div>
        ))}
      </dl>
      {p.retired.length > 0 && <p class="hint">{t('grids.retiredCodes', { areas: codes(p.retired) })}</p>}
      <h3>{t('grids.next')}</h3>
      <ul class="bullets">
        {stale ? (
          <li data-testid="published-stale">
            {t('grids.replan', { n: stale.plan, walks: number(stale.itineraries), day: day(stale.from) })} <code>sanse plan --start {stale.from}</code>
          </li>
        ) : (
          <li>{t('grids.noReplan', { day: day(p.effective) })}</li>
        )}
        <li>{t('grids.devices', { day: day(p.effective) })}</li>
        <li>{t('grids.canGoBack', { today: day(district.today) })}</li>
      </ul>
      <footer>
        <button type="button" class="button" onClick={onClose} data-testid="published-close">
          {t('grids.gotIt')}
        </button>
      </footer>
    </div>
  )
}

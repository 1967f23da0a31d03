import { atShortfall, type ServedChart } from '../api_shortfall.ts'
import { lang, t } from '../i18n.ts'
import { OptionChart } from '../parts/option_chart.tsx'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'

/** Charts are the pictures of the board, drawn from options that the service makes; the tables beside them say the same. */
export function Charts({ area, report }: { area: string; report: string | undefined }) {
  const got = useGet<ServedChart[]>(atShortfall.charts(area, lang.value, report))
  const list = got.data ?? []
  if (got.error) return <Status got={got} />
  if (list.length === 0) return null
  return (
    <section data-testid="charts">
      <h2>{t('shortfall.charts')}</h2>
      <div class="charts">
        {list.map((c) => (
          <figure key={c.id} data-testid="served-chart" data-id={c.id}>
            <figcaption>
              <b>{c.title}</b>
              {c.note && <small>{c.note}</small>}
            </figcaption>
            <OptionChart label={c.title} option={c.option} height={c.height ?? 280} />
          </figure>
        ))}
      </div>
    </section>
  )
}

import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { atShortfall, type Report, type Shortfall, type Shown } from '../api_shortfall.ts'
import type { TextKey } from '../dictionary.ts'
import { homeOf } from '../home.ts'
import { lang, t } from '../i18n.ts'
import { Homes } from '../parts/homes.tsx'
import { Status } from '../parts/status.tsx'
import { follow, href, route } from '../route.ts'
import { BehindDialog, type Asked } from '../shortfall/behind_dialog.tsx'
import { Capacity } from '../shortfall/capacity.tsx'
import { Charts } from '../shortfall/charts.tsx'
import { ChildrenTable } from '../shortfall/children_table.tsx'
import { ExpectedSection } from '../shortfall/expected.tsx'
import { ForThose } from '../shortfall/for_those.tsx'
import { ReportsBar } from '../shortfall/reports_bar.tsx'
import { Rows } from '../shortfall/rows.tsx'
import { Ways } from '../shortfall/ways.tsx'
import { Summary } from '../shortfall/summary.tsx'
import { UncoveredSection } from '../shortfall/uncovered.tsx'
import { UnmatchedSection } from '../shortfall/unmatched.tsx'
import { FileLink } from '../trust/file_link.tsx'
import { useGet } from '../use_get.ts'
import { answersFor } from '../viewer.ts'
import '../grids.css'
import '../shortfall.css'

/**
 * ShortfallPage is the board of what an area lacks: every standard with what
 * there is, what is needed and what is short, the areas below, and whom and what
 * the numbers stand for. The address names the area, and the report
 * that they are compared with.
 */
export function ShortfallPage({ district }: { district: District }) {
  const { params } = route.value
  const home = homeOf(district, params['area'])
  const area = params['area'] ?? home
  const report = /^\d+$/.test(params['report'] ?? '') ? params['report'] : undefined
  const got = useGet<Shortfall>(atShortfall.board(area, report))
  const reports = useGet<Report[]>(atShortfall.reports())
  const [only, setOnly] = useState<Shown | null>(null)
  const [asked, setAsked] = useState<Asked | null>(null)
  const b = got.data
  const to = (code: string) => href('shortfall', { area: code === home ? undefined : code, report })
  const up = (b?.path ?? []).filter((p) => p.code !== b?.area.code)
  const rows = b?.rows ?? []
  return (
    <div class="page board shortfall" data-testid="shortfall" data-area={b?.area.code} data-day={b?.day}>
      <Ways open="shortfall" area={area === home ? undefined : area} />
      <Homes district={district} open={area} to={to} />
      <header class="board-head">
        <div>
          {up.length > 0 && (
            <nav class="crumbs" aria-label={t('board.path')}>
              <ol>
                {up.map((c) => (
                  <li key={c.code}>
                    <a href={to(c.code)} onClick={follow}>
                      {c.name}
                    </a>
                  </li>
                ))}
                <li>
                  <span aria-current="page">{b?.area.name}</span>
                </li>
              </ol>
            </nav>
          )}
          <h1>{t('shortfall.title', { area: b?.area.name ?? area })}</h1>
          <p class="hint">
            {b && t(`level.${b.area.level}` as TextKey)} · <span class="code">{area}</span> ·{' '}
            <a href={href('map', { area: area === home ? undefined : area })} onClick={follow}>
              {t('board.map')}
            </a>{' '}
            ·{' '}
            <a href={href('board', { area })} onClick={follow}>
              {t('shortfall.visits')}
            </a>{' '}
            ·{' '}
            <FileLink address={atShortfall.print(area, lang.value, report)} testid="file-pdf">
              {t('shortfall.print')}
            </FileLink>{' '}
            ·{' '}
            <FileLink address={atShortfall.workbook(area, report)} testid="file-xlsx">
              {t('shortfall.workbook')}
            </FileLink>
          </p>
        </div>
        {reports.error && <Status got={reports} />}
        <ReportsBar district={district} shown={b} reports={reports.data ?? []} report={report} area={area === home ? undefined : area} onTaken={() => (reports.refresh(), got.refresh())} />
      </header>
      <ForThose got={got} what={t('shortfall.hiddenBoard')}>
        <Status got={got} />
        {b && (
          <>
            <Summary rows={rows} only={only} onOnly={setOnly} />
            <Rows rows={rows} only={only} area={b.area} mine={answersFor(district, b.area.code)} onAsk={setAsked} />
            <ChildrenTable board={b} to={to} />
            <Charts area={b.area.code} report={report} />
            <UncoveredSection board={b} district={district} />
            <UnmatchedSection board={b} district={district} />
            <Capacity board={b} district={district} />
            <ExpectedSection board={b} />
          </>
        )}
      </ForThose>
      {asked && b && <BehindDialog zone={district.time_zone} key={`${asked.standard}/${asked.what}`} asked={asked} area={b.area} onClose={() => setAsked(null)} />}
    </div>
  )
}

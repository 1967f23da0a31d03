import { useEffect, useMemo, useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { casesAt, type Case, type Cases } from '../api_cases.ts'
import { CaseDialog } from '../cases/case_dialog.tsx'
import { Clock } from '../cases/clock.tsx'
import { Covering } from '../cases/covering.tsx'
import { LadderRule } from '../cases/ladder_rule.tsx'
import { Moves } from '../cases/moves.tsx'
import { NewCase } from '../cases/new_case.tsx'
import { whereOf } from '../cases/where.ts'
import { clockOf, useNow } from '../clocks.ts'
import { number } from '../format.ts'
import { handedOnly, homeOf, homes } from '../home.ts'
import { t } from '../i18n.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { Homes } from '../parts/homes.tsx'
import { Status } from '../parts/status.tsx'
import { go, href, route } from '../route.ts'
import { may, me } from '../seat.ts'
import { bodyName, known, when } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import '../grids.css'
import '../cases.css'

/** How often the list is asked for again: a case that others open is to be seen in time. */
const againMs = 30_000

/** CasesPage lists the cases of an area with their clocks; one is opened, taken further, passed on; others are reported. */
export function CasesPage({ district }: { district: District }) {
  const { params } = route.value
  const home = homeOf(district, params['area'])
  const area = params['area'] ?? home
  const all = params['all'] === '1'
  const kind = params['kind'] ?? ''
  const open = params['case'] ?? ''
  const got = useGet<Cases>(casesAt(area, !all))
  // A phone’s own clock may be off.
  const ahead = useMemo(() => (got.data ? Date.parse(got.data.at) - Date.now() : 0), [got.data])
  const now = useNow(ahead)
  const [reporting, setReporting] = useState(params['resident'] !== undefined)
  useEffect(() => {
    const clock = setInterval(() => {
      if (!document.hidden) got.refresh()
    }, againMs)
    return () => clearInterval(clock)
  }, [got.refresh])
  const here = (over: Record<string, string | undefined>) => href('cases', { area: area === home ? undefined : area, all: all ? '1' : undefined, kind, case: open || undefined, ...over })
  const items = got.data?.items ?? []
  const kinds = [...new Set(items.map((c) => c.kind))]
  const shown = items.filter((c) => kind === '' || c.kind === kind)
  const running = shown.filter((c) => !c.closed)
  const over = running.filter((c) => clockOf(Date.parse(c.deadline), now).standing === 'over').length
  const department = handedOnly(me.value)
  return (
    <div class="page board cases" data-testid="cases" data-area={area} data-count={got.data ? shown.length : undefined}>
      <Homes district={district} open={area} to={(code) => here({ area: code })} />
      <header class="board-head">
        <div>
          <h1>{t('page.cases')}</h1>
          <p class="hint">{t('case.intro')}</p>
        </div>
        <p class="acts">
          <button type="button" class="button" onClick={() => setReporting(true)} data-testid="case-new">
            {t('case.new')}
          </button>
        </p>
      </header>
      <div class="case-filters">
        {!department && <AreaSearch label={t('case.areaFind')} within={homes(district)} onPick={(hit) => go(here({ area: hit.code }))} />}
        <div class="segments" role="group" aria-label={t('case.which')}>
          <button type="button" aria-pressed={!all} onClick={() => go(here({ all: undefined }))} data-testid="cases-open">
            {t('case.onlyOpen')}
          </button>
          <button type="button" aria-pressed={all} onClick={() => go(here({ all: '1' }))} data-testid="cases-all">
            {t('case.all')}
          </button>
        </div>
        <div class="chips">
          {['', ...kinds].map((k) => (
            <button type="button" class="chip" key={k} aria-pressed={k === kind} onClick={() => go(here({ kind: k || undefined }))} data-testid={`cases-kind-${k}`}>
              {k ? known('case.kind', k) : t('case.anyKind')}
            </button>
          ))}
        </div>
        {area !== home && (
          <p>
            {t('case.area')} <span class="code">{area}</span>{' '}
            <button type="button" class="link" onClick={() => go(here({ area: undefined }))}>
              {t('case.wide')}
            </button>
          </p>
        )}
      </div>
      <Status got={got} />
      {got.data && (
        <section>
          <h2>
            <span role="status" data-testid="cases-sum" data-open={running.length} data-over={over}>
              {all ? t('case.countAll', { n: number(shown.length) }) + ' · ' : ''}
              {t('case.count', { n: number(running.length), over: number(over) })}
            </span>
          </h2>
          {got.data.more && <p class="hint">{t('case.more')}</p>}
          {shown.length === 0 && <p class="all-well">{t(all ? 'case.noneAtAll' : 'case.none')}</p>}
          <ul class="case-list">
            {shown.map((c) => (
              <Row key={c.id} of={c} now={now} zone={district.time_zone} onOpen={() => go(here({ case: c.id }))} />
            ))}
          </ul>
        </section>
      )}
      {!department && may('records') && <Covering area={area} />}
      {!department && may('records') && <Moves area={area} />}
      {!department && <LadderRule district={district} sets={may('plan')} />}
      {open && <CaseDialog key={open} id={open} district={district} now={now} onMoved={got.refresh} onClose={() => go(here({ case: undefined }))} />}
      {reporting && (
        <NewCase
          district={district}
          resident={params['resident'] ?? ''}
          onOpened={(c) => {
            setReporting(false)
            got.refresh()
            go(here({ case: c.id }))
          }}
          onClose={() => setReporting(false)}
        />
      )}
    </div>
  )
}

function Row({ of: c, now, zone, onOpen }: { of: Case; now: number; zone: string; onOpen: () => void }) {
  return (
    <li class={`case-row ${c.kind}`} data-testid="case" data-id={c.id} data-kind={c.kind} data-stage={c.stage}>
      <div class="case-clock">
        {c.closed ? (
          <span class="tag">{t('case.stage.closed')}</span>
        ) : (
          <>
            <Clock deadline={c.deadline} now={now} />
            <small>{t(c.stage === 'call' ? 'case.toAnswer' : 'case.toSolve')}</small>
          </>
        )}
      </div>
      <div class="case-what">
        <p>
          <b>{known('case.kind', c.kind)}</b> <span class="tag">{known('case.stage', c.stage)}</span>{' '}
          <span class="tag kind">{c.body ? bodyName(c.body) : known('case.level', c.level)}</span>
        </p>
        <p>
          {whereOf(c.where ?? []) || c.area}
          {c.resident && (
            <>
              {' · '}
              <span class="code">{c.resident}</span>
            </>
          )}
        </p>
        <small>
          {known('case.source', c.source)} · {c.closed ? t('case.closedAt', { at: when(c.closed, zone) }) : t('case.opened', { at: when(c.opened, zone) })}
        </small>
      </div>
      <button type="button" class="button quiet" onClick={onOpen} data-testid="case-open">
        {t('case.look')}
      </button>
    </li>
  )
}

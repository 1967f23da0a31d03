import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { exportsAt, type ExportList } from '../api_export.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'
import { known, when } from './words.ts'

const page = 20
const form = /^x[0-9a-f]{16}$/

/** ExportsTaken are the files that left the house, the last first: whose each is, what for, until when. */
export function ExportsTaken({ district }: { district: District }) {
  const [typed, setTyped] = useState('')
  const [before, setBefore] = useState<string | undefined>()
  const asked = typed.trim().toLowerCase()
  const found = form.test(asked) ? asked : undefined
  const got = useGet<ExportList>(exportsAt.list(found, found ? undefined : before, page))
  const items = got.data?.items ?? []
  const zone = district.time_zone
  return (
    <section data-testid="exports" data-count={got.data ? items.length : undefined}>
      <h2>{t('trust.exports')}</h2>
      <p class="hint">{t('trust.exportsNote')}</p>
      <div class="filters">
        <label class="field">
          <span>{t('trust.exportFind')}</span>
          <input type="search" value={typed} onInput={(e) => setTyped(e.currentTarget.value)} placeholder="x0123456789abcdef" autocomplete="off" spellcheck={false} data-testid="export-number" />
        </label>
      </div>
      <Status got={got} />
      {got.data && items.length === 0 && <p class="row-none">{t(found ? 'trust.exportNoSuch' : 'trust.exportNone')}</p>}
      {items.length > 0 && (
        <div class="scroll" tabIndex={0} role="region" aria-label={t('trust.exports')}>
          <table class="audit-table">
            <thead>
              <tr>
                {(['trust.at', 'trust.who', 'trust.what', 'trust.about', 'trust.why', 'trust.exportUntil', 'trust.exportNumber'] as const).map((c) => (
                  <th scope="col" key={c}>
                    {t(c)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {items.map((e) => (
                <tr key={e.number} data-testid="export" data-number={e.number}>
                  <td data-label={t('trust.at')}>{when(e.at, zone)}</td>
                  <td data-label={t('trust.who')}>
                    <div>
                      {e.login || e.account}
                      <small class="code">{e.account}</small>
                    </div>
                  </td>
                  <td data-label={t('trust.what')}>{known('trust.exportKind', e.kind)}</td>
                  <td data-label={t('trust.about')}>
                    {e.records > 0 && <span>{t('trust.records', { n: number(e.records) })}</span>} <span class="code">{e.area}</span>
                  </td>
                  <td data-label={t('trust.why')}>{known('trust.purpose', e.purpose)}</td>
                  <td data-label={t('trust.exportUntil')}>
                    {e.valid_until} {e.over && <span class="tag due">{t('trust.exportOver')}</span>}
                  </td>
                  <td data-label={t('trust.exportNumber')}>
                    <span class="code">{e.number}</span>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {!found && (before || got.data?.next) && (
        <nav class="pager" aria-label={t('trust.exports')}>
          {before && (
            <button type="button" class="button quiet" onClick={() => setBefore(undefined)}>
              {t('trust.newest')}
            </button>
          )}
          {got.data?.next && (
            <button type="button" class="button quiet" onClick={() => setBefore(got.data?.next ?? undefined)} data-testid="exports-next">
              {t('trust.older')} ›
            </button>
          )}
        </nav>
      )}
    </section>
  )
}

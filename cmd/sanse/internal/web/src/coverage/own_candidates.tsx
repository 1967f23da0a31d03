import { useState } from 'preact/hooks'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { CandidatesError, readCandidates, type Candidate } from './candidates.ts'
import type { Search } from './siting.ts'

/** How many are listed: a file may hold thousands, and all of them are on the map. */
const listed = 30

/** OwnCandidates lists the places of one's own among which to choose: clicked on the map, or read from a file, each with its price. */
export function OwnCandidates({ search, onCenter }: { search: Search; onCenter: () => void }) {
  const [wrong, setWrong] = useState('')
  const own = search.own.value
  const change = (id: string, patch: Partial<Candidate>) => (search.own.value = own.map((c) => (c.id === id ? { ...c, ...patch } : c)))
  const read = async (file: File) => {
    try {
      search.own.value = readCandidates(await file.text())
      setWrong('')
    } catch (e) {
      setWrong(e instanceof CandidatesError ? t(`cov.own.wrong.${e.code}`, { line: e.line }) : e instanceof Error ? e.message : String(e))
    }
  }
  return (
    <div class="cov-own" data-testid="own-candidates" data-count={own.length}>
      <p class="hint">{t('cov.own.how')}</p>
      <div class="buttons">
        <button type="button" class="button quiet" disabled={search.runs} onClick={onCenter} data-testid="own-center">
          {t('cov.own.center')}
        </button>
        <label class="button quiet">
          {t('cov.own.file')}
          <input
            type="file"
            class="unseen"
            accept=".csv,.txt,.tsv,.json,.geojson"
            disabled={search.runs}
            onChange={(e) => {
              const input = e.currentTarget
              const file = input.files?.[0]
              if (file) void read(file)
              input.value = '' // the same file may be read again once it is mended
            }}
            data-testid="own-file"
          />
        </label>
        <button type="button" class="button quiet" disabled={search.runs || own.length === 0} onClick={() => (search.own.value = [])} data-testid="own-clear">
          {t('cov.own.clear')}
        </button>
      </div>
      {wrong && (
        <p class="status failed" role="alert" data-testid="own-wrong">
          {wrong}
        </p>
      )}
      {own.length > 0 && (
        <ul class="cov-own-list">
          {own.slice(0, listed).map((c) => (
            <li key={c.id} data-testid="own-candidate">
              <span>{c.id}</span>
              <label>
                {t('cov.own.price')}{' '}
                <input
                  type="number"
                  min={0}
                  max={1e12}
                  step={1}
                  value={c.price}
                  disabled={search.runs}
                  onInput={(e) => change(c.id, { price: Math.max(0, Math.round(Number(e.currentTarget.value))) })}
                  aria-label={t('cov.own.priceOf', { id: c.id })}
                />
              </label>
              <button type="button" class="link" disabled={search.runs} onClick={() => (search.own.value = own.filter((x) => x.id !== c.id))} aria-label={t('cov.own.removeOf', { id: c.id })}>
                {t('cov.own.remove')}
              </button>
            </li>
          ))}
          {own.length > listed && <li class="hint">{t('cov.own.more', { n: number(own.length - listed) })}</li>}
        </ul>
      )}
    </div>
  )
}

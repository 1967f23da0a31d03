import type { Unplaced, UnplacedItem } from '../api_coverage.ts'
import type { TextKey } from '../dictionary.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import type { Got } from '../use_get.ts'
import { reasonWord } from './words.ts'

/** Reasons that are no fault of the map: a facility that gives nothing, not one that cannot be found. */
const stands = new Set(['idle', 'planned', 'closed_all_week', 'closed_then'])

/** unplacedPoint is where an item lies; null where it has no place or none that is told. */
export function unplacedPoint(i: UnplacedItem): [number, number] | null {
  const l = i.location
  if (!l) return null
  return Array.isArray(l) ? l : (l.coordinates as [number, number])
}

/** UnplacedList says who and what counts for nothing, and why: nothing is guessed. */
export function UnplacedList(props: { got: Got<Unplaced>; marked: boolean; onMark: (on: boolean) => void }) {
  const items = props.got.data?.items ?? []
  const lost = items.filter((i) => !stands.has(i.reason))
  const n = lost.reduce((a, i) => a + i.count, 0)
  const groups = new Map<string, UnplacedItem & { n: number }>()
  for (const i of items) {
    const key = `${i.what} ${i.reason}`
    const g = groups.get(key)
    groups.set(key, { ...i, n: (g?.n ?? 0) + i.count })
  }
  return (
    <section data-testid="unplaced" data-count={n}>
      <h2>{t('cov.unplaced')}</h2>
      <Status got={props.got} />
      {props.got.data && (
        <>
          <p class="hint">{n === 0 ? t('cov.unplacedNone') : t('cov.unplacedCount', { n: number(n) })}</p>
          {groups.size > 0 && (
            <ul class="cov-unplaced">
              {[...groups.values()].map((g) => (
                <li key={`${g.what} ${g.reason}`}>
                  <span>
                    {whatWord(g.what)} · {reasonWord(g.reason, g.detail)}
                  </span>
                  <b>{number(g.n)}</b>
                </li>
              ))}
            </ul>
          )}
          {items.some((i) => unplacedPoint(i)) && (
            <label class="switch">
              <input type="checkbox" checked={props.marked} onChange={(e) => props.onMark(e.currentTarget.checked)} />
              {t('cov.show')}
            </label>
          )}
        </>
      )}
    </section>
  )
}

const whats: Readonly<Record<string, TextKey>> = {
  resident: 'cov.unplaced.resident',
  residents: 'cov.unplaced.resident',
  population: 'cov.unplaced.population',
  spot: 'cov.unplaced.population',
  people: 'cov.unplaced.population',
  facility: 'cov.unplaced.facility',
  facilities: 'cov.unplaced.facility',
}

function whatWord(what: string): string {
  const key = whats[what]
  return key ? t(key) : what
}

import type { Expected, Place, Shortfall } from '../api_shortfall.ts'
import { decimal, percent } from '../format.ts'
import { t } from '../i18n.ts'
import { Share } from '../parts/marks.tsx'
import { known, ownHalf, said, whole } from './words.ts'

/** ExpectedSection holds the people who are expected to need care against those enrolled, by kind and by kind of place. */
export function ExpectedSection({ board }: { board: Shortfall }) {
  const expected = board.expected ?? []
  const places = board.places ?? []
  if (expected.length === 0 && places.length === 0) return null
  return (
    <section data-testid="expected">
      <h2>{t('shortfall.expected')}</h2>
      <p class="hint">{t('shortfall.expectedNote')}</p>
      <div class="two even">
        {expected.length > 0 && <Kinds list={expected} />}
        {places.length > 0 && <Places list={places} />}
      </div>
    </section>
  )
}

/** reached is the share of the expected who are enrolled, one at most; null where nothing is expected. */
function reached(x: { expected: number | null; enrolled: number | null }): number | null {
  if (x.expected === null || x.enrolled === null || x.expected <= 0) return null
  return Math.min(1, x.enrolled / x.expected)
}

function Kinds({ list }: { list: readonly Expected[] }) {
  return (
    <div class="scroll" tabIndex={0} role="region" aria-label={t('shortfall.expected')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('shortfall.kind')}</th>
            <th scope="col">{t('shortfall.expectedCount')}</th>
            <th scope="col">{t('shortfall.enrolled')}</th>
            <th scope="col">{t('shortfall.gap')}</th>
          </tr>
        </thead>
        <tbody>
          {list.map((e) => (
            <tr key={e.kind} data-testid="expected-kind" data-kind={e.kind}>
              <th scope="row">
                {said(e.name) || e.kind}
                <small class="below">{source(e)}</small>
              </th>
              <td data-col="expected">{whole(e.expected)}</td>
              <td data-col="enrolled">{whole(e.enrolled)}</td>
              <td data-col="gap" class={e.few ? 'alarm' : undefined}>
                {whole(e.gap)}
                {e.few && <small class="below few">{t('shortfall.few')}</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Places({ list }: { list: readonly Place[] }) {
  const rows = [...list].sort((a, b) => (reached(a) ?? 2) - (reached(b) ?? 2))
  return (
    <div>
      <div class="scroll" tabIndex={0} role="region" aria-label={t('shortfall.places')}>
        <table>
          <thead>
            <tr>
              <th scope="col">{t('shortfall.place')}</th>
              <th scope="col">{t('shortfall.population')}</th>
              <th scope="col">{t('shortfall.expectedCount')}</th>
              <th scope="col">{t('shortfall.enrolled')}</th>
              <th scope="col">{t('shortfall.reached')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((p) => (
              <tr key={p.place} data-testid="place" data-place={p.place}>
                <th scope="row">
                  {p.place ? known(`shortfall.placeName.${p.place}`, p.place) : t('shortfall.placeUnknown')}
                  {p.few && <small class="below few">{t('shortfall.few')}</small>}
                </th>
                <td>{whole(p.population)}</td>
                <td>{whole(p.expected)}</td>
                <td>{whole(p.enrolled)}</td>
                <td>
                  <Share share={reached(p)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="hint">{t('shortfall.placesNote')}</p>
    </div>
  )
}

function source(e: Expected): string {
  const from = [ownHalf(e.source.title), e.source.year].filter(Boolean).join(' ')
  if (e.rate === null || e.rate === undefined) return from
  const rate = e.rate < 0.1 ? `${decimal(e.rate * 1000, 2)}‰` : percent(e.rate)
  return [t('shortfall.rate', { rate }), from].filter(Boolean).join(' · ')
}

import type { ComponentChildren } from 'preact'
import type { District } from '../api.ts'
import type { Standards } from '../api_coverage.ts'
import type { TextKey } from '../dictionary.ts'
import { t, term } from '../i18n.ts'
import { gradeName } from '../parts/marks.tsx'
import { Status } from '../parts/status.tsx'
import { said } from '../shortfall/words.ts'
import type { Got } from '../use_get.ts'
import { layers, levels, limits, methods, speeds, type Layer, type Method, type State } from './state.ts'

/** LayerPanel chooses what colours the map, and how one walks. */
export function LayerPanel(props: {
  district: District
  grades: readonly string[]
  s: State
  set: (patch: Partial<State>) => void
  standards: Got<Standards>
  /** id of the standard that is shown */
  standard: string
  legend: ComponentChildren
  status: ComponentChildren
}) {
  const { district, s, set, standards } = props
  const grades = props.grades
  const known: readonly string[] = [...layers, ...grades]
  const all: [string, Layer[]][] = [
    ['reach', ['bands', 'minutes', 'supply']],
    ['areas', ['share', 'short']],
    ['people', ['people', 'residents', ...grades, 'over60', 'disabled']],
    ['visits', ['load', 'on_time', 'none']],
  ]
  const groups = all.map(([group, list]): [string, Layer[]] => [group, list.filter((l) => known.includes(l))]).filter(([, list]) => list.length > 0)
  const name = (l: Layer) => (grades.includes(l) ? t('cov.layer.grade', { grade: gradeName(district.grades, l) }) : t(`cov.layer.${l}` as TextKey))
  const byArea = s.layer === 'share' || s.layer === 'short'
  const items = standards.data?.items ?? []
  const rates = standards.data?.rates ?? []
  return (
    <>
      <section>
        <h2 id="cov-layers">{t('cov.layers')}</h2>
        <div role="radiogroup" aria-labelledby="cov-layers" class="cov-groups">
          {groups.map(([group, list]) => (
            <div key={group} class="cov-group" role="group" aria-label={t(`cov.group.${group}` as TextKey)}>
              <span aria-hidden="true">{t(`cov.group.${group}` as TextKey)}</span>
              <div class="radios">
                {list.map((l) => (
                  <label key={l}>
                    <input type="radio" name="layer" checked={s.layer === l} onChange={() => set({ layer: l })} data-testid={`layer-${l}`} />
                    <span>{name(l)}</span>
                  </label>
                ))}
              </div>
            </div>
          ))}
        </div>
        {byArea && (
          <>
            <Status got={standards} />
            {standards.data && items.length === 0 && <p class="hint">{t('cov.noStandards')}</p>}
            {items.length > 0 && (
              <label class="field">
                {t('cov.standard')}
                <select
                  value={props.standard}
                  onChange={(e) => {
                    // The facilities that are shown are those of its service.
                    const service = items.find((x) => x.id === e.currentTarget.value)?.service
                    set({ standard: e.currentTarget.value, ...(service && district.services.some((x) => x.key === service) ? { service } : {}) })
                  }}
                  data-testid="standard"
                >
                  {items.map((x) => (
                    <option key={x.id} value={x.id}>
                      {said(x.name)}
                    </option>
                  ))}
                  {rates.length > 0 && (
                    <optgroup label={t('cov.rates')}>
                      {rates.map((x) => (
                        <option key={x.id} value={x.id}>
                          {said(x.name)}
                        </option>
                      ))}
                    </optgroup>
                  )}
                </select>
              </label>
            )}
            <div class="field cov-level">
              {t('cov.level')}
              <span class="segments" role="group" aria-label={t('cov.level')}>
                {levels.map((l) => (
                  <button key={l} type="button" aria-pressed={s.level === l} onClick={() => set({ level: l })} data-testid={`level-${l}`}>
                    {t(`level.${l}`)}
                  </button>
                ))}
              </span>
            </div>
          </>
        )}
        {props.status}
        {props.legend}
      </section>
      <section>
        <h2>{t('cov.reach')}</h2>
        <label class="field">
          {t('cov.service')}
          <select value={s.service} onChange={(e) => set({ service: e.currentTarget.value, standard: '', facility: '' })} data-testid="service">
            {district.services.map((x) => (
              <option key={x.key} value={x.key}>
                {term(district.services, x.key)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {t('cov.speed')}
          <select value={s.speed} onChange={(e) => set({ speed: e.currentTarget.value as State['speed'] })} data-testid="speed">
            {speeds.map((x) => (
              <option key={x} value={x}>
                {t(`cov.speed.${x}`)}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          {t('cov.minutes')}
          <select value={s.minutes} onChange={(e) => set({ minutes: Number(e.currentTarget.value) })} data-testid="minutes">
            {limits.map((m) => (
              <option key={m} value={m}>
                {t('cov.min', { n: m })}
              </option>
            ))}
          </select>
        </label>
        <Moment at={s.at} onAt={(at) => set({ at })} />
        {s.layer === 'supply' && (
          <label class="field">
            {t('cov.method')}
            <select value={s.method} onChange={(e) => set({ method: e.currentTarget.value as Method })} data-testid="method">
              {methods.map((m) => (
                <option key={m} value={m}>
                  {t(`cov.method.${m}`)}
                </option>
              ))}
            </select>
          </label>
        )}
        <p class="hint">{t(s.layer === 'supply' ? 'cov.supplyNote' : 'cov.speedNote')}</p>
      </section>
    </>
  )
}

/** Moment chooses any hour, or an hour of the week at which facilities must be open. */
function Moment({ at, onAt }: { at: string; onAt: (at: string) => void }) {
  const [weekday, time] = at ? [at.slice(0, 1), at.slice(2)] : ['1', '10:00']
  return (
    <div class="cov-moment">
      <label class="field">
        {t('cov.at')}
        <select value={at ? 'hour' : 'any'} onChange={(e) => onAt(e.currentTarget.value === 'any' ? '' : `${weekday}T${time}`)} data-testid="at">
          <option value="any">{t('cov.at.any')}</option>
          <option value="hour">{t('cov.at.hour')}</option>
        </select>
      </label>
      {at && (
        <div class="cov-hour">
          <select aria-label={t('cov.weekday')} value={weekday} onChange={(e) => onAt(`${e.currentTarget.value}T${time}`)} data-testid="weekday">
            {(['1', '2', '3', '4', '5', '6', '7'] as const).map((d) => (
              <option key={d} value={d}>
                {t(`cov.weekday.${d}`)}
              </option>
            ))}
          </select>
          <input
            type="time"
            aria-label={t('cov.time')}
            value={time}
            onChange={(e) => {
              if (e.currentTarget.value) onAt(`${weekday}T${e.currentTarget.value.slice(0, 5)}`)
            }}
            data-testid="at-time"
          />
        </div>
      )}
    </div>
  )
}

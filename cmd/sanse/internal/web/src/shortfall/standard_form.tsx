import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { measures, type Standard } from '../api_standards.ts'
import type { TextKey } from '../dictionary.ts'
import { t, term } from '../i18n.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { asksOf, tidied, unitOf, wrongOf, type Wrong } from './standard_check.ts'
import { unsaved } from './standard_refusal.ts'
import { peopleOf } from './standard_words.ts'
import { known } from './words.ts'

const levels = ['town', 'community', 'grid', 'micro-grid'] as const
const speeds = ['elderly', 'cane', 'foot', 'wheelchair'] as const

/**
 * StandardForm edits one standard, all its fields; only those are shown that the
 * measure asks for. What is wrong is said beside its field once somebody tried to
 * save; what was typed is never lost to a refusal.
 */
export function StandardForm(props: {
  standard: Standard
  fresh: boolean
  taken: readonly string[]
  district: District
  onSave: (s: Standard) => Promise<void>
  onReload: () => void
  onClose: () => void
}) {
  const { district } = props
  const [s, setS] = useState(props.standard)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [why, setWhy] = useState<{ text: string; overtaken: boolean } | null>(null)
  const set = (over: Partial<Standard>) => setS({ ...s, ...over })
  const a = asksOf(s.measure)
  const wrongs = wrongOf(s, props.taken, Number(district.today.slice(0, 4)))
  const field = (name: string, label: string, input: ComponentChildren, hint?: string) => (
    <Field label={label} hint={hint} group={name === 'steps'} wrong={tried ? wrongs.find((w) => w.field === name) : undefined}>
      {input}
    </Field>
  )
  const people = peopleOf(district, a.whom === 'none' ? 'any' : a.whom)
  const steps = s.steps ?? []
  const what = s.resource ? `r/${s.resource}` : s.service ? `s/${s.service}` : ''
  return (
    <Dialog title={t(props.fresh ? 'standards.add' : 'standards.editTitle')} onClose={props.onClose} testid="standard-form">
      {(close) => (
        <form
          class="standard-form"
          noValidate
          onSubmit={(e) => {
            e.preventDefault()
            setTried(true)
            if (busy || wrongs.length > 0) return
            setBusy(true)
            setWhy(null)
            props.onSave(tidied(s)).then(close, (err: unknown) => {
              setBusy(false)
              setWhy(unsaved(err))
            })
          }}
        >
          {field('name', t('standards.nameZh'), <input type="text" maxLength={200} value={s.name.zh} onInput={(e) => set({ name: { ...s.name, zh: e.currentTarget.value } })} data-testid="f-name-zh" />)}
          {field('name.en', t('standards.nameEn'), <input type="text" maxLength={200} value={s.name.en} onInput={(e) => set({ name: { ...s.name, en: e.currentTarget.value } })} data-testid="f-name-en" />)}
          {props.fresh && field('id', t('standards.id'), <input type="text" maxLength={64} autocapitalize="off" spellcheck={false} value={s.id} onInput={(e) => set({ id: e.currentTarget.value })} data-testid="f-id" />, t('standards.idNote'))}
          {field(
            'measure',
            t('standards.measured'),
            <select value={s.measure} onChange={(e) => set({ measure: e.currentTarget.value, target: { ...s.target, unit: unitOf({ ...s, measure: e.currentTarget.value }) } })} data-testid="f-measure">
              {measures.map((m) => (
                <option key={m} value={m}>
                  {t(`standards.measure.${m}`)}
                </option>
              ))}
            </select>,
            known(`standards.measureNote.${s.measure}`, ''),
          )}
          {field(
            'service',
            t('standards.what'),
            <select
              value={what}
              onChange={(e) => {
                const v = e.currentTarget.value
                set({ service: v.startsWith('s/') ? v.slice(2) : '', resource: v.startsWith('r/') ? v.slice(2) : '' })
              }}
              data-testid="f-what"
            >
              <option value="">{a.all ? t('standards.allServices') : '—'}</option>
              {a.service &&
                district.services.map((x) => (
                  <option key={x.key} value={`s/${x.key}`}>
                    {term(district.services, x.key)}
                  </option>
                ))}
              {a.resources.map((r) => (
                <option key={r} value={`r/${r}`}>
                  {known(`standards.resource.${r}`, r)}
                </option>
              ))}
            </select>,
          )}
          {a.service && s.service && (
            <Field label={t('standards.orElse')} group>
              <span class="chips">
                {district.services
                  .filter((x) => x.key !== s.service)
                  .map((x) => {
                    const on = (s.or ?? []).includes(x.key)
                    return (
                      <button type="button" class="chip" key={x.key} aria-pressed={on} onClick={() => set({ or: on ? (s.or ?? []).filter((y) => y !== x.key) : [...(s.or ?? []), x.key] })}>
                        {term(district.services, x.key)}
                      </button>
                    )
                  })}
              </span>
            </Field>
          )}
          {a.whom !== 'none' &&
            field(
              'whom',
              t('standards.whom'),
              <select
                value={s.whom.key}
                onChange={(e) => {
                  const p = people.find((x) => x.key === e.currentTarget.value)
                  set({ whom: p ? { key: p.key, zh: p.zh, en: p.en } : { key: '', zh: '', en: '' } })
                }}
                data-testid="f-whom"
              >
                <option value="">—</option>
                {people.map((p) => (
                  <option key={p.key} value={p.key}>
                    {term(people, p.key)}
                  </option>
                ))}
              </select>,
            )}
          <div class="form-row">
            {a.minutes && field('minutes', t('standards.minutes'), <Num value={s.minutes} on={(v) => set({ minutes: v })} testid="f-minutes" />)}
            {a.speed &&
              field(
                'speed',
                t('standards.walker'),
                <select value={s.speed || 'elderly'} onChange={(e) => set({ speed: e.currentTarget.value })} data-testid="f-speed">
                  {speeds.map((x) => (
                    <option key={x} value={x}>
                      {t(`standards.speed.${x}`)}
                    </option>
                  ))}
                </select>,
              )}
            {a.per && field('per', t('standards.per'), <Num value={s.per} on={(v) => set({ per: v })} testid="f-per" />)}
            {s.resource === 'grid_workers' && field('days', t('standards.days'), <Num value={s.days} on={(v) => set({ days: v })} testid="f-days" />)}
            {field(
              'level',
              t(a.level ? 'standards.levelEach' : 'standards.levelDown'),
              <select value={s.level ?? ''} onChange={(e) => set({ level: e.currentTarget.value })} data-testid="f-level">
                <option value="">{a.level ? '—' : t('standards.levelUsual')}</option>
                {levels.map((l) => (
                  <option key={l} value={l}>
                    {t(`level.${l}` as TextKey)}
                  </option>
                ))}
              </select>,
            )}
            {field(
              'places',
              t('standards.places'),
              <select value={s.places ?? ''} onChange={(e) => set({ places: e.currentTarget.value })} data-testid="f-places">
                <option value="">{t('standards.everywhere')}</option>
                <option value="urban">{t('shortfall.urban')}</option>
                <option value="rural">{t('shortfall.rural')}</option>
              </select>,
            )}
          </div>
          <div class="form-row">
            {field('target.value', t('standards.targetIn', { unit: unitOf(s) }), <Num value={s.target.value} fraction on={(v) => set({ target: { ...s.target, value: v ?? NaN } })} testid="f-target" />)}
            {field('target.year', t('standards.targetYear'), <Num value={s.target.year} on={(v) => set({ target: { ...s.target, year: v ?? NaN } })} testid="f-year" />)}
          </div>
          {field(
            'steps',
            t('standards.steps'),
            <span class="form-steps">
              {steps.map((p, i) => (
                <span class="form-step" key={i}>
                  <Num value={p.year} label={t('standards.targetYear')} on={(v) => set({ steps: steps.map((q, j) => (j === i ? { ...q, year: v ?? NaN } : q)) })} />
                  <Num value={p.value} label={t('standards.target')} fraction on={(v) => set({ steps: steps.map((q, j) => (j === i ? { ...q, value: v ?? NaN } : q)) })} />
                  <button type="button" class="link" onClick={() => set({ steps: steps.filter((_, j) => j !== i) })}>
                    {t('standards.remove')}
                  </button>
                </span>
              ))}
              <button type="button" class="link" onClick={() => set({ steps: [...steps, { year: s.target.year - 1, value: s.target.value }] })} data-testid="f-step">
                {t('standards.addStep')}
              </button>
            </span>,
            t('standards.stepsNote'),
          )}
          <div class="form-row wide-first">
            {field('source.title', t('standards.source'), <input type="text" maxLength={500} value={s.source.title} onInput={(e) => set({ source: { ...s.source, title: e.currentTarget.value } })} data-testid="f-source" />)}
            {field('source.year', t('standards.sourceYear'), <Num value={s.source.year} on={(v) => set({ source: { ...s.source, year: v ?? NaN } })} testid="f-source-year" />)}
          </div>
          {field('source.note', t('standards.sourceNote'), <textarea rows={2} maxLength={1000} value={s.source.note ?? ''} onInput={(e) => set({ source: { ...s.source, note: e.currentTarget.value } })} data-testid="f-note" />)}
          {tried && wrongs.length > 0 && <Refusal testid="form-wrong">{t('standards.mend', { n: wrongs.length })}</Refusal>}
          {why !== null && (
            <Refusal>
              {why.overtaken ? t('standards.overtakenForm') : why.text}{' '}
              {why.overtaken && (
                <button type="button" class="link" onClick={() => (setWhy(null), props.onReload())} data-testid="form-reload">
                  {t('told.reload')}
                </button>
              )}
            </Refusal>
          )}
          {busy && <Busy>{t('grids.saving')}</Busy>}
          <footer>
            <button type="submit" class="button" disabled={busy} data-testid="standard-save">
              {t('grids.save')}
            </button>
            <button type="button" class="button quiet" onClick={close}>
              {t('grids.cancel')}
            </button>
          </footer>
        </form>
      )}
    </Dialog>
  )
}

/** Field is one field with its name, and what is wrong with it; a group is one of several inputs. */
function Field(props: { label: string; hint?: string | undefined; wrong?: Wrong | undefined; group?: boolean; children: ComponentChildren }) {
  const inner = (
    <>
      <span>{props.label}</span>
      {props.children}
      {props.wrong ? (
        <small class="wrong" role="alert" data-testid="wrong">
          {t(`standards.wrong.${props.wrong.what}`)}
        </small>
      ) : (
        props.hint && <small class="field-hint">{props.hint}</small>
      )}
    </>
  )
  const look = props.wrong ? 'field is-wrong' : 'field'
  return props.group ? (
    <div class={look} role="group" aria-label={props.label}>
      {inner}
    </div>
  ) : (
    <label class={look}>{inner}</label>
  )
}

/** Num is a field for a number; empty is none. */
function Num(props: { value: number | undefined; on: (v: number | undefined) => void; fraction?: boolean; label?: string; testid?: string }) {
  const { value } = props
  return (
    <input
      type="number"
      inputMode={props.fraction ? 'decimal' : 'numeric'}
      step={props.fraction ? 'any' : 1}
      min={0}
      aria-label={props.label}
      value={value === undefined || Number.isNaN(value) ? '' : value}
      onInput={(e) => props.on(e.currentTarget.value === '' ? undefined : Number(e.currentTarget.value))}
      data-testid={props.testid}
    />
  )
}

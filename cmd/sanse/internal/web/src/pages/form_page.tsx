import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { heldForm, putVisitForm, visitFormsAt, type VisitForm, type VisitForms } from '../api_form.ts'
import type { Choice, Item } from '../api_today.ts'
import type { TextKey } from '../dictionary.ts'
import { begin, faults, finished, groups, moved, most, reasonLists, type Draft, type Fault } from '../form/draft.ts'
import { Preview } from '../form/preview.tsx'
import { addDays, longDay, number } from '../format.ts'
import { Busy, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { may } from '../seat.ts'
import { useSend } from '../trust/steps.tsx'
import { why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'
import '../form.css'

/** FormPage is what is asked on visits: what holds, what is to come, and for who plans a form to write the next one with a look at it on a phone. */
export function FormPage({ district }: { district: District }) {
  const got = useGet<VisitForms>(visitFormsAt())
  const [saved, setSaved] = useState('')
  const forms = got.data
  const held = forms ? heldForm(forms, district.today) : null
  const coming = (forms?.items ?? []).filter((f) => f.from > district.today)
  const named = (f: VisitForm) => (f.from ? t('form.since', { day: longDay(f.from) }) : t('form.reference'))
  return (
    <div class="page board visit-form" data-testid="visit-form" data-held={held?.id} data-coming={coming.length}>
      <header class="board-head">
        <div>
          <h1>{t('page.form')}</h1>
          <p class="hint">{t('form.intro')}</p>
          {held && (
            <p>
              {t('form.holds')} <b>{named(held)}</b>
              {coming.length > 0 && (
                <>
                  {' · '}
                  {t('form.comes')} <b>{coming.map(named).join(' · ')}</b>
                </>
              )}
            </p>
          )}
        </div>
      </header>
      <Status got={got} />
      {saved && (
        <p class="all-well" role="status" data-testid="form-saved">
          {t('form.saved', { day: longDay(saved) })}
        </p>
      )}
      {forms && held && (
        <Editor
          key={held.id + coming.length}
          district={district}
          from={coming.at(-1) ?? held}
          reference={forms.reference}
          onSaved={(day) => {
            setSaved(day)
            got.refresh()
          }}
        />
      )}
    </div>
  )
}

function Editor({ district, from, reference, onSaved }: { district: District; from: VisitForm; reference: VisitForm; onSaved: (day: string) => void }) {
  const day = from.from > district.today ? from.from : addDays(district.today, 1)
  const [draft, setDraft] = useState<Draft>(() => begin(from, day))
  const [shown, setShown] = useState(0)
  const sender = useSend()
  const wrong = faults(draft, district.today)
  const writes = may('plan')
  const item = (i: number, patch: Partial<Item>) => setDraft({ ...draft, items: draft.items.map((x, k) => (k === i ? { ...x, ...patch } : x)) })
  return (
    <div class="form-desk">
      <section>
        {!writes && <p class="hint">{t('form.onlyPlanner')}</p>}
        <form
          onSubmit={(e) => {
            e.preventDefault()
            if (wrong.size === 0) sender.send(() => putVisitForm(finished(draft)).then((f) => onSaved(f.from)))
          }}
        >
          <fieldset disabled={!writes}>
            <label class="field">
              <span>{t('form.from')}</span>
              <input type="date" required min={addDays(district.today, 1)} value={draft.from} onInput={(e) => setDraft({ ...draft, from: e.currentTarget.value })} data-testid="form-from" />
              <Wrong of={wrong.get('from')} />
            </label>
            <h2>{t('form.questions')}</h2>
            <p class="hint">{t('form.graded')}</p>
            <Wrong of={wrong.get('items')} />
            <ol class="form-items">
              {draft.items.map((it, i) => (
                <li key={i} data-testid="form-item" data-item={it.id} onFocusIn={() => setShown(i)}>
                  <div class="form-line">
                    <Words at={`items.${i}`} of={it} wrong={wrong} onWrite={(w) => item(i, w)} />
                    <select aria-label={t('form.group')} value={it.group} onChange={(e) => item(i, { group: e.currentTarget.value as Item['group'] })}>
                      {groups.map((g) => (
                        <option key={g} value={g}>
                          {t(`form.group.${g}`)}
                        </option>
                      ))}
                    </select>
                    <Moves i={i} n={draft.items.length} onMove={(by) => setDraft({ ...draft, items: moved(draft.items, i, by) })} onDrop={() => setDraft({ ...draft, items: draft.items.filter((_, k) => k !== i) })} />
                  </div>
                  <Choices at={`items.${i}.answers`} of={it.answers} wrong={wrong} bad onChange={(answers) => item(i, { answers })} />
                </li>
              ))}
            </ol>
            <p class="acts">
              <button
                type="button"
                class="button quiet"
                disabled={draft.items.length >= most.items}
                onClick={() => {
                  setShown(draft.items.length)
                  setDraft({ ...draft, items: [...draft.items, { id: '', group: 'ask', zh: '', en: '', answers: [blank(), blank()] }] })
                }}
                data-testid="form-add"
              >
                {t('form.addItem')}
              </button>
            </p>
            <h2>{t('form.reasons')}</h2>
            {reasonLists.map((list) => (
              <div class="form-reasons" key={list}>
                <h3>{t(`form.reasons.${list}`)}</h3>
                <Choices at={list} of={draft.reasons[list]} wrong={wrong} onChange={(of) => setDraft({ ...draft, reasons: { ...draft.reasons, [list]: of } })} />
              </div>
            ))}
          </fieldset>
          {writes && (
            <footer class="form-end">
              {wrong.size > 0 && (
                <p class="tag lapse" role="status" data-testid="form-faults" data-n={wrong.size}>
                  {t('form.faults', { n: number(wrong.size) })}
                </p>
              )}
              {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
              {sender.busy && <Busy>{t('trust.sending')}</Busy>}
              <p class="acts">
                <button type="submit" class="button" disabled={sender.busy || wrong.size > 0} data-testid="form-save">
                  {t('form.save')}
                </button>
                <button type="button" class="button quiet" onClick={() => setDraft(begin(from, day))}>
                  {t('form.again')}
                </button>
                <button type="button" class="link" onClick={() => setDraft(begin(reference, draft.from))}>
                  {t('form.toReference')}
                </button>
              </p>
            </footer>
          )}
        </form>
      </section>
      <Preview items={draft.items} at={Math.min(shown, Math.max(0, draft.items.length - 1))} onGo={setShown} />
    </div>
  )
}

const blank = (): Choice & { bad?: boolean } => ({ code: '', zh: '', en: '' })

/** Wrong says what is wrong at a place; nothing where nothing is. */
function Wrong({ of }: { of: Fault | undefined }) {
  return of ? <small class="form-wrong">{t(`form.fault.${of}` as TextKey)}</small> : null
}

/** Words are the two fields of a text. */
function Words({ at, of, wrong, onWrite }: { at: string; of: { zh: string; en: string }; wrong: Map<string, Fault>; onWrite: (w: { zh: string } | { en: string }) => void }) {
  return (
    <>
      <label>
        <input aria-label={t('form.zh')} placeholder={t('form.zh')} value={of.zh} aria-invalid={wrong.has(`${at}.zh`)} onInput={(e) => onWrite({ zh: e.currentTarget.value })} data-testid={`${at}.zh`} />
        <Wrong of={wrong.get(`${at}.zh`)} />
      </label>
      <label>
        <input aria-label={t('form.en')} placeholder={t('form.en')} value={of.en} aria-invalid={wrong.has(`${at}.en`)} onInput={(e) => onWrite({ en: e.currentTarget.value })} data-testid={`${at}.en`} />
        <Wrong of={wrong.get(`${at}.en`)} />
      </label>
    </>
  )
}

/** Moves puts a line further up or down, or takes it out. */
function Moves({ i, n, onMove, onDrop }: { i: number; n: number; onMove: (by: number) => void; onDrop: () => void }) {
  return (
    <span class="form-moves">
      <button type="button" class="link" aria-label={t('form.up')} disabled={i === 0} onClick={() => onMove(-1)}>
        ↑
      </button>
      <button type="button" class="link" aria-label={t('form.down')} disabled={i === n - 1} onClick={() => onMove(1)}>
        ↓
      </button>
      <button type="button" class="link" onClick={onDrop}>
        {t('form.drop')}
      </button>
    </span>
  )
}

/** Choices are answers, or reasons, of which one is chosen; bad: some are to be seen to. */
function Choices<C extends Choice & { bad?: boolean }>({ at, of, wrong, bad, onChange }: { at: string; of: readonly C[]; wrong: Map<string, Fault>; bad?: boolean; onChange: (of: C[]) => void }) {
  const set = (k: number, patch: Partial<C>) => onChange(of.map((c, n) => (n === k ? { ...c, ...patch } : c)))
  return (
    <>
      <Wrong of={wrong.get(at)} />
      <ul class="form-choices">
        {of.map((c, k) => (
          <li class="form-line" key={k}>
            <Words at={`${at}.${k}`} of={c} wrong={wrong} onWrite={(w) => set(k, w as Partial<C>)} />
            {bad && (
              <label class="switch">
                <input type="checkbox" checked={c.bad ?? false} onChange={(e) => set(k, { bad: e.currentTarget.checked } as Partial<C>)} />
                {t('form.bad')}
              </label>
            )}
            <Moves i={k} n={of.length} onMove={(by) => onChange(moved(of, k, by))} onDrop={() => onChange(of.filter((_, n) => n !== k))} />
          </li>
        ))}
      </ul>
      <button type="button" class="link" disabled={of.length >= most.choices} onClick={() => onChange([...of, blank() as C])}>
        {t(bad ? 'form.addAnswer' : 'form.addReason')}
      </button>
    </>
  )
}

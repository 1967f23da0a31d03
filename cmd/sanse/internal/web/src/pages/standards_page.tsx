import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { dropStandards, overtaken, saveStandards, standards as read, type Standard, type Standards } from '../api_standards.ts'
import { atShortfall } from '../api_shortfall.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { Status } from '../parts/status.tsx'
import { ForThose } from '../shortfall/for_those.tsx'
import { ExchangeBar } from '../shortfall/standards_file.tsx'
import { StandardForm } from '../shortfall/standard_form.tsx'
import { refusedSet, Unsaved, unsaved } from '../shortfall/standard_refusal.ts'
import { asked, whomOf } from '../shortfall/standard_words.ts'
import { ownHalf, said, targetOf } from '../shortfall/words.ts'
import { Ways } from '../shortfall/ways.tsx'
import { useGet } from '../use_get.ts'
import { may } from '../seat.ts'
import { answersFor } from '../viewer.ts'
import '../grids.css'
import '../shortfall.css'

/** What is asked: to edit one, to add one, to remove one, or to go back to the set that ships. */
type Asked = { act: 'edit' | 'remove'; id: string } | { act: 'add' } | { act: 'back' }

const empty = (year: number): Standard => ({
  id: '',
  name: { zh: '', en: '' },
  service: '',
  whom: { key: '', zh: '', en: '' },
  measure: 'reach',
  minutes: 15,
  speed: 'elderly',
  target: { value: 90, unit: '%', year: year + 5 },
  source: { title: '', year },
})

/** StandardsPage is where a district says what it promises: each standard with its target, year and source. */
export function StandardsPage({ district }: { district: District }) {
  const got = useGet<Standards>(atShortfall.standards(), (_, stop) => read(stop))
  const [what, setWhat] = useState<Asked | null>(null)
  const [said_, setSaid] = useState<string | null>(null)
  const [why, setWhy] = useState<{ text: string; overtaken: boolean } | null>(null)
  const s = got.data
  const items = s?.items ?? []
  const year = Number(district.today.slice(0, 4))
  const mine = may('plan') && answersFor(district, district.code)
  /** save puts the whole set; a refusal is thrown, for whoever asked to show it and keep what was typed. */
  const save = async (next: readonly Standard[], done: string, rates = s?.rates ?? []) => {
    if (!s) return
    setWhy(null)
    setSaid(null)
    try {
      await saveStandards({ items: next, rates }, s.version)
    } catch (e) {
      throw new Unsaved(refusedSet(e, next), overtaken(e))
    }
    setSaid(done)
    got.refresh()
  }
  const refusal = (e: unknown) => setWhy(unsaved(e))
  return (
    <div class="page board shortfall" data-testid="standards" data-version={s?.version} data-reference={s?.reference}>
      <Ways open="standards" />
      <header class="board-head">
        <div>
          <h1>{t('standards.title')}</h1>
          <p class="hint">{t('standards.intro')}</p>
        </div>
        {s && (
          <p class={s.reference ? 'tag' : 'tag open'} data-testid="which-set">
            {t(s.reference ? 'standards.isReference' : 'standards.isOwn')}
          </p>
        )}
      </header>
      <ForThose got={got} what={t('standards.hidden')}>
        <Status got={got} />
        {s && (
          <section>
            <div class="section-head">
              <h2>
                {t('standards.list')} <small>{number(items.length)}</small>
              </h2>
              {mine && (
                <div class="buttons">
                  <button type="button" class="button" onClick={() => setWhat({ act: 'add' })} data-testid="standard-add">
                    {t('standards.add')}
                  </button>
                  <ExchangeBar set={s} onRead={(set) => void save(set.items, t('standards.imported', { n: set.items.length }), set.rates).catch(refusal)} onWrong={(text) => setWhy({ text, overtaken: false })} />
                  {!s.reference && (
                    <button type="button" class="button quiet" onClick={() => setWhat({ act: 'back' })} data-testid="standards-back">
                      {t('standards.back')}
                    </button>
                  )}
                </div>
              )}
            </div>
            <p class="hint" role="status" data-testid="standards-said">
              {said_}
            </p>
            {why !== null && (
              <Refusal>
                {why.text}{' '}
                {why.overtaken && (
                  <button type="button" class="link" onClick={() => (setWhy(null), got.refresh())}>
                    {t('told.reload')}
                  </button>
                )}
              </Refusal>
            )}
            <div class="scroll" tabIndex={0} role="region" aria-label={t('standards.list')}>
              <table class="standards-table">
                <thead>
                  <tr>
                    {(['name', 'whom', 'measured', 'target', 'source'] as const).map((c) => (
                      <th scope="col" key={c}>
                        {t(`standards.${c}`)}
                      </th>
                    ))}
                    {mine && (
                      <th scope="col">
                        <span class="unseen">{t('shortfall.acts')}</span>
                      </th>
                    )}
                  </tr>
                </thead>
                <tbody>
                  {items.map((x) => (
                    <tr key={x.id} data-testid="standard" data-id={x.id}>
                      <th scope="row" data-label={t('standards.name')}>
                        <div>
                          <b>{said(x.name)}</b>
                          <small class="below code">{x.id}</small>
                        </div>
                      </th>
                      <td data-label={t('standards.whom')}>{whomOf(x, district) || '—'}</td>
                      <td data-label={t('standards.measured')}>{asked(x, district)}</td>
                      <td data-label={t('standards.target')}>
                        <div>
                          <b>{targetOf(x.target.value, x.target.unit)}</b> <span class="code">{t('standards.by', { year: x.target.year })}</span>
                          {(x.steps ?? []).map((p) => (
                            <small class="below" key={p.year}>
                              {t('standards.step', { year: p.year, target: targetOf(p.value, x.target.unit) })}
                            </small>
                          ))}
                        </div>
                      </td>
                      <td data-label={t('standards.source')}>
                        <div>
                          {ownHalf(x.source.title)} <span class="code">{x.source.year}</span>
                          {x.source.note && <Note text={x.source.note} />}
                        </div>
                      </td>
                      {mine && (
                        <td class="need-acts">
                          <button type="button" class="link" onClick={() => setWhat({ act: 'edit', id: x.id })} data-testid="standard-edit">
                            {t('standards.edit')}
                          </button>
                          <button type="button" class="link" onClick={() => setWhat({ act: 'remove', id: x.id })} data-testid="standard-remove">
                            {t('standards.remove')}
                          </button>
                        </td>
                      )}
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
            {items.length === 0 && <p class="row-none">{t('shortfall.noStandards')}</p>}
          </section>
        )}
      </ForThose>
      {s && (what?.act === 'edit' || what?.act === 'add') && (
        <StandardForm
          key={what.act === 'edit' ? what.id : ''}
          standard={items.find((x) => what.act === 'edit' && x.id === what.id) ?? empty(year)}
          fresh={what.act === 'add'}
          taken={items.filter((x) => what.act === 'add' || x.id !== what.id).map((x) => x.id)}
          district={district}
          onClose={() => setWhat(null)}
          onSave={(x) => save(what.act === 'edit' && items.some((y) => y.id === what.id) ? items.map((y) => (y.id === what.id ? x : y)) : [...items, x], t('standards.saved', { name: said(x.name) }))}
          onReload={got.refresh}
        />
      )}
      {s && what?.act === 'remove' && (
        <Confirm
          title={t('standards.removeTitle', { name: said(items.find((x) => x.id === what.id)?.name) })}
          note={t('standards.removeNote')}
          act={t('standards.remove')}
          onClose={() => setWhat(null)}
          onYes={() => save(items.filter((x) => x.id !== what.id), t('standards.removed'))}
        />
      )}
      {s && what?.act === 'back' && (
        <Confirm
          title={t('standards.backTitle')}
          note={t('standards.backNote', { n: items.length })}
          act={t('standards.back')}
          onClose={() => setWhat(null)}
          onYes={async () => {
            await dropStandards(s.version).catch((e: unknown) => {
              throw new Unsaved(refusedSet(e, items), overtaken(e))
            })
            setSaid(t('standards.wentBack'))
            got.refresh()
          }}
        />
      )}
    </div>
  )
}

/** Note is what a source says besides, folded away. */
function Note({ text }: { text: string }) {
  return (
    <details class="more">
      <summary>{t('standards.note')}</summary>
      <p>{text}</p>
    </details>
  )
}

/** Confirm asks once more; what was refused is said and the window stays. */
function Confirm(props: { title: string; note: string; act: string; onClose: () => void; onYes: () => Promise<void> }) {
  const [busy, setBusy] = useState(false)
  const [why, setWhy] = useState<string | null>(null)
  return (
    <Dialog title={props.title} onClose={props.onClose} testid="confirm">
      {(close) => (
        <>
          <p>{props.note}</p>
          {why !== null && <Refusal>{why}</Refusal>}
          {busy && <Busy>{t('grids.saving')}</Busy>}
          <footer>
            <button
              type="button"
              class="button danger"
              disabled={busy}
              data-testid="confirm-yes"
              onClick={() => {
                setBusy(true)
                props.onYes().then(close, (e: unknown) => {
                  setBusy(false)
                  setWhy(unsaved(e).text)
                })
              }}
            >
              {props.act}
            </button>
            <button type="button" class="button quiet" onClick={close}>
              {t('grids.cancel')}
            </button>
          </footer>
        </>
      )}
    </Dialog>
  )
}

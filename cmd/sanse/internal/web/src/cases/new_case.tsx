import { useState } from 'preact/hooks'
import type { AreaHit, District } from '../api.ts'
import { caseKinds, caseSources, openCase, type Case } from '../api_cases.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { homes } from '../home.ts'
import { t } from '../i18n.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { useSend } from '../trust/steps.tsx'
import { why } from '../trust/words.ts'

/** NewCase reports a case: of a resident, by the number that the day shows, or of a place. */
export function NewCase({ district, resident, onOpened, onClose }: { district: District; resident: string; onOpened: (c: Case) => void; onClose: () => void }) {
  const [kind, setKind] = useState('general')
  const [source, setSource] = useState('found')
  const [about, setAbout] = useState<'resident' | 'place'>(resident ? 'resident' : 'place')
  const [id, setId] = useState(resident)
  const [grid, setGrid] = useState<AreaHit | null>(null)
  const [odd, setOdd] = useState(false)
  const [text, setText] = useState('')
  const sender = useSend()
  const ready = text.trim() !== '' && (about === 'resident' ? id.trim() !== '' : grid !== null)
  const send = () =>
    openCase({ kind, source, text: text.trim(), ...(about === 'resident' ? { resident: id.trim() } : { area: grid?.code ?? '' }) }).then(onOpened)
  const radios = <T extends string>(name: string, all: readonly T[], value: string, set: (v: T) => void, word: (v: T) => string) => (
    <div class="radios">
      {all.map((v) => (
        <label key={v}>
          <input type="radio" name={name} checked={v === value} onChange={() => set(v)} data-testid={`new-${v}`} />
          <span>{word(v)}</span>
        </label>
      ))}
    </div>
  )
  return (
    <Dialog title={t('case.new')} onClose={onClose} testid="new-case">
      {(close) => (
        <form
          class="case-on"
          onSubmit={(e) => {
            e.preventDefault()
            sender.send(send)
          }}
        >
          <fieldset class="choices-list">
            <legend>{t('case.newKind')}</legend>
            {radios('kind', caseKinds, kind, setKind, (v) => t(`case.kind.${v}`))}
          </fieldset>
          <p class="hint">{t(kind === 'emergency' ? 'case.emergencyNote' : 'case.generalNote')}</p>
          <fieldset class="choices-list">
            <legend>{t('case.newSource')}</legend>
            {radios('source', caseSources, source, setSource, (v) => t(`case.source.${v}`))}
          </fieldset>
          <fieldset class="choices-list">
            <legend>{t('case.newAbout')}</legend>
            {radios('about', ['resident', 'place'] as const, about, setAbout, (v) => t(v === 'resident' ? 'case.aboutResident' : 'case.aboutPlace'))}
          </fieldset>
          {about === 'resident' ? (
            <label class="field">
              <span>{t('case.residentId')}</span>
              <input value={id} maxLength={100} autocomplete="off" onInput={(e) => setId(e.currentTarget.value)} data-testid="new-resident-id" />
              <small class="hint">{t('case.residentNote')}</small>
            </label>
          ) : (
            <div class="field">
              <span>{t('case.gridFind')}</span>
              <AreaSearch
                label={t('case.gridFind')}
                within={homes(district)}
                onPick={(hit) => {
                  const fits = hit.level === 'grid' || hit.level === 'micro-grid'
                  setGrid(fits ? hit : null)
                  setOdd(!fits)
                }}
              />
              {grid && (
                <b data-testid="new-grid">
                  {[...grid.path.slice(1), grid.name].join(' · ')} <span class="code">{grid.code}</span>
                </b>
              )}
              {odd && <small class="hint bad">{t('case.gridOnly')}</small>}
            </div>
          )}
          <label class="field">
            <span>{t('case.words')}</span>
            <textarea rows={3} maxLength={2000} value={text} placeholder={t('case.example')} onInput={(e) => setText(e.currentTarget.value)} data-testid="new-text" />
          </label>
          <p class="hint">{t('case.wordsNote')}</p>
          {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
          {sender.busy && <Busy>{t('trust.sending')}</Busy>}
          <footer>
            <button type="submit" class="button" disabled={!ready || sender.busy} data-testid="new-send">
              {t('case.send')}
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

import { useState } from 'preact/hooks'
import { dropCap, exportsAt, putCap, type ExportCap, type ExportCaps as Caps } from '../api_export.ts'
import { number } from '../format.ts'
import { Dialog } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { useGet } from '../use_get.ts'
import { SettingsTable } from './settings_table.tsx'
import { Step, useSend } from './steps.tsx'
import { roleName } from './words.ts'

/** ExportCaps is how much each role takes out of the house (导出上限), for administrators to set: never more than the program allows. */
export function ExportCaps() {
  const got = useGet<Caps>(exportsAt.caps())
  const [open, setOpen] = useState<string | null>(null)
  const items = got.data?.items ?? []
  const chosen = items.find((c) => c.role === open)
  return (
    <section data-testid="caps">
      <h2>{t('trust.caps')}</h2>
      <p class="hint">{t('trust.capsNote')}</p>
      <Status got={got} />
      <SettingsTable
        columns={['trust.role', 'trust.capFiles', 'trust.capRecords', 'trust.capDay']}
        rows={items.map((c) => ({
          id: c.role,
          cells: [roleName(c.role), of(c.files, c.most_files), of(c.records, c.most_records), of(c.records_a_day, c.most_records_a_day)],
          marks: { 'data-role': c.role, 'data-set': c.set },
        }))}
        testid="cap"
        onOpen={setOpen}
      />
      {chosen && <CapDialog cap={chosen} onSet={got.refresh} onClose={() => setOpen(null)} />}
    </section>
  )
}

const of = (n: number, most: number) => (n === most ? number(n) : t('trust.capOf', { n: number(n), most: number(most) }))

function CapDialog({ cap: c, onSet, onClose }: { cap: ExportCap; onSet: () => void; onClose: () => void }) {
  const [typed, setTyped] = useState([c.files, c.records, c.records_a_day].map(String))
  const [basis, setBasis] = useState(c.basis)
  const sender = useSend()
  const most = [c.most_files, c.most_records, c.most_records_a_day]
  const n = typed.map((x) => (/^\d{1,9}$/.test(x) ? Number(x) : NaN))
  const fits = (i: number) => (n[i] ?? NaN) <= (most[i] ?? 0)
  const done = (close: () => void) => () => {
    onSet()
    close()
  }
  return (
    <Dialog title={roleName(c.role)} onClose={onClose} testid="cap-dialog">
      {(close) => (
        <Step
          title=""
          note={t('trust.capsChange')}
          act={t('trust.save')}
          sender={sender}
          disabled={![0, 1, 2].every(fits) || basis.trim() === ''}
          onSend={() => putCap(c.role, n[0] ?? 0, n[1] ?? 0, n[2] ?? 0, basis.trim()).then(done(close))}
          below={
            c.set && (
              <button type="button" class="button quiet" disabled={sender.busy} onClick={() => sender.send(() => dropCap(c.role).then(done(close)))} data-testid="cap-drop">
                {t('trust.capsDrop')}
              </button>
            )
          }
          testid="cap-form"
        >
          {(['trust.capFiles', 'trust.capRecords', 'trust.capDay'] as const).map((key, i) => (
            <label class="field" key={key}>
              <span>{t(key)}</span>
              <input inputMode="numeric" value={typed[i]} onInput={(e) => setTyped(typed.map((x, k) => (k === i ? e.currentTarget.value : x)))} data-testid={`cap-${i}`} />
              <small class={fits(i) ? 'hint' : 'hint bad'}>{t('trust.capMost', { n: number(most[i] ?? 0) })}</small>
            </label>
          ))}
          <label class="field">
            <span>{t('priv.basis')}</span>
            <input value={basis} maxLength={500} onInput={(e) => setBasis(e.currentTarget.value)} data-testid="cap-basis" />
          </label>
        </Step>
      )}
    </Dialog>
  )
}

import type { ComponentChildren } from 'preact'
import { useState } from 'preact/hooks'
import { exportsAt, type ExportTerms } from '../api_export.ts'
import { number } from '../format.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { refusalOf, request } from '../request.ts'
import { signedIn } from '../seat.ts'
import { remember, remembered } from './keep.ts'
import { useGet } from '../use_get.ts'
import { useSend } from './steps.tsx'
import { why } from './words.ts'

/** What a file is taken for, by the words of the service. */
export const purposes = ['report', 'meeting', 'inspection', 'daily_work', 'planning', 'other'] as const

/** withPurpose adds what a file is taken for to its address. */
export function withPurpose(address: string, purpose: string): string {
  return `${address}${address.includes('?') ? '&' : '?'}purpose=${encodeURIComponent(purpose)}`
}

/**
 * FileLink leads to a file. Whoever is signed in is asked what it is for, which
 * is marked in the file; the answer is remembered for as long as the tab is open.
 * With tab it opens in a tab of its own where nobody is asked.
 */
export function FileLink({ address, testid, children, look, tab }: { address: string; testid: string; children: ComponentChildren; look?: string; tab?: boolean }) {
  const [asked, setAsked] = useState(false)
  const named = signedIn()
  return (
    <>
      <a
        href={address}
        class={look}
        {...(tab ? { target: '_blank', rel: 'noopener' } : { download: true })}
        onClick={(e) => {
          if (!named) return
          e.preventDefault()
          setAsked(true)
        }}
        data-testid={testid}
      >
        {children}
      </a>
      {asked && <PurposeDialog address={address} onClose={() => setAsked(false)} />}
    </>
  )
}

/** PurposeDialog asks what a file is for, and says what taking it means. */
function PurposeDialog({ address, onClose }: { address: string; onClose: () => void }) {
  const [purpose, setPurpose] = useState(() => remembered('purpose'))
  const sender = useSend()
  const terms = useGet<ExportTerms>(exportsAt.terms()).data
  const until = terms?.purposes.find((p) => p.code === purpose)?.until
  return (
    <Dialog title={t('trust.fileTitle')} onClose={onClose} testid="purpose-dialog">
      {(close) => (
        <form
          onSubmit={(e) => {
            e.preventDefault()
            remember('purpose', purpose)
            sender.send(() => take(withPurpose(address, purpose)).then(close))
          }}
        >
          <fieldset class="choices-list" data-testid="purposes">
            <legend>{t('trust.filePurpose')}</legend>
            {purposes.map((p) => (
              <label class="switch" key={p}>
                <input type="radio" name="purpose" checked={purpose === p} onChange={() => setPurpose(p)} data-testid="purpose" data-purpose={p} />
                {t(`trust.purpose.${p}`)}
              </label>
            ))}
          </fieldset>
          <ul class="bullets">
            <li>{t('trust.fileMarked')}</li>
            {until && <li data-testid="file-until">{t('trust.fileUntil', { day: until })}</li>}
            {terms?.bounded && terms.files > 0 && (
              <li data-testid="file-left">
                {t('trust.fileLeft', { left: number(Math.max(0, terms.files - terms.files_used)), of: number(terms.files), records: number(terms.records) })}
              </li>
            )}
            <li>{t('trust.fileAudited')}</li>
          </ul>
          {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
          {sender.busy && <Busy>{t('trust.fileMaking')}</Busy>}
          <footer>
            <button type="submit" class="button" disabled={purpose === '' || sender.busy} data-testid="purpose-go">
              {t('trust.fileTake')}
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

/** take fetches a file, so that a refusal is told here and not on a page of its own, and hands it to the browser to keep. */
async function take(address: string): Promise<void> {
  const r = await request(address, {})
  if (!r.ok) throw await refusalOf(r)
  const name = fileName(r.headers.get('Content-Disposition'), new URL(address, location.origin).pathname)
  const held = URL.createObjectURL(await r.blob())
  const a = document.createElement('a')
  a.href = held
  a.download = name
  a.click()
  // The browser has begun to keep it by the time that anything else runs.
  setTimeout(() => URL.revokeObjectURL(held), 60_000)
}

/** fileName is what a file is called: as the service says (RFC 6266), else the end of its address. */
export function fileName(disposition: string | null, path: string): string {
  const coded = /filename\*=(?:UTF-8'')?([^;]+)/i.exec(disposition ?? '')?.[1]
  const plain = /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1]
  let name = plain ?? path.split('/').pop() ?? 'file'
  try {
    if (coded) name = decodeURIComponent(coded.trim())
  } catch {
    // Badly coded: the plain one does.
  }
  return name.replace(/[/\\]/g, '_')
}

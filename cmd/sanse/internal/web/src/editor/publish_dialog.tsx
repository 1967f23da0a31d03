import { useEffect, useState } from 'preact/hooks'
import { at, type District } from '../api.ts'
import { atDraft, type DraftClient, type PublishedDraft } from '../api_editor.ts'
import { atGrids, type DraftCheck, type Publication } from '../api_grids.ts'
import { day, isDate, longDay } from '../format.ts'
import { t } from '../i18n.ts'
import { CheckReport } from '../grids/check_report.tsx'
import { firstDay } from '../grids/days.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { PublishedReport } from '../grids/published_report.tsx'
import { freeDay, refused } from '../grids/refusal.ts'
import { Status } from '../parts/status.tsx'
import { follow, href } from '../route.ts'
import { useGet } from '../use_get.ts'
import '../grids.css'

/**
 * PublishDialog publishes a draft: first what stands in the way, then the day
 * from which it is to hold and what that does, and at last what came of it and
 * what is to be done next.
 */
export function PublishDialog(props: {
  client: Pick<DraftClient, 'id' | 'publish' | 'heed'>
  onPublished: (p: PublishedDraft) => void
  onClose: () => void
  /** The day that is offered first; else the first there can be. */
  from?: string
  /** Its effect was looked at: the dialog is opened from there. */
  seen?: boolean
}) {
  const { client } = props
  const district = useGet<District>(at.district())
  const check = useGet<DraftCheck>(atDraft.step(client.id, 'check'))
  const published = useGet<{ items: Publication[] | null }>(atGrids.publications())
  const [chosen, setChosen] = useState<string | null>(props.from ?? null)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState<unknown>(null)
  const [done, setDone] = useState<PublishedDraft | null>(null)
  const first = district.data ? firstDay(district.data.today, published.data?.items ?? []) : null
  const from = chosen !== null && first !== null && chosen >= first ? chosen : first
  const publish = () => {
    if (from === null) return
    setBusy(true)
    setFailed(null)
    client.publish(from).then(
      (p) => {
        setBusy(false)
        setDone(p)
        props.onPublished(p)
      },
      (e: unknown) => {
        setBusy(false)
        setFailed(e)
        // What others did is told with it, and the check looks at it: the next try is made knowingly.
        client.heed()
        check.refresh()
      },
    )
  }
  const free = freeDay(failed)
  useEffect(() => setFailed(null), [chosen])
  return (
    <Dialog title={t(done ? 'grids.published' : 'grids.publishTitle')} onClose={props.onClose} testid="publish-dialog">
      {(close) =>
        done && district.data ? (
          <PublishedReport published={done} district={district.data} onClose={close} />
        ) : (
          <>
            <section>
              <h3>{t('grids.checkFirst')}</h3>
              {check.loading && check.data === null && <Busy>{t('grids.checking')}</Busy>}
              {check.error && <Status got={check} />}
              {check.data && <CheckReport check={check.data} draft={client.id} />}
            </section>
            {check.data?.ok && district.data && first && from && (
              <section>
                <h3>{t('grids.fromWhen')}</h3>
                <label class="field day-field">
                  <span>{t('grids.effective')}</span>
                  <input
                    type="date"
                    min={first}
                    value={from}
                    onChange={(e) => isDate(e.currentTarget.value) && setChosen(e.currentTarget.value)}
                    data-testid="publish-from"
                  />
                </label>
                <ul class="bullets">
                  <li>{t('grids.willHold', { day: longDay(from) })}</li>
                  <li>{t('grids.willMove')}</li>
                  {district.data.plan && district.data.plan.end >= from && (
                    <li>{t('grids.willStale', { n: district.data.plan.id, end: day(district.data.plan.end), day: day(from) })}</li>
                  )}
                  <li>{t('grids.willKeep')}</li>
                </ul>
              </section>
            )}
            {failed !== null && (
              <Refusal>
                {refused(failed)}{' '}
                {free && (
                  <button type="button" class="link" onClick={() => setChosen(free)}>
                    {t('grids.takeDay', { day: day(free) })}
                  </button>
                )}
              </Refusal>
            )}
            {busy && <Busy>{t('grids.publishing')}</Busy>}
            <footer>
              <button type="button" class="button" disabled={busy || !check.data?.ok || from === null} onClick={publish} data-testid="publish-yes">
                {from ? t('grids.publishOn', { day: day(from) }) : t('grids.publish')}
              </button>
              {!props.seen && (
                <a class="button quiet" href={href('effect', { draft: String(client.id), from: from ?? undefined })} onClick={follow}>
                  {t('grids.effectFirst')}
                </a>
              )}
              <button type="button" class="button quiet" onClick={close}>
                {t('grids.cancel')}
              </button>
            </footer>
          </>
        )
      }
    </Dialog>
  )
}

import { useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { endHandover, handedAt, type HandedResident } from '../api_handover.ts'
import { number } from '../format.ts'
import { Refusal } from '../grids/dialog.tsx'
import { t } from '../i18n.ts'
import { GradeMark } from '../parts/marks.tsx'
import { Status } from '../parts/status.tsx'
import { Named } from '../trust/named.tsx'
import { useSend } from '../trust/steps.tsx'
import { bodyName, known, when, why } from '../trust/words.ts'
import { useGet } from '../use_get.ts'

/** HandedPage lists the residents who were handed to whoever sits here, or to their department: why, by whom and until when. */
export function HandedPage({ district }: { district: District }) {
  const got = useGet<{ items: HandedResident[] | null }>(handedAt())
  const [back, setBack] = useState(0)
  const items = got.data?.items ?? []
  return (
    <div class="page board mine" data-testid="handed" data-count={got.data ? items.length : undefined}>
      <header>
        <h1>{t('page.handed')}</h1>
        <p class="hint">{t('hand.intro')}</p>
      </header>
      <Status got={got} />
      {back > 0 && (
        <p class="all-well" role="status">
          {t('hand.ended')}
        </p>
      )}
      {got.data && (
        <section>
          <p class="hint" role="status">
            {items.length === 0 ? t('hand.noneMine') : t('hand.count', { n: number(new Set(items.map((i) => i.resident)).size) })}
          </p>
          <ul class="sessions">
            {items.map((h) => (
              <InMyHands
                key={`${h.resident}/${h.n}`}
                handed={h}
                district={district}
                onBack={() => {
                  setBack(back + 1)
                  got.refresh()
                }}
              />
            ))}
          </ul>
        </section>
      )}
    </div>
  )
}

/** InMyHands is one of them; what was handed to the account itself can be given back. */
function InMyHands({ handed: h, district, onBack }: { handed: HandedResident; district: District; onBack: () => void }) {
  const sender = useSend()
  const zone = district.time_zone
  return (
    <li data-testid="handed-one" data-resident={h.resident}>
      <div>
        <p>
          {h.grade && <GradeMark grade={h.grade} grades={district.grades} />} <Named id={h.resident} zone={zone} /> <span class="tag">{known('hand.kind', h.kind)}</span>
        </p>
        <small>
          {[h.area_name || h.area, h.body && bodyName(h.body), t('hand.until', { at: when(h.to, zone) }), h.by && t('hand.by', { name: h.by })].filter(Boolean).join(' · ')}
        </small>
        {h.reason && <small>{h.reason}</small>}
        {sender.refused !== null && <Refusal>{why(sender.refused)}</Refusal>}
      </div>
      {!h.body && (
        <button type="button" class="button quiet" disabled={sender.busy} onClick={() => sender.send(() => endHandover(h.resident, h.n).then(onBack))} data-testid="give-back">
          {t('hand.giveBack')}
        </button>
      )}
    </li>
  )
}

import { useState } from 'preact/hooks'
import type { AreaName } from '../api.ts'
import { atShortfall, type Behind, type BehindItem, type BehindWhat } from '../api_shortfall.ts'
import { number, walk } from '../format.ts'
import { t } from '../i18n.ts'
import { Dialog } from '../grids/dialog.tsx'
import { Status } from '../parts/status.tsx'
import { follow, href } from '../route.ts'
import { Named } from '../trust/named.tsx'
import { useGet } from '../use_get.ts'
import { ForThose } from './for_those.tsx'
import { Pager } from './pager.tsx'
import { known } from './words.ts'

/** Which number is opened: a standard, and who or what stands behind it. */
export interface Asked {
  standard: string
  name: string
  what: BehindWhat
}

const page = 50

/** BehindDialog lists the people, facilities or areas that a number counts, with where each is. */
export function BehindDialog({ asked, area, zone, onClose }: { asked: Asked; area: AreaName; zone: string; onClose: () => void }) {
  const [from, setFrom] = useState(0)
  const got = useGet<Behind>(atShortfall.behind(asked.standard, area.code, asked.what, page, from))
  const b = got.data
  const items = b?.items ?? []
  return (
    <Dialog title={t(`shortfall.behindTitle.${asked.what}`, { name: asked.name })} onClose={onClose} testid="behind-dialog">
      {(close) => (
        <ForThose got={got} what={t('shortfall.hiddenPeople')}>
          <p class="hint">
            {area.name}
            {b && ` · ${t(asked.what === 'people' ? 'shortfall.foundHomes' : 'shortfall.found', { n: number(b.total) })}`}
          </p>
          {asked.what === 'people' && <p class="hint">{t('shortfall.behindNote')}</p>}
          <Status got={got} />
          {b && b.total === 0 && <p class="all-well">{t('shortfall.nobody')}</p>}
          {items.length > 0 && (
            <ul class="behind-list" data-total={b?.total}>
              {items.map((i, k) => (
                <Item key={k} item={i} what={asked.what} standard={asked.standard} zone={zone} onGo={close} />
              ))}
            </ul>
          )}
          {b && <Pager total={b.total} page={page} from={from} onFrom={setFrom} />}
        </ForThose>
      )}
    </Dialog>
  )
}

/** Item is one of them; where somebody lives is said by the area, never by a point in an address. */
function Item({ item, what, standard, zone, onGo }: { item: BehindItem; what: BehindWhat; standard: string; zone: string; onGo: () => void }) {
  const to = what === 'areas' ? href('shortfall', { area: item.id }) : href('map', { area: item.area })
  const people = item.kind === 'spot' ? t('shortfall.of.people', { n: number(item.count ?? 0) }) : item.id
  return (
    <li data-testid="behind-item" data-id={item.id} data-kind={item.kind} data-count={item.count} data-standard={standard}>
      <span>
        {item.kind === 'resident' ? <Named id={item.id} zone={zone} /> : <b>{what === 'people' ? people : item.name || item.id}</b>}
        <small>
          {what === 'areas' ? item.id : item.area}
          {item.kind === 'spot' && item.id && ` · ${t('shortfall.inBuilding', { id: item.id })}`}
          {item.note && ` · ${known(`shortfall.note.${item.note}`, item.note)}`}
          {what !== 'people' && item.count ? ` · ${number(item.count)}` : ''}
        </small>
      </span>
      <span class="behind-side">
        {item.seconds !== null && item.seconds !== undefined && item.seconds >= 0 && <span>{walk(item.seconds)}</span>}
        <a
          href={to}
          onClick={(e) => {
            onGo()
            follow(e)
          }}
        >
          {t(what === 'areas' ? 'shortfall.toBoard' : 'board.map')}
        </a>
      </span>
    </li>
  )
}

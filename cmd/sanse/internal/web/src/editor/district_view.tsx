import { useEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { MapLibreMap, MapMouseEvent } from 'maplibre-gl'
import type { Feature } from 'geojson'
import type { District } from '../api.ts'
import { atDraft, type Balance, type DraftClient, type EditedAreas } from '../api_editor.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { MapCanvas } from '../map/canvas.tsx'
import { labelPoint } from '../map/shape.ts'
import { AreaSearch } from '../parts/area_search.tsx'
import { Status } from '../parts/status.tsx'
import { go, href } from '../route.ts'
import { useGet } from '../use_get.ts'
import { balanceColours, classOf, type Aim } from './balance.ts'
import { Bar } from './bar.tsx'
import type { EditLevel } from './ground.ts'
import { addLayers, put } from './layers.ts'
import { overview } from './overview.ts'
import { percentOff, weightName } from './words.ts'

type Order = 'beyond' | 'worst' | 'code'
const edges = { top: 40, right: 50, bottom: 40, left: 40 }

/** DistrictView is the whole draft: every area by its balance, and the communities with what they lack. */
export function DistrictView({ district, client }: { district: District; client: DraftClient }) {
  const [map, setMap] = useState<MapLibreMap | null>(null)
  const [level, setLevel] = useState<EditLevel>('micro-grid')
  const [weight, setWeight] = useState('households')
  const [order, setOrder] = useState<Order>('beyond')
  const [filter, setFilter] = useState('')
  const version = client.version.value
  // The version in the address: another one is another answer.
  const address = version > 0 ? `${atDraft.step(client.id, 'balance')}?v=${version}` : null
  const balance = useGet<Balance>(address)
  const areas = useGet<EditedAreas>(version > 0 ? atDraft.areas(client.id) : null)
  const aim: Aim = { weight, by: 'mean', tolerance: 0.1 }
  const o = useMemo(() => (balance.data ? overview(balance.data, level, aim, {}) : null), [balance.data, level, weight])
  const changed = useMemo(() => {
    const d = client.draft.value
    return new Set((d?.changes ?? []).filter((c) => c.seq <= d!.position).flatMap((c) => c.areas.map((a) => a.slice(0, 12))))
  }, [client.draft.value])
  const open = (code: string) => go(href('edit', { draft: String(client.id), area: code }))

  const ready = useRef(false)
  useEffect(() => {
    ready.current = false
    if (!map) return
    addLayers(map)
    map.setLayoutProperty('ed-name', 'text-allow-overlap', false)
    ready.current = true
    const at = (e: MapMouseEvent) => map.queryRenderedFeatures(e.point, { layers: ['ed-fill', 'ed-special'] })[0]?.properties['code'] as string | undefined
    const click = (e: MapMouseEvent) => {
      const code = at(e)
      if (code) open(code.slice(0, 12))
    }
    const move = (e: MapMouseEvent) => {
      map.getCanvas().style.cursor = at(e) ? 'pointer' : ''
    }
    map.on('click', click)
    map.on('mousemove', move)
    return () => {
      map.off('click', click)
      map.off('mousemove', move)
    }
  }, [map])
  useEffect(() => {
    if (!map || !areas.data) return
    const halves = new Set(areas.data.features.filter((f) => f.properties.level === 'micro-grid').map((f) => f.properties.parent))
    const here = (f: EditedAreas['features'][number]) =>
      f.properties.level === level || (level === 'micro-grid' && f.properties.level === 'grid' && !halves.has(f.properties.code))
    const special = new Set(areas.data.features.filter((f) => f.properties.special).map((f) => f.properties.code))
    const shown = areas.data.features.filter(here)
    put(map, 'ed-faces', shown.map((f) => ({ ...f, properties: { code: f.properties.code, special: special.has(f.properties.code) || special.has(f.properties.parent) } })))
    const around = areas.data.features.filter((f) => f.properties.level === 'community')
    put(map, 'ed-around', around)
    put(map, 'ed-thin', level === 'micro-grid' ? areas.data.features.filter((f) => f.properties.level === 'grid') : null)
    put(
      map,
      'ed-names',
      around.flatMap((f): Feature[] => {
        const at = labelPoint(f.geometry)
        return at ? [{ type: 'Feature', properties: { text: f.properties.name, order: 0 }, geometry: { type: 'Point', coordinates: at } }] : []
      }),
    )
  }, [map, areas.data, level])
  useEffect(() => {
    if (!map || !o || !balance.data) return
    const w = balance.data.weights.indexOf(weight)
    for (const [code, s] of o.areas) map.setFeatureState({ source: 'ed-faces', id: code }, { cls: s.target ? classOf(s.row.values[w] ?? 0, s.target) : -1 })
  }, [map, o])

  const lines = useMemo(() => {
    const q = filter.trim().toLowerCase()
    const list = (o?.lines ?? []).filter((l) => !q || l.name.toLowerCase().includes(q) || l.code.includes(q) || l.town.toLowerCase().includes(q))
    const by: Record<Order, (a: (typeof list)[number], b: (typeof list)[number]) => number> = {
      beyond: (a, b) => b.beyond - a.beyond,
      worst: (a, b) => Math.abs(b.worst) - Math.abs(a.worst),
      code: () => 0,
    }
    return list.sort((a, b) => by[order](a, b) || (a.code < b.code ? -1 : 1))
  }, [o, order, filter])
  const sum = (k: 'grids' | 'micro') => number((o?.lines ?? []).reduce((n, l) => n + l[k], 0))
  const w = balance.data?.weights.indexOf(weight) ?? -1

  return (
    <div class="ed" data-testid="editor-district" data-ready={o !== null && areas.data !== null}>
      <h1 class="unseen">{t('ed.title', { name: district.name })}</h1>
      <Bar client={client} place={null} level={level} onLevel={setLevel} session={null} />
      <div class="ed-body" data-open="true">
        <div class="ed-stage">
          <MapCanvas district={district} bounds={district.bounds} padding={edges} label={t('ed.map', { name: district.name })} onReady={setMap} />
          <div class="ed-search">
            <AreaSearch onPick={(hit) => hit.code.length >= 12 && open(hit.code.slice(0, 12))} />
          </div>
          <details class="ed-legend" open>
            <summary>{t('ed.legend')}</summary>
            <div class="scale" aria-hidden="true">
              {balanceColours.map((c) => (
                <svg key={c} viewBox="0 0 10 10" preserveAspectRatio="none">
                  <rect width="10" height="10" fill={c} />
                </svg>
              ))}
            </div>
            <p class="scale-words">
              <span>{t('ed.less')}</span>
              <span>{t('ed.fits')}</span>
              <span>{t('ed.more')}</span>
            </p>
          </details>
        </div>
        <aside class="ed-side" aria-label={t('ed.community')}>
          <section class="ed-card">
            <p data-testid="ed-counts">{o && t('ed.dist.count', { c: number(o.lines.length), g: sum('grids'), m: sum('micro') })}</p>
            <p class="hint">{t('ed.dist.intro')}</p>
          </section>
          <section class="ed-aim">
            <label>
              <span>{t('ed.weight')}</span>
              <select value={weight} onChange={(e) => setWeight(e.currentTarget.value)}>
                {(balance.data?.weights ?? ['households']).map((x) => (
                  <option key={x} value={x}>
                    {weightName(district, x)}
                  </option>
                ))}
              </select>
            </label>
            <label class="wide">
              <span>{t('ed.dist.filter')}</span>
              <input type="search" value={filter} onInput={(e) => setFilter(e.currentTarget.value)} data-testid="ed-filter" />
            </label>
          </section>
          <div class="ed-panel">
            <Status got={balance} />
            {o && (
              <div class="ed-scroll">
                <table class="ed-table" data-testid="ed-communities">
                  <thead>
                    <tr>
                      <th scope="col">
                        <button type="button" class="link" aria-pressed={order === 'code'} onClick={() => setOrder('code')}>
                          {t('ed.dist.name')}
                        </button>
                      </th>
                      <th scope="col">{weightName(district, weight, true)}</th>
                      <th scope="col">{t('ed.dist.grids')}</th>
                      <th scope="col">{t('ed.dist.micro')}</th>
                      <th scope="col" title={t('ed.dist.beyondNote')}>
                        <button type="button" class="link" aria-pressed={order === 'beyond'} onClick={() => setOrder('beyond')}>
                          {t('ed.dist.beyond')}
                        </button>
                      </th>
                      <th scope="col">
                        <button type="button" class="link" aria-pressed={order === 'worst'} onClick={() => setOrder('worst')}>
                          {t('ed.dist.worst')}
                        </button>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {lines.map((l) => (
                      <tr key={l.code} data-testid="ed-community" data-code={l.code} onClick={() => open(l.code)}>
                        <th scope="row">
                          <a
                            href={href('edit', { draft: String(client.id), area: l.code })}
                            onClick={(e) => {
                              e.preventDefault()
                              e.stopPropagation()
                              open(l.code)
                            }}
                          >
                            {l.name}
                          </a>{' '}
                          {changed.has(l.code) && <span class="tag due">{t('ed.dist.changed')}</span>}
                          <small>{l.town}</small>
                        </th>
                        <td>{number(l.values[w] ?? 0)}</td>
                        <td>{l.grids}</td>
                        <td>{l.micro}</td>
                        <td class={l.beyond > 0 ? 'alarm' : undefined}>{l.beyond}</td>
                        <td>{l.worst === 0 ? '—' : percentOff(l.worst)}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            )}
          </div>
        </aside>
      </div>
    </div>
  )
}

import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
import type { MapLibreMap } from 'maplibre-gl'
import type { District } from '../api.ts'
import type { DraftClient, LonLat } from '../api_editor.ts'
import { t } from '../i18n.ts'
import { fit, MapCanvas } from '../map/canvas.tsx'
import { hold } from '../route.ts'
import { still } from '../still.ts'
import { AreaTable } from './area_table.tsx'
import { AimPanel, Legend } from './aim_panel.tsx'
import { Desk, type Tool } from './desk.ts'
import { DrawDialog } from './draw_dialog.tsx'
import { KeysDialog, RenameDialog } from './dialogs.tsx'
import type { EditLevel } from './ground.ts'
import { hands } from './hands.ts'
import { actOf, type Act } from './keys.ts'
import { put } from './layers.ts'
import { Pen } from './pen.ts'
import { boundsOf, problems, type Problem } from './problems.ts'
import { PendingBar, Toast } from './pending_bar.tsx'
import { SelectedCard } from './selected_card.tsx'
import { Session } from './session.ts'
import { HistoryList, ProblemList, problemText } from './side_lists.tsx'
import { Toolbar } from './toolbar.tsx'
import { view } from './view.ts'
import { shortCode } from './words.ts'

type Tab = 'areas' | 'problems' | 'history'
/** Pixels of the map that tools cover: on a phone they lie below. */
const edges = (more = 0) =>
  matchMedia('(max-width: 900px)').matches ? { top: 16, right: 16, bottom: 76, left: 16 } : { top: 60 + more, right: 60, bottom: 60 + more, left: 110 }
/** How often others' edits are looked for, milliseconds. */
const lookEvery = 15_000
/** Pixels that the crosshair goes with a press of an arrow key. */
const crossStep = { small: 8, large: 48 }

/** The measure of how fast numbers follow the mouse, for whoever tests the page. */
export interface Pace {
  /** milliseconds from a move of the mouse until its numbers stood in the table */
  took: number[]
}

/** Workbench is the editor of one community. */
export function Workbench(props: { district: District; client: DraftClient; code: string; bar: (s: Session, onLevel: (l: EditLevel) => void, onKeys: () => void, onDraw: () => void) => ComponentChildren }) {
  const { district, client, code } = props
  const session = useMemo(() => new Session(client, code), [client, code])
  const desk = useMemo(() => new Desk(session), [session])
  const [map, setMap] = useState<MapLibreMap | null>(null)
  const [tab, setTab] = useState<Tab>('areas')
  const [open, setOpen] = useState(true)
  const [renaming, setRenaming] = useState('')
  const [keysShown, setKeysShown] = useState(false)
  const [drawing, setDrawing] = useState(false)
  const [at, setAt] = useState(-1)
  const [told, setTold] = useState('')
  const pen = useRef<Pen | null>(null)
  const pace = useRef<{ began: number } & Pace>({ began: 0, took: [] })
  const root = useRef<HTMLDivElement>(null)
  const g = session.ground.value
  const draft = client.draft.value
  const editable = draft?.state === 'open'

  useEffect(() => {
    void session.open()
    return () => {
      session.end()
      desk.end()
    }
  }, [session, desk])

  // Others may be at work on the same draft.
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') void session.look()
    }
    const every = setInterval(look, lookEvery)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(every)
      document.removeEventListener('visibilitychange', look)
    }
  }, [session])

  // Whoever leaves with an edit that is not saved is asked first, for another page of ours too.
  const waiting = session.pending.value.length
  useEffect(() => {
    if (waiting === 0) return
    const ask = (e: BeforeUnloadEvent) => e.preventDefault()
    addEventListener('beforeunload', ask)
    hold.ask = () => confirm(t('ed.leave'))
    return () => {
      removeEventListener('beforeunload', ask)
      hold.ask = null
    }
  }, [waiting])

  useEffect(() => {
    if (!map) return
    map.keyboard.disable() // the arrow keys have work of their own here
    map.doubleClickZoom.disable()
    const stopView = view(map, desk, district)
    const letGo = hands(map, desk, (began) => (pace.current.began = began))
    const p = (pen.current = new Pen(map, {
      drawn: (points) => {
        pace.current.began = performance.now()
        desk.drawn(points)
      },
      finished: (points) => desk.finish(points),
    }))
    return () => {
      pen.current = null
      p.end()
      letGo()
      stopView()
    }
  }, [map, desk, district])

  const tool = desk.tool.value
  const lasso = desk.lasso.value
  const penned = editable && ['lasso', 'split', 'new'].includes(tool)
  // At once, not after the next frame: the first click may come before it.
  useLayoutEffect(() => {
    pen.current?.take(!penned ? null : tool === 'split' ? 'line' : lasso)
    if (map) map.getCanvas().style.cursor = penned ? 'crosshair' : ''
  }, [map, penned, tool, lasso])

  // The whole community is in view once it is there.
  const shown = useRef('')
  useEffect(() => {
    if (!map || !g || shown.current === code) return
    shown.current = code
    fit(map, g.answer.area.bounds, edges(), 17)
  }, [map, g, code])

  const list = useMemo(
    () => (g ? problems(g, session.before.value, session.weight.value, session.target.value, session.check.value) : []),
    [g, session.before.value, session.weight.value, session.target.value, session.check.value],
  )
  const goTo = (i: number) => {
    if (!g || list.length === 0) return
    const n = (i + list.length) % list.length
    const p = list[n] as Problem
    setAt(n)
    setTab('problems')
    if (p.code) desk.select(p.code)
    setTold(t('ed.problemAt', { i: n + 1, n: list.length, what: problemText(session, district, p) }))
    const b = boundsOf(g, p)
    if (map && b) fit(map, b, edges(50), 18)
    if (map) mark(map, p)
  }
  // A mark stands until the next edit.
  useEffect(() => {
    if (map) put(map, 'ed-problem', null)
  }, [map, g])
  const said = session.said.value
  useEffect(() => {
    if (!map || !said?.at || said.kind !== 'refused') return
    put(map, 'ed-problem', [{ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: said.at } }])
    if (!map.getBounds().contains(said.at)) map.easeTo({ center: said.at, animate: !still() })
  }, [map, said])

  const rename = () => {
    const c = session.selected.value
    if (c) setRenaming(c)
    else session.say({ kind: 'refused', reason: 'nothing_selected' })
  }
  const see = (p: LonLat) => {
    if (map && !map.getBounds().contains(p)) map.easeTo({ center: p, animate: !still() })
  }
  /** step moves what the arrow keys move: the vertex in hand, the crosshair, or the map. */
  const step = (east: number, north: number, far: boolean) => {
    if (!map) return
    const m = far ? 10 : 1
    if (tool === 'select') {
      if (editable && desk.nudge(east * m, north * m)) see(desk.nudged.value!)
      else map.panBy([east * 90, -north * 90], { animate: !still() })
      return
    }
    const from = map.project(desk.cross.value ?? map.getCenter())
    const px = far ? crossStep.large : crossStep.small
    const to = map.unproject([from.x + east * px, from.y - north * px])
    const p: LonLat = [to.lng, to.lat]
    desk.cross.value = p
    see(p)
    desk.hovered.value = desk.codeAt(p)
    setTold(t('ed.crossAt', { name: g && desk.hovered.value ? shortCode(desk.hovered.value, g.answer.area.code) : t('ed.outside') }))
    if (penned) pen.current?.hover(p)
    else if (tool === 'brush') desk.hoverBrush(p)
    else if (tool === 'merge') desk.overMerge(desk.hovered.value)
  }
  /** press does at the crosshair what a click does. */
  const press = () => {
    if (!map) return
    const p = desk.cross.value ?? (map.getCenter().toArray() as LonLat)
    desk.cross.value = p
    if (penned) pen.current?.press(p)
    else if (tool === 'brush' && editable) {
      if (!session.selected.value) desk.select(desk.codeAt(p))
      else {
        desk.stroke(p)
        desk.lift()
      }
    } else desk.select(desk.codeAt(p))
  }
  const finish = () => {
    if (penned) pen.current?.finish()
    else if (tool === 'brush') desk.dip()
    else if (tool === 'merge' && desk.cross.value) desk.mergeWith(desk.codeAt(desk.cross.value))
    else if (tool === 'select' && desk.nudged.value && g && desk.focus.value >= 0) {
      const to = desk.nudged.value
      const from = g.at(desk.focus.value)
      desk.nudged.value = null
      session.commit({ op: 'vertex', at: from, to })
    }
  }
  const act = (a: Act, e: KeyboardEvent) => {
    const changes = !['select', 'level', 'next', 'previous', 'help', 'cancel', 'west', 'east', 'north', 'south', 'press'].includes(a)
    if (changes && !editable) return
    switch (a) {
      case 'select': case 'brush': case 'lasso': case 'split': case 'merge': case 'new':
        if (a === 'lasso' && tool === 'lasso') desk.lasso.value = lasso === 'polygon' ? 'freehand' : 'polygon'
        return desk.take(a as Tool)
      case 'rename': return rename()
      case 'lock':
        if (session.selected.value) void session.lock(session.selected.value)
        else session.say({ kind: 'refused', reason: 'nothing_selected' })
        return
      case 'retire': return desk.retire()
      case 'draw': return setDrawing(true)
      case 'level': return changeLevel(session, desk)
      case 'next': return goTo(at + 1)
      case 'previous': return goTo(at < 0 ? -1 : at - 1)
      case 'undo': return void session.undo()
      case 'redo': return void session.redo()
      case 'help': return setKeysShown(true)
      case 'cancel':
        pen.current?.drop()
        if (desk.cross.value) desk.cross.value = null
        else if (!desk.drop()) {
          if (desk.focus.value >= 0) desk.focus.value = -1
          else if (tool !== 'select') desk.take('select')
          else desk.select('')
        }
        return void desk.drop()
      case 'delete': return void desk.removeVertex()
      case 'smaller': return desk.widen(-1)
      case 'larger': return desk.widen(1)
      case 'vertexNext': case 'vertexBefore': {
        const p = desk.nextVertex(a === 'vertexNext' ? 1 : -1)
        if (p) see(p)
        return
      }
      case 'press': return press()
      case 'finish': return finish()
      case 'west': return step(-1, 0, e.shiftKey)
      case 'east': return step(1, 0, e.shiftKey)
      case 'north': return step(0, 1, e.shiftKey)
      case 'south': return step(0, -1, e.shiftKey)
    }
  }
  const doAct = useRef(act)
  doAct.current = act
  useEffect(() => {
    const down = (e: KeyboardEvent) => {
      const el = e.target as HTMLElement | null
      if (e.isComposing || document.querySelector('dialog[open]')) return
      if (el?.closest('input:not([type=checkbox]), textarea, [contenteditable]')) return
      const onSelect = Boolean(el?.closest('select'))
      const a = actOf(e, onSelect || Boolean(el?.closest('button, a, summary, label, tr[tabindex]')))
      if (!a || (onSelect && e.key.length === 1)) return
      e.preventDefault()
      doAct.current(a, e)
    }
    document.addEventListener('keydown', down)
    return () => document.removeEventListener('keydown', down)
  }, [])

  const drawn = () => {
    const p = pace.current
    if (p.began === 0) return
    p.took.push(performance.now() - p.began)
    p.began = 0
  }
  useEffect(() => {
    const el = root.current as (HTMLDivElement & { editor?: { desk: Desk; session: Session; pace: Pace } }) | null
    if (el) el.editor = { desk, session, pace: pace.current }
  }, [desk, session])

  const name = g?.answer.area.name ?? code
  return (
    <div class="ed" ref={root} data-testid="editor" data-area={code} data-version={client.version.value} data-saving={waiting} data-tool={tool} data-level={session.level.value} data-ready={g !== null}>
      <h1 class="unseen">{t('ed.title', { name })}</h1>
      {props.bar(session, (l) => l !== session.level.value && changeLevel(session, desk), () => setKeysShown(true), () => setDrawing(true))}
      <div class="ed-body" data-open={open}>
        <div class="ed-stage">
          <MapCanvas district={district} bounds={g?.answer.area.bounds ?? district.bounds} padding={edges()} label={t('ed.map', { name })} onReady={setMap} />
          {editable && <Toolbar desk={desk} />}
          <Legend district={district} session={session} />
          <div class="ed-notes">
            <PendingBar session={session} />
            <Toast session={session} />
          </div>
          <span class="unseen" role="status">
            {told}
          </span>
        </div>
        <aside class="ed-side" aria-label={t('ed.areas')}>
          <button type="button" class="handle" aria-expanded={open} onClick={() => setOpen(!open)}>
            <i aria-hidden="true" />
            {t(open ? 'map.collapse' : 'map.expand')} · {t('ed.areas')}
          </button>
          {session.failed.value && (
            <p class="status failed" role="alert">
              {t('app.failed', { why: session.failed.value.message })}{' '}
              <button type="button" class="link" onClick={() => void session.open()}>
                {t('app.retry')}
              </button>
            </p>
          )}
          {!g && !session.failed.value && (
            <p class="status" role="status">
              <span class="spinner" aria-hidden="true" />
              {t('app.loading')}
            </p>
          )}
          {g && (
            <>
              <SelectedCard
                desk={desk}
                district={district}
                editable={editable}
                onRename={rename}
                onShow={() => {
                  const a = g.area(session.selected.value)
                  if (map && a) fit(map, a.box, edges(), 18)
                }}
              />
              <AimPanel session={session} district={district} />
              <div class="ed-tabs" role="tablist">
                {(['areas', 'problems', 'history'] as const).map((k) => (
                  <button key={k} type="button" role="tab" aria-selected={tab === k} onClick={() => setTab(k)} data-testid={`ed-tab-${k}`}>
                    {t(`ed.${k}`)}
                    {k === 'problems' && list.length > 0 && <b data-testid="ed-problem-count">{list.length}</b>}
                    {k === 'history' && (draft?.position ?? 0) > 0 && <b>{draft?.position}</b>}
                  </button>
                ))}
              </div>
              <div role="tabpanel" class="ed-panel">
                {tab === 'areas' && <AreaTable desk={desk} district={district} drawn={drawn} />}
                {tab === 'problems' && <ProblemList session={session} district={district} list={list} at={at} editable={editable} onGo={goTo} />}
                {tab === 'history' && <HistoryList session={session} />}
              </div>
            </>
          )}
        </aside>
      </div>
      {renaming && g && (
        <RenameDialog
          code={renaming}
          name={g.area(renaming)?.name ?? ''}
          special={Boolean(g.area(renaming)?.special)}
          onClose={() => setRenaming('')}
          onSave={(to, special) => {
            const a = g.area(renaming)
            setRenaming('')
            if (a && (a.name !== to || Boolean(a.special) !== special))
              session.commit({ op: 'rename', area: renaming, name: to, ...(Boolean(a.special) !== special ? { special } : {}) })
          }}
        />
      )}
      {drawing && g && (
        <DrawDialog
          client={client}
          area={code}
          level={session.level.value}
          ground={g.answer}
          selected={session.selected.value || null}
          onPreview={(areas) => map && put(map, 'ed-drawn', areas)}
          onApplied={(made) => {
            setDrawing(false)
            session.answered(made)
          }}
          onClose={() => setDrawing(false)}
        />
      )}
      {keysShown && <KeysDialog onClose={() => setKeysShown(false)} />}
    </div>
  )
}

/** changeLevel goes on with the micro-grids, or with the grid that the chosen one lies in. */
export function changeLevel(session: Session, desk: Desk): void {
  const g = session.ground.value
  if (!g) return
  desk.drop()
  const to = session.level.value === 'grid' ? 'micro-grid' : 'grid'
  const chosen = g.area(session.selected.value)
  session.level.value = to
  if (!chosen) return
  session.selected.value = to === 'grid' ? (chosen.level === 'grid' ? chosen.code : chosen.parent) : (g.faces[g.facesOf(chosen.code)[0] ?? -1]?.code ?? '')
}

/** mark puts a problem's place on the map. */
function mark(map: MapLibreMap, p: Problem): void {
  if (p.kind !== 'finding') return put(map, 'ed-problem', null)
  const { at, place } = p.finding
  put(map, 'ed-problem', [
    ...(place ? [{ type: 'Feature' as const, properties: {}, geometry: place }] : []),
    { type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: at } },
  ])
}

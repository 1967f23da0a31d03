// Edits a draft in Chromium, with the mouse, with the keys alone and from two
// browsers at once, and compares what the page shows with what the service has.
//
//   node browser/editor.test.mjs BASE_URL MICRO_GRIDS
//
// SHOTS names a folder for screenshots, CHROMIUM the browser. Exit code 1 when a
// page shows something else, an edit is lost, another host is asked for anything,
// an error is logged or a page scrolls sideways; 2 for bad use. The time from a
// move of the mouse to its numbers is printed; it fails nothing.
import { begin } from './walk.mjs'

const { origin, args, check, ensure, becomes, seat, run } = await begin('editor.test.mjs BASE_URL MICRO_GRIDS')
const [micro] = args

const json = async (path, o) => {
  const r = await fetch(origin + path, o)
  if (!r.ok) throw new Error(`${path}: ${r.status} ${await r.text()}`)
  return r.json()
}

/** A browser of a planner, with what tests ask of the editor. */
async function planner(name, viewport, touch = false) {
  const me = await seat(name, { viewport, touch })
  const { page, open } = me
  /** what f says of the editor's own state; the map comes second */
  me.ask = (f, a = null) => page.evaluate(`(${f})(document.querySelector('[data-testid=editor]').editor, document.querySelector('[data-testid=map]').map, ${JSON.stringify(a)})`)
  me.open = async (path) => {
    await open(path)
    await page.waitForSelector('[data-ready=true]')
  }
  me.community = async (draft, code) => {
    await me.open(`/grids/edit?draft=${draft}&area=${code}`)
    await page.waitForFunction(() => document.querySelector('[data-testid=map]')?.map?.getSource('ed-faces'))
  }
  /** waits until the editor says one of some words */
  me.said = (...words) => page.waitForFunction((words) => words.includes(document.querySelector('[data-testid=ed-said]')?.dataset.reason), words)
  /** waits until all edits are answered */
  me.saved = () => page.waitForFunction(() => document.querySelector('[data-testid=editor]').dataset.saving === '0')
  me.version = async () => Number(await page.getByTestId('editor').getAttribute('data-version'))
  /** the sums in the table, by code */
  me.table = async () => {
    const rows = await page.getByTestId('ed-row').evaluateAll((all) =>
      all.map((tr) => [tr.dataset.code, [...tr.querySelectorAll('[data-value]')].map((d) => Number(d.textContent.replaceAll(',', '')))]),
    )
    return Object.fromEntries(rows.sort((a, b) => (a[0] < b[0] ? -1 : 1)))
  }
  me.select = async (code) => {
    await page.locator(`[data-testid=ed-row][data-code="${code}"]`).click()
    await page.locator(`[data-testid=ed-selected][data-code="${code}"]`).waitFor()
  }
  /** where a point lies on the screen */
  me.at = async (p) => {
    const box = await page.getByTestId('map').boundingBox()
    const q = await me.ask('(e, m, p) => { const r = m.project(p); return [r.x, r.y] }', p)
    return [box.x + q[0], box.y + q[1]]
  }
  return me
}

/** The sums of the areas of a level by the service's ground alone. */
async function served(draft, community, level) {
  const g = await json(`/v1/drafts/${draft}/ground?area=${community}`)
  const sums = {}
  for (const f of g.areas.features) if (f.properties.level === level) sums[f.properties.code] = g.weights.map(() => 0)
  g.places.in.forEach((k, i) => {
    const p = g.areas.features[k]?.properties
    if (!p) return
    const code = p.level === level ? p.code : p.parent
    g.weights.forEach((w, n) => (sums[code][n] += g.places.values[w][i]))
  })
  // Minutes have fractions, the table none.
  const whole = Object.entries(sums).map(([code, list]) => [code, list.map((v) => Math.round(v))])
  return Object.fromEntries(whole.sort((a, b) => (a[0] < b[0] ? -1 : 1)))
}

/** Asks the desk for a handle of the selected area and a way to drag it that moves people. */
const findDrag = `(e, m) => {
  let best = null
  for (const h of e.desk.handles.value) for (let k = 0; k < 16; k++) {
    const r = 0.0002 + 0.00025 * (k >> 2), a = (k % 4) * Math.PI / 2 + 0.4
    const to = [h.at[0] + r * Math.cos(a), h.at[1] + r * Math.sin(a)]
    e.desk.grip(h); e.desk.drag(to)
    const p = e.session.live.value
    if (p && !p.bad && p.moves.size > (best ? best.n : 0)) best = { n: p.moves.size, from: h.at, to }
    e.desk.drop()
  }
  e.desk.focus.value = -1
  return best
}`

await run(async () => {
  const { id: draft } = await json('/v1/drafts', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ name: '春季调整' }) })
  const steps = async () => (await json(`/v1/drafts/${draft}`)).changes

  // The district: every micro-grid is drawn and counted, and a line leads into a community.
  const a = await planner('desktop', { width: 1280, height: 800 })
  await a.open(`/grids/edit?draft=${draft}`)
  const balance = await json(`/v1/drafts/${draft}/balance`)
  const of = (level) => balance.areas.filter((x) => x.level === level)
  check('micro-grids of the draft', of('micro-grid').length, Number(micro))
  const counted = (await a.page.getByTestId('ed-counts').innerText()).replaceAll(',', '').match(/\d+/g).map(Number)
  check('areas that are counted', counted, [of('community').length, of('grid').length, Number(micro)])
  await a.drawn()
  const drawn = await a.page.evaluate(() => {
    const { map } = document.querySelector('[data-testid=map]')
    return new Set(map.querySourceFeatures('ed-faces').map((f) => f.properties.code)).size
  })
  ensure(`district: ${drawn} micro-grids are drawn of ${micro}`, drawn >= Number(micro) * 0.98)
  await a.shoot('district')
  // One with several grids that people live in.
  const crowded = of('community')
    .map((c) => ({ code: c.code, n: of('grid').filter((g) => g.parent === c.code && !g.special && g.values[0] > 0).length }))
    .sort((x, y) => y.n - x.n || (x.code < y.code ? -1 : 1))
  const home = crowded[0].code
  const line = a.page.locator(`[data-testid=ed-community][data-code="${home}"] a`)
  await line.focus()
  await a.page.keyboard.press('Enter')
  await a.page.waitForSelector(`[data-testid=editor][data-area="${home}"][data-ready=true]`)
  await a.drawn()

  // The numbers are those of the service.
  await becomes('grids as served', a.table, await served(draft, home, 'grid'))
  await a.shoot('community')

  // A border is dragged: what is shown while the mouse moves is what is made.
  const grids = of('grid').filter((g) => g.parent === home && !g.special && g.values[0] > 0)
  let drag = null
  for (const g of grids) {
    await a.select(g.code)
    drag = await a.ask(findDrag)
    if (drag) break
  }
  ensure('no border can be dragged so that somebody moves', drag !== null)
  const before = await a.table()
  const [from, to] = [await a.at(drag.from), await a.at(drag.to)]
  await a.page.mouse.move(...from)
  await a.page.mouse.down()
  await a.page.mouse.move(...to, { steps: 12 })
  await becomes('the numbers follow the mouse', async () => JSON.stringify(await a.table()) !== JSON.stringify(before), true)
  await a.shoot('drag')
  // How fast: some moves round the place.
  await a.ask('(e) => { e.pace.took.length = 0 }')
  for (let k = 0; k < 40; k++) await a.page.mouse.move(to[0] + 6 * Math.sin(k / 3), to[1] + 6 * Math.cos(k / 3))
  await a.page.mouse.move(...to)
  await a.shown()
  const took = (await a.ask('(e) => e.pace.took')).sort((x, y) => x - y)
  console.log(`numbers follow the mouse: ${took.length} moves, median ${took[took.length >> 1]?.toFixed(1)} ms, 95 % within ${took[Math.floor(took.length * 0.95)]?.toFixed(1)} ms`)
  ensure('no time was taken', took.length > 0)
  const shown = await a.table()
  await a.page.mouse.up()
  await a.said('reshape')
  await a.saved()
  check('shown while dragged, and made', await served(draft, home, 'grid'), shown)
  await becomes('in the table afterwards', a.table, shown)
  check('changes after a drag', (await steps()).length, 1)

  // Back and forth.
  await a.page.keyboard.press('Control+z')
  await a.said('undo')
  await a.saved()
  check('undone', await served(draft, home, 'grid'), before)
  await becomes('undone, in the table', a.table, before)
  await a.page.getByTestId('ed-redo').click()
  await a.said('redo')
  await a.saved()
  check('made again', await served(draft, home, 'grid'), shown)

  // Painting, among micro-grids.
  await a.page.keyboard.press('g')
  const pair = await a.ask(`(e) => {
    const g = e.session.ground.value
    // Two of one grid with a long border, of which the painted one keeps enough.
    let best = null
    for (const b of g.borders('micro-grid')) {
      const [l, r] = [g.faces[b.left], g.faces[b.right]]
      if (l.parent !== r.parent || l.special || g.locked(l.code) || g.locked(r.code)) continue
      const n = g.neighbours(l.code, 'micro-grid').find((x) => x.code === r.code).metres
      if (!best || n > best.n) { const [p, q] = [g.at(b.u), g.at(b.v)]; best = { n, to: l.code, from: r.code, at: [(p[0] + q[0]) / 2, (p[1] + q[1]) / 2] } }
    }
    return best
  }`)
  await a.select(pair.to)
  await a.page.keyboard.press('b')
  await a.page.keyboard.press('[')
  await becomes('cells of the brush', () => a.page.getByTestId('ed-brush').innerText(), '1')
  const dab = await a.at(pair.at)
  await a.page.mouse.move(...dab)
  await a.page.mouse.down()
  await a.page.mouse.move(dab[0] + 3, dab[1] + 3, { steps: 3 })
  ensure('nothing is painted', (await a.ask('(e) => e.desk.painted.value.size')) > 0)
  await a.shoot('paint')
  await a.page.mouse.up()
  await a.said('reshape')
  await a.saved()
  await becomes('painted', a.table, await served(draft, home, 'micro-grid'))
  check('changes after painting', (await steps()).length, 2)

  // A line splits a micro-grid; the numbers of its halves are shown first.
  const many = await a.ask(`(e) => e.session.before.value.filter((r) => !r.special && !r.locked).sort((x, y) => y.values[0] - x.values[0])[0].code`)
  await a.page.keyboard.press('v')
  await a.select(many)
  await a.page.keyboard.press('s')
  await a.page.waitForSelector('[data-testid=editor][data-tool=split]')
  const box = await a.ask('(e, m, c) => e.session.ground.value.area(c).box', many)
  const mid = (box[1] + box[3]) / 2
  const [w, e] = [await a.at([box[0] - (box[2] - box[0]) * 0.2, mid]), await a.at([box[2] + (box[2] - box[0]) * 0.2, mid])]
  await a.page.mouse.click(...w)
  await a.page.mouse.move(...e, { steps: 6 })
  await a.shown()
  const halves = await a.ask(`(e, m, c) => e.session.after.value.filter((r) => r.code === c || r.code === '+split').map((r) => [...r.values].map(Math.round))`, many)
  check('halves that are shown', halves.length, 2)
  await a.shoot('split')
  await a.page.mouse.click(...e)
  await a.page.keyboard.press('Enter')
  await a.said('split')
  await a.saved()
  const split = (await steps()).at(-1)
  check('a split is', split.kind, 'split')
  const fresh = split.lineage.map((l) => l.to).find((c) => c !== many) ?? split.areas.find((c) => c !== many && c.length === 18)
  const parts = await served(draft, home, 'micro-grid')
  check('halves that were made', [parts[many], parts[fresh]], halves)

  // And merged again with what was cut off.
  await a.page.keyboard.press('m')
  await a.select(many)
  await a.page.getByTestId('ed-merge-with').selectOption(fresh)
  await a.page.getByTestId('ed-merge').click()
  await a.said('merge')
  await a.saved()
  const merged = await served(draft, home, 'micro-grid')
  check('merged', merged[many].slice(0, 5), halves[0].slice(0, 5).map((v, i) => v + halves[1][i]))
  ensure('what was merged is still there', !(fresh in merged))

  // A locked area is left alone.
  await a.page.keyboard.press('v')
  await a.page.keyboard.press('k')
  await a.said('lock')
  await a.saved()
  check('locks', (await json(`/v1/drafts/${draft}`)).locks, [many])
  const was = (await steps()).length
  await a.page.keyboard.press('t')
  await a.said('locked')
  await a.saved()
  check('changes to what is locked', (await steps()).length, was)
  await a.shoot('locked')
  await a.page.keyboard.press('k')
  await a.said('unlock')
  await a.saved()

  // Two planners at once: each edits without having seen the other's.
  const b = await planner('second', { width: 1280, height: 800 })
  await b.community(draft, home)
  const held = of('grid').filter((g) => g.parent === home).map((g) => g.code)
  const names = async () => Object.fromEntries((await json(`/v1/drafts/${draft}/areas?level=grid&parent=${home}`)).features.map((f) => [f.properties.code, f.properties.name]))
  const rename = async (p, code, name) => {
    await p.select(code)
    await p.page.keyboard.press('r')
    await p.page.getByTestId('ed-name').fill(name)
    await p.page.getByTestId('ed-name-save').click()
  }
  await a.page.keyboard.press('g')
  await a.page.waitForSelector('[data-testid=editor][data-level=grid]')
  // Neither looks what the other does: that is what the version is for.
  for (const p of [a, b]) await p.ask('(e) => { e.session.look = async () => {} }')
  b.refused = true // the browser logs every answer that is a refusal
  await rename(a, held[0], 'A one')
  await becomes('edits elsewhere: the first is made', async () => (await names())[held[0]], 'A one')
  await a.saved()
  await rename(b, held[1], 'B two') // on the version before
  await b.saved()
  await b.page.waitForFunction(() => document.querySelector('[data-testid=ed-said]')?.dataset.kind === 'theirs')
  const named = async () => {
    const now = await names()
    return [now[held[0]], now[held[1]]]
  }
  await becomes('edits elsewhere: both are made', named, ['A one', 'B two'])
  a.refused = true
  await rename(a, held[1], 'A two') // B has just changed it
  await a.page.getByTestId('ed-unsaved').waitFor()
  check('an edit that others were quicker with', await a.page.getByTestId('ed-unsaved').getAttribute('data-state'), 'beaten')
  check('theirs stays until it is decided', (await names())[held[1]], 'B two')
  await a.shoot('beaten')
  await a.page.getByTestId('ed-again').click()
  await a.page.getByTestId('ed-unsaved').waitFor({ state: 'detached' })
  await a.saved()
  await becomes('made again knowingly', named, ['A one', 'A two'])
  const kinds = (await steps()).map((s) => s.kind)
  check('all three stand in the history', kinds.slice(-3), ['rename', 'rename', 'rename'])

  // The service is away for a while: the edit is kept and made afterwards.
  await a.context.route('**/edits', (r) => r.abort())
  await rename(a, held[0], 'A later')
  await a.page.getByTestId('ed-unsaved').waitFor()
  check('an edit without an answer', await a.page.getByTestId('ed-unsaved').getAttribute('data-state'), 'stuck')
  await a.context.unroute('**/edits')
  await a.page.getByTestId('ed-again').click()
  await a.page.getByTestId('ed-unsaved').waitFor({ state: 'detached' })
  await a.saved()
  await becomes('made once the service is back', named, ['A later', 'A two'])
  await a.close()
  await b.close()

  // With the keys alone: a vertex by metres, and a line through an area.
  const k = await planner('keys', { width: 1280, height: 800 })
  await k.community(draft, home)
  await k.drawn()
  await k.page.keyboard.press('?')
  await k.page.getByTestId('ed-keys').waitFor()
  await k.shoot('keys')
  await k.page.keyboard.press('Escape')
  await k.page.getByTestId('ed-keys').waitFor({ state: 'detached' })
  await k.page.getByTestId('ed-row').nth(0).focus()
  let chosen = ''
  for (let n = 0; n < grids.length; n++) {
    await k.page.keyboard.press('Enter')
    chosen = await k.ask('(e) => e.session.selected.value')
    if (await k.ask('(e) => e.desk.handles.value.some((h) => h.vertex >= 0)')) break
    await k.page.keyboard.press('ArrowDown')
  }
  await k.page.evaluate(() => document.activeElement.blur())
  const made = (await steps()).length
  let moved = false
  for (let n = 0; n < 12 && !moved; n++) {
    await k.page.keyboard.press('.')
    await k.page.keyboard.press('ArrowRight')
    await k.page.keyboard.press('ArrowUp')
    moved = await k.ask('(e) => e.session.live.value?.bad === null')
    if (!moved) await k.page.keyboard.press('Escape')
  }
  ensure('keys: no vertex can be moved by a metre', moved)
  await k.page.keyboard.press('Enter')
  await k.said('reshape')
  await k.saved()
  check('keys: changes', (await steps()).length, made + 1)
  await becomes('keys: as served', k.table, await served(draft, home, 'grid'))
  // The line: up from the middle of the map until outside of the area, down through it, and out again.
  await k.page.keyboard.press('Escape')
  await k.page.keyboard.press('Escape')
  await k.page.keyboard.press(' ')
  const middle = await k.ask('(e) => e.session.selected.value')
  ensure('keys: Space selects nothing', middle !== '')
  await k.page.keyboard.press('s')
  await k.page.waitForSelector('[data-testid=editor][data-tool=split]')
  const until = async (key, out) => {
    for (let n = 0; n < 60; n++) {
      await k.page.keyboard.press(key)
      if ((await k.ask('(e) => e.desk.hovered.value')) !== middle === out) return
    }
  }
  await until('Shift+ArrowUp', true)
  await k.page.keyboard.press(' ')
  await until('Shift+ArrowDown', false)
  await until('Shift+ArrowDown', true)
  await k.page.keyboard.press(' ')
  await k.shoot('keys-split')
  await k.page.keyboard.press('Enter')
  await k.said('split', 'no_cut')
  await k.saved()
  check('keys: a line through an area', (await steps()).at(-1).kind, 'split')
  const count = await k.page.getByTestId('ed-next-problem').count()
  check('keys: the list of problems is folded', count, 0)
  await k.page.keyboard.press('p')
  await k.page.locator('[data-testid=ed-problem][aria-current]').waitFor()
  await k.shoot('problem')
  await k.page.getByTestId('language').click()
  await k.shoot('in-english')
  await k.close()

  // On a phone it can be looked at and selected.
  const phone = await planner('phone', { width: 390, height: 844 }, true)
  await phone.community(draft, home)
  await phone.shoot('community')
  await phone.page.getByTestId('ed-row').nth(1).tap()
  ensure('phone: nothing is selected', (await phone.page.getByTestId('ed-selected').getAttribute('data-code')) !== '')
  await phone.shoot('selected')
  await phone.open(`/grids/edit?draft=${draft}`)
  await phone.shoot('district')
})

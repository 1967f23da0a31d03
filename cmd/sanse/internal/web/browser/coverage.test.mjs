// Walks through the map of coverage in Chromium, at desktop and phone width,
// with mouse and with the keys alone, and compares what it shows with what the
// service answers.
//
//   node browser/coverage.test.mjs BASE_URL
//
// A report is taken first, so that there is a day to go back to. SHOTS names a folder for
// screenshots, CHROMIUM the browser. Exit code 1 when the page shows something
// else, asks for what nobody looks at, asks another host for anything, logs an
// error, breaks the content policy or scrolls sideways; 2 for bad use. How long
// a trial takes from the click to its numbers is printed; it fails nothing.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [base] = process.argv.slice(2)
if (!base) {
  console.error('use: node browser/coverage.test.mjs BASE_URL')
  process.exit(2)
}
const origin = new URL(base).origin
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })
// Maps are drawn in software here: be patient, and never wait for a fixed time.
const patience = { timeout: 90_000 }
let checks = 0
const failures = []
const check = (what, got, want) => {
  checks++
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)]
  if (a !== b) failures.push(`${what}: ${a?.slice(0, 400)}, want ${b?.slice(0, 400)}`)
}
const ensure = (what, ok) => {
  checks++
  if (!ok) failures.push(what)
}
const count = (s) => Number((s ?? '').replaceAll(',', '').replace('−', '-').replace('+', '').trim() || NaN)
const json = async (path, o) => {
  const r = await fetch(origin + path, o)
  if (!r.ok) throw new Error(`${path}: ${r.status} ${await r.text()}`)
  return r.json()
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})

/** An official at a screen. */
async function official(name, viewport, touch = false) {
  const context = await browser.newContext({ viewport, deviceScaleFactor: shots ? 1 : 0.5, reducedMotion: 'reduce', hasTouch: touch, locale: 'zh-CN' })
  context.setDefaultTimeout(patience.timeout)
  const me = { context, asked: [] }
  await context.route('**/*', (r) => {
    const url = new URL(r.request().url())
    if (url.origin !== origin && !/^(data|blob):/.test(r.request().url())) {
      failures.push(`${name}: asks another host: ${url}`)
      return r.abort()
    }
    if (url.pathname.startsWith('/v1/')) me.asked.push(url.pathname + url.search)
    return r.continue()
  })
  const page = (me.page = await context.newPage())
  page.on('console', (m) => {
    if (m.type() === 'error') failures.push(`${name}: console: ${m.text().slice(0, 300)}`)
  })
  page.on('pageerror', (e) => failures.push(`${name}: ${e.message.slice(0, 300)}`))
  me.idle = () => page.waitForSelector('[data-testid=map][data-idle=true]', { ...patience, state: 'attached' })
  me.open = async (path) => {
    me.asked.length = 0
    const r = await page.goto(origin + path)
    check(`${name} ${path}: status`, r?.status(), 200)
    const policy = r?.headers()['content-security-policy'] ?? ''
    ensure(`${name} ${path}: no strict content policy`, policy.includes("default-src 'self'") && !policy.includes('unsafe'))
    await page.getByTestId('coverage').waitFor()
    await page.waitForFunction(() => document.querySelector('[data-testid=map]')?.map?.getSource('cov-fill'))
  }
  /** what f says of the map */
  me.map = (f, a = null) => page.evaluate(`(${f})(document.querySelector('[data-testid=map]').map, ${JSON.stringify(a)})`)
  /** how many features a source holds: of GeoJSON that is drawn in a worker this is what was set */
  me.held = (source) => page.evaluate(async (s) => (await document.querySelector('[data-testid=map]').map.getSource(s).getData()).features.length, source)
  me.text = async (id) => (await page.getByTestId(id).first().innerText()).trim()
  /** the counts of a table by the data-… of its rows */
  me.table = (id, key) =>
    page.getByTestId(id).first().evaluate(
      (el, key) => Object.fromEntries([...el.querySelectorAll('tbody tr')].map((tr) => [tr.dataset[key], Object.fromEntries([...tr.querySelectorAll('[data-value]')].map((d) => [d.dataset.value, d.firstChild.textContent]))])),
      key,
    )
  /** the classes of the legend with their counts, summed */
  me.legend = async () => {
    const l = page.getByTestId('cov-legend')
    await l.waitFor()
    const parts = await l.locator('li b').allInnerTexts()
    return { all: Number(await l.getAttribute('data-all')), parts: parts.map(count).reduce((a, b) => a + b, 0) }
  }
  me.shoot = async (what) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    ensure(`${name} ${what}: scrolls sideways by ${wide}px`, wide <= 0)
    const words = await page.evaluate(() => document.body.innerText)
    ensure(`${name} ${what}: shows a value that is none`, !/\b(undefined|NaN|Infinity)\b|\[object|\{\w+\}/.test(words))
    if (!shots) return
    await me.idle()
    await page.screenshot({ path: join(shots, `coverage-${name}-${what}.png`) })
  }
  return me
}

try {
  await json('/v1/reports', { method: 'POST' })
  const facilities = (await json('/v1/facilities')).features
  const service = (await json('/v1/district')).services[0].key
  const open = facilities.filter((f) => f.properties.service === service && f.properties.status === 'open')

  const a = await official('desktop', { width: 1440, height: 900 })
  await a.open('/coverage')

  // The circles of the first service: who lives within them, as the service counts.
  const bands = (await json(`/v1/reach?service=${service}&speed=elderly&minutes=5,10,15`)).features.map((f) => f.properties)
  await a.page.getByTestId('reached-table').waitFor()
  const shown = await a.table('reached-table', 'minutes')
  for (const b of bands)
    for (const k of ['people', 'over60', 'disabled', 'residents']) check(`${k} within ${b.minutes} minutes`, count(shown[b.minutes]?.[k]), b[k])
  ensure('bands do not nest', bands.every((b, i) => i === 0 || b.people >= bands[i - 1].people))
  await a.idle()
  check('bands that are drawn', await a.held('cov-bands'), 3)
  for (const path of ['/v1/heatmap', '/v1/coverage', '/v1/shortfall', '/v1/supply', '/v1/standards', '/v1/areas?level=grid'])
    ensure(`the first paint asks for ${path}`, !a.asked.some((p) => p.startsWith(path)))
  await a.shoot('bands')

  // How one walks is asked for, and kept in the address.
  await a.page.getByTestId('speed').selectOption('cane')
  await a.page.waitForFunction(() => new URL(location.href).searchParams.get('speed') === 'cane')
  const cane = (await json(`/v1/reach?service=${service}&speed=cane&minutes=5,10,15`)).features.at(-1).properties
  await a.page.waitForFunction((n) => document.querySelector('[data-testid=reached-table] [data-minutes="15"] [data-value=people]')?.textContent === n, new Intl.NumberFormat('en-US').format(cane.people))
  await a.page.getByTestId('speed').selectOption('elderly')
  await a.page.getByTestId('at').selectOption('hour')
  await a.page.getByTestId('weekday').selectOption('7')
  await a.page.getByTestId('at-time').fill('03:00')
  await a.page.waitForFunction(() => new URL(location.href).searchParams.get('at') === '7T03:00')
  await a.page.getByTestId('at').selectOption('any')

  // Every layer counts in its legend what it draws.
  for (const layer of ['minutes', 'supply', 'share', 'short', 'people', 'residents', 'red', 'load', 'on_time']) {
    await a.page.getByTestId(`layer-${layer}`).evaluate((e) => e.click())
    await a.page.locator(`[data-testid=coverage][data-layer=${layer}]`).waitFor()
    // What was drawn before stays until the new layer is there: a legend is read once it counts what is drawn.
    let [l, drawn] = [{ parts: 0, all: 0 }, 0]
    for (const until = Date.now() + 30_000; Date.now() < until && (l.all === 0 || l.parts !== l.all || drawn !== l.all); ) {
      await a.idle()
      ;[l, drawn] = [await a.legend(), await a.held('cov-fill')]
    }
    ensure(`${layer}: the legend counts no place`, l.all > 0)
    check(`${layer}: places in the legend`, l.parts, l.all)
    check(`${layer}: places that are drawn`, drawn, l.all)
    await a.shoot(layer)
  }

  // A choropleth by area: the figures of the area that is clicked are the service's.
  await a.open('/coverage?layer=share&level=town')
  await a.page.getByTestId('standard').waitFor()
  const standard = await a.page.getByTestId('standard').inputValue()
  const towns = (await json(`/v1/shortfall/map?standard=${standard}&level=town`)).features.map((f) => f.properties)
  check('towns in the legend', (await a.legend()).all, towns.length)
  const town = towns.find((p) => p.status === 'short') ?? towns[0]
  await a.page.getByTestId('area-search').fill(town.code)
  await a.page.locator('.hits [role=option]').first().click()
  await a.page.getByTestId('area-standing').waitFor()
  check('status of a town', await a.page.getByTestId('area-standing').getAttribute('data-status'), town.status)
  for (const k of ['have', 'need', 'short']) check(`what a town ${k}s`, count(await a.page.locator(`[data-testid=area-standing] [data-value=${k}]`).innerText()), Number(town[k].toFixed(town[k] >= 100 ? 0 : 2)))

  // An area of any level has its card, whatever colours the map.
  const grid = (await json('/v1/areas?level=grid')).features[0].properties
  await a.open(`/coverage?area=${grid.code}`)
  ensure('the card of a grid', (await a.text('area-card')).includes(grid.code))
  await a.open('/coverage?layer=share&level=town')

  // The days of reports: with the keys alone.
  const reports = await json('/v1/reports')
  ensure('no report was taken', reports.length > 0)
  await a.page.getByTestId('time').focus()
  await a.page.keyboard.press('Home')
  await a.page.waitForFunction(() => new URL(location.href).searchParams.has('report'))
  // Of one day the latest taken counts.
  const early = reports.map((r) => r.day).sort()[0]
  const first = reports.filter((r) => r.day === early).sort((x, y) => (x.made_at < y.made_at ? 1 : -1))[0]
  check('the first report', new URL(a.page.url()).searchParams.get('report'), String(first.id))
  await a.page.getByTestId('play').click()
  await a.page.waitForFunction(() => !new URL(location.href).searchParams.has('report'))
  await a.shoot('time')

  // A facility that is tried: the numbers are the service's, and undo takes them back.
  const home = open[0].geometry.coordinates
  const away = [home[0] + 0.011, home[1] + 0.003]
  await a.open(`/coverage?mode=try&view=14/${away[1]}/${away[0]}`)
  await a.idle()
  const at = async (p) => {
    const box = await a.page.getByTestId('map').boundingBox()
    const q = await a.map('(m, p) => { const r = m.project(p); return [r.x, r.y] }', p)
    return [box.x + q[0], box.y + q[1]]
  }
  const effect = async (want) => {
    await a.page.waitForFunction((n) => document.querySelectorAll('[data-testid=trial]').length === n, want)
    await a.page.waitForFunction(() => document.querySelector('[data-testid=try-panel]').dataset.busy === 'false')
    await a.page.getByTestId(`effect-${service}`).waitFor()
    const t = await a.page.getByTestId(`effect-${service}`).evaluate((el) => Object.fromEntries([...el.querySelectorAll('[data-value]')].map((d) => [d.dataset.value, d.firstChild.textContent])))
    return Object.fromEntries(Object.entries(t).map(([k, v]) => [k, count(v)]))
  }
  const asked = () => a.page.evaluate(() => document.querySelector('[data-testid=coverage]').trials.list.value.map((x) => (x.op === 'add' ? { op: x.op, service: x.service, location: x.at } : x.op === 'move' ? { op: x.op, facility: x.facility, location: x.at } : { op: x.op, facility: x.facility })))
  const answer = async () => json('/v1/coverage/try', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ changes: await asked(), minutes: 15, speed: 'elderly', services: [service] }) })
  const same = async (what, got) => {
    const e = (await answer()).services[service]
    for (const k of ['people', 'over60', 'disabled', 'residents']) check(`${what}: ${k}`, [got[`${k}-before`], got[`${k}-after`], got[`${k}-change`]], [e.before[k], e.after[k], e.after[k] - e.before[k]])
  }
  // An empty place near the middle, clear of facilities and of the panels.
  const empty = await a.map(
    `(m) => { const c = m.project(m.getCenter()); for (let r = 0; r < 200; r += 12) for (let k = 0; k < 8; k++) { const p = [c.x + r * Math.cos(k), c.y + r * Math.sin(k)];
      if (m.queryRenderedFeatures([[p[0] - 14, p[1] - 14], [p[0] + 14, p[1] + 14]], { layers: ['facilities'] }).length === 0) { const q = m.unproject(p); return [q.lng, q.lat] } } return null }`,
  )
  await a.page.mouse.click(...(await at(empty)))
  let got = await effect(1)
  console.log(`a place that is tried: ${await a.text('try-took')} from the click to its numbers`)
  await same('one place added', got)
  await a.idle()
  check('places that are tried on the map', await a.held('cov-trials'), 1)
  await a.shoot('try')

  // Dragged, it is asked for where it stops.
  const to = [empty[0] + 0.004, empty[1] + 0.002]
  const [from, target] = [await at(empty), await at(to)]
  await a.page.mouse.move(...from)
  await a.page.mouse.down()
  await a.page.mouse.move(...target, { steps: 10 })
  await a.page.mouse.up()
  got = await effect(1)
  const [moved] = await asked()
  ensure(`a drag ends ${JSON.stringify(moved.location)}, want ${to}`, Math.hypot(moved.location[0] - to[0], moved.location[1] - to[1]) < 1e-4)
  await same('a place that was dragged', got)

  // The click that follows a drag is one: where nothing is, it tries a second place.
  await a.idle()
  const second = await a.map(
    `(m) => { const c = m.project(m.getCenter()); for (let r = 0; r < 200; r += 12) for (let k = 0; k < 8; k++) { const p = [c.x + r * Math.cos(k), c.y + r * Math.sin(k)];
      if (m.queryRenderedFeatures([[p[0] - 14, p[1] - 14], [p[0] + 14, p[1] + 14]], { layers: ['facilities', 'facility-dots', 'cov-trials', 'cov-sites'] }).length === 0) { const q = m.unproject(p); return [q.lng, q.lat] } } return null }`,
  )
  await a.page.mouse.click(...(await at(second)))
  await effect(2)
  await a.page.getByTestId('try-undo').click()
  await effect(1)

  // A facility is closed by its card; both add up, and by keys one is taken out.
  const near = await a.map(`(m) => { const all = m.queryRenderedFeatures({ layers: ['facilities'] }).filter((f) => f.properties.status === 'open'); const c = m.project(m.getCenter());
    const d = (f) => { const p = m.project(f.geometry.coordinates); return Math.hypot(p.x - c.x, p.y - c.y) }; all.sort((x, y) => d(x) - d(y)); return all.length ? [all[0].properties.id, all[0].geometry.coordinates] : null }`)
  ensure('no facility is in view', near !== null)
  await a.page.mouse.click(...(await at(near[1])))
  await a.page.getByTestId('try-close').click()
  got = await effect(2)
  check('what is tried', (await asked()).map((x) => x.op), ['add', 'close'])
  await same('one added, one closed', got)
  await a.shoot('try-two')

  // Before and after, beside each other and with a divide.
  await a.page.getByTestId('compare').click()
  await a.page.locator('[data-testid=before-map] [data-testid=map][data-idle=true]').waitFor({ ...patience, state: 'attached' })
  const bare = await a.page.evaluate(async () => (await document.querySelector('[data-testid=map]').map.getSource('cov-changed').getData()).features.filter((f) => !f.properties.colour).length)
  check('cells without a colour after the trial', bare, 0)
  const cameras = () => a.page.evaluate(() => [...document.querySelectorAll('[data-testid=map]')].map((el) => [el.map.getCenter().lng.toFixed(5), el.map.getCenter().lat.toFixed(5), el.map.getZoom().toFixed(3)].join()))
  await a.map('(m) => m.panBy([120, 40], { animate: false })')
  check('cameras of before and after', new Set(await cameras()).size, 1)
  await a.page.getByTestId('swipe').focus()
  await a.page.keyboard.press('ArrowLeft')
  check('the divide moves by keys', await a.page.getByTestId('swipe').inputValue(), '49')
  await a.shoot('swipe')
  await a.page.getByTestId('compare-pair').click()
  await a.idle()
  check('cameras side by side', new Set(await cameras()).size, 1)
  await a.shoot('pair')
  await a.page.getByTestId('compare').click()

  await a.page.getByTestId('trial').nth(1).getByRole('button').first().focus()
  await a.page.keyboard.press('Delete')
  got = await effect(1)
  await same('after one was taken out', got)
  await a.page.getByTestId('trial').first().getByRole('button').first().focus()
  const [was] = await asked()
  await a.page.keyboard.press('ArrowRight')
  got = await effect(1)
  const [is] = await asked()
  ensure('an arrow key moves a place to the east', is.location[0] > was.location[0] && is.location[1] === was.location[1])
  await same('moved by a key', got)
  for (let i = 0; i < 5 && (await a.page.getByTestId('try-undo').isEnabled()); i++) await a.page.getByTestId('try-undo').click()
  check('all is undone', await a.page.getByTestId('trial').count(), 0)
  check('numbers of nothing', await a.page.getByTestId(`effect-${service}`).count(), 0)

  // Siting: a ranked list with its proof, and all of it tried.
  await a.open('/coverage?mode=site')
  await a.page.getByTestId('site-p').fill('3')
  await a.page.getByTestId('seconds').selectOption('5')
  await a.page.getByTestId('site-begin').click()
  await a.page.locator('[data-testid=siting-panel][data-state=done]').waitFor()
  const sites = await a.page.locator('[data-testid=sites] tbody tr').evaluateAll((all) => all.map((tr) => [tr.dataset.rank, tr.querySelector('[data-value=gain]').textContent]))
  check('steps', sites.map((s) => s[0]), ['1', '2', '3'])
  const gains = sites.map((s) => count(s[1]))
  ensure(`gains rise: ${gains}`, gains.every((g, i) => g > 0 && (i === 0 || g <= gains[i - 1])))
  ensure('no proof', /\d|证明/.test(await a.text('siting-proof')))
  await a.idle()
  check('sites on the map', await a.held('cov-sites'), 3)
  await a.shoot('sites')
  await a.page.getByTestId('try-all').click()
  got = await effect(3)
  await same('all sites tried', got)
  check('the sites bring what they promised', got['people-change'], gains.reduce((x, y) => x + y, 0))

  // Places of one's own: clicked, read from a file, with prices and a budget that is kept.
  await a.open('/coverage?mode=site')
  await a.page.getByTestId('candidates').selectOption('own')
  check('without a place there is nothing to choose from', await a.page.getByTestId('site-begin').isDisabled(), true)
  await a.idle()
  const spots = await a.map(
    `(m) => { const c = m.project(m.getCenter()), out = []; for (let r = 20; r < 220 && out.length < 2; r += 40) for (let k = 0; k < 8 && out.length < 2; k += 3) { const p = [c.x + r * Math.cos(k), c.y + r * Math.sin(k)];
      if (m.queryRenderedFeatures([[p[0] - 14, p[1] - 14], [p[0] + 14, p[1] + 14]], { layers: ['facilities', 'facility-dots', 'cov-sites'] }).length === 0) { const q = m.unproject(p); out.push([q.lng, q.lat]) } } return out }`,
  )
  for (const p of spots) await a.page.mouse.click(...(await at(p)))
  await a.page.locator('[data-testid=own-candidates][data-count="2"]').waitFor()
  check('a click adds no area', await a.page.evaluate(() => new URL(location.href).searchParams.get('area')), null)
  const file = (text) => a.page.getByTestId('own-file').setInputFiles({ name: 'places.csv', mimeType: 'text/csv', buffer: Buffer.from(text) })
  await file('name,lon,lat,price\na,104.3,30.8,1\nb,104.3,,2\n')
  ensure('a file says what is wrong in which line', (await a.text('own-wrong')).includes('3'))
  check('a file that is wrong changes nothing', await a.page.getByTestId('own-candidate').count(), 2)
  // The sites that were found are on streets: as candidates with prices, what is affordable is chosen.
  const search = async (body) => {
    const { job } = await json('/v1/siting', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) })
    for (;;) {
      const s = await json(`/v1/siting/${job}`)
      if (s.state !== 'running') return s
      await new Promise((again) => setTimeout(again, 200)) // as the page asks
    }
  }
  const [w, s_, e, n] = (await json('/v1/district')).bounds
  const streets = await search({ service, goal: 'mclp', p: 4, candidates: 'streets', who: 'people', minutes: 15, speed: 'elderly', seconds: 5, seed: 1 })
  const places = streets.result.sites.features.filter((f) => f.properties.status === 'new').map((f, i) => ({ id: `地点${i + 1}`, location: f.geometry.coordinates, price: [7, 5, 4, 3][i] ?? 2 }))
  ensure(`${places.length} places lie in the district`, places.length > 1 && places.every((p) => p.location[0] >= w && p.location[0] <= e && p.location[1] >= s_ && p.location[1] <= n))
  await file('名称,经度,纬度,造价\n' + places.map((p) => [p.id, ...p.location, p.price].join()).join('\n'))
  await a.page.locator(`[data-testid=own-candidates][data-count="${places.length}"]`).waitFor()
  // The map is told after the list, and may still be idle with what it had.
  await a.page.waitForFunction(async (n) => (await document.querySelector('[data-testid=map]').map.getSource('cov-own').getData()).features.length === n, places.length)
  await a.idle()
  check('own candidates on the map', await a.held('cov-own'), places.length)
  await a.page.getByTestId('limit').selectOption('budget')
  await a.page.getByTestId('site-budget').fill('9')
  await a.page.getByTestId('site-begin').click()
  await a.page.locator('[data-testid=siting-panel][data-state=done]').waitFor()
  const spent = (await a.text('site-spent')).match(/\d+/g).map(Number)
  ensure(`what is spent is within the budget: ${spent}`, spent[0] > 0 && spent[0] <= 9 && spent[1] === 9)
  ensure('the answer has its proof', /\d|证明/.test(await a.text('siting-proof')))
  const affordable = await search({ service, goal: 'mclp', budget: 9, candidates: places, who: 'people', minutes: 15, speed: 'elderly', beside: 300, seconds: 5 })
  const gained = await a.page.locator('[data-testid=sites] tbody tr').evaluateAll((all) => all.map((tr) => tr.querySelector('[data-value=gain]').textContent))
  check('what the affordable sites bring', gained.map(count).reduce((x, y) => x + y, 0), affordable.result.sites.features.reduce((x, f) => x + f.properties.gain, 0))
  await a.shoot('own-sites')

  // Seen from outside: nothing is asked for without saying so, and what is hidden is said.
  await a.open('/coverage?as=public&layer=residents')
  await a.page.getByTestId('cov-legend').waitFor()
  await a.page.getByTestId('outside').waitFor()
  await a.idle()
  // Who comes in, and tiles by their version, are nobody's in particular.
  check('asked as somebody else', a.asked.filter((p) => !/[?&]as=public/.test(p) && !['/v1/sign-in', '/v1/session'].includes(p) && !p.startsWith('/v1/tiles')), [])
  await a.page.getByTestId('reached-table').waitFor()
  const outside = await a.table('reached-table', 'minutes')
  for (const m of ['5', '10', '15']) {
    ensure(`residents within ${m} minutes are shown outside`, Number.isNaN(count(outside[m].residents)))
    check(`people within ${m} minutes, from outside`, count(outside[m].people), bands.find((b) => String(b.minutes) === m).people)
  }
  check('outsiders search for no sites', await a.page.getByTestId('mode-site').count(), 0)
  await a.shoot('outside')

  // English, and a phone: the sheet opens, a tap tries a place.
  await a.open('/coverage?lang=en&layer=minutes')
  await a.page.getByTestId('cov-legend').waitFor()
  ensure('Chinese in the English legend', !/[\u4e00-\u9fff]/.test(await a.text('cov-legend')))
  await a.shoot('english')
  await a.context.close()

  const p = await official('phone', { width: 390, height: 844 }, true)
  await p.open('/coverage')
  await p.idle()
  await p.shoot('map')
  await p.page.locator('.handle').click()
  await p.page.getByTestId('mode-try').click()
  await p.page.getByTestId('try-center').click()
  await p.page.getByTestId(`effect-${service}`).waitFor()
  await p.shoot('try')
  await p.context.close()
} catch (e) {
  // What was found before it is told as well.
  failures.push(e instanceof Error ? (e.stack ?? e.message) : String(e))
} finally {
  await browser.close()
}
if (failures.length > 0) {
  console.error(failures.join('\n'))
  process.exit(1)
}
console.log(`${checks} checks hold`)

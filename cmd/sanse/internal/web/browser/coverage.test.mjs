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
import { begin, count } from './walk.mjs'

const { origin, check, ensure, becomes, seat, run } = await begin('coverage.test.mjs BASE_URL')
const json = async (path, o) => {
  const r = await fetch(origin + path, o)
  if (!r.ok) throw new Error(`${path}: ${r.status} ${await r.text()}`)
  return r.json()
}

/** An official at a screen. */
async function official(name, viewport, touch = false) {
  const me = await seat(name, { viewport, touch })
  const { page, open } = me
  me.open = async (path) => {
    await open(path)
    await page.getByTestId('coverage').waitFor()
    await page.waitForFunction(() => document.querySelector('[data-testid=map]')?.map?.getSource('cov-fill'))
  }
  /** what f says of the map */
  me.map = (f, a = null) => page.evaluate(`(${f})(document.querySelector('[data-testid=map]').map, ${JSON.stringify(a)})`)
  /** how many features a source holds: of GeoJSON that is drawn in a worker this is what was set */
  me.held = (source) => page.evaluate(async (s) => (await document.querySelector('[data-testid=map]').map.getSource(s).getData()).features.length, source)
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
  return me
}

await run(async () => {
  await json('/v1/reports', { method: 'POST' })
  const facilities = (await json('/v1/facilities')).features
  const service = (await json('/v1/district')).services[0].key
  const open = facilities.filter((f) => f.properties.service === service && f.properties.status === 'open')

  const a = await official('desktop', { width: 1280, height: 800 })
  await a.open('/coverage')

  // The circles of the first service: who lives within them, as the service counts.
  const bands = (await json(`/v1/reach?service=${service}&speed=elderly&minutes=5,10,15`)).features.map((f) => f.properties)
  await a.page.getByTestId('reached-table').waitFor()
  const kinds = ['people', 'over60', 'disabled', 'residents']
  await becomes(
    'who lives within the bands',
    async () => {
      const shown = await a.table('reached-table', 'minutes')
      return bands.map((b) => kinds.map((k) => count(shown[b.minutes]?.[k])))
    },
    bands.map((b) => kinds.map((k) => b[k])),
  )
  ensure('bands do not nest', bands.every((b, i) => i === 0 || b.people >= bands[i - 1].people))
  await a.drawn()
  await becomes('bands that are drawn', () => a.held('cov-bands'), 3)
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
    let all = 0
    await becomes(
      `${layer}: places in the legend and on the map`,
      async () => {
        await a.drawn()
        const [l, drawn] = [await a.legend(), await a.held('cov-fill')]
        all = l.all
        return [l.parts - all, drawn - all, all > 0]
      },
      [0, 0, true],
    )
    await a.shoot(layer)
  }

  // A choropleth by area: the figures of the area that is clicked are the service's.
  await a.open('/coverage?layer=share&level=town')
  await a.page.getByTestId('standard').waitFor()
  const standard = await a.page.getByTestId('standard').inputValue()
  const towns = (await json(`/v1/shortfall/map?standard=${standard}&level=town`)).features.map((f) => f.properties)
  await becomes('towns in the legend', async () => (await a.legend()).all, towns.length)
  const town = towns.find((p) => p.status === 'short') ?? towns[0]
  await a.page.getByTestId('area-search').fill(town.code)
  await a.page.locator('.hits [role=option]').first().click()
  await a.page.getByTestId('area-standing').waitFor()
  await becomes('status of a town', () => a.page.getByTestId('area-standing').getAttribute('data-status'), town.status)
  for (const k of ['have', 'need', 'short']) check(`what a town ${k}s`, count(await a.page.locator(`[data-testid=area-standing] [data-value=${k}]`).innerText()), Number(town[k].toFixed(town[k] >= 100 ? 0 : 2)))

  // An area of any level has its card, whatever colours the map.
  const grid = (await json('/v1/areas?level=grid')).features[0].properties
  await a.open(`/coverage?area=${grid.code}`)
  ensure('the card of a grid', (await a.text('area-card')).includes(grid.code))
  await a.open('/coverage?layer=share&level=town')

  // The days of reports: with the keys alone.
  const reports = await json('/v1/reports')
  ensure('no report was taken', reports.length > 0)
  await a.settled()
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
  await a.drawn()
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
  const same = async (what, n) => {
    const e = (await answer()).services[service]
    await becomes(
      what,
      async () => {
        const got = await effect(n)
        return kinds.map((k) => [got[`${k}-before`], got[`${k}-after`], got[`${k}-change`]])
      },
      kinds.map((k) => [e.before[k], e.after[k], e.after[k] - e.before[k]]),
    )
  }
  // An empty place near the middle, clear of facilities and of the panels.
  const empty = await a.map(
    `(m) => { const c = m.project(m.getCenter()); for (let r = 0; r < 200; r += 12) for (let k = 0; k < 8; k++) { const p = [c.x + r * Math.cos(k), c.y + r * Math.sin(k)];
      if (m.queryRenderedFeatures([[p[0] - 14, p[1] - 14], [p[0] + 14, p[1] + 14]], { layers: ['facilities'] }).length === 0) { const q = m.unproject(p); return [q.lng, q.lat] } } return null }`,
  )
  await a.page.mouse.click(...(await at(empty)))
  await effect(1)
  console.log(`a place that is tried: ${await a.text('try-took')} from the click to its numbers`)
  await same('one place added', 1)
  await a.drawn()
  await becomes('places that are tried on the map', () => a.held('cov-trials'), 1)
  await a.shoot('try')

  // Dragged, it is asked for where it stops.
  const to = [empty[0] + 0.004, empty[1] + 0.002]
  const [from, target] = [await at(empty), await at(to)]
  await a.page.mouse.move(...from)
  await a.page.mouse.down()
  await a.page.mouse.move(...target, { steps: 10 })
  await a.page.mouse.up()
  await effect(1)
  const [moved] = await asked()
  ensure(`a drag ends ${JSON.stringify(moved.location)}, want ${to}`, Math.hypot(moved.location[0] - to[0], moved.location[1] - to[1]) < 1e-4)
  await same('a place that was dragged', 1)

  // The click that follows a drag is one: where nothing is, it tries a second place.
  await a.drawn()
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
  await effect(2)
  check('what is tried', (await asked()).map((x) => x.op), ['add', 'close'])
  await same('one added, one closed', 2)
  await a.shoot('try-two')

  // Before and after, beside each other and with a divide.
  await a.page.getByTestId('compare').click()
  await a.page.locator('[data-testid=before-map] [data-testid=map]').waitFor({ state: 'attached' })
  await a.drawn()
  const bare = () => a.page.evaluate(async () => (await document.querySelector('[data-testid=map]').map.getSource('cov-changed').getData()).features.filter((f) => !f.properties.colour).length)
  await becomes('cells without a colour after the trial', bare, 0)
  const cameras = () => a.page.evaluate(() => [...document.querySelectorAll('[data-testid=map]')].map((el) => [el.map.getCenter().lng.toFixed(5), el.map.getCenter().lat.toFixed(5), el.map.getZoom().toFixed(3)].join()))
  await a.map('(m) => m.panBy([120, 40], { animate: false })')
  await becomes('cameras of before and after', async () => new Set(await cameras()).size, 1)
  await a.page.getByTestId('swipe').focus()
  await a.page.keyboard.press('ArrowLeft')
  await becomes('the divide moves by keys', () => a.page.getByTestId('swipe').inputValue(), '49')
  await a.shoot('swipe')
  await a.page.getByTestId('compare-pair').click()
  await a.drawn()
  await becomes('cameras side by side', async () => new Set(await cameras()).size, 1)
  await a.shoot('pair')
  await a.page.getByTestId('compare').click()

  await a.page.getByTestId('trial').nth(1).getByRole('button').first().focus()
  await a.page.keyboard.press('Delete')
  await effect(1)
  await same('after one was taken out', 1)
  await a.page.getByTestId('trial').first().getByRole('button').first().focus()
  const [was] = await asked()
  await a.page.keyboard.press('ArrowRight')
  await effect(1)
  const [is] = await asked()
  ensure('an arrow key moves a place to the east', is.location[0] > was.location[0] && is.location[1] === was.location[1])
  await same('moved by a key', 1)
  for (let i = 0; i < 5 && (await a.page.getByTestId('try-undo').isEnabled()); i++) await a.page.getByTestId('try-undo').click()
  await becomes('all is undone', () => a.page.getByTestId('trial').count(), 0)
  await becomes('numbers of nothing', () => a.page.getByTestId(`effect-${service}`).count(), 0)

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
  await a.drawn()
  await becomes('sites on the map', () => a.held('cov-sites'), 3)
  await a.shoot('sites')
  await a.page.getByTestId('try-all').click()
  await effect(3)
  await same('all sites tried', 3)
  check('the sites bring what they promised', (await effect(3))['people-change'], gains.reduce((x, y) => x + y, 0))

  // Places of one's own: clicked, read from a file, with prices and a budget that is kept.
  await a.open('/coverage?mode=site')
  await a.page.getByTestId('candidates').selectOption('own')
  check('without a place there is nothing to choose from', await a.page.getByTestId('site-begin').isDisabled(), true)
  await a.drawn()
  const spots = await a.map(
    `(m) => { const c = m.project(m.getCenter()), out = []; for (let r = 20; r < 220 && out.length < 2; r += 40) for (let k = 0; k < 8 && out.length < 2; k += 3) { const p = [c.x + r * Math.cos(k), c.y + r * Math.sin(k)];
      if (m.queryRenderedFeatures([[p[0] - 14, p[1] - 14], [p[0] + 14, p[1] + 14]], { layers: ['facilities', 'facility-dots', 'cov-sites'] }).length === 0) { const q = m.unproject(p); out.push([q.lng, q.lat]) } } return out }`,
  )
  for (const [i, p] of spots.entries()) {
    await a.page.mouse.click(...(await at(p)))
    await a.page.locator(`[data-testid=own-candidates][data-count="${i + 1}"]`).waitFor()
  }
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
  await becomes('own candidates on the map', () => a.held('cov-own'), places.length)
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
  await a.drawn()
  // Who comes in, and tiles by their version, are nobody's in particular.
  check('asked as somebody else', a.asked.filter((p) => !/[?&]as=public/.test(p) && !['/v1/sign-in', '/v1/session'].includes(p) && !p.startsWith('/v1/tiles')), [])
  await a.page.getByTestId('reached-table').waitFor()
  await a.settled()
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
  await a.close()

  const p = await official('phone', { width: 390, height: 844 }, true)
  await p.open('/coverage')
  await p.drawn()
  await p.shoot('map')
  await p.page.locator('.handle').click()
  await p.page.getByTestId('mode-try').click()
  await p.page.getByTestId('try-center').click()
  await p.page.getByTestId(`effect-${service}`).waitFor()
  await p.shoot('try')
  await p.close()
})

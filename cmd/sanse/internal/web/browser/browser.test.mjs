// Opens the three pages in Chromium at desktop and phone width and compares what
// they show with what the caller took from the database.
//
//   node browser/browser.test.mjs BASE_URL EXPECT.json
//
// EXPECT.json: {
//   sentence: {required, planned, owed, lapses},
//   areas:    {grid},
//   facility: {id, people} | null,      null: the district has none with a circle
//   day:      {visitor, date, stops: [{resident, arrive}]},
//   board:    {area, period?, children: [{code, required, planned, late}]}
// }
//
// SHOTS names a folder for screenshots, CHROMIUM the browser. Exit code 1 when a
// page shows something else, asks another host for anything, logs an error,
// breaks the content policy or scrolls sideways; 2 for bad use.
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [base, file] = process.argv.slice(2)
if (!base || !file) {
  console.error('use: node browser/browser.test.mjs BASE_URL EXPECT.json')
  process.exit(2)
}
const origin = new URL(base).origin
const expected = JSON.parse(readFileSync(file, 'utf8'))
for (const key of ['sentence', 'areas', 'facility', 'day', 'board'])
  if (!(key in expected)) {
    console.error(`${file} lacks ${key}`)
    process.exit(2)
  }
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })
// Maps are drawn in software here: be patient, and never wait for a fixed time.
const patience = { timeout: 90_000 }

let checks = 0
const failures = []
const check = (what, got, want) => {
  checks++
  const [a, b] = [JSON.stringify(got), JSON.stringify(want)]
  if (a !== b) failures.push(`${what}: shown ${a}, want ${b}`)
}
const ensure = (what, ok) => {
  checks++
  if (!ok) failures.push(what)
}
const count = (s) => Number((s ?? '').replaceAll(',', '').trim() || NaN)

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--headless',
    '--no-sandbox',
    '--use-angle=swiftshader',
    '--enable-unsafe-swiftshader',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--no-first-run',
  ],
})

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
try {
  for (const [size, viewport] of Object.entries(sizes)) {
    const phone = size === 'phone'
    const context = await browser.newContext({ viewport, reducedMotion: 'reduce', hasTouch: phone, locale: 'zh-CN' })
    context.setDefaultTimeout(patience.timeout)
    await context.route('**/*', (r) => {
      const url = r.request().url()
      if (new URL(url).origin === origin || url.startsWith('data:') || url.startsWith('blob:')) return r.continue()
      failures.push(`${size}: asks another host: ${url}`)
      return r.abort()
    })
    const page = await context.newPage()
    let where = ''
    page.on('console', (m) => {
      if (m.type() === 'error') failures.push(`${size} ${where}: console: ${m.text().slice(0, 300)}`)
    })
    page.on('pageerror', (e) => failures.push(`${size} ${where}: ${e.message.slice(0, 300)}`))

    const text = async (id) => (await page.getByTestId(id).first().innerText()).trim()
    const drawn = () => page.waitForSelector('[data-testid=map][data-idle=true]', { ...patience, state: 'attached' })
    const shoot = async (name) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      ensure(`${size} ${name}: scrolls sideways by ${wide}px`, wide <= 0)
      const words = await page.evaluate(() => document.body.innerText)
      ensure(`${size} ${name}: shows a value that is none`, !/\b(undefined|NaN|Infinity)\b|\[object|\{\w+\}/.test(words))
      ensure(`${size} ${name}: the notice is not in view`, await page.getByTestId('notice').isVisible())
      if (shots) await page.screenshot({ path: join(shots, `${size}-${name}.png`) })
    }
    const open = async (path) => {
      where = path
      const r = await page.goto(origin + path)
      check(`${size} ${path}: status`, r?.status(), 200)
      const policy = r?.headers()['content-security-policy'] ?? ''
      ensure(`${size} ${path}: no strict content policy`, policy.includes("default-src 'self'") && !policy.includes('unsafe'))
    }

    // The map: the sentence, the grids, a facility that is clicked.
    await open('/')
    await page.getByTestId('sentence-required').waitFor()
    for (const k of ['required', 'planned', 'owed', 'lapses'])
      check(`${size} sentence ${k}`, count(await text(`sentence-${k}`)), expected.sentence[k])
    await page.waitForFunction(() => document.querySelector('[data-testid=grid-count]')?.textContent !== '', null, patience)
    check(`${size} grids`, count(await page.getByTestId('grid-count').textContent()), expected.areas.grid)
    await drawn()
    const outlines = await page.evaluate(() => {
      const { map } = document.querySelector('[data-testid=map]')
      return map.queryRenderedFeatures({ layers: ['town', 'community'] }).length
    })
    ensure(`${size} map: no area is drawn`, outlines > 0)
    check(`${size} map: legends of people per cell`, await page.getByTestId('heat-legend').count(), 1)
    await shoot('map')

    if (expected.facility) {
      const { id, people } = expected.facility
      await page.evaluate(async (id) => {
        const { map } = document.querySelector('[data-testid=map]')
        const all = await (await fetch('/v1/facilities')).json()
        const f = all.features.find((f) => f.properties.id === id)
        map.jumpTo({ center: f.geometry.coordinates, zoom: 18 })
        await new Promise((done) => map.once('idle', done))
      }, id)
      const box = await page.getByTestId('map').boundingBox()
      await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
      await page.getByTestId('facility-people').waitFor()
      check(`${size} facility clicked`, new URL(page.url()).searchParams.get('facility'), id)
      check(`${size} people in the service circle`, count(await text('facility-people')), people)
      await page.waitForFunction(() => {
        const { map } = document.querySelector('[data-testid=map]')
        return map.queryRenderedFeatures({ layers: ['circle'] }).length > 0
      }, null, patience)
      await drawn()
      await shoot('facility')
    }

    // The language switch, kept for the next page.
    await page.getByTestId('language').click()
    check(`${size} language`, await page.evaluate(() => document.documentElement.lang), 'en')
    check(`${size} sentence in English`, count(await text('sentence-required')), expected.sentence.required)

    // A visitor's day.
    const { visitor, date, stops } = expected.day
    await open(`/day?visitor=${encodeURIComponent(visitor)}&date=${date}`)
    check(`${size} language is kept`, await page.evaluate(() => document.documentElement.lang), 'en')
    await page.getByTestId('stop').first().waitFor()
    await shoot('day-in-english')
    await page.getByTestId('language').click()
    const shown = await page.getByTestId('stop').evaluateAll((all) =>
      all.map((li) => ({
        resident: li.dataset.resident,
        arrive: li.querySelector('[data-testid=stop-arrive]').textContent,
      })),
    )
    check(`${size} day of ${visitor}`, shown, stops.map(({ resident, arrive }) => ({ resident, arrive })))
    const grades = await page.locator('[data-testid=stop] .grade').allInnerTexts()
    ensure(`${size} day: a grade has a colour but no word`, grades.length === stops.length && grades.every((g) => g.trim() !== ''))
    await drawn()
    await shoot('day')

    await open(`/day?date=${date}`)
    await page.locator('[data-testid=visitors] a').first().waitFor()
    ensure(`${size} picker: those with visits are not first`, /\d/.test(await page.locator('[data-testid=visitors] .count').first().innerText()))
    await shoot('picker')

    // The board, and one step down.
    const { area, period = 'horizon', children } = expected.board
    await open(`/board?area=${area}&period=${period}`)
    await page.getByTestId('child').first().waitFor()
    const rows = await page.getByTestId('child').evaluateAll((all) =>
      all.map((tr) => {
        const n = (c) => Number(tr.querySelector(`[data-col=${c}]`).innerText.replaceAll(',', ''))
        return { code: tr.dataset.code, required: n('required'), planned: n('planned'), late: n('late') }
      }),
    )
    const byCode = (a, b) => (a.code < b.code ? -1 : 1)
    check(
      `${size} board of ${area}`,
      rows.sort(byCode),
      children.map(({ code, required, planned, late }) => ({ code, required, planned, late })).sort(byCode),
    )
    const chart = page.locator('.chart canvas').first()
    ensure(`${size} board: no chart`, await chart.isVisible())
    await shoot('board')
    const child = children[0].code
    await page.locator(`[data-testid=child][data-code="${child}"] a`).click()
    await page.locator(`[data-testid=board][data-area="${child}"]`).waitFor()
    check(`${size} board after drill-down`, new URL(page.url()).searchParams.get('area'), child)
    check(`${size} required after drill-down`, count(await text('board-required')), children[0].required)
    await page.goBack()
    await page.locator(`[data-testid=board][data-area="${area}"]`).waitFor()
    await context.close()
  }
} catch (e) {
  failures.push(`stopped: ${e instanceof Error ? e.message : e}`)
} finally {
  await browser.close()
}

for (const f of failures) console.error('FAIL', f)
console.log(`${checks} checks, ${failures.length} failures`)
process.exit(failures.length > 0 ? 1 : 0)

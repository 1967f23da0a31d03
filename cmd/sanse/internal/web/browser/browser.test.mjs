// Opens the three pages in Chromium at desktop and phone width and compares what
// they show with what the caller took from the database.
//
//   node browser/browser.test.mjs BASE_URL EXPECT.json
//
// EXPECT.json: {
//   sentence: {required, planned, owed, lapses, tasks},
//   areas:    {grid},
//   facility: {id, people} | null,      null: the district has none with a circle
//   day:      {visitor, date, stops: [{resident, arrive}]},
//   task:     {visitor, date, id, planned, shortages, mends}  a service on a visitor's day
//   board:    {area, period?, children: [{code, required, planned, late}],
//              past?: {period, from, required, late}}  a week or month before the plan
// }
//
// SHOTS names a folder for screenshots, CHROMIUM the browser. Exit code 1 when a
// page shows something else, asks another host for anything, logs an error,
// breaks the content policy or scrolls sideways; 2 for bad use.
import { readFileSync } from 'node:fs'
import { begin, count } from './walk.mjs'

const { args, failures, check, ensure, becomes, seat, run } = await begin('browser.test.mjs BASE_URL EXPECT.json')
const expected = JSON.parse(readFileSync(args[0], 'utf8'))
for (const key of ['sentence', 'areas', 'facility', 'day', 'task', 'board'])
  if (!(key in expected)) {
    console.error(`${args[0]} lacks ${key}`)
    process.exit(2)
  }

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
await run(async () => {
  for (const [size, viewport] of Object.entries(sizes)) {
    const phone = size === 'phone'
    const me = await seat(size, { viewport, touch: phone })
    const { page, text, open, drawn } = me
    const shoot = async (name) => {
      ensure(`${size} ${name}: the notice is not in view`, await page.getByTestId('notice').isVisible())
      await me.shoot(name)
    }

    // The map: the sentence, the grids, a facility that is clicked.
    await open('/')
    await page.getByTestId('sentence-required').waitFor()
    for (const k of ['required', 'planned', 'owed', 'lapses', 'tasks'])
      await becomes(`${size} sentence ${k}`, async () => count(await text(`sentence-${k}`)), expected.sentence[k])
    await page.waitForFunction(() => document.querySelector('[data-testid=grid-count]')?.textContent !== '')
    await becomes(`${size} grids`, async () => count(await page.getByTestId('grid-count').textContent()), expected.areas.grid)
    await drawn()
    const outlines = await page.evaluate(() => {
      const { map } = document.querySelector('[data-testid=map]')
      return map.queryRenderedFeatures({ layers: ['town', 'community'] }).length
    })
    ensure(`${size} map: no area is drawn`, outlines > 0)
    // Not only is it told that it is drawn: the picture itself has more than the bare ground.
    const colours = await page.evaluate(
      () =>
        new Promise((done) => {
          const { map } = document.querySelector('[data-testid=map]')
          map.once('render', () => {
            const gl = map.getCanvas().getContext('webgl2')
            const [w, h] = [gl.drawingBufferWidth, gl.drawingBufferHeight]
            const picture = new Uint8Array(4 * w * h)
            gl.readPixels(0, 0, w, h, gl.RGBA, gl.UNSIGNED_BYTE, picture)
            done(new Set(new Uint32Array(picture.buffer)).size)
          })
          map.triggerRepaint()
        }),
    )
    ensure(`${size} map: ${colours} colours are on it`, colours > 50)
    await becomes(`${size} map: legends of people per cell`, () => page.getByTestId('heat-legend').count(), 1)
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
      await becomes(`${size} people in the service circle`, async () => count(await text('facility-people')), people)
      await page.waitForFunction(() => {
        const { map } = document.querySelector('[data-testid=map]')
        return map.queryRenderedFeatures({ layers: ['circle'] }).length > 0
      })
      await drawn()
      await shoot('facility')
    }

    // The language switch, kept for the next page.
    await page.getByTestId('language').click()
    await becomes(`${size} language`, () => page.evaluate(() => document.documentElement.lang), 'en')
    check(`${size} sentence in English`, count(await text('sentence-required')), expected.sentence.required)

    // A visitor's day.
    const { visitor, date, stops } = expected.day
    await open(`/day?visitor=${encodeURIComponent(visitor)}&date=${date}`)
    check(`${size} language is kept`, await page.evaluate(() => document.documentElement.lang), 'en')
    await page.getByTestId('stop').first().waitFor()
    await shoot('day-in-english')
    await page.getByTestId('language').click()
    const shown = () => page.getByTestId('stop').evaluateAll((all) =>
      all.map((li) => ({
        resident: li.dataset.resident,
        arrive: li.querySelector('[data-testid=stop-arrive]').textContent,
      })),
    )
    await becomes(`${size} day of ${visitor}`, shown, stops.map(({ resident, arrive }) => ({ resident, arrive })))
    const grades = await page.locator('[data-testid=stop] .grade').allInnerTexts()
    const care = await page.locator('[data-testid=stop]:not([data-task])').count() // a task has a kind instead
    ensure(`${size} day: a grade has a colour but no word`, grades.length === care && care > 0 && grades.every((g) => g.trim() !== ''))
    await drawn()
    await shoot('day')

    // The way from door to door, asked for and put away again.
    const guide = page.getByTestId('guide')
    const ways = page.getByTestId('steps')
    const told = (lang) =>
      page.evaluate(async ([path, lang]) => (await fetch(`${path}&lang=${lang}`)).json(), [
        `/v1/visitors/${encodeURIComponent(visitor)}/directions?date=${date}`,
        lang,
      ])
    const read = () =>
      ways.evaluateAll((all) =>
        all.map((ol) => ({
          to: ol.dataset.to,
          before: ol.closest('li')?.dataset.resident ?? '',
          steps: [...ol.querySelectorAll('[data-testid=step]')].map((s) => s.textContent.replaceAll('\u00a0', ' ')),
        })),
      )
    const wanted = (walks) =>
      walks.flatMap((w) => w.legs).filter((l) => l.steps.length > 0).map((l) => ({ to: l.to, before: l.to, steps: l.steps.map((s) => s.text) }))
    check(`${size} directions before they are asked for`, [await ways.count(), await guide.getAttribute('aria-expanded')], [0, 'false'])
    await guide.click()
    await ways.first().waitFor()
    await becomes(`${size} directions: the button`, () => guide.getAttribute('aria-expanded'), 'true')
    const chinese = wanted(await told('zh'))
    await becomes(`${size} directions`, read, chinese)
    ensure(`${size} directions: ${chinese.length} legs, none to a door`, chinese.some((l) => l.to !== ''))
    check(
      `${size} directions: legs with steps and ways told to take time`,
      chinese.length,
      await page.evaluate(async (path) => {
        const { itineraries } = await (await fetch(path)).json()
        return itineraries.flatMap((i) => [...i.stops.map((s) => s.walk_seconds), i.return_seconds]).filter((s) => s > 0).length
      }, `/v1/visitors/${encodeURIComponent(visitor)}/day?date=${date}`),
    )
    const clipped = await page.locator('[data-testid=step]').evaluateAll((all) => all.filter((s) => s.scrollWidth > s.clientWidth || s.getBoundingClientRect().right > innerWidth).length)
    check(`${size} directions: steps that are cut off`, clipped, 0)
    if (phone) {
      const { height } = await guide.boundingBox()
      ensure(`${size} directions: the button is ${height}px high, too small for a thumb`, height >= 44)
      await page.setViewportSize({ ...viewport, width: 320 })
      await shoot('directions-narrow')
      await page.setViewportSize(viewport)
    }
    await ways.first().scrollIntoViewIfNeeded()
    await shoot('directions')
    await page.getByTestId('language').click()
    const english = wanted(await told('en'))
    ensure(`${size} directions: English is Chinese`, JSON.stringify(english) !== JSON.stringify(chinese))
    await page.waitForFunction((s) => document.querySelector('[data-testid=step]')?.textContent.replaceAll('\u00a0', ' ') === s, english[0].steps[0])
    await becomes(`${size} directions in English`, read, english)
    await shoot('directions-in-english')
    await page.getByTestId('language').click()
    await page.emulateMedia({ media: 'print' })
    check(`${size} directions: printed`, await ways.first().isVisible(), true)
    check(`${size} directions: the button on paper`, await guide.isVisible(), false)
    await page.emulateMedia({ media: 'screen' })
    await guide.click()
    await becomes(`${size} directions put away`, async () => [await ways.count(), await guide.getAttribute('aria-expanded')], [0, 'false'])

    // What cannot be fetched is said once, and asked for again by hand.
    me.refused = true
    await page.route('**/directions?*', (r) => r.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503,"title":"Busy","detail":"busy"}' }))
    await guide.click()
    await page.getByRole('alert').waitFor()
    await becomes(`${size} directions refused`, async () => [await page.getByRole('alert').count(), await ways.count()], [1, 0])
    await page.unroute('**/directions?*')
    await page.getByRole('alert').getByRole('button').click()
    await ways.first().waitFor()
    await becomes(`${size} directions asked for again`, read, chinese)
    me.refused = false

    // A way home that takes time is told too.
    const homeward = await page.evaluate(async (date) => {
      const { items } = await (await fetch(`/v1/visitors?date=${date}`)).json()
      for (const v of items.filter((v) => v.stops > 0)) {
        const d = await (await fetch(`/v1/visitors/${encodeURIComponent(v.id)}/day?date=${date}`)).json()
        if (d.itineraries.some((i) => i.return_seconds > 0)) return v.id
      }
      return null
    }, date)
    ensure(`${size} directions: nobody walks home`, homeward !== null)
    if (homeward) {
      await open(`/day?visitor=${encodeURIComponent(homeward)}&date=${date}`)
      await guide.click()
      await page.locator('[data-testid=steps][data-to=""]').first().waitFor()
      check(`${size} directions: steps of the way home`, (await page.locator('[data-testid=steps][data-to=""] [data-testid=step]').count()) > 1, true)
    }

    // A grid leader finds those of the grid, opens a day and comes back.
    const leader = await page.evaluate(async (date) => {
      const { items } = await (await fetch(`/v1/visitors?area=&date=${date}`)).json()
      let found = null
      // Best one whose people have visits that day.
      for (const v of items.filter((v) => v.tier === 'grid').slice(0, 20)) {
        const d = await (await fetch(`/v1/visitors/${encodeURIComponent(v.id)}/day?date=${date}`)).json()
        if (d.leads.length > 0) found = { id: v.id, leads: d.leads.map((l) => ({ id: l.id, stops: l.stops })) }
        if (found?.leads.some((l) => l.stops > 0)) break
      }
      return found
    }, date)
    ensure(`${size} leader: none of those with visits leads a grid`, leader !== null)
    if (leader) {
      await open(`/day?visitor=${encodeURIComponent(leader.id)}&date=${date}`)
      const led = page.locator('[data-testid=leads] a')
      await led.first().waitFor()
      const listed = () => led.evaluateAll((all) =>
        all.map((a) => ({ id: a.dataset.visitor, stops: Number(/\d+/.exec(a.querySelector('.count').innerText)?.[0] ?? 0) })),
      )
      await becomes(`${size} grid of ${leader.id}`, listed, leader.leads)
      await led.first().scrollIntoViewIfNeeded()
      await shoot('leader')
      await led.first().click()
      await page.getByTestId('back-to-leader').waitFor()
      check(`${size} day opened by ${leader.id}`, new URL(page.url()).searchParams.get('visitor'), leader.leads[0].id)
      await page.getByTestId('back-to-leader').click()
      await led.first().waitFor()
      check(`${size} way back to ${leader.id}`, new URL(page.url()).searchParams.get('visitor'), leader.id)
    }

    await open(`/day?date=${date}`)
    await page.locator('[data-testid=visitors] a').first().waitFor()
    await becomes(`${size} picker: those with visits are first`, async () => /\d/.test(await page.locator('[data-testid=visitors] .count').first().innerText()), true)
    await shoot('picker')

    // A service on the day's list says what it is, and why it is on that day.
    const { task } = expected
    await open(`/day?visitor=${encodeURIComponent(task.visitor)}&date=${task.date}`)
    const served = page.locator(`[data-testid=stop][data-task="${task.id}"]`)
    await served.waitFor()
    ensure(`${size} service: its kind is not told`, /上门服务|service at home/i.test(await served.innerText()))
    await served.getByTestId('why').click()
    await served.getByTestId('why-day').first().waitFor()
    ensure(`${size} why: no rule is told`, /\d/.test(await served.locator('.reasons-list').innerText()))
    await served.scrollIntoViewIfNeeded()
    await shoot('why')

    // Somebody is off: what would move is shown, and nothing is kept until it is published.
    const inForce = () => page.evaluate(async () => (await (await fetch('/v1/district')).json()).plan.id)
    const plan = await inForce()
    await page.getByTestId('off-open').click()
    await page.getByTestId('off-look').click()
    await page.getByTestId('off-moves').waitFor()
    ensure(`${size} off: nothing moves`, (await page.getByTestId('off-move').count()) > 0)
    await shoot('off')
    check(`${size} off: the plan in force after a look`, await inForce(), plan)
    if (phone) await page.keyboard.press('Escape')
    else await page.getByTestId('off-cancel').click()
    await page.getByTestId('off').waitFor({ state: 'detached' })

    // The board, and one step down.
    const { area, period = 'horizon', children, past } = expected.board
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
    await becomes(`${size} services planned`, async () => count(await page.locator('[data-testid=task-kind][data-kind=service] [data-col=planned]').innerText()), task.planned)
    const chart = page.locator('.chart canvas').first()
    await chart.waitFor()
    await shoot('board')

    // A figure says what it means, by keyboard too.
    const explain = page.getByTestId('explain-required')
    const meaning = page.locator('.meaning:visible')
    await explain.focus()
    await page.keyboard.press('Enter')
    await meaning.waitFor()
    await becomes(`${size} meanings open`, () => meaning.count(), 1)
    await page.keyboard.press('Escape')
    await becomes(`${size} meanings after Escape`, () => meaning.count(), 0)

    // What is not planned: each reason filters the list, and each community says what binds.
    const missed = page.getByTestId('unplanned-total')
    if (expected.sentence.lapses > 0) {
      await missed.waitFor()
      const total = Number(/[\d,]+/.exec(await missed.innerText())[0].replaceAll(',', ''))
      ensure(`${size} unplanned: ${total}, fewer than lapse`, total >= expected.sentence.lapses)
      const chips = page.locator('[data-testid=reason]:not([data-reason=""])')
      let sum = 0
      for (const chip of await chips.all()) {
        const n = count(await chip.locator('b').innerText())
        sum += n
        await chip.click()
        await becomes(`${size} unplanned by ${await chip.getAttribute('data-reason')}`, async () => count(/[\d,]+/.exec(await text('unplanned-shown'))?.[0]), n)
      }
      check(`${size} unplanned by reason, together`, sum, total)
      await becomes(`${size} mends: some are listed`, async () => (await page.getByTestId('mends').count()) > 0, true)
      const proofs = page.getByTestId('shortage')
      await becomes(`${size} proofs of shortage`, async () => (await proofs.count()) > 0, task.shortages > 0)
      ensure(`${size} proof: for what work is not said`, /\d/.test(await page.getByTestId('shortage-work').first().innerText()))
      ensure(`${size} proof: no figures`, /(\d minutes are needed|需要 \d)/.test(await proofs.first().innerText()))
      const binding = page.getByTestId('binding').first()
      const block = await binding.getAttribute('data-block')
      await binding.scrollIntoViewIfNeeded()
      await shoot('unplanned')
      await binding.locator('a').first().click()
      await page.locator(`[data-testid=board][data-area="${block}"]`).waitFor()
      await page.goBack()
      await page.locator(`[data-testid=board][data-area="${area}"]`).waitFor()
    } else await page.getByTestId('unplanned-none').waitFor()

    const child = children[0].code
    await page.locator(`[data-testid=child][data-code="${child}"] a`).click()
    await page.locator(`[data-testid=board][data-area="${child}"]`).waitFor()
    check(`${size} board after drill-down`, new URL(page.url()).searchParams.get('area'), child)
    await becomes(`${size} required after drill-down`, async () => count(await text('board-required')), children[0].required)
    await page.goBack()
    await page.locator(`[data-testid=board][data-area="${area}"]`).waitFor()

    // The arrows lead back to the month before the plan and on to its end.
    check(`${size} arrows of the whole plan`, await page.getByTestId('period-before').count(), 0)
    const kind = past?.period ?? 'month'
    const range = page.getByTestId('period-range')
    const from = () => range.getAttribute('data-from')
    const stepTo = async (which, done) => {
      const arrow = page.getByTestId(`period-${which}`)
      for (let steps = 0; steps < 60; steps++) {
        const at = await from()
        if (done(at)) return
        if (await arrow.isDisabled()) return
        await arrow.click()
        await page.waitForFunction((at) => document.querySelector('[data-testid=period-range]')?.dataset.from !== at, at)
      }
      failures.push(`${size} board: the arrow ${which} never ends`)
    }
    await page.getByTestId(`period-${kind}`).click()
    await page.locator(`[data-testid=board][data-period="${kind}"]`).waitFor()
    if (past) {
      await stepTo('before', (at) => at <= past.from)
      check(`${size} period by the arrow`, await from(), past.from)
      check(`${size} address of the period`, new URL(page.url()).searchParams.get('from'), past.from)
      await becomes(`${size} required from ${past.from}`, async () => count(await text('board-required')), past.required)
      await becomes(`${size} late from ${past.from}`, async () => count(await text('board-late')), past.late)
      ensure(`${size} late from ${past.from}: nothing to show`, past.late > 0)
      await shoot('past')
    }
    const { start, end } = await page.evaluate(async () => (await (await fetch('/v1/district')).json()).plan)
    await stepTo('before', () => false)
    ensure(`${size} board: the first period does not lie before the plan`, (await range.getAttribute('data-to')) < start)
    const rate = await text('board-on_time')
    ensure(`${size} board: no share on time in the first period`, /\d%/.test(rate))
    await stepTo('after', () => false)
    ensure(`${size} board: the last period does not hold the plan's end`, (await from()) <= end && (await range.getAttribute('data-to')) >= end)

    // Published, the plan is another one and the visitor has that day free.
    if (phone) {
      await open(`/day?visitor=${encodeURIComponent(task.visitor)}&date=${task.date}`)
      await page.locator(`[data-testid=stop][data-task="${task.id}"]`).waitFor()
      await page.getByTestId('off-open').click()
      await page.getByTestId('off-look').click()
      await page.getByTestId('off-publish').click()
      await page.getByTestId('off-done').waitFor()
      check('plan in force once published', await inForce(), plan + 1)
      const left = await page.evaluate(async ({ visitor, date }) => {
        const d = await (await fetch(`/v1/visitors/${encodeURIComponent(visitor)}/day?date=${date}`)).json()
        return d.itineraries.length + d.visitor.shifts.length
      }, task)
      check('walks and hours of a day off', left, 0)
    }
    await me.close()
  }
})

// Takes drafts of boundaries through the pages in Chromium, at desktop and phone
// width: begun, changed, looked at, published, found in the history, rolled back.
// What the pages show is compared with what the API answers.
//
//   node browser/grids.test.mjs BASE_URL RESULT.json
//
// RESULT.json is written: [{size, draft, retired, effective, moved, back: {effective}}],
// for the caller to hold against the database. SHOTS names a folder for
// screenshots, CHROMIUM the browser. Exit code 1 when a page shows something
// else, asks another host for anything, logs an error or scrolls sideways; 2 for
// bad use.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [base, file] = process.argv.slice(2)
if (!base || !file) {
  console.error('use: node browser/grids.test.mjs BASE_URL RESULT.json')
  process.exit(2)
}
const origin = new URL(base).origin
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })
// Maps are drawn in software here: be patient, and never wait for a fixed time.
const patience = { timeout: 120_000 }

let checks = 0
const failures = []
const results = []
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
const addDays = (day, n) => new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10)

/** ask asks the API beside the pages. */
async function ask(path, method = 'GET', body = undefined, version = undefined) {
  const headers = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (version !== undefined) headers['If-Match'] = `"${version}"`
  const r = await fetch(origin + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  const answer = await r.json()
  return { status: r.status, answer }
}
const get = async (path) => (await ask(path)).answer

/**
 * moveBlock puts a micro-grid in which somebody in care lives into a neighbouring
 * grid; communities are tried in turn from one on.
 */
async function moveBlock(draft, from) {
  const communities = (await get('/v1/areas?level=community')).features.map((f) => f.properties.code).sort()
  for (const community of communities.slice(from)) {
    const g = await get(`/v1/drafts/${draft}/ground?area=${community}`)
    const areas = g.areas.features.map((f) => f.properties)
    const people = areas.map(() => 0)
    for (const w of ['red', 'yellow', 'blue']) (g.places.values[w] ?? []).forEach((n, i) => (people[g.places.in[i]] += n))
    const grids = areas.filter((a) => a.level === 'grid' && !a.special)
    for (const [i, a] of areas.entries()) {
      if (a.level !== 'micro-grid' || people[i] === 0) continue
      for (const to of grids) {
        if (to.code === a.parent) continue
        const { version } = await get(`/v1/drafts/${draft}`)
        const { status, answer } = await ask(`/v1/drafts/${draft}/edits`, 'POST', { op: 'assign', areas: [a.code], to: to.code }, version)
        if (status !== 200) continue // it does not touch that grid, or would leave its own in two
        const made = answer.change.lineage.find((l) => l.from === a.code)
        if (made && answer.gone.includes(a.code)) return { retired: a.code, made: made.to, from: a.parent, to: to.code, version: answer.version }
        await ask(`/v1/drafts/${draft}/undo`, 'POST', undefined, answer.version)
      }
    }
  }
  throw new Error('no micro-grid can be moved')
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
try {
  for (const [size, viewport] of Object.entries(sizes)) {
    const phone = size === 'phone'
    const context = await browser.newContext({ viewport, deviceScaleFactor: shots ? 1 : 0.5, reducedMotion: 'reduce', hasTouch: phone, locale: 'zh-CN' })
    context.setDefaultTimeout(patience.timeout)
    await context.route('**/*', (r) => {
      const url = r.request().url()
      if (new URL(url).origin === origin || url.startsWith('data:') || url.startsWith('blob:')) return r.continue()
      failures.push(`${size}: asks another host: ${url}`)
      return r.abort()
    })
    let refused = false // an answer that is a refusal is logged by the browser
    let where = ''
    const newPage = async () => {
      const page = await context.newPage()
      page.on('console', (m) => {
        if (m.type() === 'error' && !refused) failures.push(`${size} ${where}: console: ${m.text().slice(0, 300)}`)
      })
      page.on('pageerror', (e) => failures.push(`${size} ${where}: ${e.message.slice(0, 300)}`))
      return page
    }
    const page = await newPage()
    const id = (name) => page.getByTestId(name)
    const text = async (name) => (await id(name).first().innerText()).trim()
    const drawn = () => page.waitForFunction(() => [...document.querySelectorAll('[data-testid=map]')].every((m) => m.dataset.idle === 'true'), null, patience)
    const shoot = async (name) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      ensure(`${size} ${name}: scrolls sideways by ${wide}px`, wide <= 0)
      const words = await page.evaluate(() => document.body.innerText)
      ensure(`${size} ${name}: shows a value that is none`, !/\b(undefined|NaN|Infinity)\b|\[object|\{\w+\}/.test(words))
      if (shots) await page.screenshot({ path: join(shots, `${size}-${name}.png`) })
    }
    const open = async (path) => {
      where = path
      const r = await page.goto(origin + path)
      check(`${size} ${path}: status`, r?.status(), 200)
    }
    const card = (draft) => page.locator(`[data-testid=draft][data-id="${draft}"]`)

    // A draft is begun with a name.
    await open('/grids')
    await id('begin').click()
    const name = `${size}调整`
    await id('draft-name').fill(name)
    await id('draft-note').fill('新小区入住')
    await shoot('begin')
    await id('name-save').click()
    await page.getByText(name, { exact: true }).waitFor()
    const draft = (await get('/v1/drafts')).items.find((d) => d.name === name)
    ensure(`${size} begin: the draft is not stored`, draft?.state === 'open' && draft?.note === '新小区入住')
    check(`${size} begin: nothing to publish yet`, await card(draft.id).getByTestId('draft-publish').isDisabled(), true)

    // Changed by the editor, which is another page: the list follows.
    const block = await moveBlock(draft.id, phone ? 40 : 0)
    await page.reload()
    await card(draft.id).waitFor()
    check(`${size} list: version`, count(await card(draft.id).getAttribute('data-version')), block.version)
    await card(draft.id).getByTestId('draft-changes').click()
    await card(draft.id).locator('.steps-list li').first().waitFor()
    check(`${size} list: changes`, await card(draft.id).locator('.steps-list li:not(.undone)').count(), 1)

    // Two rename it at once: the second is told, loses nothing, and may try again.
    const other = await newPage()
    await other.goto(`${origin}/grids`)
    await other.locator(`[data-testid=draft][data-id="${draft.id}"]`).getByTestId('draft-rename').click()
    await other.getByTestId('draft-name').fill(`${name}二`)
    const named = await ask(`/v1/drafts/${draft.id}`, 'PATCH', { note: '两岸新小区入住' }, block.version)
    check(`${size} rename: the first`, named.status, 200)
    refused = true
    await other.getByTestId('name-save').click()
    await other.getByTestId('refusal').waitFor()
    check(`${size} rename: the second keeps what was typed`, await other.getByTestId('draft-name').inputValue(), `${name}二`)
    await other.waitForFunction(([d, v]) => Number(document.querySelector(`[data-testid=draft][data-id="${d}"]`)?.dataset.version) > v, [draft.id, block.version], patience)
    refused = false
    await other.getByTestId('name-save').click()
    await other.getByTestId('name-dialog').waitFor({ state: 'detached' })
    const renamed = await get(`/v1/drafts/${draft.id}`)
    check(`${size} rename: once told, it goes through`, renamed.name, `${name}二`)
    await other.close()

    // The effect, from a day that is chosen.
    const { today } = await get('/v1/district')
    const published = (await get('/v1/publications')).items
    const first = addDays(published.reduce((d, p) => (p.effective > d ? p.effective : d), today), 1)
    const effective = addDays(first, 1)
    await open(`/grids/effect?draft=${draft.id}`)
    await id('effect-moved').waitFor()
    check(`${size} effect: the first day there can be`, await id('effect').getAttribute('data-from'), first)
    await id('effect-from').fill(effective)
    await page.waitForFunction((d) => document.querySelector('[data-testid=effect]')?.dataset.from === d, effective, patience)
    const e = await get(`/v1/drafts/${draft.id}/effect?from=${effective}`)
    ensure(`${size} effect: nobody moves, nothing to show`, e.moved.residents > 0)
    check(`${size} effect: who moves`, count(await text('effect-moved')), e.moved.residents)
    check(`${size} effect: lapses`, count(await text('effect-lapses')), e.plan.total.after.lapses)
    check(`${size} effect: visits in flight`, count(await text('effect-in-flight')), e.in_flight.visits)
    check(`${size} effect: of them for somebody else`, count(await text('effect-out-of-scope')), e.in_flight.out_of_scope)
    const grades = await page.locator('[data-testid=effect-grades] tbody tr').evaluateAll((all) =>
      all.map((tr) => [tr.dataset.grade, tr.querySelector('[data-col=grid]').textContent, tr.querySelector('[data-col=micro]').textContent]),
    )
    check(`${size} effect: by grade`, grades, e.moved.by_grade.map((g) => [g.grade, String(g.grid), String(g.micro_grid)]))
    const figures = await page.locator('[data-testid=effect-plan] tbody tr').evaluateAll((all) => Object.fromEntries(all.map((tr) => [tr.dataset.figure, tr.querySelector('[data-col=after]').textContent])))
    check(`${size} effect: visits of the plan`, count(figures.visits), e.plan.total.after.visits)
    check(`${size} effect: hours on the way`, figures.walk_seconds, new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 }).format(e.plan.total.after.walk_seconds / 3600))
    for (const level of ['grid', 'micro-grid']) {
      await id(`effect-level-${level}`).click()
      const rows = await id('effect-area').evaluateAll((all) => all.map((tr) => [tr.dataset.code, tr.querySelector('[data-col=households] b, [data-col=households] .same')?.textContent]))
      const want = e.areas.filter((a) => a.level === level).map((a) => [a.code, a.after ? new Intl.NumberFormat('en-US').format(a.after.households) : '—'])
      check(`${size} effect: households of each ${level}`, rows, want)
    }
    await id('effect-level-grid').click()
    await drawn()
    const maps = await page.evaluate(() => [...document.querySelectorAll('[data-testid=map]')].map(({ map }) => map.queryRenderedFeatures({ layers: ['effect-grid'] }).map((f) => f.properties.code)))
    check(`${size} effect: maps`, maps.length, 2)
    ensure(`${size} effect: the maps lack the grids that change`, maps.every((m) => m.includes(block.from) && m.includes(block.to)))
    const apart = await page.evaluate(async () => {
      const [a, b] = [...document.querySelectorAll('[data-testid=map]')].map(({ map }) => map)
      a.jumpTo({ center: [a.getCenter().lng + 0.01, a.getCenter().lat], zoom: a.getZoom() - 1 })
      const [p, q] = [a.getCenter(), b.getCenter()]
      return Math.hypot(p.lng - q.lng, p.lat - q.lat) + Math.abs(a.getZoom() - b.getZoom())
    })
    ensure(`${size} effect: the maps are ${apart} apart`, apart < 1e-6)
    await page.locator(`[data-testid=effect-area][data-code="${block.to}"] button`).click()
    await drawn()
    await shoot('effect')
    await id('language').click()
    await shoot('effect-in-english')
    await id('language').click()
    for (const [kind, type] of [['effect-report', 'text/html'], ['effect-workbook', 'spreadsheetml']]) {
      const r = await fetch(new URL(await id(kind).getAttribute('href'), origin))
      await r.arrayBuffer()
      ensure(`${size} ${kind}: ${r.status} ${r.headers.get('content-type')}`, r.ok && r.headers.get('content-type').includes(type))
      ensure(`${size} ${kind}: its name tells the draft's`, !decodeURIComponent(r.headers.get('content-disposition') ?? '').includes(name))
    }

    // Published from there.
    await id('effect-publish').click()
    await id('check-ok').waitFor()
    check(`${size} publish: the day that was looked at`, await id('publish-from').inputValue(), effective)
    check(`${size} publish: the first day there can be`, await id('publish-from').getAttribute('min'), first)
    await shoot('publish')
    await id('publish-yes').click()
    await id('published').waitFor()
    check(`${size} published: who moves, as was foretold`, count(await text('published-moved')), e.moved.residents)
    ensure(`${size} published: not told that the plan is to be made again`, (await text('published-stale')).includes(`sanse plan --start ${effective}`))
    await shoot('published')
    await id('published-close').click()
    await page.waitForURL('**/grids')
    const mine = (await get('/v1/publications')).items.find((p) => p.draft === draft.id)
    check(`${size} publication: effective`, mine?.effective, effective)
    const row = page.locator(`[data-testid=publication][data-id="${mine.id}"]`)
    await row.waitFor()
    check(`${size} publication: when`, await row.getAttribute('data-when'), 'coming')
    await id('closed-drafts').click()
    check(`${size} list: the draft is published`, await card(draft.id).getAttribute('data-state'), 'published')

    // Which grid was this: the micro-grid that ended, what it became, and a point in it.
    await open(`/grids?area=${block.retired}&on=${effective}`)
    await id('lineage-to').first().waitFor()
    check(`${size} history: what it became`, await id('lineage-to').evaluateAll((all) => all.map((li) => li.dataset.code)), [block.made])
    check(`${size} history: its versions`, await id('area-version').evaluateAll((all) => all.map((li) => li.dataset.to)).then((l) => l.at(-1)), addDays(effective, -1))
    ensure(`${size} history: it is there on the day it ended`, (await id('area-then').getAttribute('class')).includes('past'))
    await id('lineage-to').first().getByRole('button').click()
    await page.locator(`[data-testid=area-history][data-code="${block.made}"] [data-testid=lineage-from]`).waitFor()
    await drawn()
    await shoot('lineage')
    // The map has gone to the area that the address names.
    await page.waitForFunction(() => document.querySelector('[data-testid=map]').map.getZoom() > 12.5, null, patience)
    const place = e.moved_places.features[0].geometry.coordinates
    await id('map').scrollIntoViewIfNeeded()
    await page.evaluate((center) => {
      const { map } = document.querySelector('[data-testid=map]')
      map.jumpTo({ center, zoom: 15 })
    }, place)
    await drawn()
    const box = await id('map').boundingBox()
    await page.mouse.click(box.x + box.width / 2, box.y + box.height / 2)
    await id('point-then').waitFor()
    check(`${size} history of a point: its grid then`, await id('point-then').getAttribute('data-grid'), block.to)
    check(`${size} history of a point: the point is in the address`, new URL(page.url()).searchParams.get('point'), null)
    await id('history-on').fill(today)
    await page.waitForFunction((code) => document.querySelector('[data-testid=point-then]')?.dataset.grid === code, block.from, patience)
    ensure(`${size} history of a point: spells`, (await id('spell').count()) >= 2)
    await drawn()
    await shoot('point')

    // Rolled back: another publication, and the micro-grid is itself again.
    await row.getByTestId('roll-back').click()
    check(`${size} roll-back: the day before`, await id('back-to').inputValue(), addDays(effective, -1))
    ensure(`${size} roll-back: not told what is taken back`, (await text('taken-back')).includes(String(mine.id)))
    const back = await id('back-from').inputValue()
    check(`${size} roll-back: from`, back, addDays(effective, 1))
    await shoot('roll-back')
    await id('roll-back-yes').click()
    await id('published').waitFor()
    check(`${size} rolled back: who moves`, count(await text('published-moved')), 0) // between today and that day nothing differs any more
    await id('published-close').click()
    await page.waitForFunction((n) => document.querySelectorAll('[data-testid=publication]').length === n, published.length + 2, patience)
    await open(`/grids?area=${block.retired}`)
    await id('area-version').first().waitFor()
    const versions = await id('area-version').evaluateAll((all) => all.map((li) => [li.dataset.from, li.dataset.to]))
    check(`${size} rolled back: it is there again`, versions.at(-1), [back, ''])
    results.push({ size, draft: draft.id, retired: block.retired, effective, moved: e.moved.residents, back })

    // A draft that is given up.
    await open('/grids')
    await id('begin').click()
    await id('draft-name').fill(`${size}放弃`)
    await id('name-save').click()
    await page.getByText(`${size}放弃`, { exact: true }).waitFor()
    const lost = (await get('/v1/drafts')).items.find((d) => d.name === `${size}放弃`)
    await card(lost.id).getByTestId('draft-drop').click()
    await id('drop-yes').click()
    await page.waitForFunction((d) => !document.querySelector(`[data-testid=draft][data-id="${d}"][data-state=open]`), lost.id, patience)
    check(`${size} given up`, (await get(`/v1/drafts/${lost.id}`)).state, 'dropped')
    await drawn()
    await shoot('grids')
    await id('language').click()
    await shoot('grids-in-english')
    if (phone) {
      await page.setViewportSize({ width: 320, height: 640 })
      await shoot('grids-narrow')
    }
    await context.close()
  }
} catch (e) {
  failures.push(`stopped: ${e instanceof Error ? e.message : e}`)
} finally {
  await browser.close()
}

writeFileSync(file, JSON.stringify(results))
for (const f of failures) console.error('FAIL', f)
console.log(`${checks} checks, ${failures.length} failures`)
process.exit(failures.length > 0 ? 1 : 0)

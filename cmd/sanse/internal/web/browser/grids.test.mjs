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
import { writeFileSync } from 'node:fs'
import { begin, count } from './walk.mjs'

const { origin, args, check, ensure, becomes, seat, run } = await begin('grids.test.mjs BASE_URL RESULT.json')
const results = []
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

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
const tell = () => writeFileSync(args[0], JSON.stringify(results))
await run(async () => {
  for (const [size, viewport] of Object.entries(sizes)) {
    const phone = size === 'phone'
    const me = await seat(size, { viewport, touch: phone })
    const { page, id, text, open, drawn, shoot } = me
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
    await becomes(`${size} begin: nothing to publish yet`, () => card(draft.id).getByTestId('draft-publish').isDisabled(), true)

    // Changed by the editor, which is another page: the list follows.
    const block = await moveBlock(draft.id, phone ? 40 : 0)
    await page.reload()
    await card(draft.id).waitFor()
    await becomes(`${size} list: version`, async () => count(await card(draft.id).getAttribute('data-version')), block.version)
    await card(draft.id).getByTestId('draft-changes').click()
    await card(draft.id).locator('.steps-list li').first().waitFor()
    check(`${size} list: changes`, await card(draft.id).locator('.steps-list li:not(.undone)').count(), 1)

    // Two rename it at once: the second is told, loses nothing, and may try again.
    const other = await me.newPage()
    await other.goto(`${origin}/grids`)
    await other.locator(`[data-testid=draft][data-id="${draft.id}"]`).getByTestId('draft-rename').click()
    await other.getByTestId('draft-name').fill(`${name}二`)
    const named = await ask(`/v1/drafts/${draft.id}`, 'PATCH', { note: '两岸新小区入住' }, block.version)
    check(`${size} rename: the first`, named.status, 200)
    me.refused = true
    await other.getByTestId('name-save').click()
    await other.getByTestId('refusal').waitFor()
    check(`${size} rename: the second keeps what was typed`, await other.getByTestId('draft-name').inputValue(), `${name}二`)
    await other.waitForFunction(([d, v]) => Number(document.querySelector(`[data-testid=draft][data-id="${d}"]`)?.dataset.version) > v, [draft.id, block.version])
    me.refused = false
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
    await becomes(`${size} effect: the first day there can be`, () => id('effect').getAttribute('data-from'), first)
    await id('effect-from').fill(effective)
    await page.waitForFunction((d) => document.querySelector('[data-testid=effect]')?.dataset.from === d, effective)
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
      const rows = () => id('effect-area').evaluateAll((all) => all.map((tr) => [tr.dataset.code, tr.querySelector('[data-col=households] b, [data-col=households] .same')?.textContent]))
      const want = e.areas.filter((a) => a.level === level).map((a) => [a.code, a.after ? new Intl.NumberFormat('en-US').format(a.after.households) : '—'])
      await becomes(`${size} effect: households of each ${level}`, rows, want)
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
    await becomes(`${size} list: the draft is published`, () => card(draft.id).getAttribute('data-state'), 'published')

    // Which grid was this: the micro-grid that ended, what it became, and a point in it.
    await open(`/grids?area=${block.retired}&on=${effective}`)
    await id('lineage-to').first().waitFor()
    await becomes(`${size} history: what it became`, () => id('lineage-to').evaluateAll((all) => all.map((li) => li.dataset.code)), [block.made])
    await becomes(`${size} history: its versions`, () => id('area-version').evaluateAll((all) => all.map((li) => li.dataset.to).at(-1)), addDays(effective, -1))
    await becomes(`${size} history: it is there no more on the day it ended`, async () => (await id('area-then').getAttribute('class')).includes('past'), true)
    await id('lineage-to').first().getByRole('button').click()
    await page.locator(`[data-testid=area-history][data-code="${block.made}"] [data-testid=lineage-from]`).waitFor()
    await drawn()
    await shoot('lineage')
    // The map has gone to the area that the address names.
    await page.waitForFunction(() => document.querySelector('[data-testid=map]').map.getZoom() > 12.5)
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
    await becomes(`${size} history of a point: its grid then`, () => id('point-then').getAttribute('data-grid'), block.to)
    check(`${size} history of a point: the point is in the address`, new URL(page.url()).searchParams.get('point'), null)
    await id('history-on').fill(today)
    await page.waitForFunction((code) => document.querySelector('[data-testid=point-then]')?.dataset.grid === code, block.from)
    await becomes(`${size} history of a point: spells`, async () => (await id('spell').count()) >= 2, true)
    await drawn()
    await shoot('point')

    // Rolled back: another publication, and the micro-grid is itself again.
    await row.getByTestId('roll-back').click()
    await becomes(`${size} roll-back: the day before`, () => id('back-to').inputValue(), addDays(effective, -1))
    ensure(`${size} roll-back: not told what is taken back`, (await text('taken-back')).includes(String(mine.id)))
    const back = await id('back-from').inputValue()
    check(`${size} roll-back: from`, back, addDays(effective, 1))
    await shoot('roll-back')
    await id('roll-back-yes').click()
    await id('published').waitFor()
    check(`${size} rolled back: who moves`, count(await text('published-moved')), 0) // between today and that day nothing differs any more
    await id('published-close').click()
    await page.waitForFunction((n) => document.querySelectorAll('[data-testid=publication]').length === n, published.length + 2)
    await open(`/grids?area=${block.retired}`)
    await id('area-version').first().waitFor()
    await becomes(`${size} rolled back: it is there again`, () => id('area-version').evaluateAll((all) => all.map((li) => [li.dataset.from, li.dataset.to]).at(-1)), [back, ''])
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
    await page.waitForFunction((d) => !document.querySelector(`[data-testid=draft][data-id="${d}"][data-state=open]`), lost.id)
    check(`${size} given up`, (await get(`/v1/drafts/${lost.id}`)).state, 'dropped')
    await drawn()
    await shoot('grids')
    await id('language').click()
    await shoot('grids-in-english')
    if (phone) {
      await page.setViewportSize({ width: 320, height: 640 })
      await shoot('grids-narrow')
    }
    await me.close()
  }
}, tell)

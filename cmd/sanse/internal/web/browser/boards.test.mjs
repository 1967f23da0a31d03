// Walks through the boards of shortfall, the standards and the ledger of needs in
// Chromium, at desktop and phone width, and compares what they show with what the
// API answers.
//
//   node browser/boards.test.mjs BASE_URL RESULT.json
//
// RESULT.json is written: [{size, reports, need}], for the caller to hold against
// the database. SHOTS names a folder for screenshots, CHROMIUM the browser. Exit
// code 1 when a page shows something else, asks another host for anything, logs
// an error or scrolls sideways; 2 for bad use.
import { readFileSync, writeFileSync } from 'node:fs'
import { begin } from './walk.mjs'

const { origin, args, check, ensure, becomes, seat, run } = await begin('boards.test.mjs BASE_URL RESULT.json')
const results = []
/** The number that a text begins with; null for a dash. */
const first = (s) => {
  const m = /-?[\d,]+(\.\d+)?/.exec(s ?? '')
  return m ? Number(m[0].replaceAll(',', '')) : null
}

/** ask asks the API beside the pages. */
async function ask(path, method = 'GET', body = undefined, version = undefined) {
  const headers = { Accept: 'application/json' }
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  if (version !== undefined) headers['If-Match'] = `"${version}"`
  const r = await fetch(origin + path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  if (!r.ok) throw new Error(`${method} ${path}: ${r.status} ${await r.text()}`)
  return r.status === 204 ? null : await r.json()
}

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } }
const tell = () => writeFileSync(args[0], JSON.stringify(results))
await run(async () => {
  for (const [size, viewport] of Object.entries(sizes)) {
    const me = await seat(size, { viewport, touch: size === 'phone', acceptDownloads: true })
    const { page, id, open, shoot } = me
    // The board of an area says what the API says, row by row.
    const compare = async (b) => {
      await page.locator(`[data-testid=shortfall][data-area="${b.area.code}"]`).waitFor()
      for (const r of b.rows) {
        const row = page.locator(`[data-testid=standard-row][data-standard="${r.standard}"]`)
        const what = `${size} ${b.area.code} ${r.standard}`
        check(`${what}: standing`, await row.getAttribute('data-standing'), r.status)
        if (r.status !== 'met' && r.status !== 'short') {
          check(`${what}: nothing is shown as 0`, await row.locator('[data-col]').count(), 0)
          continue
        }
        for (const c of ['have', 'need', 'short']) check(`${what}: ${c}`, first(await row.locator(`[data-col=${c}]`).innerText()), r[c])
        if (r.unit === '%') {
          const shown = first(await row.locator('[data-col=share]').innerText())
          ensure(`${what}: share ${shown}, want ${r.share}`, Math.abs(shown - r.share * 100) <= 0.1)
        }
      }
      for (const s of ['short', 'met', 'no_data', 'not_applicable'])
        check(`${size} ${b.area.code}: standards that are ${s}`, first(await page.locator(`[data-testid=sum][data-standing=${s}]`).innerText()), b.rows.filter((r) => r.status === s).length)
      const children = await page.locator('[data-testid=children] [data-testid=child]').evaluateAll((rows) => rows.map((r) => ({ code: r.dataset.code, missed: Number(/\d+/.exec(r.querySelector('[data-col=missed]').textContent)[0]) })))
      const missed = (c) => c.rows.filter((r) => r.status === 'short').length
      check(`${size} ${b.area.code}: areas below`, children.map((c) => c.code).sort(), b.children.map((c) => c.area.code).sort())
      for (const c of b.children) check(`${size} ${c.area.code}: standards not met`, children.find((x) => x.code === c.area.code)?.missed, missed(c))
      check(`${size} ${b.area.code}: those that miss most come first`, children.map((c) => c.missed), children.map((c) => c.missed).sort((x, y) => y - x))
    }
    // Needs that nobody meets, and the ledger behind each number.
    const unmatched = async (b) => {
      const services = Object.entries(b.unmatched.by_service)
      check(`${size} ${b.area.code} unmatched: the services`, (await page.locator('[data-testid=unmatched-service]').evaluateAll((l) => l.map((x) => x.dataset.service))).sort(), services.map(([s]) => s).sort())
      for (const [service, u] of services) {
        const row = page.locator(`[data-testid=unmatched-service][data-service=${service}]`)
        check(`${size} ${b.area.code} unmatched ${service}`, first(await row.locator('[data-col=total]').innerText()), u.total)
        for (const [r, n] of Object.entries(u.by_reason))
          check(`${size} ${b.area.code} unmatched ${service} ${r}`, first(await row.locator(r === 'open' ? '[data-col=open]' : `[data-col=reason-${r}]`).innerText()), n)
        for (const status of ['unmatched', 'open']) {
          const link = row.locator(`[data-col=${status}] a`)
          const n = status === 'open' ? (u.by_reason.open ?? 0) : u.total - (u.by_reason.open ?? 0)
          check(`${size} ${b.area.code} ${status} ${service}`, first(await row.locator(`[data-col=${status}]`).innerText()), n)
          if (n > 0) check(`${size} ${b.area.code} ${status} ${service}: the ledger has as many`, (await ask('/v1' + (await link.getAttribute('href')) + '&limit=1')).total, n)
        }
      }
    }
    await open('/shortfall')
    let board = await ask('/v1/shortfall')
    await compare(board)
    for (const [service, u] of Object.entries(board.uncovered.by_service))
      check(`${size} uncovered by ${service}`, first(await page.locator(`[data-testid=uncovered-service][data-service=${service}] [data-col=total]`).innerText()), u.total)
    await unmatched(board)
    for (const [kind, n] of Object.entries(board.team.lacking))
      check(`${size} teams without ${kind}`, first(await page.locator(`[data-testid=lacking][data-kind=${kind}] b`).innerText()), n)
    for (const k of ['open', 'idle', 'planned', 'full', 'unused'])
      check(`${size} facilities ${k}`, first(await page.locator(`[data-testid=facility-counts] [data-state=${k}] b`).innerText()), board.facilities[k])
    for (const e of board.expected)
      for (const c of ['expected', 'enrolled']) check(`${size} ${c} ${e.kind}`, first(await page.locator(`[data-testid=expected-kind][data-kind="${e.kind}"] [data-col=${c}]`).innerText()), Math.round(e[c]))
    const charts = await ask('/v1/shortfall/charts')
    await becomes(`${size} charts`, () => id('served-chart').evaluateAll((c) => c.map((x) => x.dataset.id)), charts.map((c) => c.id))
    await becomes(`${size} charts are drawn`, () => page.locator('[data-testid=served-chart] canvas').count(), charts.length)
    await shoot('district')

    // A count is a filter.
    const sum = page.locator('[data-testid=sum][data-standing=short]')
    await sum.click()
    await becomes(`${size} filter: what is short`, () => id('standard-row').count(), board.rows.filter((r) => r.status === 'short').length)
    await sum.click()

    // One standard in the table, sorted by what is reached.
    const one = board.rows.find((r) => r.status === 'short' && r.measure === 'reach')
    await id('which').selectOption(one.standard)
    const child = board.children.find((c) => c.area.code.endsWith('001')) ?? board.children[0]
    for (const c of ['have', 'need', 'short'])
      await becomes(`${size} one standard: ${c}`, async () => first(await page.locator(`[data-testid=child][data-code="${child.area.code}"] [data-col=${c}]`).innerText()), child.rows.find((r) => r.standard === one.standard)[c])
    const shares = await page.locator(`[data-testid=child] [data-standard="${one.standard}"]`).evaluateAll((c) => c.map((x) => Number(/[\d.]+/.exec(x.textContent.split('%')[0].replace(/^\D+/, ''))?.[0] ?? NaN)))
    check(`${size} one standard: areas`, shares.length, board.children.length)
    check(`${size} one standard: the least reached comes first`, shares, [...shares].sort((a, b) => a - b))
    await id('which').selectOption('')

    // Every number opens what is behind it.
    const behind = await ask(`/v1/shortfall/behind?standard=${one.standard}&what=people&limit=50`)
    await page.locator(`[data-testid=standard-row][data-standard="${one.standard}"] [data-testid=behind][data-what=people]`).click()
    await page.locator(`.behind-list[data-total="${behind.total}"]`).waitFor()
    check(`${size} behind: those of the first page`, await id('behind-item').evaluateAll((l) => l.map((x) => x.dataset.id)), behind.items.map((x) => x.id))
    await shoot('behind')
    if (behind.total > 50) {
      await id('page-after').click()
      const next = await ask(`/v1/shortfall/behind?standard=${one.standard}&what=people&limit=50&offset=50`)
      await page.waitForFunction((want) => document.querySelector('[data-testid=behind-item]')?.dataset.id === want, next.items[0].id)
    }
    await page.keyboard.press('Escape')

    // Down to a town and a community and up again.
    const town = board.children[0].area
    await page.locator(`[data-testid=child][data-code="${town.code}"] a`).click()
    const inTown = await ask(`/v1/shortfall?area=${town.code}`)
    await compare(inTown)
    const community = inTown.children[0].area
    await page.locator(`[data-testid=child][data-code="${community.code}"] a`).click()
    await compare(await ask(`/v1/shortfall?area=${community.code}`))
    await shoot('community')
    await page.locator('.crumbs a').first().click()
    await page.locator(`[data-testid=shortfall][data-area="${board.area.code}"]`).waitFor()

    // What is shown is to be had as a page to print and as a workbook.
    for (const kind of ['pdf', 'xlsx']) {
      const r = await fetch(origin + (await id(`file-${kind}`).getAttribute('href')))
      const b = Buffer.from(await r.arrayBuffer())
      check(`${size} ${kind}`, [r.status, b.subarray(0, 2).toString()], [200, kind === 'pdf' ? '%P' : 'PK'])
    }

    // A report is taken.
    const before = (await ask('/v1/reports')).length
    await id('take-report').click()
    await page.waitForFunction((n) => document.querySelectorAll('[data-testid=report] option').length === n, before + 2)
    const reports = await ask('/v1/reports')
    check(`${size} reports`, reports.length, before + 1)
    // What is beside it on the page is beside it in the charts and the files.
    const drawn = page.waitForResponse((r) => r.url().includes('/v1/shortfall/charts') && new URL(r.url()).searchParams.get('report') === String(reports[0].id))
    await id('report').selectOption(String(reports[0].id))
    check(`${size} charts beside a report`, (await drawn).status(), 200)
    for (const kind of ['pdf', 'xlsx']) {
      const link = new URL(await id(`file-${kind}`).getAttribute('href'), origin)
      check(`${size} ${kind} beside a report`, link.searchParams.get('report'), String(reports[0].id))
    }

    // Standards: a mistake is said beside its field, a change is kept, nobody's is overwritten.
    const rows = () => page.locator('[data-testid=standard]')
    const version = async () => Number(await id('standards').getAttribute('data-version'))
    await open('/shortfall/standards')
    await rows().first().waitFor()
    const reference = await ask('/v1/standards')
    check(`${size} standards`, await rows().evaluateAll((l) => l.map((x) => x.dataset.id)), reference.items.map((x) => x.id))
    await shoot('standards')
    const chosen = reference.items.find((x) => x.measure === 'reach')
    const row = page.locator(`[data-testid=standard][data-id="${chosen.id}"]`)
    await row.getByTestId('standard-edit').click()
    await id('f-target').fill('101')
    await id('f-source').fill('')
    await id('standard-save').click()
    await becomes(`${size} form: what is wrong`, () => id('wrong').count(), 2)
    await shoot('form')
    await id('f-target').fill('72')
    await id('f-source').fill('本区规划')
    // Somebody else is quicker.
    const { version: first_ } = await ask('/v1/standards')
    await ask('/v1/standards', 'PUT', { items: reference.items.map((x) => (x.id === chosen.id ? { ...x, target: { ...x.target, value: 71 } } : x)), rates: reference.rates }, first_)
    me.refused = true
    await id('standard-save').click()
    await id('form-reload').click()
    await page.waitForFunction((v) => Number(document.querySelector('[data-testid=standards]').dataset.version) > v, first_)
    me.refused = false
    check(`${size} form: what was typed is kept`, await id('f-target').inputValue(), '72')
    check(`${size} nothing is overwritten`, (await ask('/v1/standards')).items.find((x) => x.id === chosen.id).target.value, 71)
    await id('standard-save').click()
    await id('standard-form').waitFor({ state: 'detached' })
    await page.waitForFunction((sel) => document.querySelector(sel)?.textContent.includes('72%'), `[data-testid=standard][data-id="${chosen.id}"]`)
    let now = await ask('/v1/standards')
    check(`${size} changed`, now.items.find((x) => x.id === chosen.id).target.value, 72)
    check(`${size} changed: its source`, now.items.find((x) => x.id === chosen.id).source.title, '本区规划')
    check(`${size} changed: the district has its own`, now.reference, false)
    check(`${size} changed: nothing else`, now.items.filter((x) => x.id !== chosen.id), reference.items.filter((x) => x.id !== chosen.id))

    // One is added and removed; the file that is written is read again.
    await id('standard-add').click()
    await id('f-name-zh').fill('残疾人十分钟内有助浴点')
    await id('f-name-en').fill('Bathing within ten minutes of disabled people')
    await id('f-id').fill(`bathing-${size}`)
    await id('f-what').selectOption('s/bathing')
    await id('f-whom').selectOption('disabled')
    await id('f-minutes').fill('10')
    await id('f-speed').selectOption('wheelchair')
    await id('f-target').fill('50')
    await id('f-source').fill('本区规划')
    await id('standard-save').click()
    await page.locator(`[data-testid=standard][data-id="bathing-${size}"]`).waitFor()
    now = await ask('/v1/standards')
    const added = now.items.find((x) => x.id === `bathing-${size}`)
    check(`${size} added`, { service: added?.service, whom: added?.whom.key, minutes: added?.minutes, speed: added?.speed, target: added?.target.value }, { service: 'bathing', whom: 'disabled', minutes: 10, speed: 'wheelchair', target: 50 })
    const [download] = await Promise.all([page.waitForEvent('download'), id('standards-export').click()])
    const written = readFileSync(await download.path(), 'utf8')
    check(`${size} exported`, JSON.parse(written).items, now.items)
    await page.locator(`[data-testid=standard][data-id="bathing-${size}"]`).getByTestId('standard-remove').click()
    await id('confirm-yes').click()
    await page.locator(`[data-testid=standard][data-id="bathing-${size}"]`).waitFor({ state: 'detached' })
    check(`${size} removed`, (await ask('/v1/standards')).items.some((x) => x.id === `bathing-${size}`), false)
    await id('standards-import').setInputFiles({ name: 'standards.json', mimeType: 'application/json', buffer: Buffer.from(written) })
    await page.locator(`[data-testid=standard][data-id="bathing-${size}"]`).waitFor()
    check(`${size} imported`, (await ask('/v1/standards')).items, now.items)

    // And back to the set that ships.
    const own = await version()
    await id('standards-back').click()
    await id('confirm-yes').click()
    await page.waitForFunction((v) => document.querySelector('[data-testid=standards]')?.dataset.reference === 'true' && Number(document.querySelector('[data-testid=standards]').dataset.version) > v, own)
    check(`${size} back to the reference set`, (await ask('/v1/standards')).items, reference.items)

    // The ledger of needs: proposed, changed by hand, and all of it is kept.
    const needs = () => page.locator('[data-testid=need]')
    const total = (n) => page.waitForFunction((want) => document.querySelector('[data-testid=needs]')?.dataset.total === String(want), n)
    await open('/needs')
    await needs().first().waitFor()
    await id('propose').click()
    await id('proposed').waitFor()
    const made = await ask('/v1/needs?limit=1')
    const count = async (status) => (await ask(`/v1/needs?limit=1&status=${status}`)).total
    check(`${size} proposed: matched`, Number(await id('proposed').getAttribute('data-matched')), await count('matched'))
    check(`${size} proposed: not`, Number(await id('proposed').getAttribute('data-unmatched')), await count('unmatched'))
    ensure(`${size} proposed: no need is left open`, (await count('open')) === 0)
    await total(made.total)
    await shoot('needs')
    await id('need-status').selectOption('matched')
    await total(await count('matched'))
    const list = await ask('/v1/needs?limit=50&status=matched')
    await becomes(`${size} needs`, () => needs().evaluateAll((l) => l.map((x) => x.dataset.id)), list.items.map((x) => x.id))
    const need = list.items.find((x) => x.match.facility && !x.match.hand).id
    const entry = page.locator(`[data-testid=need][data-id="${need}"]`)
    await entry.getByTestId('need-change').click()
    const options = await ask(`/v1/needs/${need}/options`)
    await id('need-options').waitFor()
    await becomes(`${size} who could give it`, () => page.locator('[data-testid=need-options] input').count(), options.items.length + 1)
    await shoot('need-change')
    await page.locator('[data-testid=need-options] input[value=none]').check()
    await becomes(`${size} nothing is decided without a reason`, () => id('need-save').isDisabled(), true)
    await id('need-reason').fill('家属自己照料')
    await id('need-save').click()
    await id('need-dialog').waitFor({ state: 'detached' })
    await entry.waitFor({ state: 'detached' })
    const decided = (await ask(`/v1/needs/${need}/history`)).items
    check(`${size} decided by hand`, { hand: decided.at(-1).hand, facility: decided.at(-1).facility, reason: decided.at(-1).reason, ended: decided.at(-1).ended }, { hand: true, reason: '家属自己照料' })
    await open(`/needs?status=unmatched&area=${list.items.find((x) => x.id === need).area}`)
    await entry.getByTestId('need-history').click()
    await id('need-past').first().waitFor()
    await becomes(`${size} history`, () => id('need-past').count(), decided.length)
    ensure(`${size} history: the reason`, (await id('need-past').first().innerText()).includes('家属自己照料'))
    await shoot('need-history')
    await page.keyboard.press('Escape')

    // Outsiders are told what they are not shown.
    me.refused = true
    await open('/shortfall?as=public')
    await id('viewer-bar').waitFor()
    board = await ask('/v1/shortfall?as=public')
    await page.locator('[data-testid=standard-row]').first().waitFor()
    for (const r of board.rows)
      check(`${size} public ${r.standard}`, await page.locator(`[data-testid=standard-row][data-standard="${r.standard}"]`).getAttribute('data-standing'), r.reason === 'hidden' ? 'hidden' : r.status)
    ensure(`${size} public: something is kept back`, board.rows.some((r) => r.reason === 'hidden'))
    check(`${size} public: nobody's list can be opened`, await id('behind').count(), 0)
    check(`${size} public: nobody is counted as uncovered`, await id('uncovered').count(), 0)
    await shoot('public')
    await open('/needs?as=public')
    await id('closed').waitFor()
    check(`${size} public: no needs`, await needs().count(), 0)
    await shoot('public-needs')
    const { features } = await ask('/v1/facilities?as=public')
    const open_ = features.find((f) => f.properties.status === 'open').properties
    check(`${size} public: no use of facilities is told`, open_.in_use, null)
    await open(`/?as=public&facility=${encodeURIComponent(open_.id)}`)
    await id('facility-residents').waitFor()
    await becomes(`${size} public: residents of a facility are not told, which is not 0`, () => id('facility-residents').innerText(), '—')
    await becomes(`${size} public: whether there is room is not told`, () => id('facility-panel').locator('.tag').innerText(), '开放')
    me.refused = false

    // Why cells are hidden is said on the map, to those alone who are not shown them; on a phone the legend is folded away.
    if (size === 'desktop') {
      me.refused = true
      await open('/?as=public')
      await id('heat-why').waitFor()
      const heat = await ask('/v1/heatmap?layer=residents&res=8&as=public')
      ensure(`${size} public: some cells are hidden or rolled up`, heat.cells.features.some((f) => f.properties.hidden || f.properties.rolled_up))
      ensure(`${size} public: why cells are hidden`, /\d/.test(await id('heat-why').innerText()))
      await shoot('public-map')
      me.refused = false
    }

    // All of it in English as well.
    await open('/shortfall?lang=en')
    await page.locator('[data-testid=standard-row]').first().waitFor()
    ensure(`${size} English`, (await id('standard-row').first().innerText()).includes('arget'))
    await shoot('english')
    await open('/shortfall/standards?lang=en')
    await rows().first().waitFor()
    await shoot('standards-english')
    await page.getByTestId('language').click()
    results.push({ size, reports: 1, need })
    await me.close()
  }
}, tell)

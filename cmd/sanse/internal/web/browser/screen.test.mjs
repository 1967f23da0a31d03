// Walks through the screen of a day under way, the cases, the ladder rule, the ledger
// with its indicators and the form of visits in Chromium: at each step of the day the
// numbers on the screen are those that the service's own database has, without the page
// being loaded again.
//
//   node browser/screen.test.mjs BASE_URL
//
// BASE_URL/step?do=look|ladders|visits does a step and tells what each area has then:
// {code: [due, done, late, covered, open cases]}. SHOTS names a folder for
// screenshots, CHROMIUM the browser. Exit code 1 when a page shows something else,
// asks another host for anything, logs an error or scrolls sideways; 2 for bad use.
import { begin } from './walk.mjs'

const { origin, check, ensure, becomes, seat, run } = await begin('screen.test.mjs BASE_URL')
const step = async (what) => {
  const r = await fetch(`${origin}/step?do=${what}`)
  if (!r.ok) throw new Error(`${what}: ${r.status} ${await r.text()}`)
  return r.json()
}

const sizes = {
  wall: { viewport: { width: 1920, height: 1080 } },
  desktop: { viewport: { width: 1280, height: 860 } },
  phone: { viewport: { width: 390, height: 844 }, touch: true },
}

/** comes is somebody who comes in by one click to a page. */
async function comes(size, role, path) {
  const me = await seat(size, sizes[size])
  await me.open(path)
  await me.as(role)
  return me
}

/** follows waits until the screen follows the day. */
const follows = (me, area = '') => me.page.locator(`[data-testid=screen][data-how=live]${area && `[data-area="${area}"]`}`).waitFor()

/** shows holds what the screen shows of an area, and of the areas below, against what the database has. */
async function shows(me, what, area, want) {
  const read = () =>
    me.page.evaluate(() => {
      const keys = ['due', 'done', 'late', 'covered', 'cases']
      const rows = [...document.querySelectorAll('[data-testid=live-area]')].map((x) => [x.dataset.code, keys.map((k) => Number(x.dataset[k]))])
      return { all: keys.map((k) => Number(document.querySelector(`[data-testid=live-${k}]`)?.textContent.replaceAll(',', ''))), below: Object.fromEntries(rows) }
    })
  const { below } = await read()
  ensure(`${what} ${area}: there are areas below`, Object.keys(below).length > 0)
  // The database tells nothing of what lies below a community.
  const told = Object.fromEntries(Object.keys(below).filter((code) => want[code]).map((code) => [code, want[code]]))
  await becomes(
    `${what} ${area}`,
    async () => {
      const now = await read()
      return { all: now.all, below: Object.fromEntries(Object.entries(now.below).filter(([code]) => want[code])) }
    },
    { all: want[area], below: told },
  )
}

await run(async () => {
  const wall = await comes('wall', 'official', '/screen')
  await follows(wall)
  const district = await wall.id('screen').getAttribute('data-area')
  const begin = await step('look')
  ensure(`something is to be shown: ${begin[district]}`, begin[district][0] > 20 && begin[district][1] > 0 && begin[district][4] >= 5)
  await shows(wall, 'as the day stands', district, begin)

  // The next ones come by themselves.
  const ladders = await step('ladders')
  ensure(`others take over: ${ladders[district]}`, ladders[district][2] > 0 && ladders[district][3] > 0)
  await shows(wall, 'others take over', district, ladders)
  const visits = await step('visits')
  check('three of the late are seen', [visits[district][1] - ladders[district][1], ladders[district][2] - visits[district][2]], [3, 3])
  await shows(wall, 'some are seen', district, visits)
  await wall.drawn()
  await wall.shoot('screen')

  // Down to a town and a community, and back.
  for (const level of ['a town', 'a community']) {
    const code = await wall.id('live-area').first().getAttribute('data-code')
    await wall.page.locator(`[data-testid=live-area][data-code="${code}"]`).getByRole('link').click()
    await follows(wall, code)
    await shows(wall, level, code, visits)
  }
  await wall.open('/screen')
  await follows(wall, district)

  // A leader goes on with the emergency; the wall follows.
  const phone = await comes('phone', 'leader', '/cases')
  await phone.page.locator('[data-testid=cases][data-count]').waitFor()
  const emergency = phone.page.locator('[data-testid=case][data-kind=emergency]').first()
  check('the emergency is to be answered', await emergency.getAttribute('data-stage'), 'call')
  ensure('how long is left is said in words', /还剩|已超时|不到/.test(await emergency.getByTestId('clock').textContent()))
  check('one is overdue, and says so', await phone.page.locator('[data-testid=clock][data-standing=over]').first().evaluate((x) => /^▲.*已超时/.test(x.textContent)), true)
  await phone.shoot('cases')
  await emergency.getByTestId('case-open').click()
  await phone.id('case-dialog').waitFor()
  await phone.id('helpers-ask').click()
  await phone.page.locator('[data-testid=helpers][data-count]').waitFor()
  ensure('somebody is near', Number(await phone.id('helpers').getAttribute('data-count')) > 0)
  ensure('the helper has a name and a way', /分钟/.test(await phone.id('helper').first().textContent()))
  await phone.shoot('case')
  for (const [stage, words] of [['handling', '已入户，人平安'], ['closed', '']]) {
    await phone.settled() // the step before has the case asked for again
    await phone.id('case-stage').selectOption(stage)
    if (words) await phone.id('case-text').fill(words)
    await phone.id('case-send').click()
    await phone.page.locator(`[data-testid=case-step-done][data-stage=${stage}]`).first().waitFor()
  }
  ensure('what was written is in the history', (await phone.id('case-dialog').textContent()).includes('已入户，人平安'))
  const after = await step('look')
  check('one case less is open', after[district][4], visits[district][4] - 1)
  await shows(wall, 'a case is closed', district, after)

  // One more is reported, of a grid, by the same leader.
  await phone.page.locator('[data-testid=case-dialog] .close').click()
  await phone.id('case-dialog').waitFor({ state: 'detached' })
  await phone.click('case-new')
  await phone.tick('new-emergency')
  const leads = await phone.id('cases').getAttribute('data-area')
  await phone.page.locator('[data-testid=new-case] [data-testid=area-search]').fill(`${leads}001`)
  await phone.page.locator('[data-testid=new-case] [role=option]').first().click()
  await phone.id('new-grid').waitFor()
  await phone.id('new-text').fill('路灯杆倾斜')
  await phone.id('new-send').click()
  await phone.id('case-dialog').waitFor()
  await shows(wall, 'a case is reported', district, await step('look'))
  await phone.close()

  // The phone's own screen, of the area that the leader answers for.
  const own = await comes('phone', 'leader', '/screen')
  await follows(own)
  await shows(own, 'on a phone', await own.id('screen').getAttribute('data-area'), await step('look'))
  await own.shoot('screen')
  await own.close()

  // A planner sets the ladder from tomorrow on.
  const planner = await comes('desktop', 'planner', '/cases')
  await planner.id('rule').waitFor()
  await planner.id('rule-set').click()
  await planner.id('rule-remind').fill('09:00')
  await planner.id('rule-save').click()
  await planner.id('rule-saved').waitFor()
  await planner.id('rule').nth(1).waitFor()
  check('the one that holds and the one to come', await planner.id('rule').count(), 2)
  await planner.shoot('cases')
  await planner.open('/screen?lang=en')
  await follows(planner)
  await planner.drawn()
  await planner.shoot('screen-en')

  // The ledger adds up: over grades, over the areas below, and what is required is made, missed or open.
  await planner.open('/ledger?lang=zh')
  await planner.page.locator('[data-testid=ledger][data-area]').waitFor()
  const sums = await planner.page.evaluate(() => {
    const cells = (tr) => Object.fromEntries([...tr.querySelectorAll('[data-col]')].map((td) => [td.dataset.col, Number(td.textContent.replaceAll(',', ''))]))
    const added = (rows) => rows.map(cells).reduce((a, b) => Object.fromEntries(Object.keys(b).map((k) => [k, (a[k] ?? 0) + b[k]])), {})
    const all = [...document.querySelectorAll('[data-testid=ledger-period]')].at(-1)
    const grades = []
    for (let tr = all.nextElementSibling; tr; tr = tr.nextElementSibling) grades.push(tr)
    return { all: cells(all), grades: added(grades), areas: added([...document.querySelectorAll('[data-testid=ledger-area]')]) }
  })
  ensure(`much was required: ${JSON.stringify(sums.all)}`, sums.all.required > 100 && sums.all.done > 100)
  check('the ledger: what was required', sums.all.in_time + sums.all.missed + sums.all.openVisits, sums.all.required)
  check('the ledger: grades add up', sums.grades, sums.all)
  check('the ledger: areas below add up', sums.areas, sums.all)

  // What the district measures itself by is set: refused with a name of blanks, nothing typed is lost, set again.
  await planner.page.locator('[data-testid=indicators][data-own=false]').waitFor()
  const rows = await planner.id('ind-row').count()
  await planner.click('ind-set')
  const one = planner.id('ind-one').first()
  await one.locator('input').first().fill('   ')
  await one.locator('input[type=number]').fill('93.5')
  planner.refused = true
  await planner.click('ind-save')
  await planner.id('ind-dialog').getByTestId('refusal').waitFor()
  planner.refused = false
  check('refused, what was typed stays', await one.locator('input[type=number]').inputValue(), '93.5')
  await one.locator('input').first().fill('走访按时')
  await planner.click('ind-save')
  await planner.page.locator('[data-testid=indicators][data-own=true]').waitFor()
  await becomes('the dialog is closed', () => planner.id('ind-dialog').count(), 0)
  const set = await planner.id('ind-row').evaluateAll((l) => l.map((x) => x.innerText))
  check('as many indicators as before', set.length, rows)
  ensure(`the first is named and aimed at as it was set: ${set[0]}`, set[0].includes('走访按时') && set[0].includes('93.5'))
  await planner.shoot('ledger')

  // The form of visits: without words it cannot be saved; with them it holds from tomorrow on.
  await planner.open('/form')
  await planner.page.locator('[data-testid=visit-form][data-coming="0"]').waitFor()
  await planner.fill('items.0.zh', '')
  await planner.page.locator('[data-testid=form-faults][data-n="1"]').waitFor()
  check('a form without words is not saved', await planner.id('form-save').isDisabled(), true)
  await planner.fill('items.0.zh', '近来身体可好')
  await planner.click('form-save')
  await planner.id('form-saved').waitFor()
  await planner.page.locator('[data-testid=visit-form][data-coming="1"]').waitFor()
  check('the next form begins with what was written', await planner.id('items.0.zh').inputValue(), '近来身体可好')
  await planner.shoot('form')
  await planner.close()
  await wall.close()
})

// Walks through the screen of a day under way, the cases and the ladder rule in
// Chromium: at each step of the day the numbers on the screen are those that the
// service's own database has, without the page being loaded again.
//
//   node browser/screen.test.mjs BASE_URL
//
// BASE_URL/step?do=look|ladders|visits does a step and tells what each area has then:
// {code: [due, done, late, covered, open cases]}. SHOTS names a folder for
// screenshots, CHROMIUM the browser. Exit code 1 when a page shows something else,
// asks another host for anything, logs an error or scrolls sideways; 2 for bad use.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [base] = process.argv.slice(2)
if (!base) {
  console.error('use: node browser/screen.test.mjs BASE_URL')
  process.exit(2)
}
const origin = new URL(base).origin
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })

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
const step = async (what) => {
  const r = await fetch(`${origin}/step?do=${what}`)
  if (!r.ok) throw new Error(`${what}: ${r.status} ${await r.text()}`)
  return r.json()
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})
const sizes = { wall: { width: 1920, height: 1080 }, desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } }

/** seat is a window of somebody who comes in by one click. */
async function seat(size, role) {
  const context = await browser.newContext({ viewport: sizes[size], deviceScaleFactor: shots ? 1 : 0.5, reducedMotion: 'reduce', hasTouch: size === 'phone', locale: 'zh-CN' })
  context.setDefaultTimeout(60_000)
  await context.route('**/*', (r) => {
    const url = new URL(r.request().url())
    if (url.origin !== origin && !/^(data|blob):/.test(url.protocol)) {
      failures.push(`${size}: asks another host: ${url}`)
      return r.abort()
    }
    return r.continue()
  })
  const page = await context.newPage()
  page.on('console', (m) => {
    if (m.type() === 'error') failures.push(`${size} ${role}: console: ${m.text().slice(0, 300)}`)
  })
  page.on('pageerror', (e) => failures.push(`${size} ${role}: ${e.message.slice(0, 300)}`))
  const id = (name) => page.getByTestId(name)
  const shoot = async (name) => {
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    ensure(`${size} ${name}: scrolls sideways by ${wide}px`, wide <= 0)
    const words = await page.evaluate(() => document.body.innerText)
    ensure(`${size} ${name}: shows a value that is none`, !/\b(undefined|NaN|Infinity|null)\b|\[object|\{\w+\}/.test(words))
    if (shots) await page.screenshot({ path: join(shots, `${size}-${name}.png`), fullPage: true })
  }
  await page.goto(`${origin}/sign-in`)
  await id('sign-in').waitFor()
  await page.locator(`[data-testid=person][data-role=${role}]`).first().click()
  await id('sign-in').waitFor({ state: 'detached' })
  return { page, id, shoot, close: () => context.close() }
}

/** shows waits until the screen shows what the database has of an area, and compares the areas below. */
async function shows({ page, id }, what, area, want) {
  const [due, done, late, covered, cases] = want[area]
  await page
    .waitForFunction(
      (n) => ['due', 'done', 'late', 'covered', 'cases'].every((k, i) => Number(document.querySelector(`[data-testid=live-${k}]`)?.textContent?.replaceAll(',', '')) === n[i]),
      [due, done, late, covered, cases],
      { timeout: 15_000 },
    )
    .catch(() => {})
  const shown = []
  for (const k of ['due', 'done', 'late', 'covered', 'cases']) shown.push(Number((await id(`live-${k}`).textContent()).replaceAll(',', '')))
  check(`${what} ${area}`, shown, want[area])
  const rows = await id('live-area').evaluateAll((l) => l.map((x) => [x.dataset.code, ['due', 'done', 'late', 'covered', 'cases'].map((k) => Number(x.dataset[k]))]))
  for (const [code, n] of rows) if (want[code]) check(`${what} ${code}`, n, want[code])
  ensure(`${what} ${area}: there are areas below`, rows.length > 0)
}

try {
  const wall = await seat('wall', 'official')
  await wall.page.goto(`${origin}/screen`)
  await wall.page.locator('[data-testid=screen][data-how=live]').waitFor()
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
  await wall.page.locator('[data-testid=map][data-idle=true]').waitFor()
  await wall.shoot('screen')

  // Down to a town and a community, and back.
  const town = wall.id('live-area').first()
  const code = await town.getAttribute('data-code')
  await town.getByRole('link').click()
  await wall.page.locator(`[data-testid=screen][data-area="${code}"]`).waitFor()
  await shows(wall, 'a town', code, visits)
  const community = await wall.id('live-area').first().getAttribute('data-code')
  await wall.id('live-area').first().getByRole('link').click()
  await wall.page.locator(`[data-testid=screen][data-area="${community}"]`).waitFor()
  await shows(wall, 'a community', community, visits)
  await wall.page.goto(`${origin}/screen`)
  await wall.page.locator('[data-testid=screen][data-how=live]').waitFor()

  // A leader goes on with the emergency; the wall follows.
  const phone = await seat('phone', 'leader')
  await phone.page.goto(`${origin}/cases`)
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
  await phone.id('case-new').click()
  await phone.id('new-emergency').check({ force: true })
  const [leads] = [await phone.id('cases').getAttribute('data-area')]
  await phone.page.locator('[data-testid=new-case] [data-testid=area-search]').fill(`${leads}001`)
  await phone.page.locator('[data-testid=new-case] [role=option]').first().click()
  await phone.id('new-grid').waitFor()
  await phone.id('new-text').fill('路灯杆倾斜')
  await phone.id('new-send').click()
  await phone.id('case-dialog').waitFor()
  await shows(wall, 'a case is reported', district, await step('look'))
  await phone.close()

  // The phone's own screen, of the area that the leader answers for.
  const own = await seat('phone', 'leader')
  await own.page.goto(`${origin}/screen`)
  await own.page.locator('[data-testid=screen][data-how=live]').waitFor()
  await shows(own, 'on a phone', await own.id('screen').getAttribute('data-area'), await step('look'))
  await own.shoot('screen')
  await own.close()

  // A planner sets the ladder from tomorrow on.
  const planner = await seat('desktop', 'planner')
  await planner.page.goto(`${origin}/cases`)
  await planner.id('rule').waitFor()
  await planner.id('rule-set').click()
  await planner.id('rule-remind').fill('09:00')
  await planner.id('rule-save').click()
  await planner.id('rule-saved').waitFor()
  await planner.id('rule').nth(1).waitFor()
  check('the one that holds and the one to come', await planner.id('rule').count(), 2)
  await planner.shoot('cases')
  await planner.page.goto(`${origin}/screen?lang=en`)
  await planner.page.locator('[data-testid=screen][data-how=live]').waitFor()
  await planner.page.locator('[data-testid=map][data-idle=true]').waitFor()
  await planner.shoot('screen-en')
  await planner.close()
  await wall.close()
} catch (e) {
  failures.push(e.message ?? String(e))
}
await browser.close()
console.log(`${checks} checks, ${failures.length} failures`)
for (const f of failures) console.log('- ' + f)
process.exit(failures.length > 0 ? 1 : 0)

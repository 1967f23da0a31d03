// Walks through the door, one's own account, the accounts and the audit in
// Chromium, at desktop and phone width: as the made-up people of a demonstration,
// and as somebody who is given an account, signs in for the first time, sets up
// a second step and loses the session over what was typed.
//
//   node browser/trust.test.mjs BASE_URL RESULT.json
//
// RESULT.json is written: [{size, login, glass}], for the caller to hold against
// the database. SHOTS names a folder for screenshots, CHROMIUM the browser. Exit
// code 1 when a page shows something else, asks another host for anything, logs
// an error or scrolls sideways; 2 for bad use.
import { createHmac } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const [base, file] = process.argv.slice(2)
if (!base || !file) {
  console.error('use: node browser/trust.test.mjs BASE_URL RESULT.json')
  process.exit(2)
}
const origin = new URL(base).origin
const shots = process.env.SHOTS
if (shots) mkdirSync(shots, { recursive: true })
const patience = { timeout: 60_000 }

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

/** codeOf is what an authenticator shows for a secret at a time (RFC 6238, SHA-1, 30 s, six digits). */
function codeOf(secret, at = Date.now()) {
  let bits = ''
  for (const c of secret.replace(/[\s=]/g, '')) bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((b) => parseInt(b, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)))
  const mac = createHmac('sha1', key).update(step).digest()
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
})

const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } }
try {
  for (const [size, viewport] of Object.entries(sizes)) {
    const context = await browser.newContext({ viewport, deviceScaleFactor: shots ? 1 : 0.5, reducedMotion: 'reduce', hasTouch: size === 'phone', locale: 'zh-CN', acceptDownloads: true })
    context.setDefaultTimeout(patience.timeout)
    let refused = false // an answer that is a refusal is logged by the browser
    let where = ''
    let signedOut = 0
    await context.route('**/*', (r) => {
      const url = new URL(r.request().url())
      if (url.origin !== origin && !/^(data|blob):/.test(url.protocol)) {
        failures.push(`${size}: asks another host: ${url}`)
        return r.abort()
      }
      if (url.pathname === '/v1/session' && r.request().method() === 'DELETE') signedOut++
      return r.continue()
    })
    const page = await context.newPage()
    page.on('console', (m) => {
      if (m.type() === 'error' && !refused) failures.push(`${size} ${where}: console: ${m.text().slice(0, 300)} ${new URL(m.location().url || origin).pathname}`)
    })
    page.on('pageerror', (e) => failures.push(`${size} ${where}: ${e.message.slice(0, 300)}`))
    const id = (name) => page.getByTestId(name)
    const shoot = async (name) => {
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
      ensure(`${size} ${name}: scrolls sideways by ${wide}px`, wide <= 0)
      const words = await page.evaluate(() => document.body.innerText)
      ensure(`${size} ${name}: shows a value that is none`, !/\b(undefined|NaN|Infinity|null)\b|\[object|\{\w+\}/.test(words))
      if (shots) await page.screenshot({ path: join(shots, `${size}-${name}.png`) })
    }
    const open = async (path) => {
      where = path
      const r = await page.goto(origin + path)
      check(`${size} ${path}: status`, r?.status(), 200)
    }
    /** as comes in as the made-up person of a role, wherever one stands. */
    const as = async (role) => {
      await id('sign-in').waitFor()
      await page.locator(`[data-testid=person][data-role=${role}]`).first().click()
      await id('sign-in').waitFor({ state: 'detached' })
    }
    const leave = async () => {
      const before = signedOut
      await id('account').click()
      const anew = page.waitForEvent('load')
      await id('sign-out').click()
      await anew
      await id('sign-in').waitFor()
      check(`${size}: the session was ended`, signedOut, before + 1)
    }

    // Whoever is not signed in comes to the door, and from there to where they wanted.
    await open('/audit?outcome=ok')
    await id('sign-in').waitFor()
    check(`${size} the door`, new URL(page.url()).pathname, '/sign-in')
    ensure(`${size} the door offers people of every role`, (await id('person').evaluateAll((l) => new Set(l.map((x) => x.dataset.role)).size)) >= 8)
    await shoot('sign-in')
    await as('auditor')
    await id('audit').waitFor()
    check(`${size} back to what was asked for`, new URL(page.url()).pathname + new URL(page.url()).search, '/audit?outcome=ok')
    await id('event').first().waitFor()
    check(`${size} audit: only what was asked for`, [...new Set(await id('event').evaluateAll((l) => l.map((x) => x.dataset.outcome)))], ['ok'])
    await page.locator('[data-testid=unusual][data-count]').waitFor()
    await id('verify').click()
    await page.locator('[data-testid=chain][data-ok=true]').waitFor()
    await shoot('audit')
    await id('audit-action').selectOption('sign_in')
    await page.waitForFunction(() => [...document.querySelectorAll('[data-testid=event]')].every((x) => x.dataset.action === 'sign_in'), null, patience)
    ensure(`${size} audit: the sign-in stands in it`, (await id('event').count()) > 0)

    // The menu offers what one may, and a page that is not one's own says whose it is.
    const offered = () => page.locator('.tabs a').evaluateAll((l) => l.map((x) => x.dataset.testid.slice(4)))
    check(`${size} the auditor is offered`, await offered(), ['map', 'coverage', 'shortfall', 'board', 'audit'])
    await open('/accounts')
    await id('closed').waitFor()
    ensure(`${size} whose page it is`, (await id('closed').innerText()).includes('管理员'))
    await page.evaluate(() => localStorage.setItem('sanse.notices', '1'))
    await leave()
    check(`${size} nothing is kept but the language`, await page.evaluate(() => Object.keys(localStorage)), ['sanse.lang'])

    // Whoever comes in wants to work: a worker on their own day, with whom they visit, a leader on the list of their area.
    await open('/')
    await as('worker')
    await id('stop-count').waitFor()
    check(`${size} a worker begins with`, new URL(page.url()).pathname, '/day')
    ensure(`${size} a worker knows whom they visit`, await page.locator('.stops h3, .stops b').evaluateAll((l) => l.some((x) => /[\u4e00-\u9fff]{2,}/.test(x.innerText))))
    check(`${size} a worker chooses no other day than their own`, await id('day-change').count(), 0)
    await shoot('worker')
    await leave()
    await open('/')
    await as('leader')
    await page.locator('[data-testid=visitors] a').first().waitFor()
    check(`${size} a leader begins with`, [new URL(page.url()).pathname, (await id('picker').getAttribute('data-area')).length], ['/day', 12])
    await shoot('leader')
    await open('/board')
    await page.locator('[data-testid=board][data-area]').waitFor()
    check(`${size} a leader's board is of their community`, (await id('board').getAttribute('data-area')).length, 12)
    await leave()

    // An administrator gives somebody an account, shown a secret once.
    const login = `walk-${size}`
    await open('/accounts')
    await as('administrator')
    await id('add-account').click()
    await id('new-login').fill(login)
    const script = '<img src=x onerror=alert(1)> 周试行'
    await id('new-name').fill(script)
    await id('grant-role').selectOption('planner')
    await id('whole-district').click()
    await id('grant-reason').fill('走查')
    await id('add-account-dialog').getByTestId('step-go').click()
    const secret = (await id('secret').innerText()).trim()
    ensure(`${size} the secret is long enough`, secret.length >= 12)
    await shoot('secret')
    await id('once-done').click()
    await id('account-query').fill(login)
    await page.locator('[data-testid=accounts][data-count="1"]').waitFor()
    await shoot('accounts')
    // A name that would be a page is shown as the text it is.
    ensure(`${size} a name is text`, (await id('accounts').innerText()).includes(script) && (await page.locator('img[src="x"]').count()) === 0)
    ensure(`${size} what is looked for stands in no address`, !page.url().includes(login))
    await leave()

    // The first sign-in: a password of one's own, a second step, recovery codes.
    await open('/needs')
    await id('sign-in').waitFor()
    const password = async (word) => {
      const field = id('login')
      if (!(await field.isVisible())) await page.locator('.sign-in-card details summary').click()
      await field.fill(login)
      await id('password').fill(word)
      await id('password-step').getByTestId('step-go').click()
    }
    refused = true
    await password('wrong wrong wrong')
    await id('step-refused').waitFor()
    check(`${size} a wrong password: the login is kept`, await id('login').inputValue(), login)
    refused = false
    await password(secret)
    await id('new-password-step').waitFor()
    await id('old-password').fill(secret)
    await id('new-password').fill('woaini5201314')
    check(`${size} a common password is told`, [await id('strength').getAttribute('data-strength'), await id('step-go').isDisabled()], ['common', true])
    const own = `篮子 灯塔 ${size} 邮票 秤砣`
    await id('new-password').fill(own)
    await id('step-go').click()
    await id('enrol-step').waitFor()
    await page.waitForFunction(() => document.querySelector('[data-testid=qr]')?.naturalWidth > 0, null, patience)
    const totp = (await id('totp-secret').innerText()).replace(/\s/g, '')
    await shoot('enrol')
    await id('code').fill(codeOf(totp))
    await id('step-go').click()
    await id('recovery').waitFor()
    const recovery = await id('recovery').locator('code').allInnerTexts()
    ensure(`${size} recovery codes`, recovery.length >= 8 && new Set(recovery).size === recovery.length)
    check(`${size} going on waits until they are kept`, await id('step-go').isDisabled(), true)
    await shoot('recovery')
    await id('kept').check()
    await id('step-go').click()
    await id('needs').waitFor()

    // A name is behind a glass for a planner: a reason is asked for, and it is written down.
    const named = id('named').first()
    await named.waitFor()
    const glass = await named.getAttribute('data-resident')
    refused = true // who may see some names asks first, and is told that this one wants a reason
    await named.getByTestId('name').click()
    await id('glass-dialog').waitFor()
    refused = false
    await id('glass-reason').fill('家属说')
    check(`${size} a short reason is not enough`, await id('glass-go').isDisabled(), true)
    await id('glass-reason').fill('家属报告联系不上，需要立即上门查看')
    await shoot('glass')
    await id('glass-go').click()
    await id('person-told').waitFor()
    await shoot('named')
    await id('glass-close').click()
    await id('person-told').waitFor({ state: 'detached' })

    // Whoever plans hands the same to a department, for a reason and a time.
    await named.getByTestId('hand-over').click()
    await id('hand-form').waitFor()
    check(`${size} nobody is handed over without a word`, await id('hand-form').getByTestId('step-go').isDisabled(), true)
    await id('hand-to').selectOption('bcivil_affairs')
    await id('hand-reason').fill(`低保复核 ${size}`)
    await id('hand-form').getByTestId('step-go').click()
    await id('hand-done').waitFor()
    await id('in-hand').first().waitFor()
    await shoot('hand-over')
    await page.keyboard.press('Escape')
    await id('hand-dialog').waitFor({ state: 'detached' })

    // A file is asked what it is for.
    await open('/shortfall')
    await id('file-xlsx').click()
    await page.locator('[data-testid=purpose][data-purpose=meeting]').check()
    const [download] = await Promise.all([page.waitForEvent('download'), id('purpose-go').click()])
    ensure(`${size} the file has a name`, /\.xlsx$/.test(download.suggestedFilename()))
    await id('purpose-dialog').waitFor({ state: 'detached' })
    await id('file-pdf').click()
    check(`${size} the purpose is remembered`, await page.locator('[data-testid=purpose][data-purpose=meeting]').isChecked(), true)
    await page.keyboard.press('Escape')

    // The session is lost over what was typed: signing in above the page goes on from there.
    await open('/me')
    await page.locator('[data-testid=session][data-current=true]').waitFor()
    check(`${size} this session is told apart`, await page.locator('[data-testid=session][data-current=true]').count(), 1)
    await shoot('me')
    await open('/shortfall/standards')
    await page.getByTestId('standard').first().getByTestId('standard-edit').click()
    await id('f-source').fill('走查来源')
    await context.clearCookies({ name: /sanse$/ })
    refused = true
    await id('standard-save').click()
    await id('again').waitFor()
    await shoot('again')
    check(`${size} the login is filled in`, await id('again').getByTestId('login').inputValue(), login)
    await id('again').getByTestId('password').fill(own)
    await id('again').getByTestId('step-go').click()
    await id('again').getByTestId('totp-step').waitFor()
    await id('again').getByTestId('use-recovery').click()
    await id('again').getByTestId('code').fill(recovery[0])
    await id('again').getByTestId('step-go').click()
    await id('again').waitFor({ state: 'hidden' })
    await id('standard-form').waitFor({ state: 'detached' })
    refused = false
    await page.waitForFunction(() => document.body.innerText.includes('走查来源'), null, patience)
    await leave()

    // A department begins with those in its hands, and learns who they are.
    await open('/')
    await as('department')
    const mine = page.locator(`[data-testid=handed-one][data-resident="${glass}"]`).filter({ hasText: `低保复核 ${size}` })
    await mine.waitFor()
    check(`${size} a department begins with`, new URL(page.url()).pathname, '/handed')
    await open('/')
    await mine.waitFor()
    check(`${size} a department finds them at the beginning`, new URL(page.url()).pathname, '/handed')
    await mine.getByTestId('name').click()
    await id('person-told').waitFor()
    await shoot('handed')
    await id('name-away').click()
    check(`${size} a name is put away`, await id('person-told').count(), 0)
    await leave()

    // What was done stands in the audit.
    await open('/audit?action=break_glass')
    await as('auditor')
    await page.waitForFunction((r) => [...document.querySelectorAll('[data-testid=event]')].some((x) => x.innerText.includes(r)), glass, patience)
    // What is asked while the session ends would be refused.
    await page.locator('[data-testid=unusual][data-count]').waitFor()
    await shoot('break-glass')
    await leave()

    // Turned off, it does not come in.
    await open('/accounts')
    await as('administrator')
    await id('account-query').fill(login)
    await page.locator('[data-testid=accounts][data-count="1"]').waitFor()
    await id('account-open').click()
    await id('disable').click()
    await id('disable-yes').click()
    await id('enable').waitFor()
    await shoot('account')
    await page.keyboard.press('Escape')
    await leave()
    refused = true
    await password(own)
    await id('step-refused').waitFor()
    refused = false
    results.push({ size, login, glass })
    await context.close()
  }
} catch (e) {
  failures.push(String(e.stack ?? e).slice(0, 1500))
} finally {
  await browser.close()
}

writeFileSync(file, JSON.stringify(results))
console.log(`${checks} checks`)
if (failures.length > 0) {
  console.error([...new Set(failures)].slice(0, 40).join('\n'))
  process.exit(1)
}

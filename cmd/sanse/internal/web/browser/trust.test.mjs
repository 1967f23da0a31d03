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
import { writeFileSync } from 'node:fs'
import { begin } from './walk.mjs'

const { args, check, ensure, becomes, seat, run } = await begin('trust.test.mjs BASE_URL RESULT.json')
const results = []

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

const sizes = { desktop: { width: 1280, height: 860 }, phone: { width: 390, height: 844 } }
const tell = () => writeFileSync(args[0], JSON.stringify(results))
await run(async () => {
  for (const [size, viewport] of Object.entries(sizes)) {
    const me = await seat(size, { viewport, touch: size === 'phone', acceptDownloads: true })
    const { page, id, open, as, leave, shoot } = me

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
    await becomes(`${size} audit: only what was asked for`, () => id('event').evaluateAll((l) => [...new Set(l.map((x) => x.dataset.outcome))]), ['ok'])
    await page.locator('[data-testid=unusual][data-count]').waitFor()
    await id('verify').click()
    await page.locator('[data-testid=chain][data-ok=true]').waitFor()
    await shoot('audit')
    await id('audit-action').selectOption('sign_in')
    await becomes(`${size} audit: the sign-in stands in it, and nothing else`, () => id('event').evaluateAll((l) => [...new Set(l.map((x) => x.dataset.action))]), ['sign_in'])

    // The menu offers what one may, and a page that is not one's own says whose it is.
    const offered = () => page.locator('.tabs a').evaluateAll((l) => l.map((x) => x.dataset.testid.slice(4)))
    await becomes(`${size} the auditor is offered`, offered, ['map', 'coverage', 'shortfall', 'board', 'audit'])
    await open('/accounts')
    await id('closed').waitFor()
    ensure(`${size} whose page it is`, (await id('closed').innerText()).includes('管理员'))
    await page.evaluate(() => localStorage.setItem('sanse.notices', '1'))
    await leave()
    await becomes(`${size} nothing is kept but the language`, () => page.evaluate(() => Object.keys(localStorage)), ['sanse.lang'])

    // Whoever comes in wants to work: a worker on their own day, with whom they visit, a leader on the list of their area.
    await open('/')
    await as('worker')
    await id('stop-count').waitFor()
    check(`${size} a worker begins with`, new URL(page.url()).pathname, '/day')
    await becomes(`${size} a worker knows whom they visit`, () => page.locator('.stops h3, .stops b').evaluateAll((l) => l.some((x) => /[\u4e00-\u9fff]{2,}/.test(x.innerText))), true)
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
      await field.waitFor({ state: 'attached' })
      if (!(await field.isVisible())) await page.locator('.sign-in-card details summary').click()
      await field.fill(login)
      await id('password').fill(word)
      await id('password-step').getByTestId('step-go').click()
    }
    me.refused = true
    await password('wrong wrong wrong')
    await id('step-refused').waitFor()
    check(`${size} a wrong password: the login is kept`, await id('login').inputValue(), login)
    me.refused = false
    await password(secret)
    await id('new-password-step').waitFor()
    await id('old-password').fill(secret)
    await id('new-password').fill('woaini5201314')
    await becomes(`${size} a common password is told`, async () => [await id('strength').getAttribute('data-strength'), await id('step-go').isDisabled()], ['common', true])
    const own = `篮子 灯塔 ${size} 邮票 秤砣`
    await id('new-password').fill(own)
    await id('step-go').click()
    await id('enrol-step').waitFor()
    await page.waitForFunction(() => document.querySelector('[data-testid=qr]')?.naturalWidth > 0)
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
    me.refused = true // who may see some names asks first, and is told that this one wants a reason
    await named.getByTestId('name').click()
    await id('glass-dialog').waitFor()
    me.refused = false
    await id('glass-reason').fill('家属说')
    await becomes(`${size} a short reason is not enough`, () => id('glass-go').isDisabled(), true)
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
    await becomes(`${size} the purpose is remembered`, () => page.locator('[data-testid=purpose][data-purpose=meeting]').isChecked(), true)
    await page.keyboard.press('Escape')

    // The session is lost over what was typed: signing in above the page goes on from there.
    await open('/me')
    await page.locator('[data-testid=session][data-current=true]').waitFor()
    check(`${size} this session is told apart`, await page.locator('[data-testid=session][data-current=true]').count(), 1)
    await shoot('me')
    await open('/shortfall/standards')
    await page.getByTestId('standard').first().getByTestId('standard-edit').click()
    await id('f-source').fill('走查来源')
    await me.context.clearCookies({ name: /sanse$/ })
    me.refused = true
    await id('standard-save').click()
    await id('again').waitFor()
    await shoot('again')
    await becomes(`${size} the login is filled in`, () => id('again').getByTestId('login').inputValue(), login)
    await id('again').getByTestId('password').fill(own)
    await id('again').getByTestId('step-go').click()
    await id('again').getByTestId('totp-step').waitFor()
    await id('again').getByTestId('use-recovery').click()
    await id('again').getByTestId('code').fill(recovery[0])
    await id('again').getByTestId('step-go').click()
    await id('again').waitFor({ state: 'hidden' })
    await id('standard-form').waitFor({ state: 'detached' })
    me.refused = false
    await page.waitForFunction(() => document.body.innerText.includes('走查来源'))
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
    await becomes(`${size} a name is put away`, () => id('person-told').count(), 0)
    await leave()

    // What was done stands in the audit.
    await open('/audit?action=break_glass')
    await as('auditor')
    await page.waitForFunction((r) => [...document.querySelectorAll('[data-testid=event]')].some((x) => x.innerText.includes(r)), glass)
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
    me.refused = true
    await password(own)
    await id('step-refused').waitFor()
    me.refused = false
    results.push({ size, login, glass })
    await me.close()
  }
}, tell)

// Walks through a day on a phone in Chromium, at two widths: a code is scanned, a
// record is made with and without signal, the app is killed over it, answers are
// lost, the session ends, a new version comes; and every record is sent once. Then
// on a phone that reads codes and turns speech into text by itself.
//
//   node browser/today.test.mjs BASE_URL HOME_TOKEN PLATE_TOKEN
//
// The service behind BASE_URL is a stand-in that fails as it is told to (/line,
// see today_test.go). SHOTS names a folder for screenshots, CHROMIUM the browser.
// Exit code 1 when a page shows something else; 2 for bad use.
import { begin } from './walk.mjs'

const { origin, args, check, ensure, becomes, seat, run } = await begin('today.test.mjs BASE_URL HOME_TOKEN PLATE_TOKEN')
const [home, plate] = args
const line = async (query) => (await fetch(`${origin}/line?${query}`)).json()

const sizes = { small: { width: 360, height: 640 }, phone: { width: 390, height: 844 } }
await run(async () => {
  for (const [size, viewport] of Object.entries(sizes)) {
    await line('out=1')
    const me = await seat(size, { viewport, touch: true, isMobile: true, smooth: true, deviceScaleFactor: 1, permissions: ['geolocation'], geolocation: { longitude: 104.2, latitude: 30.8, accuracy: 15 } })
    const { context } = me
    me.refused = true // the line fails as it is told to
    // When the first question stands on the page, counted from where its address was opened.
    await context.addInitScript(() => {
      new MutationObserver((_, o) => {
        if (!document.querySelector('[data-testid=question]')) return
        o.disconnect()
        requestAnimationFrame(() => (window.asked = performance.now()))
      }).observe(document, { childList: true, subtree: true })
    })
    let { page } = me
    const open = async (path) => {
      await page.close() // killed, not left
      page = await me.newPage()
      me.where = path.split('#')[0]
      await page.goto(origin + path)
    }
    const id = (name) => page.getByTestId(name)
    const shoot = async (name) => {
      const low = await page.evaluate(() => [...document.querySelectorAll('.phone button, .phone a')].map((x) => x.getBoundingClientRect().height).filter((h) => h > 0 && h < 48))
      check(`${size} ${name}: everything is as high as a thumb`, low, [])
      await me.shoot(name, page)
    }
    const at = (n) => page.locator(`[data-testid=record][data-at="${n}"]`).waitFor()
    const badge = (name, n) => page.locator(`[data-testid=badge][data-${name}="${n}"]`).waitFor()

    // Whoever scans a code without signing in learns nothing, and the code stands nowhere.
    await open('/c#' + home)
    await id('sign-in').waitFor()
    const said = await page.evaluate(() => document.body.innerText)
    ensure(`${size} the door says nothing`, !/刘试玉|陈试国|试行路/.test(said))
    check(`${size} the code is out of the address`, page.url(), origin + '/today')
    await shoot('sign-in')
    // Signed in, the record is open: arrived, at the first question.
    await id('person').click()
    await id('question').waitFor()
    check(`${size} questions come asked, checked, cleared`, await id('question').getAttribute('data-item'), 'health')
    await shoot('question')
    await id('answer').first().click()
    await at(1)
    // Killed over the second question, and opened from the list: it goes on there.
    await open('/today')
    await page.locator('[data-testid=stop][data-standing=open]').click()
    await shoot('door')
    await id('go-on').click()
    await at(1)
    await id('question-back').click()
    await at(0)
    check(`${size} the answer given is shown`, await page.locator('[data-testid=answer][aria-pressed=true]').getAttribute('data-code'), 'fine')
    await id('answer').nth(1).click()
    for (const n of [1, 2, 3]) {
      await at(n)
      await id('answer').first().click()
    }
    await id('to-see-to').waitFor()
    await id('found').fill('已报修')
    await shoot('found')
    await id('leave-door').click()
    await badge('sent', 1)
    await page.waitForFunction(() => navigator.serviceWorker.getRegistration().then((r) => Boolean(r?.active)))

    // The day is changed: another day for one, another order, a point ticked off, a record corrected.
    const before = await line('')
    await page.locator('[data-testid=stop][data-resident=r2]').click()
    await id('to-move').click()
    await id('move-day').first().waitFor()
    await becomes(`${size} offered are days, colleagues, the next of the ladder`, async () => [await id('move-day').count(), await id('move-colleague').count(), await id('pass-on').count()], [2, 2, 1])
    await shoot('move')
    await id('move-day').first().click()
    await shoot('move-why')
    await id('move-reason').first().click()
    await page.locator('[data-testid=phone][data-view=list]').waitFor()
    await id('to-order').click()
    const doors = () => id('order-door').evaluateAll((list) => list.map((x) => x.dataset.door))
    await id('order-down').first().waitFor()
    const asPlanned = await doors()
    await id('order-down').first().click()
    await becomes(`${size} the order is another`, async () => JSON.stringify(await doors()) !== JSON.stringify(asPlanned), true)
    const turned = await doors()
    await id('order-keep').click()
    await id('order-breaks').waitFor()
    await shoot('order')
    await id('order-reason').first().click()
    await page.locator('[data-testid=phone][data-view=list]').waitFor()
    await becomes(`${size} the list is in the order that was chosen`, () => id('stop').evaluateAll((list) => list.map((x) => x.dataset.resident || 't1')), turned)
    await page.locator('[data-testid=stop][data-key=s4]').click()
    await id('tick').click()
    await page.locator('[data-testid=stop][data-key=s4][data-standing=sent]').waitFor()
    await id('badge').click()
    await id('correct').click()
    for (const n of [0, 1, 2, 3]) {
      await at(n)
      await id('answer').first().click()
    }
    await id('leave-door').click()
    await badge('sent', 2)
    const after = await line('')
    check(`${size} moved, put in order and ticked off once each`, [after.moves - before.moves, after.orders - before.orders, after.ticks - before.ticks], [1, 1, 1])
    await id('more').click()
    check(`${size} paper is for a purpose`, [await id('sheet').getAttribute('href'), await id('gpx').getAttribute('href')].map((x) => /purpose=daily_work/.test(x)), [true, true])
    await id('to-calendar').click()
    await id('calendar-make').click()
    await id('calendar-address').waitFor()
    await shoot('calendar')
    await id('to-list').click()

    // No signal: the app opens, a plate leads to a choice, the records wait.
    await line('is=down')
    await open('/today')
    await id('stop').first().waitFor()
    await becomes(`${size} the list is there without signal`, () => id('stop').count(), 4)
    const words = await page.evaluate(() => document.body.innerText)
    ensure(`${size} the list tells no grade`, !/红|黄|蓝/.test(words) && words.includes('刘试玉'))
    await shoot('list')
    // What changes the plan takes signal, and says so.
    await page.locator('[data-testid=stop][data-resident=r2]').click()
    await id('to-move').click()
    await id('move-failed').waitFor()
    await open('/c#' + plate)
    await id('plate').waitFor()
    await shoot('plate')
    await page.locator('[data-testid=stop][data-resident=r2]').click()
    for (const n of [0, 1, 2, 3]) {
      await at(n)
      await id('answer').first().click()
    }
    await id('leave-door').click()
    await badge('waiting', 1)
    // No code: a reason, and the record of a door that nobody opened.
    await page.locator('[data-testid=stop][data-resident=r3]').click()
    await id('no-code').click()
    await shoot('no-code')
    await id('no-code-reason').first().click()
    await at(0)
    await id('not-seen').click()
    await id('not-seen-reason').first().click()
    await badge('waiting', 2)
    check(`${size} nobody seen is no visit`, [await id('progress').getAttribute('data-done'), await id('progress').getAttribute('data-of')], ['2', '3'])
    await id('badge').click()
    await id('kept').waitFor()
    await shoot('waiting')

    // A busy service, then answers that are lost; each time the app is killed over it.
    for (const is of ['busy', 'lost']) {
      await line(`is=${is}`)
      const { posts } = await line(`is=${is}`)
      await open('/today')
      await becomes(`${size} ${is}: it was sent`, async () => (await line(`is=${is}`)).posts > posts, true)
      await becomes(`${size} ${is}: it still waits`, () => id('badge').getAttribute('data-waiting'), '2')
    }
    // The session ends over it: nothing is shown, nothing lost.
    await line('out=1')
    await open('/today')
    await id('sign-in').waitFor()
    ensure(`${size} without a session no name is shown`, !/刘试玉/.test(await page.evaluate(() => document.body.innerText)))
    await id('person').click()
    await badge('sent', 4)

    // A new version waits until it is wanted, and takes nothing with it.
    await line('newer=1')
    await open('/c#' + home)
    await at(0)
    await page.evaluate(() => navigator.serviceWorker.getRegistration().then((r) => r.update()).then(() => true))
    await page.waitForFunction(() => navigator.serviceWorker.getRegistration().then((r) => r.waiting !== null))
    check(`${size} no new version over a record`, await id('take-new').count(), 0)
    await id('answer').first().click()
    await at(1)
    await id('to-list').click()
    await Promise.all([page.waitForEvent('load'), id('take-new').click()])
    await page.locator('[data-testid=stop][data-standing=open]').waitFor()

    // What is refused stays with its reason, until it is given up.
    await line('is=refuse')
    await page.locator('[data-testid=stop][data-resident=r1]').click()
    await id('go-on').click()
    for (const n of [1, 2, 3]) {
      await at(n)
      await id('answer').first().click()
    }
    await id('leave-door').click()
    await badge('refused', 1)
    await id('badge').click()
    await shoot('refused')
    await id('drop').click()
    await id('drop-yes').click()
    await badge('refused', 0)

    // From a scan to the first question on a processor four times slower: by the
    // clock, which others on the machine disturb, and by the time that the page
    // itself computes, which they do not. It is told and fails nothing.
    await line('')
    const took = {}
    for (const rate of [4, 1]) {
      await page.close()
      page = await me.newPage()
      const tools = await context.newCDPSession(page)
      await tools.send('Performance.enable', { timeDomain: 'threadTicks' })
      await tools.send('Emulation.setCPUThrottlingRate', { rate })
      await page.goto(origin + '/c#' + home)
      await page.waitForFunction(() => window.asked > 0)
      took[rate] = rate > 1 ? await page.evaluate(() => window.asked) : 4000 * (await tools.send('Performance.getMetrics')).metrics.find((m) => m.name === 'TaskDuration').value
      await tools.send('Emulation.setCPUThrottlingRate', { rate: 1 })
    }
    console.log(`${size}: from scan to the first question at a quarter of the speed: ${took[4].toFixed()} ms by the clock, ${took[1].toFixed()} ms computed`)

    // Signing out: names leave the phone, what is being written stays for whoever wrote it.
    await id('to-list').click()
    await id('more').click()
    await shoot('menu')
    // The door shows before the page begins anew: what stays is read on the page after.
    const anew = page.waitForEvent('load')
    await id('sign-out').click()
    await anew
    await id('sign-in').waitFor()
    const left = () => page.evaluate(async () => {
      const read = (name, table) =>
        new Promise((ok, no) => {
          const r = indexedDB.open(name)
          r.onerror = () => no(r.error)
          r.onsuccess = () => {
            if (!r.result.objectStoreNames.contains(table)) return ok([])
            const all = r.result.transaction(table).objectStore(table).getAll()
            all.onsuccess = () => ok(all.result)
          }
        })
      return { day: await read('sanse.day', 'day'), records: (await read('sanse.records', 'record')).map((k) => k.state).sort(), shells: (await caches.keys()).length, local: Object.keys(localStorage) }
    })
    await becomes(`${size} what stays on the phone`, left, { day: [], records: ['open', 'sent', 'sent', 'sent', 'sent', 'sent'], shells: 1, local: ['sanse.lang', 'sanse.forms'] })
    await me.close()
  }

  // A phone that reads codes and turns speech into text by itself: this browser does
  // neither, so what reads and what listens stand in for it; the camera is asked for
  // as on any phone.
  await line('out=1')
  const me = await seat('able phone', { viewport: sizes.phone, touch: true, isMobile: true, permissions: ['camera', 'microphone'] })
  me.refused = true // the stand-in has no messages
  await me.context.addInitScript((code) => {
    window.BarcodeDetector = class {
      async detect(video) {
        return video.videoWidth > 0 && window.before ? [{ rawValue: window.before }] : []
      }
    }
    window.SpeechRecognition = class extends EventTarget {
      static available = async ({ processLocally }) => (processLocally ? 'available' : 'unavailable')
      start() {
        for (const said of ['药快', '药快吃完了']) this.dispatchEvent(Object.assign(new Event('result'), { results: [[{ transcript: said }]] }))
      }
      stop() {
        this.dispatchEvent(new Event('end'))
      }
    }
    window.code = code
  }, `${origin}/c#${home}`)
  const { page } = me
  const id = (name) => page.getByTestId(name)
  await page.goto(origin + '/today')
  await id('person').click()
  await id('scan').click()
  await page.waitForFunction(() => document.querySelector('[data-testid=scan-view] video')?.videoWidth > 0)
  const hint = () => page.locator('[data-testid=scan-view] [role=status]').innerText()
  const looking = await hint()
  await page.evaluate(() => (window.before = 'https://elsewhere.example/pay'))
  await becomes('able phone: a code of somebody else is told of', async () => (await hint()) !== looking, true)
  await page.evaluate(() => (window.before = window.code))
  await id('question').waitFor()
  check('able phone: the camera is off again', await page.locator('video').count(), 0)
  for (const n of [0, 1, 2, 3]) {
    await page.locator(`[data-testid=record][data-at="${n}"]`).waitFor()
    await id('answer').first().click()
  }
  await id('found').fill('门口有药盒')
  await id('speak').click()
  await becomes('able phone: what was said stands below what was written', () => id('found').inputValue(), '门口有药盒\n药快吃完了')
  await id('speak').click()
  check('able phone: it listens no more', await id('speak').getAttribute('aria-pressed'), 'false')
  const { stored } = await line('')
  await id('leave-door').click()
  await becomes('able phone: the record was sent', async () => (await line('')).stored - stored, 1)
  await me.close()
})

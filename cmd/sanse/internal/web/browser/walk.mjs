// What the walks through the pages share: a browser, windows that fail the walk for
// an error that is logged or another host that is asked, checks that are counted,
// and ways to wait for what a page is about to show.
//
//   const { args: [file], check, seat, run } = await begin('boards.test.mjs BASE_URL RESULT.json')
//   await run(async () => {
//     const me = await seat('desktop', { viewport: { width: 1280, height: 800 } })
//     await me.open('/board')
//     …
//     await me.close()
//   })
//
// CHROMIUM names the browser; SHOTS a folder for screenshots. Exit code 0 when all
// checks hold, 1 when one does not, 2 for bad use.
//
// A walk waits for what a step brings, never for a time. What takes long fails
// nothing: there is one bound, wide enough for a machine that does much else.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

/** How long anything may take to come, in milliseconds. */
export const bound = 60_000

// There is no graphics card: a map is drawn coarsely, and its pictures on the way to
// the last, each of which costs as much as the last, are few.
const coarse = { every: 200, pixels: 0.25 } // milliseconds; of the map to one of the page

const flags = [
  '--headless',
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  // What is no map is painted without it: where there is no graphics card that is half the work.
  '--disable-gpu-compositing',
  '--disable-gpu-rasterization',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
  '--use-fake-device-for-media-stream', // a camera, for who may look through it
  // Nobody else is to be found, should a page ask.
  '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
]

/** The number that a text is, commas and signs as the pages write them; NaN for none. */
export const count = (s) => Number((s ?? '').replaceAll(',', '').replace('−', '-').replace('+', '').trim() || NaN)

/** What no page says to anybody. */
const none = /\b(undefined|NaN|Infinity|null)\b|\[object|\{\w+\}/

/**
 * begin opens the browser for a script whose use is its name and its arguments, the
 * first the address of the service. It gives the other arguments, the checks, and
 * seat and run.
 */
export async function begin(use) {
  const given = process.argv.slice(2)
  if (given.length < use.split(' ').length - 1) {
    console.error(`use: node browser/${use}`)
    process.exit(2)
  }
  const [base, ...args] = given
  const { origin } = new URL(base)
  const shots = process.env.SHOTS
  if (shots) mkdirSync(shots, { recursive: true })

  let checks = 0
  const failures = []
  /** check holds what is shown against what is wanted. */
  const check = (what, got, want) => {
    checks++
    const [a, b] = [JSON.stringify(got), JSON.stringify(want)]
    if (a !== b) failures.push(`${what}: ${a?.slice(0, 600)}, want ${b?.slice(0, 600)}`)
  }
  const ensure = (what, ok) => {
    checks++
    if (!ok) failures.push(what)
  }
  /** becomes reads again and again until what is read is what is wanted, and holds the last against it. */
  const becomes = async (what, read, want) => {
    const until = Date.now() + bound
    // A page that is being left cannot be read, and the next one can.
    const now = () => read().catch((e) => `${e}`)
    let got = await now()
    while (JSON.stringify(got) !== JSON.stringify(want) && Date.now() < until) {
      await new Promise((again) => setTimeout(again, 50))
      got = await now()
    }
    check(what, got, want)
  }

  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: flags })

  /**
   * seat opens a window of somebody at a screen or, with touch, at a phone. The rest
   * of what it is told is what a context of Playwright may be told. smooth is for
   * who looks at the drawing itself, or at how long it takes.
   */
  async function seat(name, { touch = false, smooth = false, ...more }) {
    const context = await browser.newContext({ deviceScaleFactor: shots ? 1 : 0.5, reducedMotion: 'reduce', hasTouch: touch, locale: 'zh-CN', ...more })
    context.setDefaultTimeout(bound)
    if (!smooth && !shots) await context.addInitScript(draw, coarse)
    // page is the window's own; where is the path that was opened last, and asked what
    // was asked of the service since; refused says that a step is for a refusal, which
    // a browser logs.
    const me = { name, context, where: '', refused: false, asked: [] }
    context.on('request', (r) => {
      const url = new URL(r.url())
      if (r.isNavigationRequest()) me.asked.length = 0
      if (/^(http|ws)/.test(url.protocol) && url.origin !== origin) failures.push(`${name} ${me.where}: asks another host: ${url}`)
      if (url.pathname.startsWith('/v1/')) me.asked.push(url.pathname + url.search)
    })
    /** newPage opens another window beside it, which shares who sits there. */
    me.newPage = async () => {
      const page = await context.newPage()
      underWay.set(page, follow(page))
      page.on('console', (m) => {
        if (m.type() !== 'error' || (me.refused && m.text().startsWith('Failed to load resource'))) return
        failures.push(`${name} ${me.where}: console: ${m.text().slice(0, 300)} ${m.location().url}`)
      })
      page.on('pageerror', (e) => failures.push(`${name} ${me.where}: ${e.message.slice(0, 300)}`))
      return page
    }
    const page = (me.page = await me.newPage())
    const id = (me.id = (testid) => page.getByTestId(testid))
    me.text = async (testid) => (await id(testid).first().innerText()).trim()
    me.click = (testid) => id(testid).first().click()
    me.fill = (testid, words) => id(testid).first().fill(words)
    /** tick chooses a radio or a checkbox as a hand does: by its label, once that is to be seen. */
    me.tick = async (testid) => {
      await page.locator('label', { has: id(testid) }).first().click()
      await page.locator(`[data-testid="${testid}"]:checked`).waitFor()
    }
    me.open = async (path) => {
      me.where = path
      const r = await page.goto(origin + path)
      check(`${name} ${path}: status`, r?.status(), 200)
      const policy = r?.headers()['content-security-policy'] ?? ''
      ensure(`${name} ${path}: no strict content policy`, policy.includes("default-src 'self'") && !policy.includes('unsafe'))
    }
    /** settled waits until nothing is asked for any more, and no mark says that something is under way. */
    me.settled = () => settled(page)
    /** shown waits until the page has shown what it knows: some frames. */
    me.shown = () =>
      page.evaluate(async () => {
        for (let i = 0; i < 3; i++) await new Promise((next) => requestAnimationFrame(next))
      })
    /** drawn waits until every map of the page shows all that is in its view. What arrived last is given to a map some frames later. */
    me.drawn = async () => {
      await settled(page)
      await me.shown()
      await page.waitForFunction(() => {
        const maps = [...document.querySelectorAll('[data-testid=map]')]
        return maps.length > 0 && maps.every((m) => m.dataset.idle === 'true')
      })
    }
    /** as comes in by one click as the made-up person of a role, wherever one stands. */
    me.as = async (role) => {
      await id('sign-in').waitFor()
      await page.locator(`[data-testid=person][data-role=${role}]`).first().click()
      await id('sign-in').waitFor({ state: 'detached' })
    }
    /** leave signs out. What is asked while the session ends would be refused: all is answered before. */
    me.leave = async () => {
      await me.settled()
      await id('account').click()
      const [ended] = await Promise.all([
        page.waitForResponse((r) => new URL(r.url()).pathname === '/v1/session' && r.request().method() === 'DELETE'),
        page.waitForEvent('load'), // the page begins anew; the door shows before it does
        id('sign-out').click(),
      ])
      check(`${name}: the session is ended`, ended.ok(), true)
      await id('sign-in').waitFor()
    }
    /** shoot looks at a page as a whole: nothing runs over its side, no value is none. */
    me.shoot = async (what, of = page) => {
      const [wide, words] = await of.evaluate(() => [document.documentElement.scrollWidth - innerWidth, document.body.innerText])
      ensure(`${name} ${what}: scrolls sideways by ${wide}px`, wide <= 0)
      ensure(`${name} ${what}: shows a value that is none: ${none.exec(words)?.[0]}`, !none.test(words))
      if (!shots) return
      if ((await of.getByTestId('map').count()) > 0) await me.drawn()
      else await settled(of)
      await of.screenshot({ path: join(shots, `${name}-${what}.png`) })
    }
    me.close = async () => {
      await cost(1)
      await context.close()
      await cost(-1)
    }
    return me
  }

  // What the browser costs, in seconds of processor time by kind of process, with what
  // ended before: a window that is closed takes its own along.
  const session = await browser.newBrowserCDPSession()
  const spent = {}
  const cost = async (sign) => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo')
    for (const p of processInfo) spent[p.type] = (spent[p.type] ?? 0) + sign * p.cpuTime
  }

  // Whoever ends a walk that hangs is told where it stands.
  process.once('SIGTERM', () => {
    for (const f of new Set([...failures, `ended after ${checks} checks`])) console.error('FAIL', f)
    process.exit(1)
  })

  /** run walks, tells what was found, and ends the process. last does what is left to do whatever was found. */
  async function run(way, last = () => {}) {
    try {
      await way()
    } catch (e) {
      // What was found before it is told as well.
      failures.push(`stopped: ${e instanceof Error ? e.stack : e}`.slice(0, 2500))
    }
    await cost(1).catch(() => {}) // the browser may be what failed
    await browser.close()
    last()
    for (const f of new Set(failures)) console.error('FAIL', f)
    const seconds = Object.entries(spent).filter(([, s]) => s >= 1).map(([kind, s]) => `${kind} ${s.toFixed(0)} s`)
    console.log(`${checks} checks, ${failures.length} failures; the browser computed: ${seconds.join(', ')}`)
    process.exit(failures.length > 0 ? 1 : 0)
  }

  return { origin, args, failures, check, ensure, becomes, seat, run }
}

const underWay = new WeakMap()

/** follow keeps what a page has asked for and has no answer to; a stream has none. */
function follow(page) {
  const open = new Set()
  let leaves = null
  page.on('request', (r) => {
    if (r.isNavigationRequest() && r.frame() === page.mainFrame()) leaves = r
    if (r.resourceType() !== 'eventsource') open.add(r)
  })
  for (const end of ['requestfinished', 'requestfailed']) page.on(end, (r) => open.delete(r))
  // Of a refusal the rest is often left unread, and never ends.
  page.on('response', (r) => r.ok() || open.delete(r.request()))
  page.on('framenavigated', (f) => {
    if (f !== page.mainFrame() || !leaves) return
    // What the page before had asked for from a worker is never heard of again.
    for (const r of [...open]) {
      if (r === leaves) break
      open.delete(r)
    }
    leaves = null
  })
  return open
}

/** settled waits until a page has all answers and shows no sign of work under way. */
async function settled(page) {
  const until = Date.now() + bound
  for (;;) {
    await page.waitForFunction(() => document.readyState === 'complete' && [...document.querySelectorAll('.spinner, [data-busy=true]')].every((x) => !x.checkVisibility()))
    if (underWay.get(page).size === 0) return
    if (Date.now() > until) throw new Error(`no answer yet: ${[...underWay.get(page)].map((r) => r.url()).join(' ')}`)
    await new Promise((again) => setTimeout(again, 50))
  }
}

/** draw has a page draw as coarsely, and as seldom, as it is told. */
function draw({ every, pixels }) {
  Object.defineProperty(window, 'devicePixelRatio', { get: () => pixels })
  const frame = window.requestAnimationFrame.bind(window)
  let waiting = new Map()
  let these = new Map()
  let n = 0
  let last = -every
  const all = () =>
    frame((now) => {
      last = performance.now()
      these = waiting
      waiting = new Map()
      for (const [id, f] of these) {
        these.delete(id)
        try {
          f(now)
        } catch (e) {
          reportError(e)
        }
      }
    })
  window.requestAnimationFrame = (f) => {
    waiting.set(++n, f)
    if (waiting.size === 1) setTimeout(all, Math.max(0, last + every - performance.now()))
    return n
  }
  window.cancelAnimationFrame = (id) => void (waiting.delete(id) || these.delete(id))
}

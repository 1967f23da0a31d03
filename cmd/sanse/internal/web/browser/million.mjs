// Opens the map of a district with a million residents and tells how long it takes
// until its cells of people are on the screen: by the clock, in processor time of
// the browser, and when what it asked for was there. On a machine so busy that the
// map stops waiting for its cells (three seconds), drawn_ms is null. Usage: million.mjs URL [TIMES [PICTURE]]
import { createRequire } from 'node:module'

const { chromium } = createRequire(import.meta.url)('playwright-core')
const [url, times = '3', picture] = process.argv.slice(2)
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader'],
})
const session = await browser.newBrowserCDPSession()
const cpu = async () => {
  let seconds = 0
  for (const p of (await session.send('SystemInfo.getProcessInfo')).processInfo) seconds += p.cpuTime
  return seconds
}
for (let i = 0; i < Number(times); i++) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } }) // nothing cached
  const page = await context.newPage()
  await page.addInitScript(() => {
    window.drawn = new Promise((done) => {
      setTimeout(() => done(null), 30_000)
      new PerformanceObserver((list) => {
        for (const e of list.getEntriesByName('cells drawn')) done(e.startTime)
      }).observe({ type: 'mark', buffered: true })
    })
  })
  const before = await cpu()
  await page.goto(url, { waitUntil: 'commit' })
  const drawn = await page.evaluate(() => window.drawn)
  const used = (await cpu()) - before
  const answers = await page.evaluate(() =>
    performance.getEntriesByType('resource').flatMap((e) => (e.name.includes('/v1/') ? [{ what: e.name.replace(/.*\/v1\//, ''), asked: Math.round(e.startTime), ms: Math.round(e.responseEnd - e.startTime) }] : [])),
  )
  const of = (what) => answers.find((a) => a.what.startsWith(what))
  console.log(JSON.stringify({ drawn_ms: drawn && Math.round(drawn), browser_cpu_ms: Math.round(used * 1000), district: of('district'), heatmap: of('heatmap') }))
  if (picture) await page.screenshot({ path: picture })
  await context.close()
}
await browser.close()

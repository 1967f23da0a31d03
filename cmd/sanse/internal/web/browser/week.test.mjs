// Walks through a whole week of the demo district in Chromium, as fast as it goes: a
// visitor's rounds on a phone, with a code and without, with signal and without; a
// visit that nobody makes, over the reminder and three tiers to the lapse; the case
// that it becomes, to its end. At each step the pages show what the database has.
//
//   node browser/week.test.mjs BASE_URL
//
// BASE_URL/step?at=DAY HH:MM&do=… sets the clock of the service, 0 being the first day,
// does what happens there by itself (jobs) or elsewhere (others, rest, missed, seat),
// and tells what the database has then (week_test.go). SHOTS names a folder for
// screenshots, CHROMIUM the browser. Exit code 1 when a page shows something else,
// asks another host for anything, logs an error or scrolls sideways; 2 for bad use.
import { begin } from './walk.mjs'

const { origin, check, ensure, becomes, seat, run } = await begin('week.test.mjs BASE_URL')

const step = async (at, ...things) => {
  const r = await fetch(`${origin}/step?${new URLSearchParams({ at, do: things.join(' ') })}`)
  if (!r.ok) throw new Error(`${at} ${things}: ${r.status} ${await r.text()}`)
  return r.json()
}

const thumb = { viewport: { width: 390, height: 844 }, touch: true, isMobile: true }

/** shift has the clock of a page stand as far from ours as the service's does. */
function shift(ms) {
  const Real = (globalThis.RealDate ??= Date)
  globalThis.Date = class extends Real {
    constructor(...given) {
      if (given.length > 0) super(...given)
      else super(Real.now() + ms)
    }
    static now() {
      return Real.now() + ms
    }
  }
}

/** goesTo sets the clock of a phone, which is opened anew then. */
const goesTo = (me, s) => me.context.addInitScript(shift, Date.parse(s.now) - Date.now())

const phoneShows = (me, ...standing) =>
  me.page.locator('[data-testid=stop]').evaluateAll((list, of) => list.filter((x) => of.length === 0 || of.includes(x.dataset.standing)).map((x) => x.dataset.resident), standing)
const listOf = async (me) => {
  await me.page.locator('[data-testid=phone][data-line=on][data-view=list]').waitFor()
  await me.settled()
}
/** round opens a phone's list on the day of a step, and holds it against the plan. */
async function round(me, what, s) {
  await goesTo(me, s)
  await me.open('/today')
  await listOf(me)
  await becomes(`${what}: whom the phone lists`, () => phoneShows(me), s.worker)
}
const card = (me, resident) => me.page.locator(`[data-testid=stop][data-resident="${resident}"]`)
const badge = (me, name, n) => me.page.locator(`[data-testid=badge][data-${name}="${n}"]`).waitFor()

/** answers goes through all questions of a record that is open, and leaves. */
async function answers(me) {
  const of = Number(await me.id('record').getAttribute('data-of'))
  ensure('something is asked', of > 0)
  for (let n = 0; n < of; n++) {
    await me.page.locator(`[data-testid=record][data-at="${n}"] [data-testid=question]`).waitFor()
    await me.id('answer').first().click()
  }
  await me.id('leave-door').click()
}
/** byHand begins a record at a door without a code. */
async function byHand(me, resident) {
  await card(me, resident).click()
  await me.id('no-code').click()
  await me.id('no-code-reason').first().click()
  await me.page.locator('[data-testid=record][data-at="0"] [data-testid=question]').waitFor()
}

/** shows holds the wall's screen against the database. */
async function shows(wall, what, s) {
  const keys = ['due', 'done', 'late', 'covered', 'cases']
  const [district] = Object.keys(s.counts).sort((a, b) => a.length - b.length)
  await becomes(
    `${what}: the screen`,
    () =>
      wall.page.evaluate(
        ([names, codes]) => {
          const rows = [...document.querySelectorAll('[data-testid=live-area]')].filter((x) => codes.includes(x.dataset.code))
          return {
            all: names.map((k) => Number(document.querySelector(`[data-testid=live-${k}]`)?.textContent.replaceAll(',', ''))),
            towns: Object.fromEntries(rows.map((x) => [x.dataset.code, names.map((k) => Number(x.dataset[k]))])),
          }
        },
        [keys, Object.keys(s.counts)],
      ),
    { all: s.counts[district], towns: Object.fromEntries(Object.entries(s.counts).filter(([code]) => code.length === 9)) },
  )
}

await run(async () => {
  // The first day: the round on the phone, one door with its code, the others without signal.
  let s = await step('0 08:05', 'jobs')
  const who = s.missed
  ensure(`somebody is to be seen: ${s.worker}`, s.worker.includes(who) && s.records.length === 0)
  const wall = await seat('wall', { viewport: { width: 1280, height: 720 } })
  await wall.open('/screen')
  await wall.as('official')
  await wall.page.locator('[data-testid=screen][data-how=live]').waitFor()
  await shows(wall, 'the week begins', s)
  const phone = await seat('phone', thumb)
  await goesTo(phone, s)
  await phone.open('/today')
  await phone.as('worker')
  await round(phone, 'the first day', s)
  await phone.shoot('round')
  await phone.open('/c#' + s.code)
  await phone.page.locator('[data-testid=record][data-at="0"] [data-testid=question]').waitFor()
  check('the code is out of the address', phone.page.url(), origin + '/today')
  await answers(phone)
  await badge(phone, 'sent', 1)
  // Whoever opened the door rates the visit on a phone of their own, signed in to nothing.
  await phone.click('to-rate')
  const address = (await phone.id('rate-code').getAttribute('data-address')) ?? ''
  ensure(`the code is an address of ours: ${address}`, address.startsWith(origin + '/r#'))
  await phone.shoot('rate-code')
  const family = await seat('family', thumb)
  await family.open(address.slice(origin.length))
  await family.id('rate-send').waitFor()
  check('the rating code is out of the address', family.page.url(), origin + '/r')
  await family.tick('rate-face-4')
  await family.tick('rate-by-family')
  await family.fill('rate-words', '来得准时')
  await family.shoot('rate')
  await family.click('rate-send')
  await family.id('rate-thanks').waitFor()
  await family.shoot('rate-thanks')
  check('the page asks for nothing but to be sent', family.asked, ['/v1/ratings'])
  await family.close()
  await phone.click('rate-done')
  await phone.page.locator('[data-testid=phone][data-view=list]').waitFor()
  s = await step('0 08:20')
  check('the rating is stored', s.ratings, [`${who} 4 family`])
  check('the scan is stored', s.records.map((r) => [r.resident, r.result, r.how]), [[who, 'seen', 'code']])
  await shows(wall, 'one is seen', s)
  const others = s.worker.filter((r) => r !== who)
  await phone.context.setOffline(true)
  phone.refused = true // what cannot be sent is logged by the browser
  for (const [n, r] of others.entries()) {
    await listOff(phone)
    await byHand(phone, r)
    await answers(phone)
    await badge(phone, 'waiting', n + 1)
  }
  check('without signal nothing is stored', (await step('0 08:40')).records.length, 1)
  await phone.context.setOffline(false)
  await badge(phone, 'sent', 1 + others.length)
  phone.refused = false
  s = await step('0 13:00', 'others jobs')
  check('what waited is stored, once', s.records.map((r) => r.resident).sort(), [...s.worker].sort())
  check('and the visits are made', s.seen, [...s.worker].sort())
  await round(phone, 'at noon', s)
  check('the phone says so', (await phoneShows(phone, 'due')).length, 0)
  await shows(wall, 'the first noon', s)

  // The second and the third day: nobody opens the door, and nobody comes again.
  let met = 0
  for (const day of [1, 2]) {
    s = await step(`${day} 08:05`, 'jobs')
    await round(phone, `day ${day}`, s)
    await shows(wall, `day ${day}`, s)
    if (s.worker.includes(who)) {
      await phone.context.setOffline(true)
      phone.refused = true
      await byHand(phone, who)
      await phone.click('not-seen')
      await phone.click('not-seen-reason')
      await badge(phone, 'waiting', 1)
      await phone.context.setOffline(false)
      await phone.page.locator('[data-testid=badge][data-waiting="0"]').waitFor()
      phone.refused = false
      met++
    }
    s = await step(`${day} 13:00`, 'others rest jobs')
    check(`day ${day}: what is recorded of the door`, s.records.filter((r) => r.resident === who).map((r) => r.result), ['seen', ...Array(met).fill('not_seen')])
    await shows(wall, `noon of day ${day}`, s)
  }
  check('the door was tried once', met, 1)
  check('who was to come is reminded, and nobody else has it', [s.ladder.taken, s.ladder.holder, s.ladder.how], [1, '', ''])

  // Three tiers, each with its hour, and nobody goes.
  const held = new Set()
  for (const [hour, taken, until] of [['14:05', 2, '16:00'], ['16:05', 3, '18:00'], ['18:05', 4, '20:00']]) {
    s = await step(`2 ${hour}`, 'jobs', 'seat')
    check(`${hour}: the ladder`, [s.ladder.taken, s.ladder.until, s.ladder.how], [taken, until, ''])
    ensure(`${hour}: somebody else has it, ${s.ladder.holder}`, s.ladder.holder !== '' && !held.has(s.ladder.holder))
    held.add(s.ladder.holder)
    await shows(wall, `covering from ${hour}`, s)
    // Where their day has no room left they have it all the same, before all else.
    const day = s.ladder.stops.includes(who) ? s.ladder.stops : [who, ...s.ladder.stops]
    const holder = await seat(`holder-${taken}`, thumb)
    await goesTo(holder, s)
    await holder.context.request.post(`${origin}/v1/session/made-up`, { data: { id: s.ladder.seat }, headers: { origin } })
    await holder.open('/today')
    await listOf(holder)
    await becomes(`${hour}: the day of who holds it`, () => phoneShows(holder), day)
    ensure(`${hour}: until when is said`, (await card(holder, who).innerText()).includes(until))
    ensure(`${hour}: they were told`, s.messages >= taken - 1)
    check(`${hour}: nobody has been there yet`, await card(holder, who).getAttribute('data-standing'), 'due')
    await holder.shoot('covering')
    await holder.close()
  }
  await round(phone, 'the third evening', s)
  ensure('it is not on the phone any more', !(await phoneShows(phone)).includes(who))

  // The day ends: a lapse, and a case of the task force.
  s = await step('3 00:05', 'jobs')
  check('a lapse is a case', [s.ladder.how, s.lapses, s.case?.stage, s.case?.level], ['lapsed', 1, 'call', 'task_force'])
  await shows(wall, 'after midnight', s)
  s = await step('3 08:05', 'jobs')
  const force = await seat('force', { viewport: { width: 1280, height: 860 } })
  await goesTo(force, s)
  await force.open('/cases')
  await force.as('task_force')
  const row = force.page.locator(`[data-testid=case][data-id="${s.case.id}"]`)
  await row.waitFor()
  check('the case on the page', [await row.getAttribute('data-kind'), await row.getAttribute('data-stage')], ['missed', s.case.stage])
  await row.getByTestId('case-open').click()
  await force.id('case-dialog').waitFor()
  const steps = ['arrival', 'handling', 'feedback', 'rating', 'closed']
  for (const [n, stage] of steps.entries()) {
    if (stage === 'handling') await step('3 10:00', 'missed jobs') // somebody goes there
    await force.settled() // the step before has the case asked for again
    await force.id('case-stage').selectOption(stage)
    await force.id('case-text').fill(`第${n + 1}步（虚构）`)
    await force.id('case-send').click()
    await force.page.locator(`[data-testid=case-step-done][data-stage=${stage}]`).waitFor()
    s = await step(`3 1${n}:30`)
    check(`the case is at ${stage}`, [s.case.stage, s.case.steps.at(-1), s.case.closed], [stage, stage, stage === 'closed'])
    await shows(wall, `the case at ${stage}`, s)
  }
  await force.settled()
  check('its history on the page', (await force.page.locator('[data-testid=case-step-done]').evaluateAll((l) => l.map((x) => x.dataset.stage))).reverse(), s.case.steps)
  await force.shoot('case')
  await force.close()

  // The rest of the week goes as it should, and the pages with it.
  for (const day of [3, 4, 5, 6]) {
    s = await step(`${day} 17:05`, 'others rest missed jobs')
    await round(phone, `day ${day}`, s)
    await shows(wall, `day ${day}`, s)
    check(`day ${day}: nobody is late`, Object.values(s.counts).map((n) => n[2]), Object.values(s.counts).map(() => 0))
  }
  s = await step('7 00:05', 'jobs')
  check('one visit lapsed in that week', [s.lapses, s.ladder.how], [1, 'lapsed'])

  // What was recorded is there for who leads.
  const leader = await seat('leader', { viewport: { width: 1280, height: 860 } })
  await goesTo(leader, s)
  await leader.open('/records?from=2026-12-01&to=2026-12-07')
  await leader.as('leader')
  await leader.page.locator(`[data-testid=records][data-count="${s.records.length}"]`).waitFor()
  check('the records of the week', (await leader.page.locator('[data-testid=record]').evaluateAll((l) => l.map((x) => x.dataset.resident))).sort(), s.records.map((r) => r.resident).sort())
  await leader.shoot('records')
  await leader.close()
  await phone.close()
  await wall.close()
})

/** listOff is the list without signal. */
async function listOff(me) {
  await me.page.locator('[data-testid=phone][data-view=list]').waitFor()
}

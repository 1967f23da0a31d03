import { expect, test } from 'vitest'
import type { SitingAsk, SitingJob, SitingResult } from '../api_coverage.ts'
import { DraftError } from '../api_editor.ts'
import { asks, firstWish, Search, type SitingService } from './siting.ts'

const ask: SitingAsk = { service: 'meals', goal: 'mclp', p: 3, minutes: 15, speed: 'elderly', who: 'people', candidates: 'streets', seconds: 10 }
const result = { sites: { type: 'FeatureCollection', features: [] }, objective: 90, bound: 91, gap: 0.01, proven: false, reached: 90, total: 100, hopeless: 0 } as SitingResult

/** A service whose job goes through the given states, one a look. */
function service(states: SitingJob[]): SitingService & { stopped: string[]; looks: number } {
  const s = {
    stopped: [] as string[],
    looks: 0,
    start: async () => ({ ...states[0]!, job: '7' }),
    look: async () => states[Math.min(++s.looks, states.length - 1)]!,
    stop: async (job: string) => void s.stopped.push(job),
    wait: async () => undefined,
  }
  return s
}

test('a search is followed until it has ended, the best so far shown meanwhile', async () => {
  const seen: string[] = []
  const s = new Search(service([{ job: '', state: 'running', progress: 0 }, { job: '', state: 'running', progress: 0.5, result }, { job: '', state: 'done', progress: 1, result }]))
  const off = s.job.subscribe((j) => void seen.push(`${j?.job} ${j?.state} ${j?.result ? 'found' : ''}`.trim()))
  await s.begin(ask)
  off()
  expect(seen).toEqual(['undefined undefined', 'running', '7 running', '7 running found', '7 done found'])
  expect(s.error.value).toBe('')
})

test('a budget is asked for where candidates have prices, and a number nowhere beside it', () => {
  const how = { service: 'meals', minutes: 15, speed: 'elderly' }
  const own = [{ id: '1', at: [104.3, 30.8] as [number, number], price: 4 }]
  const bounds = (patch: Partial<typeof firstWish>) => {
    const a = asks({ ...firstWish, budget: 9, ...patch }, own, how, '510199001')
    return { p: a.p, budget: a.budget, candidates: a.candidates, area: a.area }
  }
  const list = [{ id: '1', location: [104.3, 30.8], price: 4 }]
  expect(bounds({ candidates: 'own', limit: 'budget' })).toEqual({ budget: 9, candidates: list })
  expect(bounds({ candidates: 'own' })).toEqual({ p: 5, candidates: list })
  expect(bounds({ candidates: 'own', limit: 'budget', goal: 'lscp' })).toEqual({ candidates: list })
  expect(bounds({ limit: 'budget', inArea: true })).toEqual({ p: 5, candidates: 'streets', area: '510199001' })
})

test('a click is a candidate while one chooses one\u2019s own, and no search runs', async () => {
  const s = new Search(service([{ job: '', state: 'running' }, { job: '', state: 'done', result }]))
  expect(s.places).toBe(false)
  s.wish.value = { ...firstWish, candidates: 'own' }
  expect(s.places).toBe(true)
  const seen: boolean[] = []
  const off = s.job.subscribe(() => void seen.push(s.places))
  await s.begin(ask)
  off()
  expect([seen.slice(1, -1).includes(true), s.places]).toEqual([false, true])
})

test('a search that fails says why', async () => {
  const s = new Search(service([{ job: '', state: 'running' }, { job: '', state: 'failed', error: 'no candidates' }]))
  await s.begin(ask)
  expect([s.job.value?.state, s.error.value]).toEqual(['failed', 'no candidates'])
})

test('a refusal leaves no search that runs for ever', async () => {
  const s = new Search({ ...service([]), start: async () => Promise.reject(new Error('p is larger than the candidates')) })
  await s.begin(ask)
  expect([s.job.value, s.error.value, s.runs]).toEqual([null, 'p is larger than the candidates', false])
})

test('of two searches the later is shown, whichever answers first', async () => {
  let first = (_: SitingJob) => undefined as void
  const answers = [new Promise<SitingJob>((ok) => (first = ok)), Promise.resolve<SitingJob>({ job: '2', state: 'done', result })]
  const s = new Search({ ...service([]), start: () => answers.shift()! })
  const a = s.begin(ask)
  await s.begin({ ...ask, p: 4 })
  first({ job: '1', state: 'done' })
  await a
  expect([s.job.value?.job, s.asked.value?.p]).toEqual(['2', 4])
})

test('a look without an answer is tried again, and the search goes on', async () => {
  const answers = [new DraftError(0, 'offline'), new DraftError(503, 'down'), { job: '', state: 'done', result } as SitingJob]
  const s = new Search({
    ...service([{ job: '', state: 'running' }]),
    look: async () => {
      const a = answers.shift()!
      if (a instanceof Error) throw a
      return a
    },
  })
  await s.begin(ask)
  expect([s.job.value?.job, s.job.value?.state, s.error.value]).toEqual(['7', 'done', ''])
})

test('a service that stays away ends the search, and so does a job that is no more', async () => {
  for (const e of [new DraftError(0, 'offline'), new DraftError(404, 'no such job')]) {
    let looks = 0
    const s = new Search({ ...service([{ job: '', state: 'running' }]), look: async () => (looks++, Promise.reject(e)) })
    await s.begin(ask)
    expect([s.job.value, s.error.value, looks > 1]).toEqual([null, e.message, e.passing])
  }
})

test('leaving stops a search that runs, and none that has ended', async () => {
  const runs = service([{ job: '', state: 'running' }])
  const s: Search = new Search({ ...runs, wait: async () => s.leave() })
  await s.begin(ask)
  expect(runs.stopped).toEqual(['7'])
  const done = service([{ job: '', state: 'done', result }])
  const over = new Search(done)
  await over.begin(ask)
  over.leave()
  expect(done.stopped).toEqual([])
})

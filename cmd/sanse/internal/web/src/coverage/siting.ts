import { signal } from '@preact/signals'
import { sitingJob, startSiting, stopSiting, type SitingAsk, type SitingJob } from '../api_coverage.ts'
import { DraftError } from '../api_editor.ts'
import { asked, type Candidate } from './candidates.ts'

/** What is wished of a search; the page adds how one walks. */
export interface Wish {
  goal: SitingAsk['goal']
  /** what ends the list: a number of sites, or money; own candidates alone have prices */
  limit: 'p' | 'budget'
  p: number
  budget: number
  who: SitingAsk['who']
  candidates: 'streets' | 'buildings' | 'own'
  beside: number
  seconds: number
  /** only in the chosen area */
  inArea: boolean
}

export const firstWish: Wish = { goal: 'mclp', limit: 'p', p: 5, budget: 10, who: 'people', candidates: 'streets', beside: 300, seconds: 10, inArea: false }

/** Whether a goal takes a number of sites: to reach all takes as many as it takes. */
export const counts = (goal: Wish['goal']): boolean => goal !== 'lscp'

/** byMoney tells whether a wish is bounded by a budget. */
export const byMoney = (w: Wish): boolean => counts(w.goal) && w.candidates === 'own' && w.limit === 'budget'

/** asks is a wish in the words of the service; how one walks and the area are the page's. */
export function asks(w: Wish, own: readonly Candidate[], how: Pick<SitingAsk, 'service' | 'minutes' | 'speed'>, area: string | undefined): SitingAsk {
  return {
    ...how,
    goal: w.goal,
    ...(byMoney(w) ? { budget: w.budget } : counts(w.goal) ? { p: w.p } : {}),
    who: w.who,
    candidates: w.candidates === 'own' ? asked(own) : w.candidates,
    beside: w.beside,
    seconds: w.seconds,
    ...(w.inArea && area ? { area } : {}),
  }
}

/** How often a search is asked how far it is, milliseconds. */
const beat = 400
/** After how many looks without an answer a search is given up: half a minute. */
const patience = 75

/** The service, as far as a search needs it. */
export interface SitingService {
  start: (ask: SitingAsk) => Promise<SitingJob>
  look: (job: string) => Promise<SitingJob>
  stop: (job: string) => Promise<void>
  wait: () => Promise<void>
}

const real: SitingService = {
  start: startSiting,
  look: sitingJob,
  stop: stopSiting,
  wait: () => new Promise((done) => setTimeout(done, beat)),
}

/** Search is one search for sites at a time: what was asked, how far it is, what was found. */
export class Search {
  readonly wish = signal<Wish>(firstWish)
  /** candidates of one's own, clicked on the map or read from a file */
  readonly own = signal<readonly Candidate[]>([])
  readonly job = signal<SitingJob | null>(null)
  readonly error = signal('')
  /** what the job was asked: its answer is to that, whatever the form says now */
  readonly asked = signal<SitingAsk | null>(null)
  private turn = 0
  /** looks without an answer, one after the other */
  private missed = 0

  constructor(private readonly service: SitingService = real) {}

  /** places tells whether a click on the map is a candidate. */
  get places(): boolean {
    return this.wish.value.candidates === 'own' && !this.runs
  }

  get runs(): boolean {
    return this.job.value?.state === 'running'
  }

  /** begin asks for a search and follows it until it has ended. */
  async begin(ask: SitingAsk): Promise<void> {
    const turn = ++this.turn
    this.error.value = ''
    this.missed = 0
    this.asked.value = ask
    this.job.value = { job: '', state: 'running' }
    try {
      let job = await this.service.start(ask)
      const id = job.job
      for (;;) {
        if (turn !== this.turn) return
        // While it runs the best so far is shown; the number of the job stays.
        this.job.value = { ...job, job: id }
        if (!this.runs) break
        await this.service.wait()
        if (turn !== this.turn) return
        job = await this.look(id, job)
      }
      if (this.job.value.state === 'failed') this.error.value = this.job.value.error ?? ''
    } catch (e) {
      if (turn !== this.turn) return
      this.error.value = e instanceof Error ? e.message : String(e)
      this.job.value = null
    }
  }

  /** look asks how far a job is; where no answer comes, or the service is down, the job is as it was: it runs on without us. */
  private async look(id: string, was: SitingJob): Promise<SitingJob> {
    try {
      const job = await this.service.look(id)
      this.missed = 0
      return job
    } catch (e) {
      if (!(e instanceof DraftError && e.passing) || ++this.missed >= patience) throw e
      return was
    }
  }

  /** stop ends the search with the best that it has. */
  async stop(): Promise<void> {
    const id = this.job.value?.job
    if (!id || !this.runs) return
    try {
      await this.service.stop(id)
    } catch (e) {
      this.error.value = e instanceof Error ? e.message : String(e)
    }
  }

  /** leave gives the search up: the page is gone, and nobody waits for the answer. */
  leave(): void {
    this.turn++
    const id = this.job.value?.job
    // Nobody is there to be told; a job that cannot be reached ends by its own time.
    if (id && this.runs) void this.service.stop(id).catch(() => undefined)
  }
}

import { handedOnly, ownVisitor, wholly } from './home.ts'
import { door, me, may, type Capability } from './seat.ts'
import type { Page } from './route.ts'

// Which page is whose. The service decides what is told; here is only decided
// what is offered, so that nobody is led to a closed door.

/** What a page is of use for; a page that is not named here is for everybody. */
const wanted: Partial<Record<Page, readonly Capability[]>> = {
  day: ['days'],
  grids: ['plan', 'publish'],
  effect: ['plan', 'publish'],
  edit: ['plan'],
  needs: ['records', 'match'],
  accounts: ['accounts'],
  audit: ['audit'],
  privacy: ['requests', 'privacy'],
  handed: ['names'],
  grades: ['grade'],
  screen: ['numbers'],
  cases: ['case'],
  records: ['review'],
  form: ['review', 'plan'],
  ledger: ['numbers'],
  connect: ['records'],
}

/** What is of use to those alone who answer for the whole district. */
const whole: readonly Page[] = ['grids', 'effect', 'edit']

/** Whose role a page is, in the words of the roles. */
const whose: Partial<Record<Page, readonly string[]>> = {
  day: ['worker', 'leader', 'planner', 'official'],
  grids: ['planner'],
  effect: ['planner'],
  edit: ['planner'],
  needs: ['leader', 'planner', 'official', 'department', 'provider'],
  accounts: ['administrator'],
  audit: ['auditor'],
  privacy: ['leader', 'planner', 'official'],
  handed: ['department', 'task_force', 'worker', 'leader'],
  grades: ['leader', 'planner', 'official'],
  screen: ['worker', 'leader', 'planner', 'official', 'task_force'],
  cases: ['worker', 'leader', 'planner', 'official', 'department', 'task_force'],
  records: ['leader', 'planner', 'official', 'task_force'],
  form: ['leader', 'planner', 'official', 'task_force'],
  ledger: ['worker', 'leader', 'planner', 'official', 'task_force'],
  connect: ['worker', 'leader', 'planner', 'official', 'task_force'],
}

/** offered tells whether a page is of use to whoever sits here. */
export function offered(page: Page): boolean {
  if (page === 'me') return Boolean(me.value?.account)
  // Whoever visits has a day of their own.
  if (page === 'day' && ownVisitor()) return true
  if (whole.includes(page) && !wholly(me.value, door.value?.district ?? '')) return false
  const any = wanted[page]
  return !any || any.some(may)
}

/** inBar tells whether a page that is offered has a place in the bar: a list of those handed over where it is somebody's work, a map where they would be told something by it. */
export function inBar(page: Page): boolean {
  if (page === 'map') return !handedOnly(me.value)
  if (page === 'handed') return (me.value?.roles ?? []).some((r) => r.role === 'department' || r.role === 'task_force')
  return true
}

/** rolesOf are the roles that a page is for; none: everybody. */
export function rolesOf(page: Page): readonly string[] {
  return whose[page] ?? []
}

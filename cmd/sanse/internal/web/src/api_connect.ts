import { url } from './api.ts'

// Behind the platform that is there: /v1/connect/platforms, and what it was told held
// against what it has told, /v1/connect/reconciliation.

export interface PlatformPull {
  kind: 'visit' | 'case'
  every_seconds: number
  asked: string | null
  taken: string | null
  next: string | null
  /** how it fails; left out: it does not */
  code?: string
  since: string | null
  fails: number
  stored: number
  same: number
  refused: number
}

export interface Platform {
  id: string
  off: boolean
  key: boolean
  /** when it last told of a visit or a case */
  came: string | null
  /** when it last asked for its tasks */
  asked: string | null
  /** null: it asks for its tasks */
  pushed: { sent: string | null; waiting: number; tries: number; code?: string; next: string | null; dead: number } | null
  pulls: PlatformPull[] | null
}

export interface ToldTask {
  id: string
  resident?: string
  task?: string
  visitor?: string
  area: string
  day: string
  due_by: string
  visit?: string
}

export interface ToldVisit {
  id: string
  resident: string
  area: string
  day: string
  seen: boolean
}

export interface ToldCase {
  id: string
  case: string
  area: string
  theirs: string
  ours: string
}

export interface RefusedRows {
  kind: 'visit' | 'case' | 'device'
  code: string
  n: number
  ids?: string[]
}

/** The lists that stand behind figures. */
export type TaskList = 'matched' | 'without_visit' | 'not_acknowledged'
export type CaseList = 'stages_differ' | 'only_ours'
export type RowList = TaskList | CaseList | 'without_task'

export const counts = [
  'tasks_sent', 'tasks_acknowledged', 'tasks_withdrawn', 'visits_matched', 'tasks_made_here', 'tasks_without_visit', 'tasks_open',
  'visits_received', 'visits_not_seen', 'visits_without_task', 'cases_received', 'cases_stage_differs', 'cases_only_ours',
] as const
export type Count = (typeof counts)[number]

export type Reconciliation = {
  from: string
  to: string
  platform: string
  counts: Record<Count | 'rows_refused', number>
  without_task: ToldVisit[] | null
  refused: RefusedRows[] | null
} & Record<TaskList, ToldTask[] | null> &
  Record<CaseList, ToldCase[] | null>

export interface ReconcileQuery {
  connector?: string | undefined
  area?: string | undefined
  from?: string | undefined
  to?: string | undefined
}

export const connectAt = {
  platforms: (area: string): string => url('/connect/platforms', { area }),
  reconciliation: (q: ReconcileQuery): string => url('/connect/reconciliation', { ...q }),
  workbook: (q: ReconcileQuery): string => url('/connect/reconciliation.xlsx', { ...q }),
}

import { url } from './api.ts'
import { json } from './request.ts'

// Residents in somebody's hands for a time: /v1/handed, /v1/residents/{id}/handovers.

export const handoverKinds = ['case', 'help'] as const
export type HandoverKind = (typeof handoverKinds)[number]

/** A resident who was handed to whoever asks, or to their department (body). to is the moment from which it no longer holds. */
export interface HandedResident {
  resident: string
  n: number
  body?: string
  kind: HandoverKind | 'break_glass'
  from: string
  to: string
  /** by name; empty: at the command line */
  by: string
  reason: string
  grade: string
  area: string
  area_name: string
}

/** A handover of one resident, to an account or to a department (body). */
export interface Handover {
  n: number
  account?: string
  name?: string
  body?: string
  kind: HandoverKind | 'break_glass'
  from: string
  to: string
  given_by: string
  given_name?: string
  reason: string
  in_force: boolean
}

/** Somebody to whom a resident can be handed. */
export interface Taker {
  account: string
  name: string
  role: string
  area: string
  area_name: string
}

export interface Handovers {
  items: Handover[] | null
  departments: string[] | null
  people: Taker[] | null
}

const of = (resident: string, n?: number) => url(`/residents/${encodeURIComponent(resident)}/handovers${n === undefined ? '' : `/${n}`}`)

/** handedAt is where those are listed who were handed to whoever asks. */
export const handedAt = (): string => url('/handed')

/** handoversAt is where a resident's handovers are listed, and to whom they can be handed. */
export const handoversAt = (resident: string): string => of(resident)

/** handOver hands a resident to an account or a department, until a moment. */
export const handOver = (resident: string, h: { account?: string; body?: string; kind: HandoverKind; to: string; reason: string }): Promise<{ n: number }> =>
  json('POST', of(resident), { body: h })

/** endHandover ends a handover before its time, and closes a glass that was broken. */
export const endHandover = (resident: string, n: number): Promise<void> => json<void>('DELETE', of(resident, n))

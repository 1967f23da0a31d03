import { ask, DraftError } from './api_editor.ts'
import type { Both, StandardTarget } from './api_shortfall.ts'
import { url } from './api.ts'

/** The measures that a standard can ask for. */
export const measures = ['reach', 'per_area', 'per_thousand', 'per_households', 'area_m2_per_thousand', 'response', 'share', 'idle'] as const
export type Measure = (typeof measures)[number]

/** What a district promises: a service or another means, for whom, how it is measured, how much by which year, and who says so. */
export interface Standard {
  id: string
  name: Both
  /** what facilities give, or another means such as beds or grid workers */
  service?: string
  /** services that will do as well */
  or?: string[] | null
  resource?: string
  whom: Both & { key: string }
  measure: Measure | (string & {})
  minutes?: number
  /** a walker's profile; empty: elderly */
  speed?: string
  /** of which areas each is to have one; else the deepest level at which the standard is asked */
  level?: string
  /** households */
  per?: number
  /** grid workers who work on at least so many days a week */
  days?: number
  target: StandardTarget
  steps?: { year: number; value: number }[] | null
  source: StandardSource
  /** urban or rural ground alone; empty: both */
  places?: string
}

export interface StandardSource {
  title: string
  year: number
  note?: string
}

/** How many are to be expected: count of so many people of a kind of the population. */
export interface Rate {
  id: string
  name: Both
  base: string
  count: number
  of: number
  against: string
  source: StandardSource
}

export interface Standards {
  items: Standard[] | null
  rates?: Rate[] | null
  /** the set that ships, not one of the district's own */
  reference: boolean
  version: number
}

const address = () => url('/standards')

/** standards reads the set in force, with its version. */
export async function standards(abort: AbortSignal): Promise<Standards> {
  return inBoth((await ask<Standards>('GET', address(), { signal: abort })).data)
}

/** inBoth gives every name both languages: an answer leaves out the one in which nothing is named. */
export function inBoth(set: Standards): Standards {
  return {
    ...set,
    items: set.items?.map((x) => ({ ...x, name: { ...unnamed, ...x.name } })) ?? null,
    rates: set.rates?.map((x) => ({ ...x, name: { ...unnamed, ...x.name } })) ?? null,
  }
}

const unnamed: Both = { zh: '', en: '' }

/** saveStandards makes the set the district's own; 412 where somebody was quicker than the version. */
export async function saveStandards(set: { items: readonly Standard[]; rates: readonly Rate[] }, version: number): Promise<void> {
  await ask<unknown>('PUT', address(), { body: set, version })
}

/** dropStandards goes back to the reference set. */
export async function dropStandards(version: number): Promise<void> {
  await ask<unknown>('DELETE', address(), { version })
}

/** overtaken tells whether a change was refused because somebody was quicker. */
export function overtaken(e: unknown): boolean {
  return e instanceof DraftError && (e.status === 412 || e.status === 409)
}

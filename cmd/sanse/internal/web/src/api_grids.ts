import { ask, type Check, type Finding, type Lineage, type PublishedDraft } from './api_editor.ts'
import { url, type AreaName } from './api.ts'

// What the pages round the editor ask of /v1: publications, history, and the
// effect of a draft. Days are YYYY-MM-DD, both ends of a span included.

/** A place that a check found; blocks false: it is told and does not keep from publishing. */
export type Place = Finding & { blocks?: boolean }
export type DraftCheck = Omit<Check, 'findings'> & { findings: Place[] | null }

/** Boundaries that were published: those of a draft, or of an earlier day. */
export interface Publication {
  id: number
  /** null: a roll-back */
  draft: number | null
  /** null: a draft */
  back_to: string | null
  effective: string
  at: string
}

/** A publication, and what it does from its first day on. */
export type Published = PublishedDraft & Pick<Publication, 'draft' | 'back_to'>

/** A run of days on which a place lies in the same areas. */
export interface Spell {
  from: string
  /** the last day; null: for as long as is known */
  to: string | null
  /** from the district down; empty: in none */
  path: AreaName[]
}

/** A lineage with the publication that made it. */
export interface AreaLineage extends Lineage {
  publication: number
  effective: string
}

/** What has become of an area. */
export interface AreaHistory {
  versions: { from: string; to: string | null; name: string; area_m2: number }[]
  /** where it came from */
  from: AreaLineage[]
  /** what it became, or gave ground to */
  to: AreaLineage[]
}

/** The addresses of what is published, one function each. */
export const atGrids = {
  publications: () => url('/publications'),
  pointHistory: (lon: number, lat: number) => url('/history', { point: `${lon.toFixed(6)},${lat.toFixed(6)}` }),
  areaHistory: (code: string) => url(`/areas/${encodeURIComponent(code)}/history`),
}

/** rollBack makes the boundaries of an earlier day hold again from a day to come. */
export async function rollBack(backTo: string, effective: string): Promise<Published> {
  return (await ask<Published>('POST', atGrids.publications(), { body: { back_to: backTo, effective } })).data
}

import { url } from './api.ts'
import { json } from './request.ts'

// What may be taken out of the house, and what was.

/** What whoever sits here may take today. */
export interface ExportTerms {
  /** false: there are no bounds */
  bounded: boolean
  files: number
  files_used: number
  records: number
  records_a_day: number
  records_used: number
  purposes: { code: string; days: number; until: string }[]
}

/** A file that left the house. */
export interface Exported {
  number: string
  at: string
  account: string
  login?: string | null
  kind: string
  area: string
  purpose: string
  records: number
  valid_until: string
  over: boolean
}

export interface ExportList {
  items: Exported[] | null
  /** what before= is told for the next page; null: this is the last */
  next: string | null
}

/** How much a role takes out of the house, and the most that the program allows it. */
export interface ExportCap {
  role: string
  files: number
  records: number
  records_a_day: number
  most_files: number
  most_records: number
  most_records_a_day: number
  /** the district has decided; otherwise it is what the program allows */
  set: boolean
  basis: string
}

export interface ExportCaps {
  items: ExportCap[] | null
}

export const exportsAt = {
  caps: () => url('/exports/caps'),
  terms: () => url('/exports/terms'),
  list: (number: string | undefined, before: string | undefined, limit: number) => url('/audit/exports', { number, before, limit }),
}

/** putReview sets the number under which the district's maps were reviewed; empty takes it away. */
export const putReview = (number: string): Promise<{ review_number: string }> => json('PUT', url('/district/review-number'), { body: { review_number: number } })

/** putCap has a role take so much from now on; dropCap what the program allows again. */
export const putCap = (role: string, files: number, records: number, day: number, basis: string): Promise<ExportCaps> =>
  json('PUT', url(`/exports/caps/${encodeURIComponent(role)}`), { body: { files, records, records_a_day: day, basis } })
export const dropCap = (role: string): Promise<ExportCaps> => json('DELETE', url(`/exports/caps/${encodeURIComponent(role)}`))

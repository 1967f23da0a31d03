import { url } from './api.ts'
import type { Choice, Item } from './api_today.ts'
import { json } from './request.ts'

// What is asked and looked at on a visit, as the district has it: /v1/form.

/** A form that holds from a day on; from is empty of the reference. */
export interface VisitForm {
  id: string
  from: string
  items: Item[]
  reasons: { no_code: Choice[]; not_seen: Choice[]; postpone: Choice[] }
}

export interface VisitForms {
  /** the first first; of equal days the last holds */
  items: VisitForm[] | null
  reference: VisitForm
}

/** visitFormsAt is where the forms of the district are. */
export const visitFormsAt = (): string => url('/form')

/** putVisitForm sets the form that holds from a day on. */
export const putVisitForm = (f: Omit<VisitForm, 'id'>): Promise<VisitForm> => json<VisitForm>('PUT', visitFormsAt(), { body: f })

/** heldForm is the form of a day: of those that have begun the one that began last. */
export function heldForm(forms: VisitForms, day: string): VisitForm {
  return (forms.items ?? []).reduce<VisitForm>((on, f) => (f.from <= day && f.from >= on.from ? f : on), forms.reference)
}

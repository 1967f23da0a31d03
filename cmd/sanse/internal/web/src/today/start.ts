import type { TodayStop } from '../api_today.ts'
import { newID } from './code.ts'
import { begun, type Arrival } from './record.ts'
import type { Round } from './round.ts'
import { show } from './view.ts'

/**
 * startAt opens the record of a door: the one that is being written, else a new
 * one, which is kept before the first question is put.
 */
export async function startAt(round: Round, stop: Pick<TodayStop, 'key' | 'resident'>, arrival: Arrival): Promise<void> {
  const list = round.today.value
  const { resident } = stop
  if (!list || !resident) return
  const { id, begins } = await round.open(resident, arrival, () => begun(newID(), list, stop, arrival, new Date()))
  show({ at: 'record', id }, true)
  if (begins) place(round, id)
}

/**
 * place asks where the phone is and writes it into the record, if the phone is
 * allowed to tell and does so before the record is finished. Nothing waits for it.
 */
function place(round: Round, id: string): void {
  navigator.geolocation?.getCurrentPosition(
    ({ coords }) => {
      const at = { lon: coords.longitude, lat: coords.latitude, accuracy: Math.round(coords.accuracy) }
      void round.edit(id, (r) => ({ ...r, at }))
    },
    () => undefined, // not allowed, or no fix indoors: the record is as good without
    { enableHighAccuracy: true, timeout: 20_000, maximumAge: 60_000 },
  )
}

import { signal } from '@preact/signals'

/** What the phone shows: by ids only, so that the browser's own history may keep it. */
export type View =
  | { at: 'list' }
  | { at: 'stop'; key: string }
  | { at: 'record'; id: string }
  | { at: 'records' }
  | { at: 'scan' }
  | { at: 'choose' }
  | { at: 'messages' }
  | { at: 'move'; key: string }
  | { at: 'order' }
  | { at: 'calendar' }
  | { at: 'rate' }

export const view = signal<View>({ at: 'list' })

/** startViews follows the back button of the phone. */
export function startViews(): void {
  addEventListener('popstate', (e) => {
    view.value = (e.state as View | null) ?? { at: 'list' }
  })
  view.value = (history.state as View | null) ?? { at: 'list' }
}

/** show opens a view; replace does so in the place of the one that is shown. */
export function show(v: View, replace = false): void {
  if (replace) history.replaceState(v, '', '/today' + location.search)
  else history.pushState(v, '', '/today' + location.search)
  view.value = v
  scrollTo(0, 0)
}

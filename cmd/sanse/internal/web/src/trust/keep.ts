// What the pages keep on a device, and how it is given up.

/** Outlives whoever was signed in: the language of the device, and what is asked at doors (today/forms), which is nobody's. */
const stays: readonly string[] = ['sanse.lang', 'sanse.forms']

/** The caches of the app on a phone begin so (today/shell). */
export const shells = 'sanse.shell.'

/** The database in which a phone keeps its day: names and addresses (today/device). */
export const dayBase = 'sanse.day'

/**
 * forget gives up all that the pages keep for whoever was signed in; the language
 * stays, the app on a phone, which holds nothing of anybody's, and the records of
 * visits that are not sent yet: nobody but whoever made them is shown or sends them.
 */
export async function forget(): Promise<void> {
  for (const kept of stores()) {
    for (const key of Object.keys(kept)) if (!stays.includes(key)) kept.removeItem(key)
  }
  // Answers that a browser keeps by itself are marked no-store; what a page put away is not.
  if ('caches' in globalThis) for (const name of await caches.keys().catch(() => [])) if (!name.startsWith(shells)) await caches.delete(name)
  await dropped(dayBase)
}

/** dropped deletes a database; it is done, or as good as done once the last window lets go of it. */
function dropped(name: string): Promise<void> {
  return new Promise((resolve) => {
    if (!('indexedDB' in globalThis)) return resolve()
    try {
      const r = indexedDB.deleteDatabase(name)
      r.onsuccess = r.onerror = r.onblocked = () => resolve()
    } catch {
      resolve() // Storage is switched off: nothing was kept.
    }
  })
}

function stores(): Storage[] {
  try {
    return [localStorage, sessionStorage]
  } catch {
    return [] // Storage is switched off: nothing was kept.
  }
}

/** remember keeps a word for as long as the tab is open; storage may be switched off. */
export function remember(key: string, value: string): void {
  try {
    sessionStorage.setItem(`sanse.${key}`, value)
  } catch {
    // Then it is asked anew.
  }
}

/** remembered is what remember kept; empty where it kept nothing. */
export function remembered(key: string): string {
  try {
    return sessionStorage.getItem(`sanse.${key}`) ?? ''
  } catch {
    return ''
  }
}

// The windows of a browser that hold the same session tell each other that it has ended.
const name = 'sanse.session'

/** tellOthers tells the other windows that whoever was signed in has left. */
export function tellOthers(): void {
  const channel = new BroadcastChannel(name)
  channel.postMessage('out')
  channel.close()
}

/** onLeft calls f where another window signed out, until what it returns is called. */
export function onLeft(f: () => void): () => void {
  const channel = new BroadcastChannel(name)
  channel.onmessage = f
  return () => channel.close()
}

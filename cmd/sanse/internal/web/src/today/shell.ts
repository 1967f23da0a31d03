// What the service worker answers by itself. The shell is the app without any
// data: the same for everybody, so that it may stay when somebody signs out.

/** The caches of the shell begin so; signing out leaves them (trust/keep, which says it again: the worker shares no file with the pages). */
export const shellPrefix = 'sanse.shell.'

/** The paths that open the app; they are one document. */
const opens: readonly string[] = ['/today', '/c']

/** shellFile is the file of the shell that answers a request; null: it goes to the network as if there were no worker. */
export function shellFile(url: URL, origin: string, method: string, navigates: boolean, files: readonly string[]): string | null {
  if (url.origin !== origin || method !== 'GET') return null
  if (navigates) return opens.includes(url.pathname) ? '/today' : null
  return files.includes(url.pathname) && !opens.includes(url.pathname) ? url.pathname : null
}

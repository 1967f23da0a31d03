import type { Today } from '../api_today.ts'
import { dayBase } from '../trust/keep.ts'
import type { Kept, Store } from './queue.ts'

// What the phone keeps, in IndexedDB. Two databases, because they end differently:
// the day (names and addresses) goes with whoever signs out (trust/keep), records that were not
// sent stay until they are.

/** Whose day is on the phone. */
export interface Who {
  account: string
  visitor: string
}

/** Device is what a phone keeps of a day. */
export interface Device {
  read(): Promise<{ who: Who; today: Today | null } | null>
  /** write keeps a day in the place of any other; null: whose phone it is, but no day. */
  write(who: Who, today: Today | null): Promise<void>
  /** forget drops the day, and whose it was. */
  forget(): Promise<void>
}

const recordBase = 'sanse.records'

function asked<T>(r: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    r.onsuccess = () => resolve(r.result)
    r.onerror = () => reject(r.error ?? new Error('IndexedDB'))
  })
}

function done(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve()
    tx.onabort = tx.onerror = () => reject(tx.error ?? new Error('IndexedDB'))
  })
}

/** opened opens a database of one table; it gives way to whoever wants to delete it. */
async function opened(name: string, make: (db: IDBDatabase) => void): Promise<IDBDatabase> {
  const r = indexedDB.open(name, 1)
  r.onupgradeneeded = () => make(r.result)
  const db = await asked(r)
  db.onversionchange = () => db.close()
  return db
}

/** openRecords opens the records; they are on the disk when change returns. */
export async function openRecords(): Promise<Store> {
  const db = await opened(recordBase, (d) => d.createObjectStore('record', { keyPath: 'id' }).createIndex('account', 'account'))
  return {
    all: (account) => asked<Kept[]>(db.transaction('record').objectStore('record').index('account').getAll(account)),
    async change(id, f) {
      // Strict: a record is the only trace of a visit, and a phone runs out of power.
      const tx = db.transaction('record', 'readwrite', { durability: 'strict' })
      const ended = done(tx)
      const table = tx.objectStore('record')
      const read = table.get(id) as IDBRequest<Kept | undefined>
      read.onsuccess = () => {
        const now = f(read.result)
        if (now === null) table.delete(id)
        else if (now) table.put(now)
      }
      await ended
    },
  }
}

/** openDevice opens the place of the day. It is opened anew each time, for signing out in another window deletes it. */
export function openDevice(): Device {
  const within = async <T>(mode: IDBTransactionMode, f: (table: IDBObjectStore) => IDBRequest<T>): Promise<T> => {
    const db = await opened(dayBase, (d) => d.createObjectStore('day'))
    try {
      const tx = db.transaction('day', mode)
      const ended = done(tx)
      const r = f(tx.objectStore('day'))
      await ended
      return r.result
    } finally {
      db.close()
    }
  }
  return {
    read: async () => (await within<{ who: Who; today: Today | null } | undefined>('readonly', (t) => t.get('day'))) ?? null,
    write: async (who, today) => void (await within('readwrite', (t) => t.put({ who, today }, 'day'))),
    forget: async () => void (await within('readwrite', (t) => t.clear())),
  }
}

/** inMemory stands in where the browser keeps nothing: records last as long as the page, which says so. */
export function inMemory(): Store {
  const kept = new Map<string, Kept>()
  return {
    all: (account) => Promise.resolve([...kept.values()].filter((k) => k.account === account)),
    change: (id, f) => {
      const now = f(kept.get(id))
      if (now === null) kept.delete(id)
      else if (now) kept.set(id, now)
      return Promise.resolve()
    },
  }
}

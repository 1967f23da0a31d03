import { expect, test } from 'vitest'
import { silentHolders } from './covering.tsx'

test('whom no message reached is who holds a visit now and has no account', () => {
  const step = (kind: string, holder: string, told?: { accounts: number; waiting?: boolean }) => ({ kind, holder, ...(told ? { told } : {}) })
  const told = { messages: 0, nobody: 0, delivered: 0, read: 0 }
  const items = [
    { id: 1, steps: [step('remind', 'V2', { accounts: 0 })] },
    { id: 2, steps: [step('remind', 'V3', { accounts: 0 }), step('cover', 'V1', { accounts: 0 })] },
    { id: 3, steps: [step('cover', 'V1', { accounts: 0 })] },
    { id: 4, steps: [step('cover', 'V4', { accounts: 1 })] },
    { id: 5, steps: [step('cover', 'V5', { accounts: 0, waiting: true })] },
    { id: 6, steps: [step('cover', 'V6')] },
    { id: 7, steps: [] },
  ]
  expect(silentHolders({ items, told })).toEqual(['V1', 'V2'])
  expect(silentHolders({ items: null, told })).toEqual([])
})

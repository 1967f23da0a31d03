import { expect, test } from 'vitest'
import type { VisitMove } from '../api_cases.ts'
import { untold } from './moves.tsx'

const move = (id: string, resident: string, over: Partial<VisitMove> = {}): VisitMove => ({ id, kind: 'hand_over', resident, visitor: 'V1', date: '2026-12-01', to_visitor: 'V2', ...over })

test('whom no message reached was given a visit that holds, and has no account', () => {
  const items = [
    move('1', 'R1', { to_visitor: 'V9', told: { accounts: 0 } }),
    move('2', 'R2', { to_visitor: 'V9', told: { accounts: 0 } }),
    move('3', 'R3', { to_visitor: 'V3', told: { accounts: 1 } }),
    move('4', 'R4', { to_visitor: 'V4', told: { accounts: 0, waiting: true } }),
    move('5', 'R5', { to_visitor: 'V5' }),
    move('6', 'R6', { to_visitor: 'V6', told: { accounts: 0 }, loose: 'off' }),
    move('7', 'R7', { to_visitor: undefined, kind: 'postpone' }),
    move('8', 'R8', { to_visitor: 'V0', told: { accounts: 0 } }),
  ]
  expect(untold(items)).toEqual(['V0', 'V9'])
})

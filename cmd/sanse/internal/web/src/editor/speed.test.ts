import { expect, test } from 'vitest'
import type { LonLat } from '../api_editor.ts'
import { Ground } from './ground.ts'
import { dice, madeUp } from './made_up.ts'
import { moveVertex, paint, split } from './preview.ts'
import { rows, total } from './sums.ts'

// How long numbers take while the mouse moves, in a community of 2,000 cells.
// The times are printed (npx vitest run src/editor/speed.test.ts); what fails
// is a sum that is wrong, never a slow machine.
test('the numbers of a community of 2,000 cells follow the mouse', () => {
  const g = new Ground(madeUp({ seed: 1, side: 8, span: 12, places: 2000, cells: 2000 }))
  const all = [...total(rows(g, 'micro-grid', []), g.weights.length)]
  const next = dice(1)
  const free = Array.from({ length: g.xs.length }, (_, v) => v).filter((v) => g.corners(v).length > 1 && !g.outer(v))
  const measure = (name: string, n: number, f: () => Parameters<typeof rows>[2]) => {
    const times: number[] = []
    for (let k = 0; k < n; k++) {
      const before = performance.now()
      const list = rows(g, 'grid', f())
      times.push(performance.now() - before)
      expect([...total(list, g.weights.length)]).toEqual(all)
    }
    times.sort((a, b) => a - b)
    console.log(`${name}: median ${times[n >> 1]!.toFixed(3)} ms, 95 % within ${times[Math.floor(n * 0.95)]!.toFixed(3)} ms`)
  }
  measure('vertex', 200, () => {
    const v = free[Math.floor(next() * free.length)]!
    const [x, y] = g.at(v)
    return [moveVertex(g, v, [x + (next() - 0.5) * 0.0006, y + (next() - 0.5) * 0.0006])]
  })
  const painted = new Set<number>()
  measure('brush', 200, () => {
    for (const c of g.cells.near(104 + next() * 0.07, 30 + next() * 0.07, 2)) painted.add(c)
    return [paint(g, painted, 'micro-grid', g.faces[0]!.code)]
  })
  expect(painted.size).toBeGreaterThan(1000)
  const grid = g.grids[5]!
  const [w, s, e, n] = grid.box
  measure('line', 200, () => {
    const line: LonLat[] = [[w - 0.001, s + (n - s) * next()], [e + 0.001, s + (n - s) * next()]]
    return [split(g, grid.code, line, { code: '+a', name: '', level: 'grid', parent: grid.parent, special: false })]
  })
  const before = performance.now()
  new Ground(g.answer)
  console.log(`ground: ${(performance.now() - before).toFixed(1)} ms`)
}, 60_000)

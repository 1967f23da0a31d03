import { expect, test } from 'vitest'
import type { Areas } from '../api.ts'
import type { Live } from '../api_live.ts'
import { classes, colourOf, paintLive, shareOf } from './shares.ts'

const counts = (due: number, done: number) => ({ due, done, late: 0, covered: 0, cases: 0, overdue: 0 })

test.each([
  [0, 0],
  [0.249, 0],
  [0.25, 1],
  [0.999, 3],
  [1, 4],
])('a share of %f is of class %i', (share, i) => {
  expect(colourOf(share)).toBe(classes[i]?.colour)
})

test('where nobody is to be seen there is no share, and the area is hatched', () => {
  expect([shareOf(counts(0, 0)), shareOf(counts(4, 1))]).toEqual([null, 0.25])
  const area = (code: string) => ({ type: 'Feature', geometry: { type: 'Polygon', coordinates: [] }, properties: { code } })
  const areas = { type: 'FeatureCollection', features: [area('1'), area('2'), area('3')] } as unknown as Areas
  const day = { children: [{ code: '1', ...counts(0, 0) }, { code: '2', ...counts(2, 2) }] } as unknown as Live
  expect(paintLive(areas, day)?.features.map((f) => f.properties)).toEqual([{ code: '1', hidden: true }, { code: '2', colour: classes[4]?.colour }])
  expect(paintLive(null, day)).toBeNull()
})

import { expect, test } from 'vitest'
import { added, asked, CandidatesError, readCandidates } from './candidates.ts'

const wrong = (text: string): string => {
  try {
    return JSON.stringify(readCandidates(text))
  } catch (e) {
    return e instanceof CandidatesError ? `${e.code} ${e.line}` : String(e)
  }
}

test('places that are clicked are numbered, and cost what the last one does', () => {
  const one = added([], [104.3, 30.8])
  expect(one).toEqual([{ id: '1', at: [104.3, 30.8], price: 1 }])
  const two = added([{ ...one[0]!, price: 30 }], [104.4, 30.8])
  expect(two[1]).toEqual({ id: '2', at: [104.4, 30.8], price: 30 })
  // One was taken away: no number stands twice.
  expect(added(two.slice(1), [0, 0])[1]?.id).toBe('3')
  expect(asked([{ id: 'a', at: [1, 2], price: 0 }, { id: 'b', at: [3, 4], price: 7, capacity: 50 }])).toEqual([
    { id: 'a', location: [1, 2] },
    { id: 'b', location: [3, 4], price: 7, capacity: 50 },
  ])
})

test('a CSV is read with Chinese or English headers', () => {
  const want = [
    { id: '老街, 1号', at: [104.31, 30.81], price: 120 },
    { id: '3', at: [104.32, 30.82], price: 0, capacity: 40 },
  ]
  expect(readCandidates('\uFEFF名称,经度,纬度,造价,容量\r\n"老街, 1号",104.31,30.81,120,\r\n,104.32,30.82,,40\r\n\r\n')).toEqual(want)
  expect(readCandidates('Lat;Lon;Price\n30.5;104.5;9')).toEqual([{ id: '2', at: [104.5, 30.5], price: 9 }])
  expect(readCandidates('id\tlon\tlat\n"a ""b"""\t1\t2')).toEqual([{ id: 'a "b"', at: [1, 2], price: 0 }])
})

test('a GeoJSON of points is read', () => {
  const f = (p: object, c: unknown, type = 'Point') => ({ type: 'Feature', properties: p, geometry: { type, coordinates: c } })
  const read = (...features: unknown[]) => wrong(JSON.stringify({ type: 'FeatureCollection', features }))
  expect(read(f({ name: '甲', Price: 5 }, [104.3, 30.8]), { ...f({}, [104.4, 30.8]), id: 'b' })).toBe(
    JSON.stringify([
      { id: '甲', at: [104.3, 30.8], price: 5 },
      { id: 'b', at: [104.4, 30.8], price: 0 },
    ]),
  )
  expect(read(f({}, [[1, 2]], 'LineString'))).toBe('place 1')
  expect(read()).toBe('none 0')
})

test('what cannot be read says in which line', () => {
  for (const [text, want] of [
    ['', 'columns 1'],
    ['name,price\na,1', 'columns 1'],
    ['lon,lat', 'none 0'],
    ['lon,lat\n104,30\n104,', 'place 3'],
    ['lon,lat\n30.8,104.3', 'place 2'],
    ['lon,lat,price\n104,30,1.5', 'price 2'],
    ['lon,lat,price\n104,30,-1', 'price 2'],
    ['lon,lat,capacity\n104,30,0', 'price 2'],
    ['id,lon,lat\na,104,30\na,104,31', 'twice 3'],
    ['{"type":', 'json 0'],
    ['{}', 'json 0'],
    ['{"features":[null]}', 'place 1'],
    ['lon,lat\n' + '104,30\n'.repeat(5001), 'many 0'],
  ] as const)
    expect(wrong(text), text.slice(0, 40)).toBe(want)
})

import { expect, test } from 'vitest'
import { choiceOf, key } from './need_choice.ts'

test('what is chosen must be one of the options, nobody or the proposal', () => {
  const options = [{ facility: 'A' }, { provider: 'A' }]
  expect(options.map(key)).toEqual(['f/A', 'p/A'])
  expect(choiceOf('f/A', options)).toEqual({ facility: 'A' })
  expect(choiceOf('p/A', options)).toEqual({ provider: 'A' })
  expect(choiceOf('none', [])).toEqual({ none: true })
  expect(choiceOf('auto', [])).toEqual({ auto: true })
  for (const gone of ['f/B', 'p/B', 'p/undefined', '']) expect(choiceOf(gone, [...options, {}])).toBeNull()
})

import { expect, test } from 'vitest'
import { strength } from './password.ts'

test.each([
  ['', 'short'],
  ['kurz9!Xy', 'short'],
  ['十二个字的口令才算数', 'short'],
  ['aaaaaaaaaaaaaaaa', 'common'],
  ['abcabcabcabcabc', 'common'],
  ['123456789012345', 'common'],
  ['abcdefghijklmnop', 'common'],
  ['Password123456', 'common'],
  ['qwerty123456!!', 'common'],
  ['woaini5201314', 'common'],
  ['yunling-wang-1', 'near'],
  ['云岭区云岭区云岭区云岭区', 'common'],
  ['sanse-wang-2026', 'near'],
  ['mango violin9', 'fair'],
  ['竹篮 秤砣 灯塔 邮票 梨子 河', 'good'],
  ['correct horse battery staple', 'good'],
] as const)('%j is %s', (password, want) => {
  expect(strength(password, ['wang', '云岭区', 'yunling'])).toBe(want)
})

test('a password of any characters does: there are no rules of composition', () => {
  expect(strength('planet sofa river')).toBe('good')
})

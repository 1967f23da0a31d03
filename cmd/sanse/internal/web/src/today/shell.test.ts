import { expect, test } from 'vitest'
import { shells } from '../trust/keep.ts'
import { shellFile, shellPrefix } from './shell.ts'

const here = 'https://care.example'
const files = ['/today', '/assets/today-1.js', '/icon.svg']

test.each([
  ['the app', '/today?visitor=v1', 'GET', true, '/today'],
  ['a scanned code opens the app', '/c', 'GET', true, '/today'],
  ['a file of the shell', '/assets/today-1.js', 'GET', false, '/assets/today-1.js'],
  ['a file of another version is asked for', '/assets/today-0.js', 'GET', false, null],
  ['another page', '/day', 'GET', true, null],
  ['the day itself is never kept', '/v1/today', 'GET', false, null],
  ['nor a record', '/v1/records', 'POST', false, null],
  ['the app asked for as a file', '/today', 'GET', false, null],
  ['another host', 'https://elsewhere.example/today', 'GET', true, null],
] as const)('the worker answers only with the shell: %s', (_, path, method, navigates, want) => {
  expect(shellFile(new URL(path, here), here, method, navigates, files)).toBe(want)
})

test('signing out leaves what the worker keeps', () => {
  expect(shells).toBe(shellPrefix)
})

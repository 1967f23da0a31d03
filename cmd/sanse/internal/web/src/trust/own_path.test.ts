import { expect, test } from 'vitest'
import { ownPath } from './own_path.ts'

const origin = 'http://sanse.example:8080'

test.each([
  ['/board?area=510199', '/board?area=510199'],
  ['/day?visitor=V1#leads', '/day?visitor=V1#leads'],
  ['/', '/'],
  ['/grids/../board', '/board'],
  // Whatever leads elsewhere, or nowhere of ours, is the map.
  ['//evil.example/board', '/'],
  ['/\\evil.example/board', '/'],
  ['/\t/evil.example', '/'],
  ['https://evil.example/', '/'],
  ['javascript:alert(1)', '/'],
  ['board', '/'],
  ['', '/'],
  [null, '/'],
  [undefined, '/'],
  ['/v1/accounts', '/'],
  ['/v1/oidc/x/start', '/'],
  ['/sign-in?next=/sign-in', '/'],
  ['/%2f%2fevil.example', '/'],
])('after signing in, %j leads to %s', (next, want) => {
  expect(ownPath(next, origin)).toBe(want)
})

import { text } from '../i18n.ts'

/** How good a new password is; only what is too short, common or too near to oneself is refused. */
export type Strength = 'short' | 'common' | 'near' | 'fair' | 'good'

/** The least characters of a password, as NIST SP 800-63B-4 and the service have it. */
export const leastCharacters = 12

const common: readonly string[] = ['password', 'passw0rd', 'qwerty', 'qazwsx', '1q2w3e', 'asdfgh', 'zxcvbn', 'iloveyou', 'woaini', 'admin', 'letmein', 'welcome', 'abc123', '123456', '654321', '111111', '000000', '5201314', '1314520', '88888888']

/**
 * strength tells how good a password is before it is sent. There are no rules of
 * composition: length does it (NIST SP 800-63B-4, 3.1.1.2). near are words that
 * others would try first: the login, the name of the district. The service
 * decides, with a longer list.
 */
export function strength(password: string, near: readonly string[] = []): Strength {
  const p = password.normalize('NFKC')
  const length = [...p].length
  if (length < leastCharacters) return 'short'
  const low = p.toLowerCase()
  // What is left once the known pieces are taken out must be a password by itself.
  const left = (words: readonly string[]) =>
    [...words.filter((w) => [...w].length >= 2).reduce((s, w) => s.replaceAll(w.toLowerCase(), ''), low).replace(/[^\p{L}\p{N}]/gu, '')].length
  if (dull(low) || left(common) < 6) return 'common'
  if (left([...near, text('en', 'app.name'), text('zh', 'app.name')]) < 6) return 'near'
  return length >= 16 && new Set(low).size >= 8 ? 'good' : 'fair'
}

/** dull tells whether it is few characters again and again, or a row of a keyboard or the digits. */
function dull(p: string): boolean {
  const chars = [...p]
  if (new Set(chars).size <= 4) return true
  for (let n = 1; n <= chars.length / 3; n++) if (chars.every((c, i) => c === chars[i % n])) return true
  let steps = 0
  for (let i = 1; i < p.length; i++) if (Math.abs(p.charCodeAt(i) - p.charCodeAt(i - 1)) <= 1) steps++
  return steps >= p.length - 2
}

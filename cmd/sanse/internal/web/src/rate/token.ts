// A rating code: an opaque token of 27 signs, 128 bits, in the address behind the #,
// which no browser sends to any server; or typed from a slip.

/** signs are what codes are written with: no vowels, and nothing that is taken for another. */
export const signs = 'bcdfghjkmnpqrstvwxz23456789'
export const length = 27

/** codeIn is the code in what was scanned or typed, in groups or in capitals; empty where there is none. */
export function codeIn(text: string): string {
  const code = text.slice(text.indexOf('#') + 1).replace(/[\s-]/g, '').toLowerCase()
  return code.length === length && code.split('').every((c) => signs.indexOf(c) >= 0) ? code : ''
}

/** drawn draws a code: what would make some signs come more often is thrown away. */
export function drawn(fill: (b: Uint8Array) => Uint8Array = (b) => crypto.getRandomValues(b as Uint8Array<ArrayBuffer>)): string {
  const fair = 256 - (256 % signs.length)
  let code = ''
  while (code.length < length)
    for (const b of Array.from(fill(new Uint8Array(2 * length)))) if (b < fair && code.length < length) code += signs.charAt(b % signs.length)
  return code
}

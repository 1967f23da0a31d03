// Ends the build: tells the service worker which files the app on the phone is
// made of, by their hashed names, and their version. The same files are the same
// version, so that a phone takes a new one only when there is one.
//
//   node shell.mjs        after vite build, which leaves its manifest in dist/.vite
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

const told = JSON.parse(readFileSync('dist/.vite/manifest.json', 'utf8'))

// What the app needs beside its own script and style.
const files = new Set(['manifest.webmanifest', 'favicon.svg', 'icon-192.png', 'icon-512.png'])
const take = (key) => {
  const part = told[key]
  if (!part) throw new Error(`${key} is not in the bundle`)
  if (files.has(part.file)) return
  files.add(part.file)
  for (const f of [...(part.css ?? []), ...(part.assets ?? [])]) files.add(f)
  for (const i of part.imports ?? []) take(i)
}
take('today.html')
files.delete('today.html')

const worker = readFileSync('dist/sw.js', 'utf8')
if (/\bimport\b/.test(worker)) throw new Error('the service worker has to be one file: older browsers load no parts of it')

const all = [...files].sort()
const sum = createHash('sha256')
for (const f of ['today.html', 'sw.js', ...all]) sum.update(f).update(readFileSync(`dist/${f}`))
const shell = { version: sum.digest('hex').slice(0, 16), files: ['/today', ...all.map((f) => '/' + f)] }
writeFileSync('dist/sw.js', `const SANSE_SHELL=${JSON.stringify(shell)};` + worker)
rmSync('dist/.vite', { recursive: true }) // of no use to a browser

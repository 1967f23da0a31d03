import { rate } from '../dictionary_rate.ts'
import './rate.css'
import { codeIn } from './token.ts'

// The page on which whoever was visited, or a relative, says how it was: without
// signing in, on whatever phone there is. It is plain, so that it is small and old
// browsers show it; it keeps nothing and asks for nothing but to be sent.

type Key = keyof typeof rate
type Lang = 'zh' | 'en'

const root = document.getElementById('rate')!
// The code is taken out of the address at once: it is to stand in no history.
let code = codeIn(location.hash)
history.replaceState(null, '', '/r' + location.search)

let lang: Lang = /[?&]lang=en\b/.test(location.search) ? 'en' : 'zh'
const said = { rating: 0, by: '', words: '', typed: '' }
const most = 500
/** What the switch says is in the language that it leads to. */
const otherLanguage = { zh: 'English', en: '\u4e2d\u6587' }
let note: Key | '' = ''
let busy = false
let done = false

const t = (key: Key): string => rate[key][lang]

/** make is an element with what it says and holds. */
function make<K extends keyof HTMLElementTagNameMap>(name: K, attributes: Record<string, string> = {}, ...inside: (Node | string)[]): HTMLElementTagNameMap[K] {
  const e = document.createElement(name)
  for (const a of Object.keys(attributes)) e.setAttribute(a, attributes[a]!)
  for (const i of inside) e.appendChild(typeof i === 'string' ? document.createTextNode(i) : i)
  return e
}

/** face draws a face from 1, the saddest, to 5: old phones have no signs for all of them. */
function face(n: number): SVGElement {
  const ns = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(ns, 'svg')
  svg.setAttribute('viewBox', '0 0 40 40')
  svg.setAttribute('aria-hidden', 'true')
  const put = (name: string, attributes: Record<string, string>) => {
    const e = document.createElementNS(ns, name)
    for (const a of Object.keys(attributes)) e.setAttribute(a, attributes[a]!)
    svg.appendChild(e)
  }
  put('circle', { cx: '20', cy: '20', r: '18' })
  put('path', { d: 'M14 14v3M26 14v3' })
  put('path', { d: `M12 ${28 - (n - 3)}Q20 ${28 + (n - 3) * 4} 28 ${28 - (n - 3)}` })
  return svg
}

function choices(name: string, list: { value: string; label: Key; sign?: Node }[], chosen: string, choose: (value: string) => void): HTMLElement[] {
  return list.map((c) => {
    const input = make('input', { type: 'radio', name, value: c.value, 'data-testid': `rate-${name}-${c.value}` })
    input.checked = c.value === chosen
    input.addEventListener('change', () => choose(c.value))
    return make('label', { class: 'choice' }, input, ...(c.sign ? [c.sign] : []), make('span', {}, t(c.label)))
  })
}

function draw(): void {
  document.documentElement.lang = lang === 'zh' ? 'zh-CN' : 'en'
  document.title = t('rate.title')
  while (root.firstChild) root.removeChild(root.firstChild)
  const other = make('button', { type: 'button', class: 'switch', 'data-testid': 'rate-language' }, otherLanguage[lang])
  other.addEventListener('click', () => {
    lang = lang === 'zh' ? 'en' : 'zh'
    draw()
  })
  root.appendChild(other)
  if (done) {
    root.appendChild(make('h1', { tabindex: '-1', 'data-testid': 'rate-thanks' }, t('rate.thanks')))
    root.appendChild(make('p', {}, t('rate.change')))
    return
  }
  root.appendChild(make('h1', {}, t('rate.title')))
  const form = make('form', { novalidate: '' })
  form.addEventListener('submit', (e) => {
    e.preventDefault()
    send()
  })
  if (code === '') {
    const typed = make('input', { id: 'code', autocomplete: 'off', autocapitalize: 'none', spellcheck: 'false', maxlength: '80', 'data-testid': 'rate-code' })
    typed.value = said.typed
    typed.addEventListener('input', () => {
      said.typed = typed.value
    })
    form.appendChild(make('label', { for: 'code', class: 'field' }, t('rate.code')))
    form.appendChild(typed)
    form.appendChild(make('p', { class: 'hint' }, t('rate.code_hint')))
  }
  const faces = [5, 4, 3, 2, 1].map((n) => ({ value: String(n), label: `rate.face.${n}` as Key, sign: face(n) }))
  form.appendChild(
    make('fieldset', {}, make('legend', { class: 'unseen' }, t('rate.title')), ...choices('face', faces, String(said.rating), (v) => (said.rating = Number(v)))),
  )
  const people = (['resident', 'family'] as const).map((p) => ({ value: p, label: `rate.by.${p}` as Key }))
  form.appendChild(make('fieldset', { class: 'people' }, make('legend', {}, t('rate.who')), ...choices('by', people, said.by, (v) => (said.by = v))))
  const words = make('textarea', { id: 'words', rows: '3', maxlength: String(most), 'data-testid': 'rate-words' })
  words.value = said.words
  const left = make('p', { class: 'hint' })
  const tell = () => {
    // Characters, as the service counts them: what a browser counts twice is one.
    const n = most - Array.from(said.words).length
    left.textContent = n < 100 ? t('rate.left').replace('{n}', String(n)) : ''
  }
  words.addEventListener('input', () => {
    said.words = words.value
    tell()
  })
  tell()
  form.appendChild(make('label', { for: 'words', class: 'field' }, t('rate.words')))
  form.appendChild(words)
  form.appendChild(left)
  if (note !== '') form.appendChild(make('p', { class: 'note', role: 'alert', 'data-testid': 'rate-note', 'data-why': note }, t(note)))
  const go = make('button', { type: 'submit', class: 'go', 'data-testid': 'rate-send' }, t(busy ? 'rate.sending' : 'rate.send'))
  go.disabled = busy
  form.appendChild(go)
  form.appendChild(make('p', { class: 'hint' }, t('rate.who_sees')))
  root.appendChild(form)
}

function end(what: Key | ''): void {
  busy = false
  note = what
  done = what === ''
  draw()
  const at = root.querySelector<HTMLElement>(done ? 'h1' : '.note')
  if (at && at.scrollIntoView) at.scrollIntoView()
  if (done && at) at.focus()
}

function send(): void {
  const given = code || codeIn(said.typed)
  if (busy) return
  if (said.rating === 0) return end('rate.lacks_face')
  if (said.by === '') return end('rate.lacks_who')
  if (given === '') return end(said.typed === '' ? 'rate.code_hint' : 'rate.unknown')
  busy = true
  note = ''
  draw()
  const request = new XMLHttpRequest()
  request.open('POST', '/v1/ratings')
  request.timeout = 20000
  request.setRequestHeader('Content-Type', 'application/json')
  request.onload = () => {
    const s = request.status
    if (s === 204) code = said.typed = said.words = ''
    end(s === 204 ? '' : s === 404 ? 'rate.unknown' : s === 429 ? 'rate.busy' : 'rate.failed')
  }
  request.onerror = request.ontimeout = request.onabort = () => end('rate.failed')
  const body: Record<string, string | number> = { code: given, rating: said.rating, by: said.by }
  if (said.words.trim() !== '') body.words = said.words.trim()
  request.send(JSON.stringify(body))
}

// The same page may be opened by a second code without being loaded anew.
addEventListener('hashchange', () => {
  const next = codeIn(location.hash)
  if (next === '') return
  code = next
  said.rating = 0
  said.by = said.words = said.typed = ''
  note = ''
  done = false
  history.replaceState(null, '', '/r' + location.search)
  draw()
})

draw()

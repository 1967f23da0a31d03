import { render } from 'preact'
import { startLang } from '../i18n.ts'
import '../style.css'
import '../trust.css'
import { PhoneApp } from './app.tsx'
import { tokenIn } from './code.ts'
import { inMemory, openDevice, openRecords } from './device.ts'
import { Round } from './round.ts'
import './today.css'
import { startUpdates } from './updates.ts'
import { startViews, view } from './view.ts'

startLang()
// A scanned code is taken out of the address at once: it is to stand in no history.
const scanned = location.pathname === '/c' ? tokenIn(location.hash) : null
if (scanned !== null) history.replaceState(null, '', '/today' + location.search)
startViews()
if (scanned !== null) view.value = { at: 'list' }
startUpdates()

const root = document.getElementById('app')
async function start(into: HTMLElement) {
  const store = await openRecords().catch(() => null)
  const round = new Round(store ?? inMemory(), openDevice(), new URLSearchParams(location.search).get('visitor') ?? '')
  await round.wake()
  render(<PhoneApp round={round} scanned={scanned} keeps={store !== null} />, into)
}
if (root) void start(root)

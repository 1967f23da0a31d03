import { render } from 'preact'
import { App, fetchPage } from './app.tsx'
import { startLang } from './i18n.ts'
import { startRouting } from './route.ts'
import './style.css'
import './grids.css'
import './trust.css'

startLang()
startRouting()
fetchPage()
const root = document.getElementById('app')
if (root) render(<App />, root)

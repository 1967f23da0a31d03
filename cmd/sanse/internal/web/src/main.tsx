import { render } from 'preact'
import { App } from './app.tsx'
import { startLang } from './i18n.ts'
import { startRouting } from './route.ts'
import './style.css'

startLang()
startRouting()
const root = document.getElementById('app')
if (root) render(<App />, root)

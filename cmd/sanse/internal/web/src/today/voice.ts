import { signal } from '@preact/signals'
import { lang } from '../i18n.ts'

// Speech becomes text only where the phone does it by itself. What is said at a
// door is about somebody's health: it goes to no maker of a browser. Elsewhere
// the keyboard of the phone has its own key for it, which is the user's choice.

interface Recognition extends EventTarget {
  lang: string
  continuous: boolean
  interimResults: boolean
  processLocally: boolean
  start(): void
  stop(): void
}
interface RecognitionMaker {
  new (): Recognition
  available?: (o: { langs: string[]; processLocally: boolean }) => Promise<string>
}

const maker = (globalThis as { SpeechRecognition?: RecognitionMaker }).SpeechRecognition

/** canSpeak tells whether this phone turns speech into text by itself. */
export const canSpeak = signal(false)

const spoken = () => (lang.value === 'zh' ? 'zh-CN' : 'en-US')

maker?.available?.({ langs: [spoken()], processLocally: true }).then(
  (how) => (canSpeak.value = how === 'available'),
  () => undefined,
)

/** listen tells what was said so far, each time more is understood, until it is stopped by calling what it returns. */
export function listen(heard: (said: string) => void, ended: () => void): () => void {
  if (!maker) return () => undefined
  const r = new maker()
  r.lang = spoken()
  r.continuous = true
  r.interimResults = false
  r.processLocally = true
  r.addEventListener('result', (e) => {
    const { results } = e as Event & { results: Iterable<Iterable<{ transcript: string }>> }
    heard([...results].map((x) => [...x][0]?.transcript ?? '').join(''))
  })
  r.addEventListener('end', ended)
  r.addEventListener('error', ended)
  r.start()
  return () => r.stop()
}

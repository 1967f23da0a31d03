import { useEffect, useRef, useState } from 'preact/hooks'
import { t } from '../i18n.ts'
import { tokenIn } from './code.ts'
import { show } from './view.ts'

interface Detector {
  detect(v: HTMLVideoElement): Promise<{ rawValue: string }[]>
}
const maker = (globalThis as { BarcodeDetector?: new (o: { formats: string[] }) => Detector }).BarcodeDetector

/** canScan tells whether the app reads codes itself. Else the camera of the phone does, and opens the app. */
export const canScan = maker !== undefined && Boolean(globalThis.navigator?.mediaDevices)

/** ScanView looks through the camera until it sees a code of ours. No picture leaves the phone or is kept. */
export function ScanView({ onCode }: { onCode: (token: string) => void }) {
  const video = useRef<HTMLVideoElement>(null)
  const [failed, setFailed] = useState(false)
  const [strange, setStrange] = useState(false)
  useEffect(() => {
    let over = false
    let stream: MediaStream | null = null
    const look = async (found: Detector) => {
      while (!over && video.current) {
        const codes = video.current.readyState >= 2 ? await found.detect(video.current).catch(() => []) : []
        const token = codes.map((c) => tokenIn(c.rawValue)).find(Boolean)
        if (over) return
        if (token) {
          show({ at: 'list' }, true)
          return onCode(token)
        }
        if (codes.length > 0) setStrange(true)
        await new Promise((r) => setTimeout(r, 120))
      }
    }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } }).then(
      (s) => {
        stream = s
        if (over || !video.current || !maker) return s.getTracks().forEach((x) => x.stop())
        video.current.srcObject = s
        void video.current.play().catch(() => undefined)
        void look(new maker({ formats: ['qr_code'] }))
      },
      () => setFailed(true),
    )
    return () => {
      over = true
      stream?.getTracks().forEach((x) => x.stop())
    }
  }, [])
  return (
    <div class="scan" data-testid="scan-view">
      {failed ? <p class="bar-note bad" role="alert">{t('today.noCamera')}</p> : <video ref={video} muted playsInline />}
      <p class="hint" role="status">
        {t(strange ? 'today.strangeCode' : 'today.scanHint')}
      </p>
      <button type="button" class="quiet" onClick={() => history.back()}>
        {t('today.noCode')}
      </button>
    </div>
  )
}

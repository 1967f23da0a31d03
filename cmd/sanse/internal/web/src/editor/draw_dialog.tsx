import { useEffect, useRef, useState } from 'preact/hooks'
import { at, type District } from '../api.ts'
import { DraftError, type DraftClient, type Drawing, type DrawingInput, type GroundAnswer, type Made } from '../api_editor.ts'
import { t } from '../i18n.ts'
import { Busy, Dialog, Refusal } from '../grids/dialog.tsx'
import { DrawForm } from '../grids/draw_form.tsx'
import { defaults, inputOf, type DrawWish } from '../grids/draw_wish.ts'
import { DrawProgress, DrawResult, type Sample } from '../grids/draw_progress.tsx'
import { refused } from '../grids/refusal.ts'
import { useGet } from '../use_get.ts'
import '../grids.css'

/** How often a drawing is asked for while it runs. */
const pollMilliseconds = 500
/** How often it may fail to answer before that is said. */
const patience = 6

/** The areas of a drawing, for the map. */
export type Drawn = NonNullable<Drawing['result']>['areas']

/**
 * DrawDialog has a community divided by a search: what is wanted, then how far
 * it is, with the best so far on the map, and at the end what it comes to and
 * what forbids better. Nothing of the draft is changed until it is applied. It
 * stands beside the map, which stays in use.
 */
export function DrawDialog(props: {
  client: DraftClient
  /** code of the community */
  area: string
  level: 'grid' | 'micro-grid'
  ground: GroundAnswer
  /** code of the area that is selected in the editor */
  selected: string | null
  onPreview: (areas: Drawn | null) => void
  onApplied: (made: Made) => void
  onClose: () => void
}) {
  const { client, ground } = props
  const district = useGet<District>(at.district())
  const [wish, setWish] = useState<DrawWish>(() => defaults(ground, props.level, props.selected))
  const [job, setJob] = useState<string | null>(null)
  const [drawing, setDrawing] = useState<Drawing | null>(null)
  const [samples, setSamples] = useState<Sample[]>([])
  const [applying, setApplying] = useState(false)
  const [why, setWhy] = useState<string | null>(null)
  const running = job !== null && (drawing === null || drawing.state === 'running')
  // What must be ended when the dialog goes, however it goes.
  const live = useRef({ job: null as string | null, running: false })
  live.current = { job, running }
  useEffect(
    () => () => {
      props.onPreview(null)
      const { job, running } = live.current
      if (job !== null && running) void client.stopDrawing(job).catch(() => undefined) // it ends by itself with its time
    },
    [],
  )
  useEffect(() => {
    if (job === null) return
    const stop = new AbortController()
    let timer: ReturnType<typeof setTimeout>
    let failures = 0
    const ask = async () => {
      try {
        const d = await client.drawing(job, stop.signal)
        if (stop.signal.aborted) return
        failures = 0
        setWhy(null)
        setDrawing(d)
        if (d.progress) setSamples((s) => [...s, { spent: d.progress?.spent ?? 0, goal: d.progress?.goal ?? 0, excess: d.progress?.excess ?? 0 }])
        if (d.result) props.onPreview(d.result.areas)
        if (d.state !== 'running') return
      } catch (e) {
        if (stop.signal.aborted) return
        failures++
        // Gone is gone; a line that is down for a moment comes back.
        if ((e instanceof DraftError && !e.passing) || failures >= patience) {
          setWhy(refused(e))
          setJob(null)
          return
        }
      }
      timer = setTimeout(() => void ask(), pollMilliseconds)
    }
    void ask()
    return () => {
      stop.abort()
      clearTimeout(timer)
    }
  }, [job])

  const begin = (seed: number) => {
    setWhy(null)
    setDrawing(null)
    setSamples([])
    const input: DrawingInput = { ...inputOf(wish, props.area), seed }
    client.draw(input).then(
      (r) => setJob(r.job),
      (e: unknown) => setWhy(refused(e)),
    )
  }
  const [round, setRound] = useState(1)
  const apply = (close: () => void) => {
    if (job === null) return
    setApplying(true)
    setWhy(null)
    client.apply(job).then(
      (made) => {
        props.onApplied(made)
        close()
      },
      (e: unknown) => {
        setApplying(false)
        setWhy(refused(e))
        client.heed() // it is told: the next try is made knowingly
      },
    )
  }
  const back = () => {
    setJob(null)
    setDrawing(null)
    props.onPreview(null)
  }
  const over = drawing !== null && drawing.state !== 'running'
  return (
    <Dialog title={t('draw.title', { area: ground.area.name })} onClose={props.onClose} testid="draw-dialog" aside>
      {(close) => (
        <>
          {job === null ? (
            <>
              {district.data && <DrawForm wish={wish} onWish={setWish} ground={ground} district={district.data} />}
              {why !== null && <Refusal>{why}</Refusal>}
              <footer>
                <button type="button" class="button" disabled={wish.weights.length === 0} onClick={() => begin(round)} data-testid="draw-begin">
                  {t('draw.begin')}
                </button>
                <button type="button" class="button quiet" onClick={close}>
                  {t('grids.cancel')}
                </button>
              </footer>
            </>
          ) : (
            <>
              <DrawProgress drawing={drawing} samples={samples} seconds={wish.seconds} />
              {district.data && drawing?.result && <DrawResult drawing={drawing} wish={wish} district={district.data} />}
              {drawing?.state === 'failed' && <Refusal>{drawing.message || t('draw.failed')}</Refusal>}
              {why !== null && <Refusal>{why}</Refusal>}
              {applying && <Busy>{t('draw.applying')}</Busy>}
              <footer>
                {running ? (
                  <button type="button" class="button" disabled={!drawing?.result} onClick={() => void client.stopDrawing(job).catch((e: unknown) => setWhy(refused(e)))} data-testid="draw-stop">
                    {t('draw.stop')}
                  </button>
                ) : (
                  <button type="button" class="button" disabled={applying || !over || !drawing?.result} onClick={() => apply(close)} data-testid="draw-apply">
                    {t('draw.apply')}
                  </button>
                )}
                {over && (
                  <button
                    type="button"
                    class="button quiet"
                    disabled={applying}
                    onClick={() => {
                      // Another seed, another drawing.
                      setRound(round + 1)
                      begin(round + 1)
                    }}
                    data-testid="draw-again"
                  >
                    {t('draw.again')}
                  </button>
                )}
                <button
                  type="button"
                  class="button quiet"
                  disabled={applying}
                  onClick={() => {
                    if (running) void client.stopDrawing(job).catch(() => undefined)
                    back()
                  }}
                  data-testid="draw-back"
                >
                  {t('draw.back')}
                </button>
              </footer>
            </>
          )}
        </>
      )}
    </Dialog>
  )
}

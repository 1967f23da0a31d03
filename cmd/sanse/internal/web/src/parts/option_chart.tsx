import { useEffect, useRef } from 'preact/hooks'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { BarChart, LineChart, ScatterChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { CanvasRenderer } from 'echarts/renderers'
import { fonts } from '../theme.ts'

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

/**
 * OptionChart draws options that the service made. They are data alone; the
 * tooltip is drawn on the canvas whatever they say, for its HTML form would read
 * a name as markup.
 */
export function OptionChart({ label, option, height }: { label: string; option: EChartsCoreOption; height: number }) {
  const box = useRef<HTMLDivElement>(null)
  const key = JSON.stringify(option)
  useEffect(() => {
    const el = box.current
    if (!el) return
    const chart = init(el)
    const own = option['tooltip']
    chart.setOption({ ...option, textStyle: { fontFamily: fonts }, animation: false, tooltip: { ...(typeof own === 'object' ? own : {}), renderMode: 'richText', confine: true } })
    const watch = new ResizeObserver(() => chart.resize())
    watch.observe(el)
    return () => {
      watch.disconnect()
      chart.dispose()
    }
  }, [key])
  return <div class="chart" role="img" aria-label={label} ref={box} style={{ height: `${height}px` }} />
}

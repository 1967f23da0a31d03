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
    // Long names break into lines, and leave room for the bars beside them.
    const width = Math.min(250, Math.round(el.clientWidth * 0.38))
    const axes = [option['yAxis']].flat().map((a) => {
      const axis = (a ?? {}) as { type?: string; axisLabel?: object }
      return axis.type === 'category' ? { ...axis, axisLabel: { ...axis.axisLabel, width, overflow: 'break', fontSize: 12, lineHeight: 14 } } : axis
    })
    chart.setOption({ ...option, yAxis: axes, textStyle: { fontFamily: fonts }, animation: false, tooltip: { ...(typeof own === 'object' ? own : {}), renderMode: 'richText', confine: true } })
    const watch = new ResizeObserver(() => chart.resize())
    watch.observe(el)
    return () => {
      watch.disconnect()
      chart.dispose()
    }
  }, [key])
  return <div class="chart" role="img" aria-label={label} ref={box} style={{ height: `${height}px` }} />
}

import { useEffect, useRef } from 'preact/hooks'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { BarChart } from 'echarts/charts'
import { GridComponent, LegendComponent, TooltipComponent } from 'echarts/components'
import { CanvasRenderer } from 'echarts/renderers'
import { still } from '../still.ts'
import { colours, fonts } from '../theme.ts'

use([BarChart, GridComponent, LegendComponent, TooltipComponent, CanvasRenderer])

/** A row of bars: a name, a colour and one value a category. */
export interface Series {
  name: string
  colour: string
  values: number[]
}

/**
 * Bars draws series side by side over categories. The tooltip is drawn on the
 * canvas too: its HTML form would need inline styles, which the pages' policy
 * forbids, and would read labels as markup. A table beside it says the same.
 */
export function Bars(props: { label: string; categories: string[]; series: Series[]; height?: number }) {
  const box = useRef<HTMLDivElement>(null)
  const key = JSON.stringify([props.categories, props.series])
  useEffect(() => {
    const el = box.current
    if (!el) return
    const chart = init(el)
    const option: EChartsCoreOption = {
      animation: !still(),
      animationDuration: 400,
      textStyle: { fontFamily: fonts, color: colours.soft },
      color: props.series.map((s) => s.colour),
      grid: { left: 8, right: 8, top: 40, bottom: 4, containLabel: true },
      legend: { top: 0, left: 0, itemWidth: 14, itemHeight: 10, itemGap: 18, textStyle: { color: colours.ink, fontSize: 13 } },
      tooltip: {
        trigger: 'axis',
        renderMode: 'richText',
        axisPointer: { type: 'shadow', shadowStyle: { color: 'rgba(23,100,107,.07)' } },
        backgroundColor: '#ffffff',
        borderColor: colours.line,
        textStyle: { color: colours.ink },
      },
      xAxis: {
        type: 'category',
        data: props.categories,
        axisTick: { show: false },
        axisLine: { lineStyle: { color: colours.line } },
        axisLabel: { color: colours.soft, fontSize: 12, hideOverlap: true },
      },
      yAxis: { type: 'value', minInterval: 1, splitLine: { lineStyle: { color: '#edf0f1' } }, axisLabel: { color: colours.soft } },
      series: props.series.map((s) => ({
        type: 'bar',
        name: s.name,
        data: s.values,
        barMaxWidth: 26,
        barGap: '12%',
        itemStyle: { borderRadius: [3, 3, 0, 0] },
      })),
    }
    chart.setOption(option)
    const watch = new ResizeObserver(() => chart.resize())
    watch.observe(el)
    return () => {
      watch.disconnect()
      chart.dispose()
    }
  }, [key])
  return <div class="chart" role="img" aria-label={props.label} ref={box} style={{ height: `${props.height ?? 260}px` }} />
}

import { expect, test } from 'vitest'
import { whereOf } from './where.ts'

test.each([
  [['安街道', '兰桥社区', '兰桥社区第四网格', '兰桥社区第四网格04微网格'], '安街道 · 兰桥社区 · 第四网格 · 04微网格'],
  [['甲镇', '甲镇'], '甲镇 · 甲镇'],
  [['甲镇', '乙村'], '甲镇 · 乙村'],
  [[], ''],
])('%j is written %s', (names, want) => {
  expect(whereOf(names)).toBe(want)
})

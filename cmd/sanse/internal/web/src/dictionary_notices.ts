/** What pages tell without being asked: new boundaries, a stale plan, newer records. Spread into dictionary. */
export const notices = {
  'told.mine': { zh: '自{date}起，您的网格边界有变：{areas}。', en: 'From {date} on the boundaries of your grid change: {areas}.' },
  'told.mineNow': { zh: '{date}起，您的网格边界已经改变：{areas}。', en: 'The boundaries of your grid changed on {date}: {areas}.' },
  'told.all': { zh: '自{date}起启用新的网格边界，{n} 个区域有变。', en: 'New boundaries hold from {date} on: {n} areas change.' },
  'told.allNow': { zh: '{date}起已启用新的网格边界，{n} 个区域有变。', en: 'New boundaries have held since {date}: {n} areas changed.' },
  'told.area.created': { zh: '{area}（新建）', en: '{area} (new)' },
  'told.area.retired': { zh: '{area}（撤销）', en: '{area} (ends)' },
  'told.area.changed': { zh: '{area}', en: '{area}' },
  'told.more': { zh: '{some}等 {n} 个', en: '{some} and others, {n} in all' },
  'told.see': { zh: '查看', en: 'Look' },
  'told.away': { zh: '知道了', en: 'Got it' },
  'told.stale': {
    zh: '现行计划是按旧边界排的，从{from}起还有 {n} 条路线。',
    en: 'The plan in force was made under the boundaries before; it has {n} walks from {from} on.',
  },
  'told.staleNow': { zh: '请现在重新编制：', en: 'Make it again now:' },
  'told.staleThen': { zh: '请在{eve}走访结束后、{from}出发前重新编制：', en: 'Make it again after the visits of {eve} and before those of {from}:' },
  'told.staleDay': {
    zh: '{date}起网格边界有变，这一天的路线还是按旧边界排的：关爱对象可能已归别人走访，以新计划为准。',
    en: 'Boundaries change on {date}, and the walks of this day were planned under those before: a resident may be somebody else’s by then. The new plan counts.',
  },
  'told.newer': { zh: '数据有更新。', en: 'The records have changed.' },
  'told.reload': { zh: '重新载入', en: 'Load again' },
  'told.failed': { zh: '连接中断，所示内容可能不是最新的。', en: 'No connection: what is shown may not be the latest.' },
} as const satisfies Record<string, { zh: string; en: string }>

/** The colours of the pages. Grades always come with their word as well. */
export const colours = {
  ink: '#1d2730',
  soft: '#55626d',
  line: '#d9dee1',
  ground: '#f4f3ef',
  accent: '#17646b',
  grades: { red: '#d64545', yellow: '#e0a100', blue: '#2f6fde' } as Readonly<Record<string, string>>,
  otherGrade: '#7a8790',
  /** Counts of people by cell, few to many. */
  heat: ['#e3efec', '#b5d9d2', '#7dbdb6', '#43989a', '#17646b'],
  /** Walking time: up to 5, 10, 15 minutes, and beyond. */
  walk: ['#2c7a54', '#6fb58a', '#bfe0c4', '#f2c59c'],
  services: {
    meals: '#c4661f',
    bathing: '#0e7f8c',
    clinic: '#b3306a',
    day_care: '#6a4fc0',
    rehabilitation: '#3a7d34',
    children_home: '#8a5a2b',
    elder_care: '#4456a6',
  } as Readonly<Record<string, string>>,
  otherServices: ['#4b5563', '#7c3f58', '#2f5d50', '#59508f'],
  /** Routes of the day, told apart from their neighbours only. */
  routes: ['#2f6fde', '#c4661f', '#6a4fc0', '#0e7f8c', '#b3306a', '#3a7d34', '#7c5a2b', '#4456a6'],
  required: '#b9c2c8',
  planned: '#58a7a5',
  done: '#17646b',
  late: '#d64545',
}

/** gradeColour is the colour of a grade, grey for one that a district made itself. */
export function gradeColour(grade: string): string {
  return colours.grades[grade] ?? colours.otherGrade
}

/** serviceColour is the colour of a service; unknown ones take turns. */
export function serviceColour(service: string, keys: readonly string[] = []): string {
  const known = colours.services[service]
  if (known) return known
  const i = Math.max(0, keys.indexOf(service))
  return colours.otherServices[i % colours.otherServices.length] ?? colours.soft
}

/** tone spreads ids over n colours, the same id always the same. */
export function tone(id: string, n: number): number {
  let h = 2166136261
  for (let i = 0; i < id.length; i++) h = Math.imul(h ^ id.charCodeAt(i), 16777619)
  return (h >>> 0) % n
}

/** system fonts with a Chinese face on every system; the maps draw labels with them too. */
export const fonts =
  'system-ui, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", "WenQuanYi Micro Hei", sans-serif'

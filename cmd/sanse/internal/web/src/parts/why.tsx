import type { ComponentChildren } from 'preact'
import { at, type Answer, type Choice, type DayStop, type District } from '../api.ts'
import { day, number, walk, weekday } from '../format.ts'
import { lang, t, term } from '../i18n.ts'
import { useGet } from '../use_get.ts'
import { Status } from './status.tsx'

const shownDays = 6
const shownOthers = 4

/** Why answers why a stop is on its day and by its visitor, and what every other choice would cost. */
export function Why(props: { district: District; visitor: string; date: string; stop: DayStop; nameOf: (id: string) => string }) {
  const { district, stop } = props
  const got = useGet<Answer>(at.why(props.visitor, props.date, stop.resident, stop.task?.id))
  const a = got.data
  return (
    <div class="answer" data-testid="why-answer">
      <Status got={got} />
      {a && (
        <>
          <ul class="reasons-list">
            {a.made && <li>{t('why.made')}</li>}
            {a.locked && <li>{t('why.locked')}</li>}
            {a.grade_since && <li>{t('why.gradeSince', { day: day(a.grade_since) })}</li>}
            <li>{onTheWay(a, props.nameOf)}</li>
            {a.windows.map((w, i) => (
              <li key={i}>{t('why.window', { rule: ruleName(w.rule, district), first: day(w.first), last: day(w.last), need: number(w.need), met: number(w.met) })}</li>
            ))}
            {a.without.length === 0 && !a.made && <li>{t('why.spare')}</li>}
            {a.without.map((l, i) => (
              <li key={`w${i}`}>{l.owed ? t('why.withoutOwed') : t('why.without', { due: day(l.due_by) })}</li>
            ))}
          </ul>
          <Choices title={t('why.days')} list={nearest(a.days, a.date)} here={a.here} most={shownDays} district={district} testid="why-day">
            {(c) => (
              <>
                {day(c.date)} <small>{weekday(c.date)}</small>
              </>
            )}
          </Choices>
          <Choices title={t('why.others')} list={a.other_visitors} here={a.here} most={shownOthers} district={district} testid="why-visitor">
            {(c) => <span class="code">{c.visitor}</span>}
          </Choices>
        </>
      )}
    </div>
  )
}

/** onTheWay says what the visit adds to the walk it is part of. */
function onTheWay(a: Answer, nameOf: (id: string) => string): string {
  const more = walk(Math.max(0, a.here.walk_seconds))
  if (a.here.sets_out) return t('why.setsOut', { more })
  if (a.near) return t('why.near', { near: nameOf(a.near), t: walk(a.near_seconds ?? 0), more })
  return t('why.adds', { more })
}

/** nearest puts the days next to the one planned first, in the order of the calendar. */
function nearest(choices: readonly Choice[], date: string): Choice[] {
  const away = (c: Choice) => Math.abs(Date.parse(c.date) - Date.parse(date))
  const near = [...choices].sort((a, b) => away(a) - away(b))
  return [...near.slice(0, shownDays).sort((a, b) => (a.date < b.date ? -1 : 1)), ...near.slice(shownDays)]
}

function Choices(props: {
  title: string
  list: readonly Choice[]
  here: Choice
  most: number
  district: District
  testid: string
  children: (c: Choice) => ComponentChildren
}) {
  if (props.list.length === 0) return null
  const rest = props.list.length - props.most
  return (
    <table class="choices">
      <caption>{props.title}</caption>
      <tbody>
        {props.list.slice(0, props.most).map((c, i) => (
          <tr key={i} data-testid={props.testid}>
            <th scope="row">{props.children(c)}</th>
            <td>{costs(c, props.here, props.district)}</td>
          </tr>
        ))}
        {rest > 0 && (
          <tr>
            <td colSpan={2} class="hint">
              {t('why.rest', { n: number(rest) })}
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}

/** costs says what a choice costs more than the one that was taken, or what forbids it. */
function costs(c: Choice, here: Choice, district: District): string {
  if (c.reason) {
    const short = c.minutes_short ? [t('why.short', { n: number(c.minutes_short) })] : []
    return [term(district.reasons, c.reason), ...short].join(t('sentence.join'))
  }
  const more = c.walk_seconds - here.walk_seconds
  const said = [more >= 30 ? t('why.more', { t: walk(more) }) : more <= -30 ? t('why.less', { t: walk(-more) }) : t('why.same')]
  if (c.sets_out && !here.sets_out) said.push(t('why.alone'))
  if (c.steps > here.steps) said.push(t('why.farther'))
  if (c.lapses && c.lapses > 0) said.push(t('why.lapses', { n: number(c.lapses) }))
  return said.join(lang.value === 'zh' ? '，' : ', ')
}

/** ruleName is what people call a rule: the planner names it by its id, or by the grade or kind it is for. */
export function ruleName(label: string, district: Pick<District, 'grades' | 'kinds'>): string {
  const m = /^policy (?:of (?:grade|kind) )?"(.*)"$/.exec(label)
  const id = m?.[1] ?? ''
  if (id === '') return t('why.ruleOwn')
  for (const key of [id, id.replaceAll('-', '_')]) {
    const word = term([...district.grades, ...district.kinds], key)
    if (word !== key) return t('why.rule', { rule: word })
  }
  return t('why.rule', { rule: id })
}

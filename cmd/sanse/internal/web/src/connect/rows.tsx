import type { ComponentChildren } from 'preact'
import type { CaseList, Reconciliation, RowList, TaskList, ToldCase, ToldTask, ToldVisit } from '../api_connect.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { day } from '../format.ts'
import { t } from '../i18n.ts'

/** All lists that stand behind figures. */
export const rowLists: readonly RowList[] = ['matched', 'without_visit', 'not_acknowledged', 'without_task', 'stages_differ', 'only_ours']

/** How many rows of a list are shown; all are in the workbook. */
const most = 200

type Column<T> = readonly [TextKey, (row: T) => ComponentChildren]

const code = (text: string | undefined) => (text ? <span class="code">{text}</span> : '—')
const stage = (s: string) => (`case.stage.${s}` in dictionary ? t(`case.stage.${s}` as TextKey) : s || '—')

const taskColumns: readonly Column<ToldTask>[] = [
  ['connect.col.task', (r) => code(r.id)],
  ['connect.col.day', (r) => day(r.day)],
  ['connect.col.due_by', (r) => day(r.due_by)],
  ['connect.col.resident', (r) => code(r.resident ?? r.task)],
  ['connect.col.visitor', (r) => code(r.visitor)],
  ['connect.col.area', (r) => code(r.area)],
]
const visitColumn: Column<ToldTask> = ['connect.col.visit', (r) => code(r.visit)]

const visitColumns: readonly Column<ToldVisit>[] = [
  ['connect.col.visit', (r) => code(r.id)],
  ['connect.col.day', (r) => day(r.day)],
  ['connect.col.resident', (r) => code(r.resident)],
  ['connect.col.seen', (r) => t(r.seen ? 'connect.seen' : 'connect.notSeen')],
  ['connect.col.area', (r) => code(r.area)],
]

const caseColumns: readonly Column<ToldCase>[] = [
  ['connect.col.theirs', (r) => code(r.id)],
  ['connect.col.ours', (r) => code(r.case)],
  ['connect.col.theirStage', (r) => stage(r.theirs)],
  ['connect.col.ourStage', (r) => stage(r.ours)],
  ['connect.col.area', (r) => code(r.area)],
]

/** Rows are the rows behind a figure. */
export function Rows({ list, r }: { list: RowList; r: Reconciliation }) {
  if (list === 'without_task') return <Table list={list} rows={r[list] ?? []} columns={visitColumns} />
  if (list === 'stages_differ' || list === 'only_ours') return <Table list={list} rows={r[list as CaseList] ?? []} columns={caseColumns} />
  return <Table list={list} rows={r[list as TaskList] ?? []} columns={list === 'matched' ? [...taskColumns, visitColumn] : taskColumns} />
}

function Table<T>({ list, rows, columns }: { list: RowList; rows: readonly T[]; columns: readonly Column<T>[] }) {
  const title = t(`connect.list.${list}`)
  return (
    <div class="connect-rows" data-testid="connect-rows" data-rows={list} data-n={rows.length}>
      <h4>{title}</h4>
      {rows.length > most && <p class="hint">{t('connect.shown', { n: most })}</p>}
      <div class="scroll" tabIndex={0} role="region" aria-label={title}>
        <table>
          <thead>
            <tr>
              {columns.map(([key]) => (
                <th scope="col" key={key}>
                  {t(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map((row, i) => (
              <tr key={i}>
                {columns.map(([key, cell]) => (
                  <td key={key}>{cell(row)}</td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  )
}

import type { ComponentChildren } from 'preact'
import type { TextKey } from '../dictionary.ts'
import { t } from '../i18n.ts'

/** Setting is a row of what is set: a role or a kind, what holds for it, and whether that can be changed. */
export interface Setting {
  id: string
  cells: ComponentChildren[]
  fixed?: boolean
  /** What scripts read of it, by name: data-NAME. */
  marks: Record<`data-${string}`, string | boolean | undefined>
}

/** SettingsTable is what is set, a row each, under the titles of its columns; a button opens the row that is to be changed. testid is that of a row; with -open, of its button. */
export function SettingsTable({ columns, rows, testid, onOpen }: { columns: readonly TextKey[]; rows: readonly Setting[]; testid: string; onOpen: (id: string) => void }) {
  if (rows.length === 0) return null
  return (
    <table class="audit-table">
      <thead>
        <tr>
          {columns.map((c) => (
            <th scope="col" key={c}>
              {t(c)}
            </th>
          ))}
          <th scope="col">
            <span class="unseen">{t('trust.change')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row.id} data-testid={testid} {...row.marks}>
            {row.cells.map((cell, i) => (
              <td key={i} data-label={columns[i] && t(columns[i])}>
                {cell}
              </td>
            ))}
            <td>
              {!row.fixed && (
                <button type="button" class="button quiet" onClick={() => onOpen(row.id)} data-testid={`${testid}-open`}>
                  {t('trust.change')}
                </button>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

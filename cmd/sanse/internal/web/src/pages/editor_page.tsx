import { useEffect, useMemo, useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { DraftClient } from '../api_editor.ts'
import { Bar } from '../editor/bar.tsx'
import { DistrictView } from '../editor/district_view.tsx'
import { Workbench } from '../editor/workbench.tsx'
import { t } from '../i18n.ts'
import { Status } from '../parts/status.tsx'
import { follow, href, route } from '../route.ts'
import '../editor.css'

/** EditorPage edits a draft: the whole district first, then one community of it. */
export function EditorPage({ district }: { district: District }) {
  const { params } = route.value
  const n = /^\d{1,15}$/.test(params['draft'] ?? '') ? Number(params['draft']) : 0
  const client = useMemo(() => (n > 0 ? new DraftClient(n) : null), [n])
  const [failed, setFailed] = useState<Error | null>(null)
  const load = () => {
    setFailed(null)
    client?.load().catch((e: unknown) => setFailed(e instanceof Error ? e : new Error(String(e))))
  }
  useEffect(load, [client])
  if (!client)
    return (
      <p class="status">
        {t('ed.noDraft')}{' '}
        <a href={href('grids')} onClick={follow}>
          {t('ed.drafts')}
        </a>
      </p>
    )
  if (!client.draft.value) return <Status got={{ data: null, error: failed, loading: failed === null, again: load, refresh: load }} />
  const area = params['area']
  if (!area) return <DistrictView key={n} district={district} client={client} />
  return (
    <Workbench
      key={`${n} ${area}`}
      district={district}
      client={client}
      code={area.slice(0, 12)}
      bar={(s, onLevel, onKeys, onDraw) => (
        <Bar client={client} place={s.ground.value?.answer.area.name ?? area} level={s.level.value} onLevel={onLevel} session={s} onKeys={onKeys} onDraw={onDraw} />
      )}
    />
  )
}

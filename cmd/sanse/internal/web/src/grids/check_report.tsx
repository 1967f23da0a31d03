import type { DraftCheck, Place as Found } from '../api_grids.ts'
import { dictionary, type TextKey } from '../dictionary.ts'
import { decimal, number } from '../format.ts'
import { lang, t } from '../i18n.ts'
import { follow, href } from '../route.ts'
import { communityOf } from './levels.ts'
import { codes } from './refusal.ts'

const shown = 12

/** CheckReport says what stands between a draft and its publication, each place with the way to it. */
export function CheckReport({ check, draft }: { check: DraftCheck; draft: number }) {
  const told = (check.findings ?? []).filter((f) => f.blocks === false)
  if (check.ok)
    return (
      <>
        <p class="all-well" data-testid="check-ok">
          {t('grids.checkOk')}
        </p>
        {told.length > 0 && (
          <details class="more">
            <summary>{t('grids.toldOnly', { n: number(told.length) })}</summary>
            <ul class="findings">
              {told.slice(0, shown).map((f, i) => (
                <Place key={f.key ?? i} finding={f} draft={draft} />
              ))}
            </ul>
          </details>
        )}
      </>
    )
  const { problems = [], conflicts = [] } = check
  const findings = (check.findings ?? []).filter((f) => f.blocks !== false)
  return (
    <div class="check" data-testid="check-findings">
      {conflicts.length > 0 && <p class="refusal">{t('grids.refused.base_changed', { areas: codes(conflicts) })}</p>}
      {problems.length > 0 && (
        <ul class="bullets">
          {problems.slice(0, shown).map((p) => (
            <li key={p}>{p}</li>
          ))}
        </ul>
      )}
      {findings.length > 0 && (
        <>
          <p>{t('grids.notTiling', { n: number(findings.length) })}</p>
          <ul class="findings">
            {findings.slice(0, shown).map((f, i) => (
              <Place key={f.key ?? i} finding={f} draft={draft} />
            ))}
          </ul>
          {findings.length > shown && <p class="hint">{t('grids.more', { n: number(findings.length - shown) })}</p>}
        </>
      )}
    </div>
  )
}

/** Place is one place where areas do not tile, with a link into the editor. */
function Place({ finding: f, draft }: { finding: Found; draft: number }) {
  const all = f.codes ?? f.areas ?? []
  const key = `grids.finding.${f.kind}`
  const community = communityOf([...all].sort((a, b) => b.length - a.length)[0] ?? '')
  return (
    <li data-testid="finding" data-kind={f.kind}>
      <span>
        <b>{key in dictionary ? t(key as TextKey) : f.kind}</b> {t('grids.m2', { n: f.area_m2 < 10 ? decimal(f.area_m2) : number(f.area_m2) })}
        <small class="code"> {codes(all)}</small>
        {lang.value === 'en' && <small> {f.message}</small>}
      </span>
      {community.length === 12 && (
        <a href={href('edit', { draft: String(draft), area: community })} onClick={follow}>
          {t('grids.mendIt')}
        </a>
      )}
    </li>
  )
}

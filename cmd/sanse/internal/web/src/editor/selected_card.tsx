import { useEffect, useState } from 'preact/hooks'
import type { District } from '../api.ts'
import { number } from '../format.ts'
import { t } from '../i18n.ts'
import { Padlock } from './area_table.tsx'
import { classOf, deviation, met } from './balance.ts'
import type { Desk } from './desk.ts'
import { percentOff, shortCode, targetText, weightName } from './words.ts'

/** SelectedCard shows the area that is selected in large figures, before and after, with what can be done to it. */
export function SelectedCard(props: { desk: Desk; district: District; editable: boolean; onRename: () => void; onShow: () => void }) {
  const { desk, district, editable } = props
  const s = desk.session
  const g = s.ground.value
  const code = s.selected.value
  const after = s.after.value.find((r) => r.code === code)
  const before = s.before.value.find((r) => r.code === code)
  const live = s.live.value
  if (!g) return null
  const community = g.answer.area.code
  if (!code || !(after ?? before))
    return (
      <section class="ed-card" data-testid="ed-selected" data-code="">
        <p class="hint">{t('ed.nothingSelected')}</p>
        <ToolOptions desk={desk} editable={editable} />
      </section>
    )
  const row = after ?? before!
  const w = s.weight.value
  const target = s.target.value
  const value = row.values[w] ?? 0
  const locked = (s.client.draft.value?.locks ?? []).includes(code)
  const within = row.level === 'grid' ? g.facesOf(code).length : 0
  return (
    <section class="ed-card" data-testid="ed-selected" data-code={code}>
      <header>
        <h2>
          {row.name || shortCode(code, community)} {row.locked && <Padlock />}
          <small>{t(row.special ? 'level.special' : row.level === 'grid' ? 'level.grid' : 'level.micro-grid')}</small>
        </h2>
        <p class="code">
          {code} · {row.level === 'grid' ? t('ed.inMicro', { n: number(within) }) : t('ed.inGrid', { code: shortCode(row.parent, community) })}
        </p>
      </header>
      <dl class="ed-figures">
        {g.weights.map((name, i) => {
          const [a, b] = [before?.values[i] ?? 0, after?.values[i] ?? 0]
          return (
            <div key={name} class={i === w ? 'by' : undefined}>
              <dt>{weightName(district, name, true)}</dt>
              <dd data-weight={name}>
                {live && a !== b && <s>{number(a)}</s>}
                <b>{number(b)}</b>
              </dd>
            </div>
          )
        })}
      </dl>
      {target && !row.special && (
        <p class={classOf(value, target) === met ? 'ed-verdict ok' : 'ed-verdict'} data-testid="ed-verdict">
          {weightName(district, g.weights[w] ?? '')} {percentOff(deviation(value, target))} · {t('ed.aim')} {targetText(target)}
        </p>
      )}
      {live && live.moves.size > 0 && <p class="hint">{t('ed.moves', { n: number(live.moves.size) })}</p>}
      <div class="ed-acts">
        <button type="button" class="chip" onClick={props.onShow}>
          {t('ed.act.zoom')}
        </button>
        {editable && (
          <>
            <button type="button" class="chip" onClick={props.onRename} title="R" data-testid="ed-rename">
              {t('ed.act.rename')}
            </button>
            <button type="button" class="chip" onClick={() => void s.lock(code)} title="K" data-testid="ed-lock" aria-pressed={locked}>
              {t(locked ? 'ed.act.unlock' : 'ed.act.lock')}
            </button>
            <button type="button" class="chip" onClick={() => desk.retire()} title="T" data-testid="ed-retire">
              {t('ed.act.retire')}
            </button>
          </>
        )}
      </div>
      <ToolOptions desk={desk} editable={editable} />
    </section>
  )
}

/** ToolOptions says how the tool in hand works and holds what it needs to know. */
function ToolOptions({ desk, editable }: { desk: Desk; editable: boolean }) {
  const s = desk.session
  const g = s.ground.value
  const tool = desk.tool.value
  const level = s.level.value
  const code = s.selected.value
  const [other, setOther] = useState('')
  useEffect(() => setOther(''), [code, tool])
  if (!g || !editable) return null
  const community = g.answer.area.code
  const focus = desk.focus.value
  const vertices = desk.handles.value.filter((h) => h.vertex >= 0)
  const n = vertices.findIndex((h) => h.vertex === focus)
  return (
    <div class="ed-options" data-testid="ed-options">
      <p class="hint">
        <b>{t(`ed.tool.${tool}`)}</b> {t(tool === 'brush' && level === 'grid' ? 'ed.how.brushGrid' : `ed.how.${tool}`)}
      </p>
      {tool === 'select' && code && vertices.length > 0 && (
        <div class="ed-acts">
          <button type="button" class="chip" title="," onClick={() => desk.nextVertex(-1)}>
            {t('ed.act.prevVertex')}
          </button>
          <button type="button" class="chip" title="." onClick={() => desk.nextVertex(1)} data-testid="ed-next-vertex">
            {t('ed.act.nextVertex')}
          </button>
          {n >= 0 && (
            <>
              <span class="hint">{t('ed.vertexAt', { i: n + 1, n: vertices.length })}</span>
              <button type="button" class="chip" title="Delete" onClick={() => desk.removeVertex()}>
                {t('ed.act.deleteVertex')}
              </button>
            </>
          )}
        </div>
      )}
      {tool === 'brush' && level === 'micro-grid' && (
        <div class="ed-acts">
          <span class="hint">{t('ed.brushSize')}</span>
          <button type="button" class="chip" title="[" aria-label={t('ed.brushSmaller')} onClick={() => desk.widen(-1)}>
            −
          </button>
          <b data-testid="ed-brush">{desk.brush.value + 1}</b>
          <button type="button" class="chip" title="]" aria-label={t('ed.brushLarger')} onClick={() => desk.widen(1)}>
            +
          </button>
        </div>
      )}
      {(tool === 'lasso' || tool === 'new') && (
        <span class="segments" role="group" aria-label={t(`ed.tool.${tool}`)}>
          {(['polygon', 'freehand'] as const).map((k) => (
            <button key={k} type="button" aria-pressed={desk.lasso.value === k} onClick={() => (desk.lasso.value = k)}>
              {t(`ed.lasso.${k}`)}
            </button>
          ))}
        </span>
      )}
      {(tool === 'new' || tool === 'split') && (
        <>
          <label class="field">
            <span>{t('ed.name')}</span>
            <input
              value={desk.newcomer.value.name}
              placeholder={t('ed.nameFree')}
              maxLength={100}
              onInput={(e) => (desk.newcomer.value = { ...desk.newcomer.value, name: e.currentTarget.value })}
            />
          </label>
          {tool === 'new' && (
            <label class="switch">
              <input
                type="checkbox"
                checked={desk.newcomer.value.special}
                onChange={(e) => (desk.newcomer.value = { ...desk.newcomer.value, special: e.currentTarget.checked })}
              />
              {t('ed.special')}
            </label>
          )}
        </>
      )}
      {tool === 'merge' && code && (
        <form
          class="ed-acts"
          onSubmit={(e) => {
            e.preventDefault()
            if (other) desk.mergeWith(other)
          }}
        >
          <select
            aria-label={t('ed.neighbour')}
            value={other}
            data-testid="ed-merge-with"
            onChange={(e) => {
              setOther(e.currentTarget.value)
              desk.overMerge(e.currentTarget.value)
            }}
          >
            <option value="">{t('ed.pick')}</option>
            {g.neighbours(code, level).map((x) => (
              <option key={x.code} value={x.code}>
                {shortCode(x.code, community)}
              </option>
            ))}
          </select>
          <button type="submit" class="chip" disabled={!other} data-testid="ed-merge">
            {t('ed.mergeWith')}
          </button>
        </form>
      )}
    </div>
  )
}

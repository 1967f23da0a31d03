import { useEffect, useId, useRef, useState } from 'preact/hooks'
import { at, type AreaHit } from '../api.ts'
import { t } from '../i18n.ts'
import type { TextKey } from '../dictionary.ts'
import { useGet } from '../use_get.ts'

/** AreaSearch finds an area by name or code: a combobox that works by keyboard as by pointer. */
export function AreaSearch(props: {
  onPick: (hit: AreaHit) => void
  label?: string
  /** Codes of the areas within which is looked; all where it is left out. */
  within?: readonly string[]
  /** Takes a code that no area of today has. */
  onCode?: (code: string) => void
}) {
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState('')
  const [open, setOpen] = useState(false)
  const [active, setActive] = useState(0)
  useEffect(() => {
    const later = setTimeout(() => setAsked(typed.trim()), 180)
    return () => clearTimeout(later)
  }, [typed])
  const got = useGet<AreaHit[]>(asked === '' ? null : at.searchAreas(asked))
  const hits = asked === '' ? [] : (got.data ?? []).filter((h) => !props.within || props.within.some((a) => h.code.startsWith(a)))
  const label = props.label ?? t('map.search')
  const pick = (hit: AreaHit) => {
    setTyped('')
    setAsked('')
    setOpen(false)
    props.onPick(hit)
  }
  const code = props.onCode && hits.length === 0 && /^\d{6,}$/.test(typed.trim()) ? typed.trim() : null
  const takeCode = () => {
    if (code === null) return
    setTyped('')
    setAsked('')
    setOpen(false)
    props.onCode?.(code)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') {
      e.preventDefault()
      setOpen(true)
      const step = e.key === 'ArrowDown' ? 1 : -1
      if (hits.length > 0) setActive((active + step + hits.length) % hits.length)
    } else if (e.key === 'Enter') {
      const hit = hits[active]
      if (hit) {
        e.preventDefault()
        pick(hit)
      } else if (code !== null && !got.loading) takeCode()
    } else if (e.key === 'Escape') setOpen(false)
  }
  const shown = open && asked !== ''
  return (
    <div
      class="search"
      ref={box}
      onFocusOut={(e) => {
        if (!box.current?.contains(e.relatedTarget as Node | null)) setOpen(false)
      }}
    >
      <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
        <circle cx="9" cy="9" r="5.5" />
        <path d="M13.2 13.2L17 17" />
      </svg>
      <input
        type="search"
        list={undefined}
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={`${id}-list`}
        aria-autocomplete="list"
        aria-activedescendant={shown && hits.length > 0 ? `${id}-${active}` : undefined}
        autocomplete="off"
        placeholder={label}
        value={typed}
        data-testid="area-search"
        onInput={(e) => {
          setTyped(e.currentTarget.value)
          setActive(0)
          setOpen(true)
        }}
        onFocus={() => setOpen(true)}
        onKeyDown={onKeyDown}
      />
      <ul class="hits" role="listbox" id={`${id}-list`} aria-label={label} hidden={!shown}>
        {hits.map((h, i) => (
          <li
            key={h.code}
            id={`${id}-${i}`}
            role="option"
            aria-selected={i === active}
            onPointerDown={(e) => e.preventDefault()}
            onClick={() => pick(h)}
          >
            <b>{h.name}</b>
            <small>
              {t(`level.${h.level}` as TextKey)} · {h.code}
              {h.path.length > 0 && ` · ${h.path.join(' › ')}`}
            </small>
          </li>
        ))}
      </ul>
      {shown && hits.length === 0 && (
        <p class="hits empty">
          {got.error ? got.error.message : got.loading ? t('app.loading') : t('map.noResult')}{' '}
          {code !== null && !got.loading && (
            <button type="button" class="link" onPointerDown={(e) => e.preventDefault()} onClick={takeCode}>
              {t('map.takeCode', { code })}
            </button>
          )}
        </p>
      )}
      <span class="unseen" role="status">
        {shown && hits.length > 0 ? t('map.results', { n: hits.length }) : ''}
      </span>
    </div>
  )
}

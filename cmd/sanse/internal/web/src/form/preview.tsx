import type { Item } from '../api_today.ts'
import type { TextKey } from '../dictionary.ts'
import { lang, t } from '../i18n.ts'

/** Preview shows a question as it stands on a phone, 360 points wide: the words must fit under a thumb. */
export function Preview({ items, at, onGo }: { items: readonly Item[]; at: number; onGo: (i: number) => void }) {
  const item = items[at]
  const word = (w: { zh: string; en: string }) => (lang.value === 'zh' ? w.zh : w.en) || '…'
  return (
    <aside class="form-preview" aria-label={t('form.preview')} data-testid="form-preview" data-at={at}>
      <h2>{t('form.preview')}</h2>
      {item && (
        <div class="form-phone">
          <small>{t('form.of', { n: at + 1, of: items.length })}</small>
          <p class="form-group">{t(`form.group.${item.group}` as TextKey)}</p>
          <b>{word(item)}</b>
          {item.answers.map((a, i) => (
            <span key={i} class={a.bad ? 'form-answer bad' : 'form-answer'}>
              {word(a)}
            </span>
          ))}
          <p class="acts">
            <button type="button" class="button quiet" disabled={at === 0} onClick={() => onGo(at - 1)} data-testid="preview-back">
              ‹ {t('form.back')}
            </button>
            <button type="button" class="button quiet" disabled={at >= items.length - 1} onClick={() => onGo(at + 1)} data-testid="preview-next">
              {t('form.next')} ›
            </button>
          </p>
        </div>
      )}
    </aside>
  )
}

import { html, nothing } from 'lit';
import { renderNewsroomText } from '../../base/newsroom-text.js';
import type { NewsletterList } from '../../contract/types.js';

/** A text of a newsletter. */
export type ListField = keyof NonNullable<NewsletterList['langs']>;

/** Renders a text of a newsletter, marked where it is in another language than the page. */
export function renderListText(list: NewsletterList, field: ListField, siteLang: string | undefined): unknown {
  return renderNewsroomText(field === 'consent' ? list.consent.text : list[field], list.langs?.[field] ?? siteLang);
}

/** Renders a link to the last issue, with its picture. */
export function renderIssue({ latestIssue }: NewsletterList, label: string): unknown {
  if (!latestIssue) return nothing;
  const { url, picture } = latestIssue;
  return html`<a class="issue" part="issue" href=${url} target="_blank" rel="noopener"
    >${
      picture ? html`<img src=${picture} alt="" width="96" height="72" loading="lazy" decoding="async" />` : nothing
    }${label}</a
  >`;
}

import { html, nothing } from 'lit';
import type { LocaleController } from '../../base/locale-controller.js';
import { renderHeading } from '../../base/heading.js';
import { date, relativeTime } from '../../base/dates.js';
import type { Story } from '../../contract/types.js';
import type { Catalogue } from '../../locales/registry.js';

/** An older story shows its date instead of its age. */
const maxAgeMs = 6 * 24 * 60 * 60 * 1000;

/** @param level of its heading */
export function renderStory(story: Story, locale: LocaleController, words: Catalogue, level: string): unknown {
  const { kicker, title, url, section, sponsor, publishedAt, kind } = story;
  const lang = story.lang ?? locale.textLang ?? nothing;
  const sponsored = kind === 'sponsored' || sponsor;
  const recent = Date.now() - Date.parse(publishedAt) < maxAgeMs;
  return html`<article class=${`card ${sponsored ? 'sponsored' : ''}`}>
    ${renderPicture(story)}
    <p class="kicker" part="kicker">
      ${
        sponsored
          ? html`<span part="sponsored">${words.stories.sponsored}</span>
              ${sponsor && html`· <bdi>${sponsor.name}</bdi>`}`
          : html`<span lang=${lang}>${kicker || section}</span>`
      }
    </p>
    ${renderHeading(
      level,
      html`<a href=${url} lang=${lang} rel=${sponsored ? 'sponsored' : nothing}
        ><span class="clamp">${title.trim()}</span></a
      >`,
      { name: 'title', id: nothing },
    )}
    <p class="meta" part="meta">
      <time datetime=${publishedAt}>${(recent ? relativeTime : date)(locale, publishedAt)}</time>${
        section &&
        html`<span class=${kicker || sponsored ? 'section' : 'section in-kicker'} lang=${lang}>${section}</span>`
      }
    </p>
  </article>`;
}

/** Draws a card of muted blocks, as high as a real one. */
export function renderCardSkeleton(): unknown {
  return html`<div class="item">
    <div class="card">
      <div class="picture block"></div>
      <p class="kicker"></p>
      <p class="title"><span class="block"></span><span class="block"></span></p>
      <p class="meta"><span class="block"></span></p>
    </div>
  </div>`;
}

/** Draws the picture over a placeholder, which a missing picture leaves visible. */
function renderPicture({ image, kind, durationSec }: Story): unknown {
  const { src, srcset, width = 16, height = 9, alt = '', focal } = image ?? {};
  return html`<div class="picture" part="picture" data-kind=${kind}>
    <svg viewBox="0 0 32 18" aria-hidden="true"><path d="M9 5.5h14M9 9h14M9 12.5h8" /></svg>
    ${
      src &&
      html`<img
        src=${src}
        srcset=${srcset || nothing}
        sizes=${srcset ? 'auto, 320px' : nothing}
        width=${width}
        height=${height}
        alt=${alt}
        data-focal=${focal ? `${focal.x * 100}% ${focal.y * 100}%` : nothing}
        loading="lazy"
        decoding="async"
        @error=${({ target }: Event) => ((target as HTMLElement).hidden = true)}
      />`
    }
    ${durationSec ? html`<span class="duration">${duration(durationSec)}</span>` : nothing}
  </div>`;
}

/** Formats a duration: 4:05, or 1:02:09. */
export function duration(seconds: number): string {
  const [hours, minutes] = [Math.trunc(seconds / 3600), Math.trunc(seconds / 60) % 60];
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${hours ? `${hours}:${pad(minutes)}` : minutes}:${pad(seconds % 60)}`;
}

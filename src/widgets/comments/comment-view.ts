import { html, nothing } from 'lit/html.js';
import type { LocaleController } from '../../base/locale.js';
import { relativeTime } from '../../base/times.js';
import type { Comment, Reader } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { Conversation } from './conversation.js';
import { renderNodes } from './nodes.js';
import type { Participation } from './participation.js';

/** What the look of a comment depends on, beside itself. */
export interface View {
  readonly words: Catalogue['comments'];
  readonly locale: LocaleController;
  readonly conversation: Conversation;
  readonly reader: Reader | undefined;
  /** Once the reader takes part. */
  readonly participation: Participation | undefined;
  /** Comments whose replies are folded away. */
  readonly folded: ReadonlySet<string>;
}

export function renderComments(comments: readonly Comment[], view: View): unknown {
  return comments.map((comment) => renderComment(comment, view));
}

function renderComment(comment: Comment, view: View): unknown {
  const { id, state, author, nodes, replies } = comment;
  const { words, participation } = view;
  const gone = words.gone[state];
  const editing = participation?.renderComposer(`edit:${id}`);
  return html`<li class="comment">
    <article id=${`c-${id}`} class=${state} tabindex="-1" part="comment" aria-labelledby=${`n-${id}`}>
      ${
        gone
          ? html`<p id=${`n-${id}`} class="muted gone">${gone}</p>`
          : html`${renderAvatar(author.name || words.guest, author.picture)}${renderByline(comment, view)}
            ${editing ?? html`<div class="text" part="text">${renderNodes(nodes)}</div>`}
            ${participation?.renderHold(comment)} ${editing ? nothing : renderActs(comment, view)}
            ${participation?.renderFailure(id)}`
      }
    </article>
    ${participation?.renderComposer(id)} ${replies.comments.length ? renderReplies(comment, view) : nothing}
  </li>`;
}

function renderByline(
  { id, author, createdAt, editedAt, pinned, featured }: Comment,
  { words, locale }: View,
): unknown {
  return html`<p class="by">
    <bdi id=${`n-${id}`} class="name" part="name">${author.name || words.guest}</bdi>
    ${[
      ...author.badges.map((badge) => words.badges[badge] ?? badge),
      pinned && words.pinned,
      featured && words.featured,
    ]
      .filter(Boolean)
      .map((badge) => html`<span class="badge" part="badge">${badge}</span>`)}
    <time class="muted" part="time" datetime=${createdAt}
      >${relativeTime(locale, createdAt)}${editedAt && ` · ${words.edited}`}</time
    >
  </p>`;
}

/** The given name stands last in Vietnamese, and its first letter is what friends would know one by. */
function renderAvatar(name: string, picture?: string): unknown {
  if (picture) return html`<img class="avatar" src=${picture} width="32" height="32" alt="" loading="lazy" />`;
  const [letter = ''] = name.trim().split(/\s+/).at(-1)!.normalize('NFC').toLocaleUpperCase();
  return html`<span class=${`avatar hue${hueOf(name)}`} aria-hidden="true">${letter}</span>`;
}

/** One of eight colours, the same for a name wherever it stands. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)!) % 9973;
  return sum % 8;
}

function renderActs(comment: Comment, view: View): unknown {
  const { id } = comment;
  const { words, participation, conversation, reader } = view;
  const { state, rules } = conversation.thread;
  const own = conversation.isOwn(comment, reader?.id);
  const visible = comment.state === 'visible';
  return (
    participation?.renderConfirmation(comment) ??
    html`<p class="acts" part="actions">
      ${visible ? renderVote(comment, 1, own || state === 'read-only', view) : nothing}
      ${visible && rules.votes === 'up-down' && !own ? renderVote(comment, -1, state === 'read-only', view) : nothing}
      ${
        visible && state === 'open'
          ? html`<button data-act="reply" data-id=${id} aria-label=${words.replyTo(comment.author.name || words.guest)}>
              ${words.reply}
            </button>`
          : nothing
      }
      ${own ? participation?.renderOwnActs(comment) : nothing}
    </p>`
  );
}

function renderVote({ id, votes }: Comment, value: 1 | -1, fixed: boolean, view: View): unknown {
  const { words, conversation, locale } = view;
  const count = value > 0 ? votes.up : votes.down;
  const label = value > 0 ? words.like : words.dislike;
  if (fixed) return count ? html`<span>${label} ${locale.compact(count)}</span>` : nothing;
  return html`<button
    class="vote"
    data-act=${value > 0 ? 'like' : 'dislike'}
    data-id=${id}
    aria-pressed=${conversation.votes.get(id) === value}
  >
    ${label} ${count ? html`<span class="count">${locale.compact(count)}</span>` : nothing}
  </button>`;
}

function renderReplies({ id, replies }: Comment, view: View): unknown {
  const { words, folded, locale } = view;
  const shown = !folded.has(id);
  const left = replies.total - replies.comments.filter(({ state }) => state === 'visible').length;
  return html`<div class="replies">
    <button class="fold" data-act="fold" data-id=${id} aria-expanded=${shown} aria-label=${words.fold}></button>
    ${
      shown
        ? html`<ul role="list">
            ${renderComments(replies.comments, view)}
          </ul>`
        : html`<button class="more" data-act="fold" data-id=${id}>
            ${words.replies(replies.total, locale.number(replies.total))}
          </button>`
    }
    ${
      shown && replies.nextCursor !== null && left > 0
        ? html`<button class="more" data-act="replies" data-id=${id}>
            ${words.replies(left, locale.number(left))}
          </button>`
        : nothing
    }
  </div>`;
}

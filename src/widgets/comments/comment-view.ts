import { html, nothing } from 'lit/html.js';
import type { LocaleController } from '../../base/locale.js';
import { date, relativeTime } from '../../base/times.js';
import type { Comment, Reader, Thread } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { Conversation } from './conversation.js';
import type { Drawing } from './drawing.js';
import { renderNodes } from './nodes.js';
import type { Outline } from './outline.js';
import type { Participation } from './participation.js';
import { addressOf } from './permalinks.js';
import type { Reading } from './reading.js';

/** What the look of a comment depends on, beside itself. */
export interface View {
  readonly words: Catalogue['comments'];
  readonly locale: LocaleController;
  readonly conversation: Conversation;
  readonly outline: Outline;
  readonly drawing: Drawing;
  readonly reader: Reader | undefined;
  /** Once the reader takes part. */
  readonly participation: Participation | undefined;
  /** Once the thread stands. */
  readonly reading: Reading | undefined;
  /** The comment that the page's address leads to. */
  readonly marked: string | undefined;
  /** What could not be fetched, by comment. */
  readonly failures: ReadonlyMap<string, string>;
}

/**
 * Most comments are read, and are one template: what a window's comments take to draw is what its reader waits for.
 *
 * @param depth how many of those above it are drawn
 */
export function renderComment(comment: Comment, depth: number, view: View): unknown {
  const { id, parentId, state, author, replies } = comment;
  const { words, participation, outline, conversation } = view;
  const muted = conversation.muted.has(author.id) && !outline.revealed.has(id);
  const branch = !depth && parentId ? view.reading?.renderBranch(comment) : nothing;
  const below = [
    participation?.renderComposer(id),
    replies.total || replies.comments.length ? renderReplies(comment, depth, view) : nothing,
    renderFailure(id, view),
  ].filter((part) => part && part !== nothing);
  if (!muted && !words.gone[state]) return renderShown(comment, depth, view, branch, below.length ? below : nothing);
  return html`${branch}
    <article id=${`c-${id}`} class=${state} tabindex="-1" part="comment" aria-labelledby=${`n-${id}`}>
      <p id=${`n-${id}`} class="gone">
        <span class="muted">${muted ? words.muted : words.gone[state]}</span>
        ${muted ? html`<button data-read="reveal" data-id=${id}>${words.reveal}</button>` : nothing}
      </p>
      ${view.reading?.arrivals.renderFor(id)}
    </article>
    ${below}`;
}

function renderShown(comment: Comment, depth: number, view: View, branch: unknown, below: unknown): unknown {
  const { id, state, author, createdAt, editedAt, nodes } = comment;
  const { words, locale, participation, marked } = view;
  const name = author.name || words.guest;
  const editing = participation?.renderComposer(`edit:${id}`);
  return html`${branch}
    <article
      id=${`c-${id}`}
      class=${`${state} hue${hueOf(name)}${id === marked ? ' marked' : ''}`}
      tabindex="-1"
      part="comment"
      aria-labelledby=${`n-${id} t-${id}`}
      data-letter=${author.picture ? nothing : letterOf(name)}
    >
      <bdi id=${`n-${id}`} class="name" part="name">${name}</bdi>
      ${renderBadges(comment, depth, view)}<a class="time" part="time" href=${addressOf(id)}
        ><time id=${`t-${id}`} datetime=${createdAt}
          >${relativeTime(locale, createdAt) + (editedAt ? ` · ${words.edited}` : '')}</time
        ></a
      >
      ${
        editing ??
        html`<div class="text" part="text" dir="auto">${renderText(nodes)}</div>
          ${renderActs(comment, view)}`
      }${
        participation || view.reading
          ? [participation?.renderBelow(comment), view.reading?.arrivals.renderFor(id)]
          : nothing
      }
    </article>
    ${below}`;
}

/** Between the name and the time, which most have nothing. */
function renderBadges(comment: Comment, depth: number, view: View): unknown {
  const { id, parentId, author, pinned, featured } = comment;
  const { words, conversation, reader } = view;
  const badges = [
    ...author.badges.map((badge) => words.badges[badge] ?? badge),
    pinned && words.pinned,
    featured && words.featured,
  ].filter(Boolean);
  // Where it stands does not tell any more.
  const parent = depth > 1 ? conversation.find(parentId!) : undefined;
  const isNew = conversation.isNew(comment, reader?.id);
  if (!author.picture && !badges.length && !parent && !isNew) return nothing;
  const parentName = parent && (parent.author.name || words.guest);
  return html`${
    author.picture
      ? html`<img class="avatar" src=${author.picture} width="32" height="32" alt="" loading="lazy" />`
      : nothing
  }${
    parentName
      ? html`<button class="to" data-read="parent" data-id=${id} aria-label=${words.toParent(parentName)}>
          <bdi>${parentName}</bdi>
        </button> `
      : nothing
  }${badges.map((badge) => html`<span class="badge" part="badge">${badge}</span> `)}${
    isNew ? html`<span class="new">${words.new}</span> ` : nothing
  }`;
}

/** Most comments are one paragraph. */
function renderText(nodes: Comment['nodes']): unknown {
  const [first] = nodes;
  return renderNodes(nodes.length === 1 && first?.type === 'paragraph' ? first.children : nodes);
}

/** The given name stands last in Vietnamese, and its first letter is what friends would know one by. */
function letterOf(name: string): string {
  const [letter = ''] = name.slice(name.lastIndexOf(' ') + 1).toUpperCase();
  return letter;
}

/** One of eight colours, the same for a name wherever it stands. */
export function hueOf(name: string): number {
  let sum = 0;
  for (const char of name) sum = (sum * 31 + char.codePointAt(0)!) % 9973;
  return sum % 8;
}

function renderActs(comment: Comment, view: View): unknown {
  const { id, state, votes } = comment;
  const { words, locale, participation, conversation, reader } = view;
  const { rules, state: threadState } = conversation.thread;
  const confirmation = participation?.renderConfirmation(comment);
  if (confirmation) return confirmation;
  const own = conversation.isOwn(comment, reader?.id);
  const visible = state === 'visible';
  const votable = visible && !own && threadState !== 'read-only';
  const answerable = visible && threadState === 'open';
  const mine = conversation.votes.get(id);
  const like = counted(words.like, votes.up, locale);
  const replyTo = words.replyTo(comment.author.name || words.guest);
  // Points that every typeface has: to look for another one takes a fifth of a first screenful's layout.
  const menu = html`<button
    data-act="menu"
    data-id=${id}
    aria-label=${words.menu}
    aria-expanded=${participation?.menu?.openAt === id}
  >
    ···
  </button>`;
  if (votable && answerable && rules.votes === 'up')
    return html`<p class="acts" part="actions">
      <button class="vote" data-act="like" data-id=${id} aria-pressed=${mine === 1}>${like}</button>
      <button data-act="reply" data-id=${id} aria-label=${replyTo}>${words.reply}</button>
      ${menu}
    </p>`;
  const vote = (act: string, value: number, label: string) =>
    html`<button class="vote" data-act=${act} data-id=${id} aria-pressed=${mine === value}>${label}</button>`;
  return html`<p class="acts" part="actions">
    ${votable ? vote('like', 1, like) : visible && votes.up ? html`<span>${like}</span>` : nothing}
    ${votable && rules.votes === 'up-down' ? vote('dislike', -1, counted(words.dislike, votes.down, locale)) : nothing}
    ${answerable ? html`<button data-act="reply" data-id=${id} aria-label=${replyTo}>${words.reply}</button>` : nothing}
    ${own ? participation?.renderOwnActs(comment) : nothing} ${visible ? menu : nothing}
  </p>`;
}

function counted(label: string, count: number, locale: LocaleController): string {
  return count ? `${label} ${locale.compact(count)}` : label;
}

function renderReplies(comment: Comment, depth: number, view: View): unknown {
  const { id, replies, author } = comment;
  const { words, locale, outline, drawing } = view;
  const { total } = replies;
  const button = (act: string, label: string) =>
    html`<button class="more" data-read=${act} data-id=${id}>${label}</button>`;
  if (depth >= outline.levels) return button('branch', words.branch(total, locale.number(total)));
  const folded = outline.folded.has(id);
  const { length } = replies.comments;
  const left = total - replies.comments.filter(({ state }) => state === 'visible').length;
  const more = folded ? total : replies.nextCursor === null ? 0 : left;
  // One template, folded or not: the line stays under the reader's hand.
  return html`${
    length
      ? html`<button
          class="fold"
          data-read="fold"
          data-id=${id}
          aria-expanded=${!folded}
          aria-label=${words.fold(author.name || words.guest)}
        ></button>`
      : nothing
  }${folded || !length ? nothing : drawing.repliesOf(comment, depth + 1)}${
    more > 0
      ? button(folded ? 'unfold' : 'replies', (length ? words.replies : words.read)(more, locale.number(more)))
      : nothing
  }`;
}

export function renderFailure(id: string, { failures }: Pick<View, 'failures'>): unknown {
  const failure = failures.get(id);
  return failure ? html`<p class="notice" part="notice">${failure}</p>` : nothing;
}

/** A thread that closes within a week says so. */
const soonMs = 7 * 86_400_000;

export function renderClosing(
  { state, closesAt }: Thread,
  words: Catalogue['comments'],
  locale: LocaleController,
): unknown {
  const left = closesAt ? Date.parse(closesAt) - Date.now() : 0;
  if (state !== 'open' || left <= 0 || left > soonMs) return nothing;
  const when = date(locale, closesAt!, { dateStyle: 'long', timeStyle: 'short' });
  return html`<p class="closing muted">${words.closes(when)}</p>`;
}

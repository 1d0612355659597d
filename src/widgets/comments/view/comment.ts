import { html, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { LocaleController } from '../../../base/locale-controller.js';
import { relativeTime } from '../../../base/dates.js';
import type { Comment } from '../../../contract/types.js';
import { permalinkOf } from '../model/permalink.js';
import { articleId, type ThreadContext } from '../thread-context.js';
import { renderRichText } from './rich-text.js';

/**
 * Renders a comment and its replies. The frequent case, a visible comment, is one template, because its cost determines
 * the time to render the first screenful.
 *
 * @param depth levels of replies above it that are rendered
 */
export function renderComment(comment: Comment, depth: number, context: ThreadContext): unknown {
  const { id, parentId, state, author, replies } = comment;
  const { words, actions, navigation, branches, thread } = context;
  const muted = thread.muted.has(author.id) && !branches.revealed.has(id);
  const branchHead = !depth && parentId ? navigation?.renderBranchHead(comment) : nothing;
  const below = [
    actions?.renderComposer(id, depth + 1),
    replies.total || replies.comments.length ? renderReplies(comment, depth, context) : nothing,
    renderFailure(id, context),
  ].filter((part) => part && part !== nothing);
  const gone = words.comments.gone[state];
  if (!muted && !gone) return renderVisible(comment, depth, context, branchHead, below.length ? below : nothing);
  return html`${branchHead}
    <article id=${articleId(id)} class=${state} tabindex="-1" part="comment" aria-labelledby=${`n-${id}`}>
      <p id=${`n-${id}`} class="gone">
        <span class="muted">${muted ? words.comments.muted : gone}</span>
        ${muted ? html`<button data-navigate="reveal" data-id=${id}>${words.comments.reveal}</button>` : nothing}
      </p>
      ${navigation?.renderNewButtonAt(id)}
    </article>
    ${below}`;
}

function renderVisible(
  comment: Comment,
  depth: number,
  context: ThreadContext,
  branchHead: unknown,
  below: unknown,
): unknown {
  const { id, state, author, createdAt, editedAt, nodes } = comment;
  const { locale, actions, navigation, targetId } = context;
  const words = context.words.comments;
  const name = author.name || words.guest;
  const editor = actions?.renderComposer(`edit:${id}`);
  const badges = renderBadges(comment, depth, context);
  return html`${branchHead}
    <article
      id=${articleId(id)}
      class=${`${state} hue${hueOf(name)}${id === targetId ? ' target' : ''}`}
      tabindex="-1"
      part="comment"
      aria-labelledby=${`n-${id} t-${id}`}
      data-letter=${author.picture ? nothing : initialOf(name)}
    >
      <bdi id=${`n-${id}`} class="name" part="name">${name}</bdi>
      <a class=${badges === nothing ? 'time alone' : 'time'} part="time" href=${permalinkOf(id)}
        ><time id=${`t-${id}`} datetime=${createdAt}
          >${relativeTime(locale, createdAt) + (editedAt ? ` · ${words.edited}` : '')}</time
        ></a
      >
      ${badges}
      ${
        editor ??
        html`<div class="text" part="text" lang=${locale.textLang ? '' : nothing} dir="auto">${renderText(nodes)}</div>
          ${renderActions(comment, context)}`
      }${actions || navigation ? [actions?.renderBelow(comment), navigation?.renderNewButtonAt(id)] : nothing}
    </article>
    ${below}`;
}

/** Renders picture, parent, badges and the mark of a new comment; most comments have none. */
function renderBadges(comment: Comment, depth: number, context: ThreadContext): unknown {
  const { id, parentId, author, pinned, featured } = comment;
  const { thread, reader } = context;
  const words = context.words.comments;
  const badges = [
    ...author.badges.map((badge) => words.badges[badge] ?? badge),
    pinned && words.pinned,
    featured && words.featured,
  ].filter(Boolean);
  // Below the first level the position does not show the parent.
  const parent = depth > 1 ? thread.find(parentId!) : undefined;
  const isNew = thread.isNew(comment, reader?.id);
  if (!author.picture && !badges.length && !parent && !isNew) return nothing;
  const parentName = parent && (parent.author.name || words.guest);
  return html`${
    author.picture
      ? html`<img class="avatar" src=${author.picture} width="32" height="32" alt="" loading="lazy" />`
      : nothing
  }${
    parentName
      ? html`<button class="to" data-navigate="parent" data-id=${id} aria-label=${words.toParent(parentName)}>
          <bdi>${parentName}</bdi>
        </button> `
      : nothing
  }${badges.map((badge) => html`<span class="badge" part="badge">${badge}</span> `)}${
    isNew ? html`<span class="new">${words.new}</span> ` : nothing
  }`;
}

/** Renders a comment's text; most are one paragraph, which needs no element of its own. */
function renderText(nodes: Comment['nodes']): unknown {
  const [first] = nodes;
  return renderRichText(nodes.length === 1 && first?.type === 'paragraph' ? first.children : nodes);
}

/** Returns the initial of the last word: in Vietnamese the given name comes last. */
function initialOf(name: string): string {
  const [initial = ''] = name.slice(name.lastIndexOf(' ') + 1).toUpperCase();
  return initial;
}

/** Returns one of eight hues for a name. */
export function hueOf(name: string): number {
  let hash = 0;
  for (const char of name) hash = (hash * 31 + char.codePointAt(0)!) % 9973;
  return hash % 8;
}

function renderActions(comment: Comment, context: ThreadContext): unknown {
  const { id, state, votes } = comment;
  const { locale, actions, thread } = context;
  const words = context.words.comments;
  const { rules, state: threadState } = thread.settings;
  const confirmation = actions?.renderConfirmation(comment);
  if (confirmation) return confirmation;
  const own = context.isOwn(comment);
  const visible = state === 'visible';
  const votable = visible && !own && threadState !== 'read-only';
  const repliable = visible && threadState === 'open';
  const vote = thread.votes.get(id);
  const like = withCount(words.like, votes.up, locale);
  const replyTo = words.replyTo(comment.author.name || words.guest);
  // Middle dots are in every font. A font fallback for the ellipsis takes a fifth of a first screenful's layout.
  const menu = html`<button
    data-action="menu"
    data-id=${id}
    aria-label=${words.menu}
    aria-expanded=${actions?.menuCommentId === id}
  >
    ···
  </button>`;
  if (votable && repliable && rules.votes === 'up')
    return html`<p class="actions" part="actions">
      <button class="vote" data-action="like" data-id=${id} aria-pressed=${vote === 1}>${like}</button>
      <button data-action="reply" data-id=${id} aria-label=${replyTo}>${words.reply}</button>
      ${menu}
    </p>`;
  const voteButton = (action: string, value: number, label: string) =>
    html`<button class="vote" data-action=${action} data-id=${id} aria-pressed=${vote === value}>${label}</button>`;
  return html`<p class="actions" part="actions">
    ${votable ? voteButton('like', 1, like) : visible && votes.up ? html`<span>${like}</span>` : nothing}
    ${
      votable && rules.votes === 'up-down'
        ? voteButton('dislike', -1, withCount(words.dislike, votes.down, locale))
        : nothing
    }
    ${
      repliable
        ? html`<button data-action="reply" data-id=${id} aria-label=${replyTo}>${words.reply}</button>`
        : nothing
    }
    ${own ? actions?.renderOwnActions(comment) : nothing} ${visible ? menu : nothing}
  </p>`;
}

function withCount(label: string, count: number, locale: LocaleController): string {
  return count ? `${label} ${locale.compact(count)}` : label;
}

function renderReplies(comment: Comment, depth: number, context: ThreadContext): unknown {
  const { id, replies, author } = comment;
  const { locale, branches } = context;
  const words = context.words.comments;
  const { total } = replies;
  const button = (name: string, label: string) =>
    html`<button class="more" data-navigate=${name} data-id=${id}>${label}</button>`;
  if (depth >= branches.maxDepth) return button('open-branch', words.branch(total, locale.number(total)));
  const collapsed = branches.collapsed.has(id);
  const listed = context.listed(replies.comments);
  const { length } = listed;
  const missing = total - replies.comments.filter(({ state }) => state === 'visible').length;
  const more = collapsed ? total : replies.nextCursor === null ? 0 : missing;
  // One template for both states keeps the toggle under the reader's finger.
  return html`${
    length
      ? html`<button
          class="fold"
          data-navigate="toggle-replies"
          data-id=${id}
          aria-expanded=${!collapsed}
          aria-label=${words.fold(author.name || words.guest)}
        ></button>`
      : nothing
  }${
    collapsed || !length
      ? nothing
      : html`<ul class="replies" role="list">
          ${repeat(
            listed,
            (reply) => reply.id,
            (reply) => html`<li class="comment" role="listitem">${renderComment(reply, depth + 1, context)}</li>`,
          )}
        </ul>`
  }${
    more > 0
      ? button(collapsed ? 'expand' : 'more-replies', (length ? words.replies : words.read)(more, locale.number(more)))
      : nothing
  }`;
}

/** Renders the failure of a key. */
export function renderFailure(key: string, { failures }: Pick<ThreadContext, 'failures'>): unknown {
  const failure = failures.get(key);
  return failure ? html`<p class="notice" part="notice">${failure}</p>` : nothing;
}

import type { ApiError, Query } from '../../client/index.js';
import type { Comment, Comments } from '../../contract/types.js';
import type { Catalogue } from '../../locales/catalogue.js';
import type { Sort } from './comments.js';
import { Conversation } from './conversation.js';
import type { Outline } from './outline.js';
import type { Seat } from './participation.js';

/** What the widget lends to those who read on. */
export interface Room extends Seat {
  outline(): Outline;
  readonly failures: Map<string, string>;
  /** The one that brings the next page. */
  button(): HTMLElement | null;
  conversation(): Conversation;
  /** Shows another page of the thread in place of what is here. */
  replace(page: Conversation): Promise<void>;
}

/** Fetches what of the thread is not here yet, and takes the reader along. */
export class Pages {
  readonly #room: Room;
  /** Came when its place was in sight already, where it would push away what stands below. */
  #ahead?: { of: Conversation; page: Comments } | undefined;
  #busy = '';

  constructor(room: Room) {
    this.#room = room;
  }

  /** The next page of roots. When nobody has asked for it, only below the window, and without taking the focus. */
  async more(query: Query, asked: boolean): Promise<void> {
    const conversation = this.#room.conversation();
    await this.#fetch('', async () => {
      const ahead = this.#ahead?.of === conversation ? this.#ahead.page : undefined;
      const page = ahead ?? (await this.#read({ ...query, cursor: conversation.nextCursor ?? undefined }));
      this.#ahead = undefined;
      const top = this.#room.button()?.getBoundingClientRect().top ?? 0;
      if (!asked && top < innerHeight) this.#ahead = { of: conversation, page };
      else await this.#show(conversation.append(page), asked);
    });
  }

  /** The page of roots above. What is in sight stays where it is. */
  async previous(query: Query): Promise<void> {
    const conversation = this.#room.conversation();
    await this.#fetch('previous', async () => {
      const page = await this.#read({ ...query, cursor: conversation.prevCursor ?? undefined });
      const { id } = conversation.roots[0]!;
      const place = () => this.#room.host.renderRoot.getElementById(`c-${id}`)?.getBoundingClientRect().top ?? 0;
      const before = place();
      const fresh = conversation.prepend(page);
      await this.#show(fresh.slice(-1), true, fresh.length);
      scrollBy(0, place() - before);
    });
  }

  /** The next replies to a comment; its branch opens where it is too deep for them to stand below it. */
  async replies(parent: Comment, opens: boolean): Promise<void> {
    const conversation = this.#room.conversation();
    const { replies, id } = parent;
    if (opens) this.#room.outline().open(conversation, id);
    if (opens && replies.comments.length) return this.#room.focus(parent);
    await this.#fetch(id, async () => {
      const page = await this.#read({ parent: id, cursor: opens ? undefined : (replies.nextCursor ?? undefined) });
      const fresh = conversation.append(page, parent);
      if (opens) await this.#room.focus(parent);
      else await this.#show(fresh, true);
    });
  }

  /** The thread from its start in another order, or around a comment. */
  async anew(sort: Sort, limit: number, anchor?: string): Promise<void> {
    await this.#fetch('', async () => this.#room.replace(new Conversation(await this.#read({ sort, limit, anchor }))));
  }

  #read(query: Query): Promise<Comments> {
    return this.#room.place.read<Comments>('comments', query);
  }

  async #show(fresh: Comment[], asked: boolean, count = fresh.length): Promise<void> {
    const { host, locale, say } = this.#room;
    if (!asked) return host.requestUpdate();
    say(locale.words!.comments.loaded(count, locale.number(count)));
    await this.#room.focus(fresh[0]);
  }

  async #fetch(id: string, work: () => Promise<void>): Promise<void> {
    const { host, locale, failures, say } = this.#room;
    if (this.#busy === (id || 'more')) return;
    this.#busy = id || 'more';
    failures.delete(id);
    try {
      await work();
    } catch (error) {
      const { code } = error as ApiError;
      const { common, comments } = locale.words!;
      // The order of the thread is too old to go on in: it starts anew where the reader stands.
      if (code === 'cursor-expired') return await host.refresh();
      failures.set(id, code === 'rate-limited' ? common.rateLimited : comments.notDone);
      say(failures.get(id)!);
      host.requestUpdate();
    } finally {
      this.#busy = '';
    }
  }
}

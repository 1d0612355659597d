import type { ApiError, Query } from '../../client/index.js';
import type { Comment, Comments } from '../../contract/types.js';
import { Conversation } from './conversation.js';
import type { Room } from './reading.js';

/** Roots at a time where they come above what is read: they are drawn at once. */
const fewer = 10;

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
  async more(asked: boolean): Promise<void> {
    const conversation = this.#room.conversation();
    await this.#fetch('', async () => {
      const ahead = this.#ahead?.of === conversation ? this.#ahead.page : undefined;
      const page = ahead ?? (await this.#read({ ...this.#room.query(), cursor: conversation.nextCursor ?? undefined }));
      this.#ahead = undefined;
      const inSight = (this.#room.moreButton()?.getBoundingClientRect().top ?? 0) < innerHeight;
      if (!asked && inSight) this.#ahead = { of: conversation, page };
      else await this.#show(conversation.append(page), asked);
    });
  }

  /** The page of roots above. What is in sight stays where it is. */
  async previous(): Promise<void> {
    const conversation = this.#room.conversation();
    await this.#fetch('previous', async () => {
      const page = await this.#read({
        ...this.#room.query(),
        limit: fewer,
        cursor: conversation.prevCursor ?? undefined,
      });
      const { id } = conversation.roots[0]!;
      const place = () => this.#room.host.renderRoot.getElementById(`c-${id}`)?.getBoundingClientRect().top ?? 0;
      const before = place();
      const fresh = conversation.prepend(page);
      this.#tell(fresh);
      await this.#room.focus(fresh.at(-1));
      scrollBy(0, place() - before);
    });
  }

  /** The next replies to a comment. */
  async replies(parent: Comment, quietly = false): Promise<void> {
    const conversation = this.#room.conversation();
    const { id, replies } = parent;
    await this.#fetch(id, async () => {
      const page = await this.#read({ parent: id, cursor: replies.nextCursor ?? undefined });
      const fresh = conversation.append(page, parent);
      if (!quietly) await this.#show(fresh, true);
    });
  }

  /** The thread from its start, or around a comment. */
  async anew(anchor?: string): Promise<void> {
    await this.#fetch('', async () =>
      this.#room.take(new Conversation(await this.#read({ ...this.#room.query(), anchor }))),
    );
  }

  #read(query: Query): Promise<Comments> {
    return this.#room.place.read<Comments>('comments', query);
  }

  async #show(fresh: Comment[], asked: boolean): Promise<void> {
    const { host, draw, focus } = this.#room;
    if (!asked) return host.requestUpdate();
    this.#tell(fresh);
    const [first] = fresh;
    if (!first) return focus();
    const element = await draw(first);
    // To draw them is one task, and to go there the next: as one they would keep a slow phone from answering.
    await painted();
    element?.focus();
  }

  #tell({ length }: readonly Comment[]): void {
    const { locale, say, words } = this.#room;
    say(words.loaded(length, locale.number(length)));
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

/** When what was drawn is on the screen. */
function painted(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

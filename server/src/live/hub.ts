import type { Site } from '../sites/store.js';
import { inPortions } from '../storage/portions.js';
import { readChanges, type Change, type Seen, type Sources } from './changes.js';

/** Who hears of some stories. */
export interface Follower {
  /** Takes one event in the form of an event stream. */
  send(event: string): void;
  end(): void;
}

interface Watched {
  readonly site: Site;
  readonly key: string;
  seen: Seen;
  /** By what each follower calls the story: its id, or one of its addresses. */
  readonly followers: Map<Follower, string>;
  /** The first event that was sure to be heard of. */
  readonly from: number;
  leftAt: number;
}

interface Told {
  readonly id: number;
  readonly watched: Watched;
  readonly change: Change;
}

const lookMillis = 400;
const beatMillis = 25_000;
/** A story goes on being watched for a moment, so that whoever comes back hears what came meanwhile. */
const lingerMillis = 60_000;
const mostKept = 500;

/**
 * Tells who watches a story what is new about it.
 *
 * While anybody watches, it looks at where their stories stand several times a second, all in a few statements, and reads what has
 * changed: so a write costs nothing for being watched, and what another process wrote (a command line, another node) is told
 * just the same. Events are kept a while for those who come back.
 */
export class LiveHub {
  readonly #sources: Sources;
  readonly #watched = new Map<string, Watched>();
  /** By site. Ids go on rising when the server starts again. */
  readonly #told = new Map<string, Told[]>();
  #lastId = Date.now() * 1000;
  #looking: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lastBeat = Date.now();
  #closed = false;

  constructor(sources: Sources) {
    this.#sources = sources;
  }

  /**
   * Follows stories.
   *
   * @param since the id of the last event heard; what came after it is told again
   * @returns how to stop
   */
  async follow(
    site: Site,
    keys: readonly string[],
    since: number | undefined,
    follower: Follower,
  ): Promise<() => void> {
    const mine: Watched[] = [];
    for (const name of new Set(keys)) {
      const watched = await this.#watch(site, name);
      watched.followers.set(follower, name);
      mine.push(watched);
      this.#greet(watched, follower, name, since);
    }
    if (this.#closed) follower.end();
    else this.#timer ??= setTimeout(() => void this.#look(), lookMillis).unref();
    return () => {
      for (const watched of mine) {
        watched.followers.delete(follower);
        watched.leftAt = Date.now();
      }
    };
  }

  /** Ends all that follow, and whoever comes later. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#timer);
    const all = new Set([...this.#watched.values()].flatMap(({ followers }) => [...followers.keys()]));
    this.#watched.clear();
    for (const follower of all) follower.end();
    await this.#looking;
  }

  async #watch(site: Site, name: string): Promise<Watched> {
    const story = await this.#sources.stories.find(site.id, name);
    const key = story?.key ?? name;
    const known = this.#watched.get(`${site.id} ${key}`);
    if (known) return known;
    const { seen } = await readChanges(this.#sources, site, story, undefined);
    // Somebody else may have come meanwhile.
    const made = this.#watched.get(`${site.id} ${key}`) ?? {
      site,
      key,
      seen,
      followers: new Map<Follower, string>(),
      from: this.#lastId,
      leftAt: Date.now(),
    };
    this.#watched.set(`${site.id} ${key}`, made);
    return made;
  }

  /** Where the story stands, or what came since; so nothing falls between the page and the stream. */
  #greet(watched: Watched, follower: Follower, name: string, since: number | undefined): void {
    const { site, seen } = watched;
    if (since === undefined) {
      const thread = JSON.parse(seen.shown) as Extract<Change, { type: 'thread' }>['thread'];
      follower.send(framed(this.#lastId, { type: 'thread', thread, version: seen.thread }, name));
      for (const poll of seen.polls.values()) follower.send(framed(this.#lastId, poll, name));
      return;
    }
    const told = this.#told.get(site.id) ?? [];
    const forgotten = told.length >= mostKept ? told[0]!.id : 0;
    if (since < Math.max(watched.from, forgotten) || since > this.#lastId) {
      follower.send(framed(this.#lastId, { type: 'reset' }, name));
      return;
    }
    for (const { id, watched: about, change } of told)
      if (id > since && about === watched) follower.send(framed(id, change, name));
  }

  async #look(): Promise<void> {
    this.#looking = this.#lookAtAll();
    await this.#looking.catch((error: unknown) =>
      this.#sources.log.error({ err: error }, 'what is new could not be told'),
    );
    this.#looking = undefined;
    this.#timer =
      this.#watched.size > 0 && !this.#closed ? setTimeout(() => void this.#look(), lookMillis).unref() : undefined;
  }

  async #lookAtAll(): Promise<void> {
    const now = Date.now();
    for (const [name, { followers, leftAt }] of this.#watched)
      if (followers.size === 0 && leftAt < now - lingerMillis) this.#watched.delete(name);
    for (const watched of await this.#moved()) {
      const { site, key } = watched;
      // Settings may have changed since.
      const fresh = (await this.#sources.sites.get(site.id)) ?? site;
      const story = await this.#sources.stories.find(site.id, key);
      const { seen, changes } = await readChanges(this.#sources, fresh, story, watched.seen);
      watched.seen = seen;
      for (const change of changes) this.#tell(watched, change);
    }
    if (now - this.#lastBeat > beatMillis) {
      this.#lastBeat = now;
      for (const { followers } of this.#watched.values())
        for (const follower of followers.keys()) follower.send(':\n\n');
    }
  }

  /** The stories that stand elsewhere than when they were last seen. */
  async #moved(): Promise<Watched[]> {
    const { database, stories } = this.#sources;
    const byId = new Map<string, Watched>();
    for (const watched of this.#watched.values()) {
      const story = await stories.find(watched.site.id, watched.key);
      if (story) byId.set(story.id, watched);
    }
    const ids = [...byId.keys()];
    const moved = new Set<Watched>();
    for (const some of inPortions(ids)) {
      const threads = await database.read
        .selectFrom('threads')
        .select(['storyId', 'version'])
        .where('storyId', 'in', some)
        .execute();
      const tallies = await database.read
        .selectFrom('reaction_tallies')
        .select(['storyId', 'pollId', 'version'])
        .where('storyId', 'in', some)
        .execute();
      for (const { storyId, version } of threads)
        if (byId.get(storyId)!.seen.thread !== version) moved.add(byId.get(storyId)!);
      for (const { storyId, pollId, version } of tallies)
        if (byId.get(storyId)!.seen.polls.get(pollId)?.version !== version) moved.add(byId.get(storyId)!);
    }
    return [...moved];
  }

  #tell(watched: Watched, change: Change): void {
    const id = ++this.#lastId;
    const told = this.#told.get(watched.site.id) ?? [];
    told.push({ id, watched, change });
    if (told.length > mostKept) told.shift();
    this.#told.set(watched.site.id, told);
    // Written out once for all who call the story the same.
    const events = new Map<string, string>();
    for (const [follower, name] of watched.followers) {
      let event = events.get(name);
      if (event === undefined) events.set(name, (event = framed(id, change, name)));
      follower.send(event);
    }
  }
}

function framed(id: number, change: Change, story: string): string {
  return `id: ${id}\nevent: ${change.type}\ndata: ${JSON.stringify({ ...change, story })}\n\n`;
}

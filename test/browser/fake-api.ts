import type {
  Counts,
  HeldChoice,
  Me,
  NewsletterList,
  Page,
  Problem,
  Reacted,
  Reactions,
  Session,
} from '../../src/contract/types.js';
import { errors, type ErrorCode } from '../../src/contract/errors.js';

export interface FakeRequest {
  method: string;
  /** Below `/v1/sites/{site}/`. */
  path: string;
  query: URLSearchParams;
  headers: Headers;
  body: unknown;
}

type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

const labels = {
  vi: ['Cảm nhận của bạn về bài viết này', 'Rất hay', 'Thích', 'Giải trí', 'Cần cải thiện'],
  en: ['How do you feel about this story?', 'Great', 'Like', 'Fun', 'Could be better'],
};

/** The API in a page's own memory: real shapes, real rules where a widget's behaviour hangs on them. */
export class FakeApi {
  readonly requests: FakeRequest[] = [];
  counts: Record<string, number> = { great: 1203, like: 418, fun: 95, improve: 37 };
  poll: Partial<Reactions['poll']> = {};
  held: HeldChoice = null;
  version = 1;
  lists: NewsletterList[] = [
    {
      id: 'daily',
      name: 'Bản tin sáng',
      description: 'Năm chuyện đáng đọc, trước khi bạn uống xong ly cà phê.',
      frequency: 'Mỗi sáng, thứ Hai đến thứ Bảy',
      consent: { id: 'c1', text: 'Tôi đồng ý nhận Bản tin sáng qua email và có thể dừng bất cứ lúc nào.' },
    },
  ];
  storyCounts: Counts['counts'] = {};
  code = '246810';
  /** Answers the next requests to a path in another way. */
  readonly overrides: { path: RegExp; answer: (request: FakeRequest) => Answer | Promise<Answer> }[] = [];
  readonly #fetch = globalThis.fetch;
  #last?: Promise<unknown>;

  install(): this {
    globalThis.fetch = (input, init) => {
      const answer = this.#serve(input, init);
      this.#last = answer.catch(() => undefined);
      return answer;
    };
    return this;
  }

  /** Waits for what is on its way, and takes the page's own `fetch` back. */
  async restore(): Promise<void> {
    for (let last; last !== this.#last;) {
      last = this.#last;
      await last;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    globalThis.fetch = this.#fetch;
  }

  async #serve(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const path = /\/v1\/sites\/[^/]+\/(.*)$/.exec(url.pathname)?.[1];
    if (path === undefined) return this.#fetch.call(globalThis, input as RequestInfo, init);
    const text = await request.text();
    const { method, headers } = request;
    const asked = { method, path, query: url.searchParams, headers, body: text ? JSON.parse(text) : undefined };
    this.requests.push(asked);
    const override = this.overrides.find((one) => one.path.test(path));
    const answer = override ? await override.answer(asked) : this.#answer(asked);
    if (init?.signal?.aborted) throw init.signal.reason;
    return new Response(answer.body === undefined ? null : JSON.stringify(answer.body), {
      status: answer.status,
      headers: { 'Content-Type': 'application/json', ...answer.headers },
    });
  }

  sent(path: string, method = 'GET'): FakeRequest[] {
    return this.requests.filter((request) => request.path === path && request.method === method);
  }

  /** Lets a path fail until the answer is called. */
  fail(path: RegExp, code: ErrorCode | 'network', headers?: Record<string, string>): () => void {
    const override = {
      path,
      answer: () => {
        if (code === 'network') throw new TypeError('Failed to fetch');
        return { ...problem(code), headers };
      },
    };
    this.overrides.push(override);
    return () => void this.overrides.splice(this.overrides.indexOf(override), 1);
  }

  reactions(lang = 'vi'): Reactions {
    const [question, ...words] = labels[lang.startsWith('vi') ? 'vi' : 'en'];
    const ids = Object.keys(this.counts);
    const poll: Reactions['poll'] = {
      id: 'reactions',
      question: question!,
      choices: ids.map((id, index) => ({ id, label: words[index] ?? id, icon: id })),
      multiple: false,
      results: 'always',
      state: 'open',
      opensAt: null,
      closesAt: null,
      ...this.poll,
    };
    const hidden = poll.results === 'after-closing' && poll.state !== 'closed';
    const total = Object.values(this.counts).reduce((sum, count) => sum + count, 0);
    return { poll, version: this.version, ...(!hidden && { counts: { ...this.counts }, total }) };
  }

  #answer(request: FakeRequest): Answer {
    const { method, path, query, body } = request;
    const lang = query.get('lang') ?? 'vi';
    switch (`${method} ${path}`) {
      case 'GET page':
        return ok(this.#page(query, lang));
      case 'GET me':
        return this.#withReader(request, () => ok(this.#me()));
      case 'PUT reactions':
        return this.#withReader(request, () => ok(this.react((body as { choice: HeldChoice }).choice, lang)));
      case 'DELETE reactions':
        return this.#withReader(request, () => ok(this.react(null, lang)));
      case 'POST readers':
        return ok({ token: 'guest-token', reader: this.#me().reader } satisfies Session, 201);
      case 'POST subscriptions':
        return ok({ state: 'check-inbox' }, 202);
      case 'POST subscriptions/code':
        return (body as { code: string }).code === this.code ? ok({ state: 'confirmed' }) : problem('code-wrong');
      case 'GET counts': {
        const zero = { comments: 0, reactions: 0 };
        const stories = query.getAll('story');
        return ok({ counts: Object.fromEntries(stories.map((story) => [story, this.storyCounts[story] ?? zero])) });
      }
    }
    return problem('not-found');
  }

  #page(query: URLSearchParams, lang: string): Page {
    const parts: Page['parts'] = {};
    for (const entry of query.get('parts')!.split(',')) {
      const [part] = entry.split(':');
      if (part === 'reactions') parts[entry] = this.reactions(lang);
      else if (part === 'newsletter') parts[entry] = { lists: this.lists };
      else parts[entry] = problem('not-found').body as Problem;
    }
    return { parts };
  }

  /** What a vote makes of the counts. */
  react(choice: HeldChoice, lang = 'vi'): Reacted {
    for (const id of [this.held ?? []].flat()) this.counts[id]!--;
    for (const id of [choice ?? []].flat()) this.counts[id]!++;
    this.held = choice;
    this.version++;
    return { ...this.reactions(lang), choice };
  }

  #me(): Me {
    const id = '01930000-0000-7000-8000-000000000001';
    const reader = { id, name: 'Bạn đọc', kind: 'guest', verified: false, badges: [] } as const;
    return { reader: { ...reader, badges: [] }, reactions: { reactions: this.held }, votes: {}, own: [], muted: [] };
  }

  #withReader({ headers }: FakeRequest, answer: () => Answer): Answer {
    const authorization = headers.get('Authorization');
    if (!authorization) return problem('token-required');
    return authorization === 'Bearer guest-token' ? answer() : problem('token-invalid');
  }
}

function ok(body: unknown, status = 200): Answer {
  return { status, body };
}

export function problem(code: ErrorCode): Answer {
  const { status, title } = errors[code];
  return { status, body: { type: `/docs#${code}`, title, status, code } satisfies Problem };
}

/** The states of each element: what the API answers, and what the reader has done. */
import type { ReactionsElement } from '../src/index.js';
import { createNewsletterList, type InMemoryApi, pageStates } from '../src/testing/index.js';

export interface State {
  readonly name: string;
  /** Changes the API before the element is made. */
  readonly prepare?: (api: InMemoryApi) => void;
  /** Acts as the reader, once the element shows its data. */
  readonly act?: (element: HTMLElement) => Promise<unknown>;
}

const shared: readonly State[] = [
  { name: 'ready' },
  { name: 'loading', prepare: pageStates.loading },
  { name: 'error', prepare: pageStates.error },
  { name: 'offline', prepare: pageStates.offline },
];
const sendVote = /^(PUT reactions|POST readers)$/;
const sendComment = /^POST (comments|readers)$/;

const statesOfTags: Record<string, readonly State[]> = {
  'aw-reactions': [
    { name: 'empty', prepare: pageStates.empty },
    { name: 'voted', act: vote },
    { name: 'vote failed', prepare: (api) => api.refuse(sendVote, 'unavailable'), act: vote },
    { name: 'vote waiting', prepare: (api) => api.disconnect(sendVote), act: vote },
    { name: 'sign-in asked', prepare: (api) => api.refuse('PUT reactions', 'vote-needs-identity'), act: vote },
    { name: 'multiple', prepare: ({ poll }) => (poll.settings = { multiple: true }), act: vote },
    { name: 'results after voting', prepare: ({ poll }) => (poll.settings = { results: 'after-voting' }) },
    { name: 'results after closing', prepare: ({ poll }) => (poll.settings = { results: 'after-closing' }) },
    { name: 'closed', prepare: pageStates.closed },
    { name: 'frozen', prepare: ({ poll }) => (poll.settings = { state: 'frozen' }) },
  ],
  'aw-comments': [
    { name: 'empty', prepare: ({ thread }) => thread.clear() },
    { name: 'question', prepare: ({ thread }) => (thread.settings.question = 'Nơi bạn sống đã có điều gì trở lại?') },
    { name: 'writing', act: write },
    { name: 'posted', act: post },
    { name: 'pending comment', prepare: ({ thread }) => (thread.settings.rules.moderation = 'pre'), act: post },
    { name: 'post failed', prepare: (api) => api.refuse(sendComment, 'unavailable'), act: post },
    { name: 'post waiting', prepare: (api) => api.disconnect(sendComment), act: post },
    { name: 'closed', prepare: ({ thread }) => (thread.settings.state = 'closed') },
    { name: 'read-only', prepare: ({ thread }) => (thread.settings.state = 'read-only') },
  ],
  'aw-stories': [{ name: 'empty', prepare: pageStates.empty }],
  'aw-newsletter': [
    { name: 'empty', prepare: pageStates.empty },
    { name: 'several lists', prepare: (api) => (api.newsletters = [createNewsletterList(), weekend]) },
    { name: 'invalid', act: (element) => subscribe(element, 'lan@') },
    {
      name: 'sending failed',
      prepare: (api) => api.refuse('POST subscriptions', 'unavailable'),
      act: (element) => subscribe(element),
    },
    { name: 'check-inbox', act: (element) => subscribe(element) },
    { name: 'wrong code', act: (element) => confirm(element, '111111') },
    { name: 'confirmed', act: (element) => confirm(element, '246810') },
  ],
  'aw-comment-count': [{ name: 'empty', prepare: (api) => api.on('GET counts', () => ({ counts: {} })) }],
};

/** Attributes that an element has when it is chosen. */
export const initialAttributes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'aw-comments': { open: '' },
};

/** All states of an element, and `live`: the data of the running API. */
export function statesOf(tag: string): readonly State[] {
  return [...shared, ...(statesOfTags[tag] ?? []), { name: 'live' }];
}

const weekend = createNewsletterList({
  id: 'weekend',
  name: 'Cuối tuần thong thả',
  description: 'Một phóng sự dài, một nơi để đi và một món để nấu.',
  frequency: 'Sáng thứ Bảy',
  consent: { id: 'c2', text: 'Tôi đồng ý nhận bản tin này qua email và có thể huỷ bất cứ lúc nào.' },
});

async function vote(element: HTMLElement): Promise<void> {
  await find(element, '[part~=choice], [part~=trigger]');
  // Not awaited: a queued vote settles only when the API can be reached.
  void (element as ReactionsElement).react('great');
  await (element as ReactionsElement).updateComplete;
}

async function write(element: HTMLElement): Promise<void> {
  const field = await find<HTMLTextAreaElement>(element, 'textarea');
  field.focus();
  fill(field, 'Bài viết rất hay. Mong tòa soạn có thêm những bài như thế này về **phố cổ**.');
}

async function post(element: HTMLElement): Promise<void> {
  await write(element);
  (await find(element, '[part~=composer] button:not([type=button])')).click();
}

async function subscribe(element: HTMLElement, email = 'ban.doc@example.com'): Promise<void> {
  fill(await find<HTMLInputElement>(element, 'input[type=email]'), email);
  (await find(element, 'input[type=checkbox]')).click();
  (await find(element, '[part~=submit]')).click();
}

async function confirm(element: HTMLElement, code: string): Promise<void> {
  await subscribe(element);
  fill(await find<HTMLInputElement>(element, 'input[autocomplete=one-time-code]'), code);
}

function fill(field: HTMLInputElement | HTMLTextAreaElement, value: string): void {
  field.value = value;
  field.dispatchEvent(new InputEvent('input', { bubbles: true, composed: true }));
}

/** Waits until an element's shadow root holds a match. */
async function find<Found extends HTMLElement>(element: HTMLElement, selector: string): Promise<Found> {
  for (;;) {
    const found = element.shadowRoot?.querySelector<Found>(selector);
    if (found) return found;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

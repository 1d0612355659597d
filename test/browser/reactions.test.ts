import { userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import '../../src/define/reactions.js';
import type { ReactEvent, ReactionsElement, SignInRequestEvent } from '../../src/index.js';
import type { InMemoryApi } from '../../src/testing/index.js';
import { luminance, painted } from './colors.js';
import { focused } from './focused.js';
import { installApi } from './install-api.js';
import { waitFor } from '../setup/wait-for.js';

let api: InMemoryApi;
let story = 0;

beforeEach(() => {
  localStorage.clear();
  document.documentElement.lang = 'vi';
  api = installApi();
  // The client caches by story.
  story++;
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
});

function place(attributes = ''): HTMLElement {
  const holder = document.createElement('div');
  holder.setHTMLUnsafe(`<aw-reactions site="${api.site}" story="story-${story}" ${attributes}></aw-reactions>`);
  document.body.append(holder);
  return holder.firstElementChild as HTMLElement;
}

const choice = (name: RegExp) => page.getByRole('button', { name });
const great = choice(/^Rất hay/);
const like = choice(/^Thích/);

describe('the poll', () => {
  test('is a named group of toggle buttons whose names hold their counts', async () => {
    place();
    await expect.element(page.getByRole('heading', { name: 'Cảm nhận của bạn về bài viết này' })).toBeVisible();
    await expect.element(page.getByRole('group', { name: 'Cảm nhận của bạn về bài viết này' })).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.203 lượt$/, pressed: false })).toBeVisible();
    await expect.element(page.getByText('1.753 bạn đọc đã tham gia.').first()).toBeVisible();
  });

  test('leaves no hole below its total, and grows neither by a vote nor by taking it back', async () => {
    for (const width of [320, 360, 500, 700, 1000]) {
      document.body.style.width = `${width}px`;
      await page.viewport(1100, 900);
      story++;
      const element = place();
      await expect.element(great).toBeVisible();
      const summary = element.shadowRoot!.querySelector('[part=summary]')!;
      const height = element.offsetHeight;
      const hole = element.getBoundingClientRect().bottom - summary.getBoundingClientRect().bottom;
      if (width >= 500) expect(hole, `${width} px wide`).toBeLessThan(14);
      await userEvent.click(great);
      await expect.element(page.getByText('Bạn và 1.203 người khác thấy rất hay.').first()).toBeVisible();
      expect(element.offsetHeight, `${width} px wide`).toBe(height);
      await userEvent.click(great);
      await expect.element(page.getByText('1.753 bạn đọc đã tham gia.').first()).toBeVisible();
      expect(element.offsetHeight, `${width} px wide`).toBe(height);
      document.body.replaceChildren();
    }
    document.body.style.width = '';
  });

  test('marks a question and labels that are in another language', async () => {
    document.documentElement.lang = 'en';
    const [first, ...choices] = api.poll.reactions('en').poll.choices;
    const translated = [{ ...first!, label: 'Rất hay', lang: 'vi' }, ...choices];
    api.poll.settings = { question: 'Bạn thấy sao?', lang: 'vi', choices: translated };
    place();
    await expect.element(great).toHaveAttribute('lang', 'vi');
    const question = page.getByRole('heading', { name: 'Bạn thấy sao?' }).element().querySelector('span')!;
    expect([question.lang, question.dir]).toEqual(['vi', 'auto']);
    await expect.element(choice(new RegExp(`^${choices[0]!.label}`))).not.toHaveAttribute('lang');
  });

  test('requests nothing about the reader and stores nothing before the first act', async () => {
    place();
    await expect.element(great).toBeVisible();
    expect(api.requests.map(({ route }) => route)).toEqual(['GET page']);
    expect(localStorage.length).toBe(0);
  });

  test('shows a vote optimistically, then the answer of the API', async () => {
    const element = place();
    const onReact = vi.fn();
    document.body.addEventListener('aw-react', (event: ReactEvent) => void onReact(event.detail, event.target), {
      once: true,
    });
    const answer = api.hold('POST readers');
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.204 lượt$/, pressed: true })).toBeVisible();
    expect(onReact).not.toHaveBeenCalled();
    answer();
    await expect.element(page.getByText('Bạn và 1.203 người khác thấy rất hay.').first()).toBeVisible();
    await waitFor(() =>
      expect(onReact.mock.calls).toEqual([[{ poll: 'reactions', choice: 'great', previous: null }, element]]),
    );
    expect(element.matches(':state(voted)')).toBe(true);
    const shares = [...element.shadowRoot!.querySelectorAll('[part=count]')].map((count) =>
      parseInt(count.textContent),
    );
    expect(shares.reduce((a, b) => a + b, 0)).toBe(100);
  });

  test('changes a vote with one click and takes it back with another', async () => {
    place();
    await userEvent.click(great);
    await userEvent.click(like);
    await expect.element(page.getByRole('button', { name: /^Thích.*, 419 lượt$/, pressed: true })).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.203 lượt$/, pressed: false })).toBeVisible();
    await userEvent.click(like);
    await expect.element(page.getByText('1.753 bạn đọc đã tham gia.').first()).toBeVisible();
    await waitFor(() => expect(api.sent('DELETE reactions')).toHaveLength(1));
    expect(api.poll.counts).toEqual({ great: 1203, like: 418, fun: 95, improve: 37 });
    expect(api.sent('POST readers')).toHaveLength(1);
  });

  test('sends the last of several quick votes', async () => {
    place();
    await expect.element(great).toBeVisible();
    for (const name of [great, like, choice(/^Giải trí/)]) (name.element() as HTMLElement).click();
    await expect.element(page.getByRole('button', { name: /^Giải trí.*, 96 lượt$/, pressed: true })).toBeVisible();
    await waitFor(() => expect(api.poll.choice).toBe('fun'));
    expect(api.poll.counts).toEqual({ great: 1203, like: 418, fun: 96, improve: 37 });
  });

  test('votes by keyboard, but not by moving the focus', async () => {
    place();
    await expect.element(great).toBeVisible();
    await userEvent.keyboard('{Tab}{Tab}{ArrowRight}');
    await expect.poll(focused).toBe(like.element());
    expect(api.sent('PUT reactions')).toHaveLength(0);
    await userEvent.keyboard(' ');
    await expect.poll(focused).toBe(page.getByRole('button', { name: /^Thích/, pressed: true }).element());
  });

  test('announces each outcome once', async () => {
    const element = place();
    await expect.element(great).toBeVisible();
    const region = page.getByRole('status').element();
    expect(region).toBeEmptyDOMElement();
    const announced: string[] = [];
    new MutationObserver(() => {
      const text = region.textContent.trim();
      if (text) announced.push(text);
    }).observe(region, { childList: true, characterData: true, subtree: true });
    const outcomes = ['Bạn và 1.203 người khác thấy rất hay.', 'Bạn và 418 người khác thấy thích.'];
    await userEvent.click(great);
    await expect.poll(() => announced).toEqual(outcomes.slice(0, 1));
    await userEvent.click(like);
    await expect.poll(() => announced).toEqual(outcomes);
    await userEvent.click(like);
    await expect.poll(() => announced).toEqual([...outcomes, '1.753 bạn đọc đã tham gia.']);
    expect(element.shadowRoot!.querySelectorAll('[role=status], [role=alert], [aria-live]')).toHaveLength(1);
  });

  test('undoes a refused vote with a notice', async () => {
    place();
    await expect.element(great).toBeVisible();
    api.refuse(/ reactions$/, 'choice-not-found');
    await userEvent.click(great);
    await expect.element(page.getByText('Chưa ghi nhận được.', { exact: false }).first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.203 lượt$/, pressed: false })).toBeVisible();
    api.refuse(/ reactions$/, 'origin-not-allowed');
    await userEvent.click(great);
    await expect.element(page.getByText('Không gửi được từ trang này.', { exact: false }).first()).toBeVisible();
  });

  test('shows that a guest has to sign in where the API requires it, in the language of each widget', async () => {
    place();
    place('lang="en"');
    await expect.element(great).toBeVisible();
    api.refuse(/ reactions$/, 'vote-needs-identity');
    await userEvent.click(great);
    await expect.element(page.getByText('Mời bạn đăng nhập để tham gia.', { exact: false }).first()).toBeVisible();
    api.refuse(/ reactions$/, 'vote-needs-identity');
    await userEvent.click(choice(/^Great/));
    await expect.element(page.getByText('Sign in to take part.', { exact: false }).first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Great.*, 1,203$/, pressed: false })).toBeVisible();
  });

  test('sends the vote again in the name of the reader whom the page signs in, whatever that reader chose before', async () => {
    const widget = place();
    await expect.element(great).toBeVisible();
    const letIn = api.refuse(/ reactions$/, 'vote-needs-identity');
    api.on('POST readers/sso', () => {
      letIn();
      api.poll.react('fun');
      return { token: api.token, reader: api.me.reader };
    });
    const asked = vi.fn((request: SignInRequestEvent) => request.respondWith(Promise.resolve('a.b.c')));
    widget.addEventListener('aw-sign-in-request', asked);
    await userEvent.click(great);
    await expect.poll(() => api.sent('PUT reactions')).toHaveLength(2);
    expect(api.sent('POST readers/sso')[0]!.body).toEqual({ jwt: 'a.b.c' });
    expect(asked).toHaveBeenCalledOnce();
    // The overlay of the account has arrived.
    await expect.poll(() => api.sent('GET me')).not.toHaveLength(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect.element(great).toHaveAttribute('aria-pressed', 'true');
    await expect.element(choice(/^Giải trí/)).toHaveAttribute('aria-pressed', 'false');
    await expect.element(page.getByText('Bạn và 1.203 người khác', { exact: false }).first()).toBeVisible();
  });

  test('requests the sign-in once and shows a sentence where that fails', async () => {
    const widget = place();
    await expect.element(great).toBeVisible();
    widget.addEventListener('aw-sign-in-request', (request) => request.respondWith(Promise.reject(new Error('shut'))));
    api.refuse(/ reactions$/, 'vote-needs-identity');
    await userEvent.click(great);
    await expect.element(page.getByText('Mời bạn đăng nhập để tham gia.', { exact: false }).first()).toBeVisible();
    await expect.element(great).toHaveAttribute('aria-pressed', 'false');
    expect(api.sent('PUT reactions')).toHaveLength(1);
  });

  test('requests no sign-in without a user activation', async () => {
    const widget = place();
    await expect.element(great).toBeVisible();
    const asked = vi.fn();
    widget.addEventListener('aw-sign-in-request', asked);
    const active = vi.spyOn(navigator.userActivation, 'isActive', 'get').mockReturnValue(false);
    api.refuse(/ reactions$/, 'vote-needs-identity');
    await (widget as ReactionsElement).react('great');
    active.mockRestore();
    await expect.element(page.getByText('Mời bạn đăng nhập để tham gia.', { exact: false }).first()).toBeVisible();
    expect(asked).not.toHaveBeenCalled();
  });

  test('shows that the poll has closed meanwhile', async () => {
    place();
    await expect.element(great).toBeVisible();
    api.poll.settings = { state: 'closed' };
    api.refuse(/ reactions$/, 'poll-closed');
    await userEvent.click(great);
    await expect.element(great).toHaveAttribute('aria-disabled', 'true');
  });
});

describe('a returning reader', () => {
  test('finds the choice pressed, and counted where a cached answer lacks it', async () => {
    place();
    await userEvent.click(great);
    await waitFor(() => expect(api.poll.choice).toBe('great'));
    document.body.replaceChildren();
    api.poll.counts['great'] = 0;
    story++;
    place();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1 lượt$/, pressed: true })).toBeVisible();
    expect(api.sent('GET me')).toHaveLength(1);
  });
});

describe('without a connection', () => {
  const queuedSentence = page.getByText('Chưa gửi được. Lựa chọn của bạn sẽ được gửi khi có mạng.');
  const goOffline = async () => {
    // The first vote loads the code for it.
    await userEvent.click(like);
    await waitFor(() => expect(api.poll.choice).toBe('like'));
    return api.disconnect(/ (reactions|readers)$/);
  };

  test('a vote stays pressed and is sent once when the browser is online', async () => {
    place();
    const back = await goOffline();
    await userEvent.click(great);
    await expect.element(queuedSentence.first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay/, pressed: true })).toBeVisible();
    expect(api.poll.choice).toBe('like');
    back();
    api.requests.length = 0;
    dispatchEvent(new Event('online'));
    dispatchEvent(new Event('online'));
    await waitFor(() => expect(api.poll.choice).toBe('great'));
    await expect.element(page.getByText('Bạn và 1.203 người khác thấy rất hay.').first()).toBeVisible();
    expect(api.sent('PUT reactions')).toHaveLength(1);
    expect(Object.keys(localStorage).filter((name) => name.includes('outbox'))).toEqual([]);
  });

  test('a first vote is queued as well', async () => {
    place();
    await expect.element(great).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const back = api.disconnect(/ (reactions|readers)$/);
    await userEvent.click(great);
    await expect.element(queuedSentence.first()).toBeVisible();
    back();
    dispatchEvent(new Event('online'));
    await waitFor(() => expect(api.poll.choice).toBe('great'));
  });

  test.each([
    ['another choice', great, 'great'],
    ['taken back', like, null],
  ])('a queued vote is sent after a reload: %s', async (_, tapped, wanted) => {
    place();
    const back = await goOffline();
    await userEvent.click(tapped);
    await expect.element(queuedSentence.first()).toBeVisible();
    document.body.replaceChildren();
    back();
    place();
    await waitFor(() => expect(api.poll.choice).toBe(wanted));
  });

  test('a queued vote shows after a reload, before it is sent', async () => {
    place();
    await goOffline();
    await userEvent.click(great);
    await expect.element(queuedSentence.first()).toBeVisible();
    document.body.replaceChildren();
    place();
    await expect.element(page.getByRole('button', { name: /^Rất hay/, pressed: true })).toBeVisible();
    await expect.element(queuedSentence.first()).toBeVisible();
    expect(api.poll.choice).toBe('like');
  });

  test('a queued vote that is refused is removed and undone', async () => {
    place();
    const back = await goOffline();
    await userEvent.click(great);
    await expect.element(queuedSentence.first()).toBeVisible();
    back();
    api.refuse(/ reactions$/, 'poll-closed');
    dispatchEvent(new Event('online'));
    await expect.element(page.getByText('Chưa ghi nhận được.', { exact: false }).first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Thích/, pressed: true })).toBeVisible();
    expect(Object.keys(localStorage).filter((name) => name.includes('outbox'))).toEqual([]);
  });
});

describe('votes of others', () => {
  const sendVotes = (event: object) =>
    api.openStreams[0]!.send({
      type: 'reactions',
      story: `story-${story}`,
      poll: 'reactions',
      counts: { great: 1300, like: 420, fun: 95, improve: 37 },
      total: 1852,
      version: 9,
      ...event,
    });
  const following = () => waitFor(() => expect(api.openStreams).toHaveLength(1));

  test('update the counts and the state of the poll', async () => {
    place();
    await following();
    sendVotes({});
    await expect.element(page.getByText('1.852 bạn đọc đã tham gia.').first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.300 lượt$/ })).toBeVisible();
    sendVotes({ version: 8, total: 3 });
    sendVotes({ poll: 'another', version: 10, total: 4 });
    sendVotes({ version: 10, state: 'frozen' });
    await expect.element(page.getByText('Tạm dừng để rà soát. 1.852 bạn đọc đã tham gia.').first()).toBeVisible();
    await expect.element(great).toHaveAttribute('aria-disabled', 'true');
  });

  test('do not count a pending vote twice', async () => {
    place();
    await following();
    const answer = api.hold('POST readers');
    await userEvent.click(great);
    sendVotes({ counts: { great: 1204, like: 418, fun: 95, improve: 37 }, total: 1754, version: 2 });
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.204 lượt$/, pressed: true })).toBeVisible();
    answer();
    await expect.element(page.getByText('Bạn và 1.203 người khác thấy rất hay.').first()).toBeVisible();
  });
});

describe('two widgets of one poll', () => {
  test('show the same vote, in two languages, with one request each', async () => {
    place();
    place('lang="en"');
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: /^Great.*, 1,204$/, pressed: true })).toBeVisible();
    await userEvent.click(choice(/^Like/));
    await expect.element(page.getByRole('button', { name: /^Thích.*, 419 lượt$/, pressed: true })).toBeVisible();
    expect(api.sent('GET page').map(({ query }) => query.get('lang'))).toEqual(['vi', 'en']);
  });
});

describe('results', () => {
  test('after-voting: counts show with the vote', async () => {
    api.poll.settings = { results: 'after-voting' };
    place();
    await expect.element(page.getByRole('button', { name: 'Rất hay', exact: true })).toBeVisible();
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.204 lượt$/ })).toBeVisible();
  });

  test('after-closing: counts do not show with the vote', async () => {
    api.poll.settings = { results: 'after-closing' };
    place();
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: 'Rất hay', exact: true, pressed: true })).toBeVisible();
    await expect.element(page.getByText('Kết quả hiện khi kết thúc.').first()).toBeVisible();
  });

  test.each(['closed', 'frozen'] as const)('a %s poll takes no vote', async (state) => {
    api.poll.settings = { state };
    const element = place();
    await expect.element(great).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(great, { force: true });
    expect(api.sent('PUT reactions')).toHaveLength(0);
    expect(element.matches(`:state(${state})`)).toBe(true);
  });
});

describe('a poll that takes several choices', () => {
  test('toggles each choice by itself', async () => {
    api.poll.settings = { multiple: true };
    const element = place();
    const details: unknown[] = [];
    element.addEventListener('aw-react', (event) => details.push(event.detail));
    await userEvent.click(great);
    await userEvent.click(like);
    await waitFor(() => expect(api.poll.choice).toEqual(['great', 'like']));
    await userEvent.click(great);
    await waitFor(() => expect(api.poll.choice).toEqual(['like']));
    await waitFor(() =>
      expect(details.at(-1)).toEqual({ poll: 'reactions', choice: ['like'], previous: ['great', 'like'] }),
    );
  });
});

describe('the id of the poll', () => {
  test.each([null, undefined, '', 'not an id!'])('falls back to the default: %j', async (id) => {
    const element = place('poll="other"') as ReactionsElement;
    element.poll = id as never;
    await userEvent.click(great);
    await expect.poll(() => api.sent('PUT reactions').map(({ body }) => body['poll'])).toEqual(['reactions']);
    expect(api.sent('GET page').at(-1)!.query.get('parts')).toBe('r');
  });
});

describe('an icon', () => {
  test('is a drawing, an emoji, a picture, or nothing for an unknown name', async () => {
    const icons = ['great', '🤔', 'https://news.example/x.png', 'unheard-of'];
    api.poll.settings = { choices: icons.map((icon, index) => ({ id: `c${index}`, label: `L${index}`, icon })) };
    const element = place();
    await expect.element(choice(/^L3/)).toBeVisible();
    const drawn = [...element.shadowRoot!.querySelectorAll('[part=icon]')];
    expect(drawn.map((icon) => icon.firstElementChild?.localName ?? icon.textContent)).toEqual([
      'svg',
      '🤔',
      'img',
      '',
    ]);
    expect(drawn[2]!.querySelector('img')).toHaveProperty('alt', '');
  });
});

describe('a change of the language', () => {
  test.for([true, false])('keeps a vote that is on its way (answered before the data arrives: %s)', async (isEarly) => {
    const element = place('lang="vi"');
    const answerVote = api.hold('PUT reactions');
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: /^Rất hay/, pressed: true })).toBeVisible();
    const answerPage = api.hold('GET page');
    element.lang = 'en';
    const answers = [answerVote, answerPage];
    for (const answer of isEarly ? answers : answers.reverse()) answer();
    await expect.element(page.getByText('You and 1,203 others').first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /69%.*1,204/, pressed: true })).toBeVisible();
  });
});

describe('a variant', () => {
  test('bars: one choice below the other', async () => {
    place('variant="bars"');
    await expect.element(great).toBeVisible();
    const [first, second] = [great, like].map((button) => button.element().getBoundingClientRect());
    expect(second!.top).toBeGreaterThanOrEqual(first!.bottom);
    for (const box of [first!, second!]) expect(box.height).toBeGreaterThanOrEqual(44);
  });

  test('follows the property, and falls back to buttons', async () => {
    const element = place('variant="compact"') as ReactionsElement;
    const trigger = choice(/^Cảm nhận của bạn/);
    await expect.element(trigger).toBeVisible();
    element.removeAttribute('variant');
    await expect.element(great).toBeVisible();
    element.variant = 'compact';
    await expect.element(trigger).toBeVisible();
    await expect.element(great).not.toBeInTheDocument();
    for (const value of ['unknown', undefined, null]) {
      element.variant = value as never;
      await expect.element(great).toBeVisible();
      await expect.element(trigger).not.toBeInTheDocument();
    }
    expect(element.variant).toBe('buttons');
  });

  test('changes while a vote is on its way, and the vote stays', async () => {
    const element = place() as ReactionsElement;
    const answer = api.hold('PUT reactions');
    await userEvent.click(great);
    const held = page.getByRole('button', { name: /^Rất hay/, pressed: true });
    await expect.element(held).toBeVisible();
    element.variant = 'bars';
    await element.updateComplete;
    await expect.element(held).toBeVisible();
    answer();
    await expect.element(page.getByText('Bạn và 1.203 người khác thấy rất hay.').first()).toBeVisible();
    await expect.element(held).toBeVisible();
    expect(element.shadowRoot!.querySelectorAll('[part=bar]')).toHaveLength(4);
  });

  test('is not reflected by itself', async () => {
    const element = place();
    await expect.element(great).toBeVisible();
    expect(element.getAttributeNames()).toEqual(['site', 'story']);
  });

  describe('compact', () => {
    test('shows its button where the variant is set while the data is on its way', async () => {
      const answer = api.hold('GET page');
      const element = place() as ReactionsElement;
      await waitFor(() => expect(api.sent('GET page')).toHaveLength(1));
      element.setAttribute('variant', 'compact');
      await element.updateComplete;
      answer();
      await waitFor(() => expect(element.shadowRoot!.querySelector('[part~=trigger]')).not.toBeNull());
    });

    const trigger = choice(/^Cảm nhận của bạn/);
    const open = async () => {
      const element = place('variant="compact"');
      await expect.element(trigger).toBeVisible();
      return element;
    };

    test('is one button, named by the question and the results', async () => {
      const element = await open();
      await expect.element(trigger).toHaveAccessibleName('Cảm nhận của bạn về bài viết này, 1.753');
      await expect.element(great).not.toBeInTheDocument();
      expect(element.getBoundingClientRect().height).toBeLessThan(60);
      expect(trigger.element().getBoundingClientRect().height).toBeGreaterThanOrEqual(44);
    });

    test('opens by click, takes a choice and returns the focus', async () => {
      await open();
      await userEvent.click(trigger);
      await expect.element(great).toBeVisible();
      await waitFor(() => {
        const [button, first] = [trigger, great].map((one) => one.element().getBoundingClientRect());
        // Beside the button, above or below it.
        expect(Math.min(Math.abs(first!.bottom - button!.top), Math.abs(first!.top - button!.bottom))).toBeLessThan(40);
      });
      await userEvent.click(like);
      await expect.element(like).not.toBeInTheDocument();
      await expect.element(trigger).toHaveAccessibleName('Cảm nhận của bạn về bài viết này, Thích, 1.754');
      expect(focused()).toBe(trigger.element());
      await waitFor(() => expect(api.poll.choice).toBe('like'));
    });

    test('works by keyboard: arrows move without a vote, Escape closes', async () => {
      await open();
      (trigger.element() as HTMLElement).focus();
      await userEvent.keyboard('{ArrowDown}');
      await waitFor(() => expect(focused()).toBe(great.element()));
      await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}');
      expect(focused()).toBe(like.element());
      await userEvent.keyboard('{Home}{ArrowUp}');
      expect(focused()).toBe(choice(/^Cần cải thiện/).element());
      await userEvent.keyboard('{Escape}');
      await expect.element(great).not.toBeInTheDocument();
      await waitFor(() => expect(focused()).toBe(trigger.element()));
      expect(api.sent(/ reactions$/)).toEqual([]);
      await userEvent.keyboard('{Enter}');
      await waitFor(() => expect(focused()).toBe(great.element()));
      await userEvent.keyboard('{Enter}');
      await waitFor(() => expect(api.poll.choice).toBe('great'));
      expect(focused()).toBe(trigger.element());
    });

    test('opens beside the button far down a page, follows it, and takes its background from the page', async () => {
      document.body.style.cssText = 'color: rgb(235 235 235); background: rgb(20 20 24)';
      const element = await open();
      const distance = () => {
        const [button, first] = [trigger, great].map((one) => one.element().getBoundingClientRect());
        return Math.min(Math.abs(first!.bottom - button!.top), Math.abs(first!.top - button!.bottom));
      };
      try {
        element.before(Object.assign(document.createElement('div'), { style: 'block-size: 3000px' }));
        element.after(Object.assign(document.createElement('div'), { style: 'block-size: 3000px' }));
        (trigger.element() as HTMLElement).focus();
        const before = scrollY;
        await userEvent.keyboard('{ArrowDown}');
        await waitFor(() => expect(focused()).toBe(great.element()));
        expect([scrollY, distance() < 40]).toEqual([before, true]);
        scrollBy(0, 60);
        await waitFor(() => expect(distance()).toBeLessThan(40));
        const { backgroundColor, color } = getComputedStyle(great.element().parentElement!);
        expect(luminance(backgroundColor)).toBeLessThan(0.02);
        expect(painted(color)).toEqual([235, 235, 235]);
      } finally {
        document.body.removeAttribute('style');
      }
    });

    test('opens by a long press and takes the choice under the lifted finger', async () => {
      await open();
      const press = (type: string, over: Element) => {
        const { x, y, width, height } = over.getBoundingClientRect();
        const at = { clientX: x + width / 2, clientY: y + height / 2 };
        trigger.element().dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, ...at }));
      };
      // A synthetic pointer cannot be captured.
      trigger.element().setPointerCapture = () => undefined;
      press('pointerdown', trigger.element());
      await expect.element(great).toBeVisible();
      await new Promise((resolve) => setTimeout(resolve, 300));
      press('pointermove', like.element());
      press('pointerup', like.element());
      await waitFor(() => expect(api.poll.choice).toBe('like'));
      await expect.element(like).not.toBeInTheDocument();
    });

    test('still opens after a refresh', async () => {
      const element = (await open()) as HTMLElement & { refresh(): Promise<void> };
      await element.refresh();
      await userEvent.click(trigger);
      await expect.element(great).toBeVisible();
      expect(element.shadowRoot!.querySelectorAll('[part=trigger]')).toHaveLength(1);
    });
  });
});

import { userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { page } from 'vitest/browser';
import '../../src/define/reactions.js';
import type { ReactEvent, ReactionsElement, SignInRequestEvent } from '../../src/index.js';
import { FakeApi } from './fake-api.js';
import { FakeSource } from './fake-source.js';
import { focused } from './focused.js';

let api: FakeApi;
let story = 0;

beforeEach(() => {
  localStorage.clear();
  document.documentElement.lang = 'vi';
  api = new FakeApi().install();
  // A page remembers what it asked and told about a story.
  story++;
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
});

function place(attributes = ''): HTMLElement {
  const holder = document.createElement('div');
  holder.setHTMLUnsafe(`<aw-reactions site="demo" story="story-${story}" ${attributes}></aw-reactions>`);
  document.body.append(holder);
  return holder.firstElementChild as HTMLElement;
}

/** Lets who wants to become a reader wait, until what it returns is called. */
function holdReaders(): () => void {
  let answer!: () => void;
  const waiting = new Promise<void>((resolve) => (answer = resolve));
  api.overrides.push({
    path: /^readers$/,
    answer: async () => {
      await waiting;
      return { status: 201, body: { token: 'guest-token', reader: {} } };
    },
  });
  return answer;
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
    await expect.element(page.getByText('1.753 bạn đọc đã tham gia.')).toBeVisible();
  });

  test('asks nothing about the reader, and keeps nothing, before the first act', async () => {
    place();
    await expect.element(great).toBeVisible();
    expect(api.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET page']);
    expect(localStorage.length).toBe(0);
  });

  test('shows a reaction at once, then what the API made of it', async () => {
    const element = place();
    const heard = vi.fn();
    document.body.addEventListener('aw-react', (event: ReactEvent) => void heard(event.detail, event.target), {
      once: true,
    });
    const answer = holdReaders();
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.204 lượt$/, pressed: true })).toBeVisible();
    expect(heard).not.toHaveBeenCalled();
    answer();
    await expect.element(page.getByText('Bạn và 1.203 người khác thấy rất hay.')).toBeVisible();
    await vi.waitFor(() =>
      expect(heard.mock.calls).toEqual([[{ poll: 'reactions', choice: 'great', previous: null }, element]]),
    );
    expect(element.matches(':state(voted)')).toBe(true);
    const shares = [...element.shadowRoot!.querySelectorAll('[part=count]')].map((count) =>
      parseInt(count.textContent),
    );
    expect(shares.reduce((a, b) => a + b, 0)).toBe(100);
  });

  test('changes with one tap and is taken back with another', async () => {
    place();
    await userEvent.click(great);
    await userEvent.click(like);
    await expect.element(page.getByRole('button', { name: /^Thích.*, 419 lượt$/, pressed: true })).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.203 lượt$/, pressed: false })).toBeVisible();
    await userEvent.click(like);
    await expect.element(page.getByText('1.753 bạn đọc đã tham gia.')).toBeVisible();
    await vi.waitFor(() => expect(api.sent('reactions', 'DELETE')).toHaveLength(1));
    expect(api.counts).toEqual({ great: 1203, like: 418, fun: 95, improve: 37 });
    expect(api.sent('readers', 'POST')).toHaveLength(1);
  });

  test('sends the last of what is tapped in a hurry', async () => {
    place();
    await expect.element(great).toBeVisible();
    for (const name of [great, like, choice(/^Giải trí/)]) (name.element() as HTMLElement).click();
    await expect.element(page.getByRole('button', { name: /^Giải trí.*, 96 lượt$/, pressed: true })).toBeVisible();
    await vi.waitFor(() => expect(api.held).toBe('fun'));
    expect(api.counts).toEqual({ great: 1203, like: 418, fun: 96, improve: 37 });
  });

  test('works with the keyboard, and moving on does not vote', async () => {
    place();
    await expect.element(great).toBeVisible();
    await userEvent.keyboard('{Tab}{Tab}{ArrowRight}');
    await expect.poll(focused).toBe(like.element());
    expect(api.sent('reactions', 'PUT')).toHaveLength(0);
    await userEvent.keyboard(' ');
    await expect.poll(focused).toBe(page.getByRole('button', { name: /^Thích/, pressed: true }).element());
  });

  test('says what became of it, once, to those who do not see it', async () => {
    place();
    await userEvent.click(great);
    await expect.element(page.getByRole('status')).toHaveTextContent('Bạn và 1.203 người khác thấy rất hay.');
  });

  test('goes back to what it was when the API refuses, and says so', async () => {
    place();
    await expect.element(great).toBeVisible();
    api.fail(/^reactions$/, 'origin-not-allowed');
    await userEvent.click(great);
    await expect.element(page.getByText('Chưa ghi nhận được.', { exact: false }).first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.203 lượt$/, pressed: false })).toBeVisible();
  });

  test('asks a guest of a crowded network to sign in, in the words of the page', async () => {
    place();
    place('lang="en"');
    await expect.element(great).toBeVisible();
    api.fail(/^reactions$/, 'vote-needs-identity');
    await userEvent.click(great);
    await expect.element(page.getByText('Mời bạn đăng nhập để tham gia.', { exact: false }).first()).toBeVisible();
    api.fail(/^reactions$/, 'vote-needs-identity');
    await userEvent.click(choice(/^Great/));
    await expect.element(page.getByText('Sign in to take part.', { exact: false }).first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Great.*, 1,203$/, pressed: false })).toBeVisible();
  });

  test('counts the vote of whom the page hands over then, whatever that reader chose before', async () => {
    const widget = place();
    await expect.element(great).toBeVisible();
    const letIn = api.fail(/^reactions$/, 'vote-needs-identity');
    api.overrides.push({
      path: /^readers\/sso$/,
      answer: () => {
        letIn();
        api.react('fun');
        return { status: 200, body: { token: 'guest-token', reader: {} } };
      },
    });
    const asked = vi.fn((request: SignInRequestEvent) => request.respondWith(Promise.resolve('a.b.c')));
    widget.addEventListener('aw-sign-in-request', asked);
    await userEvent.click(great);
    await expect.poll(() => api.sent('reactions', 'PUT')).toHaveLength(2);
    expect(api.sent('readers/sso', 'POST')[0]!.body).toEqual({ jwt: 'a.b.c' });
    expect(asked).toHaveBeenCalledOnce();
    // The account's own state has come by then.
    await expect.poll(() => api.sent('me', 'GET')).not.toHaveLength(0);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect.element(great).toHaveAttribute('aria-pressed', 'true');
    await expect.element(choice(/^Giải trí/)).toHaveAttribute('aria-pressed', 'false');
    await expect.element(page.getByText('Bạn và 1.203 người khác', { exact: false }).first()).toBeVisible();
  });

  test('asks the page once, and tells who turns back from signing in what it takes', async () => {
    const widget = place();
    await expect.element(great).toBeVisible();
    widget.addEventListener('aw-sign-in-request', (request) => request.respondWith(Promise.reject(new Error('shut'))));
    api.fail(/^reactions$/, 'vote-needs-identity');
    await userEvent.click(great);
    await expect.element(page.getByText('Mời bạn đăng nhập để tham gia.', { exact: false }).first()).toBeVisible();
    await expect.element(great).toHaveAttribute('aria-pressed', 'false');
    expect(api.sent('reactions', 'PUT')).toHaveLength(1);
  });

  test('asks nothing of a page whose reader has not just acted', async () => {
    const widget = place();
    await expect.element(great).toBeVisible();
    const asked = vi.fn();
    widget.addEventListener('aw-sign-in-request', asked);
    const active = vi.spyOn(navigator.userActivation, 'isActive', 'get').mockReturnValue(false);
    api.fail(/^reactions$/, 'vote-needs-identity');
    await (widget as ReactionsElement).react('great');
    active.mockRestore();
    await expect.element(page.getByText('Mời bạn đăng nhập để tham gia.', { exact: false }).first()).toBeVisible();
    expect(asked).not.toHaveBeenCalled();
  });

  test('shows that it closed when a vote comes too late', async () => {
    place();
    await expect.element(great).toBeVisible();
    api.poll = { state: 'closed' };
    api.fail(/^reactions$/, 'poll-closed');
    await userEvent.click(great);
    await expect.element(great).toHaveAttribute('aria-disabled', 'true');
  });
});

describe('a reader who comes back', () => {
  test('finds the choice held, and counted though the copy is old', async () => {
    place();
    await userEvent.click(great);
    await vi.waitFor(() => expect(api.held).toBe('great'));
    document.body.replaceChildren();
    api.counts['great'] = 0;
    story++;
    place();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1 lượt$/, pressed: true })).toBeVisible();
    expect(api.sent('me')).toHaveLength(1);
  });
});

describe('without a connection', () => {
  const waits = page.getByText('Chưa gửi được. Lựa chọn của bạn sẽ được gửi khi có mạng.');
  const goOffline = async () => {
    // The reader has acted before: what acts need is here.
    await userEvent.click(like);
    await vi.waitFor(() => expect(api.held).toBe('like'));
    return api.fail(/^(reactions|readers)$/, 'network');
  };

  test('a vote waits, in sight, and goes out once when it is back', async () => {
    place();
    const back = await goOffline();
    await userEvent.click(great);
    await expect.element(waits.first(), { timeout: 15_000 }).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay/, pressed: true })).toBeVisible();
    expect(api.held).toBe('like');
    back();
    api.requests.length = 0;
    dispatchEvent(new Event('online'));
    dispatchEvent(new Event('online'));
    await vi.waitFor(() => expect(api.held).toBe('great'));
    await expect.element(page.getByText('Bạn và 1.203 người khác thấy rất hay.')).toBeVisible();
    expect(api.sent('reactions', 'PUT')).toHaveLength(1);
    expect(Object.keys(localStorage).filter((name) => name.includes('votes'))).toEqual([]);
  });

  test('a first vote waits too, once the poll has been looked at for a moment', async () => {
    place();
    await expect.element(great).toBeVisible();
    await new Promise((resolve) => setTimeout(resolve, 3000));
    const back = api.fail(/^(reactions|readers)$/, 'network');
    await userEvent.click(great);
    await expect.element(waits.first(), { timeout: 15_000 }).toBeVisible();
    back();
    dispatchEvent(new Event('online'));
    await vi.waitFor(() => expect(api.held).toBe('great'));
  });

  test.each([
    ['another choice', great, 'great'],
    ['nothing any more', like, null],
  ])('what was wanted outlives the page: %s', async (_, tapped, wanted) => {
    place();
    const back = await goOffline();
    await userEvent.click(tapped);
    await expect.element(waits.first(), { timeout: 15_000 }).toBeVisible();
    document.body.replaceChildren();
    back();
    place();
    await vi.waitFor(() => expect(api.held).toBe(wanted), { timeout: 8000 });
  });

  test('what the API refuses when it is back is not kept', async () => {
    place();
    const back = await goOffline();
    await userEvent.click(great);
    await expect.element(waits.first(), { timeout: 15_000 }).toBeVisible();
    back();
    api.fail(/^reactions$/, 'poll-closed');
    dispatchEvent(new Event('online'));
    await expect.element(page.getByText('Chưa ghi nhận được.', { exact: false }).first()).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Thích/, pressed: true })).toBeVisible();
    expect(Object.keys(localStorage).filter((name) => name.includes('votes'))).toEqual([]);
  });
});

describe('how others vote', () => {
  beforeEach(() => FakeSource.install());
  afterEach(() => FakeSource.restore());

  const sendVotes = (event: object) =>
    FakeSource.open[0]!.send({
      type: 'reactions',
      story: `story-${story}`,
      poll: 'reactions',
      counts: { great: 1300, like: 420, fun: 95, improve: 37 },
      total: 1852,
      version: 9,
      ...event,
    });
  const following = () => vi.waitFor(() => expect(FakeSource.open).toHaveLength(1), { timeout: 8000 });

  test('is told while one looks on, and a pause too', async () => {
    place();
    await following();
    sendVotes({});
    await expect.element(page.getByText('1.852 bạn đọc đã tham gia.')).toBeVisible();
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.300 lượt$/ })).toBeVisible();
    sendVotes({ version: 8, total: 3 });
    sendVotes({ poll: 'another', version: 10, total: 4 });
    sendVotes({ version: 10, state: 'frozen' });
    await expect.element(page.getByText('Tạm dừng để rà soát. 1.852 bạn đọc đã tham gia.')).toBeVisible();
    await expect.element(great).toHaveAttribute('aria-disabled', 'true');
  });

  test('does not count an act twice whose answer is still on its way', async () => {
    place();
    await following();
    const answer = holdReaders();
    await userEvent.click(great);
    sendVotes({ counts: { great: 1204, like: 418, fun: 95, improve: 37 }, total: 1754, version: 2 });
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.204 lượt$/, pressed: true })).toBeVisible();
    answer();
    await expect.element(page.getByText('Bạn và 1.203 người khác thấy rất hay.')).toBeVisible();
  });
});

describe('two widgets of one poll', () => {
  test('stay in step, in two languages, and ask once each', async () => {
    place();
    place('lang="en"');
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: /^Great.*, 1,204$/, pressed: true })).toBeVisible();
    await userEvent.click(choice(/^Like/));
    await expect.element(page.getByRole('button', { name: /^Thích.*, 419 lượt$/, pressed: true })).toBeVisible();
    expect(api.sent('page').map(({ query }) => query.get('lang'))).toEqual(['vi', 'en']);
  });
});

describe('results', () => {
  test('after voting are not shown before', async () => {
    api.poll = { results: 'after-voting' };
    place();
    await expect.element(page.getByRole('button', { name: 'Rất hay', exact: true })).toBeVisible();
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: /^Rất hay.*, 1\.204 lượt$/ })).toBeVisible();
  });

  test('after closing are not shown to who has voted either', async () => {
    api.poll = { results: 'after-closing' };
    place();
    await userEvent.click(great);
    await expect.element(page.getByRole('button', { name: 'Rất hay', exact: true, pressed: true })).toBeVisible();
    await expect.element(page.getByText('Kết quả hiện khi kết thúc.').first()).toBeVisible();
  });

  test.each(['closed', 'frozen'] as const)('of a %s poll take no vote', async (state) => {
    api.poll = { state };
    const element = place();
    await expect.element(great).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(great, { force: true });
    expect(api.sent('reactions', 'PUT')).toHaveLength(0);
    expect(element.matches(`:state(${state})`)).toBe(true);
  });
});

describe('a poll that takes several', () => {
  test('holds and gives back each by itself', async () => {
    api.poll = { multiple: true };
    const element = place();
    const details: unknown[] = [];
    element.addEventListener('aw-react', (event) => details.push(event.detail));
    await userEvent.click(great);
    await userEvent.click(like);
    await vi.waitFor(() => expect(api.held).toEqual(['great', 'like']));
    await userEvent.click(great);
    await vi.waitFor(() => expect(api.held).toEqual(['like']));
    await vi.waitFor(() =>
      expect(details.at(-1)).toEqual({ poll: 'reactions', choice: ['like'], previous: ['great', 'like'] }),
    );
  });
});

describe('an icon', () => {
  test('is a drawing, an emoji, a picture, or nothing for a word that is none of ours', async () => {
    const icons = ['great', '🤔', 'https://news.example/x.png', 'unheard-of'];
    api.poll = { choices: icons.map((icon, index) => ({ id: `c${index}`, label: `L${index}`, icon })) };
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

describe('a variant', () => {
  test('bars stand below one another', async () => {
    place('variant="bars"');
    await expect.element(great).toBeVisible();
    const [first, second] = [great, like].map((button) => button.element().getBoundingClientRect());
    expect(second!.top).toBeGreaterThanOrEqual(first!.bottom);
    for (const box of [first!, second!]) expect(box.height).toBeGreaterThanOrEqual(44);
  });

  describe('compact', () => {
    const trigger = choice(/^Cảm nhận của bạn/);
    const open = async () => {
      const element = place('variant="compact"');
      await expect.element(trigger).toBeVisible();
      return element;
    };

    test('is one button, named by the question and what became of it', async () => {
      const element = await open();
      await expect.element(trigger).toHaveAccessibleName('Cảm nhận của bạn về bài viết này, 1.753');
      await expect.element(great).not.toBeInTheDocument();
      expect(element.getBoundingClientRect().height).toBeLessThan(60);
      expect(trigger.element().getBoundingClientRect().height).toBeGreaterThanOrEqual(44);
    });

    test('opens by a click, takes a choice, and gives the focus back', async () => {
      await open();
      await userEvent.click(trigger);
      await expect.element(great).toBeVisible();
      await vi.waitFor(() => {
        const [button, first] = [trigger, great].map((one) => one.element().getBoundingClientRect());
        // Beside the button, above or below it.
        expect(Math.min(Math.abs(first!.bottom - button!.top), Math.abs(first!.top - button!.bottom))).toBeLessThan(40);
      });
      await userEvent.click(like);
      await expect.element(like).not.toBeInTheDocument();
      await expect.element(trigger).toHaveAccessibleName('Cảm nhận của bạn về bài viết này, Thích, 1.754');
      expect(focused()).toBe(trigger.element());
      await vi.waitFor(() => expect(api.held).toBe('like'));
    });

    test('works with the keyboard: arrows move and do not vote, Escape leaves', async () => {
      await open();
      (trigger.element() as HTMLElement).focus();
      await userEvent.keyboard('{ArrowDown}');
      await vi.waitFor(() => expect(focused()).toBe(great.element()));
      await userEvent.keyboard('{ArrowRight}{ArrowRight}{ArrowLeft}');
      expect(focused()).toBe(like.element());
      await userEvent.keyboard('{Home}{ArrowUp}');
      expect(focused()).toBe(choice(/^Cần cải thiện/).element());
      await userEvent.keyboard('{Escape}');
      await expect.element(great).not.toBeInTheDocument();
      await vi.waitFor(() => expect(focused()).toBe(trigger.element()));
      expect(api.sent('reactions')).toEqual([]);
      await userEvent.keyboard('{Enter}');
      await vi.waitFor(() => expect(focused()).toBe(great.element()));
      await userEvent.keyboard('{Enter}');
      await vi.waitFor(() => expect(api.held).toBe('great'));
      expect(focused()).toBe(trigger.element());
    });

    test('far down a page it opens beside the button, on a ground that suits the page, and stays with it', async () => {
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
        await vi.waitFor(() => expect(focused()).toBe(great.element()));
        expect([scrollY, distance() < 40]).toEqual([before, true]);
        scrollBy(0, 60);
        await vi.waitFor(() => expect(distance()).toBeLessThan(40));
        const { backgroundColor, color } = getComputedStyle(great.element().parentElement!);
        expect([Number(/oklch\(([\d.]+)/.exec(backgroundColor)?.[1]) < 0.4, color]).toEqual([
          true,
          'rgb(235, 235, 235)',
        ]);
      } finally {
        document.body.removeAttribute('style');
      }
    });

    test('held down, it opens, and takes the choice that the finger is lifted over', async () => {
      await open();
      const press = (type: string, over: Element) => {
        const { x, y, width, height } = over.getBoundingClientRect();
        const at = { clientX: x + width / 2, clientY: y + height / 2 };
        trigger.element().dispatchEvent(new PointerEvent(type, { bubbles: true, composed: true, ...at }));
      };
      // A made-up pointer cannot be captured.
      trigger.element().setPointerCapture = () => undefined;
      press('pointerdown', trigger.element());
      await expect.element(great).toBeVisible();
      await new Promise((resolve) => setTimeout(resolve, 300));
      press('pointermove', like.element());
      press('pointerup', like.element());
      await vi.waitFor(() => expect(api.held).toBe('like'));
      await expect.element(like).not.toBeInTheDocument();
    });

    test('comes back after the poll was asked anew', async () => {
      const element = (await open()) as HTMLElement & { refresh(): Promise<void> };
      await element.refresh();
      await userEvent.click(trigger);
      await expect.element(great).toBeVisible();
      expect(element.shadowRoot!.querySelectorAll('[part=trigger]')).toHaveLength(1);
    });
  });
});

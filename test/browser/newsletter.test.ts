import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import '../../src/define/newsletter.js';
import { createNewsletterList, type InMemoryApi } from '../../src/testing/index.js';
import { installApi } from './install-api.js';
import { focused } from './focused.js';

let api: InMemoryApi;
let story = 0;

beforeEach(() => {
  document.documentElement.lang = 'vi';
  api = installApi();
  story++;
});
afterEach(async () => {
  await api.restore();
  document.body.replaceChildren();
});

function render(attributes = 'list="daily"'): HTMLElement {
  const holder = document.createElement('div');
  holder.setHTMLUnsafe(`<aw-newsletter site="${api.site}" story="story-${story}" ${attributes}></aw-newsletter>`);
  document.body.append(holder);
  return holder.firstElementChild as HTMLElement;
}

const email = page.getByRole('textbox', { name: 'Địa chỉ email' });
const consent = page.getByRole('checkbox');
const submit = page.getByRole('button', { name: 'Đăng ký' });
const code = page.getByRole('textbox', { name: 'Mã gồm 6 chữ số' });
const announcement = page.getByRole('status');

async function subscribe(address = 'lan@gmail.com'): Promise<void> {
  await userEvent.fill(email, address);
  await userEvent.click(consent);
  await userEvent.click(submit);
}

describe('the form', () => {
  test('describes the newsletter and leaves the consent unchecked', async () => {
    render();
    await expect.element(page.getByRole('heading', { name: 'Bản tin sáng' })).toBeVisible();
    await expect.element(page.getByText('Mỗi sáng, thứ Hai đến thứ Bảy')).toBeVisible();
    await expect.element(consent).not.toBeChecked();
    await expect.element(email).toHaveAttribute('autocomplete', 'email');
  });

  test('offers a look at the last issue, in a tab of its own', async () => {
    const latestIssue = { url: 'https://paper.example/so-moi', picture: '/demo/issue.jpg' };
    api.newsletters = [createNewsletterList({ latestIssue })];
    render();
    const link = page.getByRole('link', { name: 'Xem số mới nhất' });
    await expect.element(link).toHaveAttribute('href', latestIssue.url);
    await expect.element(link).toHaveAttribute('target', '_blank');
    expect(link.element().querySelector('img')!.alt).toBe('');
  });

  test('names the command that adds a newsletter which the site does not have', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    render('list="evening"');
    await expect.element(page.getByText('Hiện chưa có bản tin nào.')).toBeVisible();
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining(`npx afterword newsletters add evening --site ${api.site} --name `),
    ]);
    warn.mockRestore();
  });

  test('validates from the first submit on, and focuses and announces the first invalid field', async () => {
    render();
    await userEvent.type(email, 'lan');
    await expect.element(email).toHaveAttribute('aria-invalid', 'false');
    await userEvent.keyboard('{Enter}');
    await expect.poll(focused).toBe(consent.element());
    await expect.element(consent).toHaveAttribute('aria-invalid', 'true');
    await expect.element(consent).toHaveAccessibleDescription('Cần bạn đồng ý để gửi bản tin.');
    await expect.element(announcement).toHaveTextContent('Cần bạn đồng ý để gửi bản tin.');
    await expect.element(email).toHaveAttribute('aria-invalid', 'true');
    await expect.element(email).toHaveAccessibleDescription(/Địa chỉ này có vẻ chưa đúng/);
    await userEvent.keyboard(' ');
    await expect.element(consent).toHaveAttribute('aria-invalid', 'false');
    await userEvent.keyboard('{Enter}');
    await expect.poll(focused).toBe(email.element());
    await expect.element(announcement).toHaveTextContent(/Địa chỉ này có vẻ chưa đúng/);
    await userEvent.type(email, '@example.com');
    await expect.element(email).toHaveAttribute('aria-invalid', 'false');
    expect(api.sent('POST subscriptions')).toHaveLength(0);
  });

  test('names what is required, and asks for consent before the button', async () => {
    const element = render();
    await expect.element(email).toBeRequired();
    await expect.element(consent).toBeRequired();
    for (const width of [320, 800]) {
      await page.viewport(width, 800);
      const [agree, address, send] = [consent, email, submit].map((field) => field.element());
      expect(agree!.compareDocumentPosition(send!) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
      expect(agree!.getBoundingClientRect().bottom).toBeLessThan(send!.getBoundingClientRect().top);
      const sameRow = address!.getBoundingClientRect().top === send!.getBoundingClientRect().top;
      expect(sameRow).toBe(width === 800);
    }
    element.setAttribute('list', 'nothing');
    await expect.element(page.getByText('Hiện chưa có bản tin nào.')).toBeVisible();
  });

  test('takes an address with marks that nobody sees', async () => {
    render();
    await subscribe('\u202alan@gmail.com\u202c\ufeff');
    await expect.element(page.getByRole('link', { name: 'Mở Gmail' })).toBeVisible();
    expect(api.sent('POST subscriptions')[0]!.body).toMatchObject({ email: 'lan@gmail.com' });
  });

  test('takes letters of any language, and says why the API refuses them', async () => {
    render();
    await expect.element(email).toBeVisible();
    api.refuse('POST subscriptions', 'email-unsupported');
    await subscribe('nguyễn@example.com');
    await expect.element(email).toHaveAccessibleDescription(/có chữ có dấu trước @/);
    await expect.element(announcement).toHaveTextContent(/có chữ có dấu trước @/);
    await expect.poll(focused).toBe(email.element());
    expect(api.sent('POST subscriptions')[0]!.body).toMatchObject({ email: 'nguyễn@example.com' });
  });

  test('writes addresses from left to right on a page from right to left', async () => {
    document.documentElement.dir = 'rtl';
    try {
      const element = render();
      await expect.element(email).toHaveAttribute('dir', 'ltr');
      expect(getComputedStyle(email.element()).direction).toBe('ltr');
      expect(getComputedStyle(page.getByRole('heading').element().querySelector('span')!).direction).toBe('ltr');
      expect(getComputedStyle(element).direction).toBe('rtl');
      await subscribe();
      await expect.element(code).toBeVisible();
      expect(getComputedStyle(code.element()).direction).toBe('ltr');
    } finally {
      document.documentElement.removeAttribute('dir');
    }
  });

  test('marks texts of the newsroom that are in another language', async () => {
    document.documentElement.lang = 'en';
    const list = createNewsletterList({ langs: { name: 'vi', description: 'vi', consent: 'vi' }, frequency: 'Daily' });
    api.newsletters = [list];
    render();
    const heading = page.getByRole('heading', { name: list.name });
    await expect.element(heading).toBeVisible();
    const langOf = (element: Element) => element.closest('[lang]')?.getAttribute('lang');
    expect(langOf(heading.element().querySelector('span')!)).toBe('vi');
    expect(langOf(page.getByText(list.description).element())).toBe('vi');
    expect(langOf(page.getByText(list.consent.text).element())).toBe('vi');
    expect(langOf(page.getByText('Daily').element())).toBeUndefined();
    await userEvent.fill(page.getByRole('textbox', { name: 'Email address' }), 'lan@example.com');
    await userEvent.click(consent);
    await userEvent.click(page.getByRole('button', { name: 'Subscribe' }));
    await userEvent.fill(page.getByRole('textbox', { name: 'Six-digit code' }), '246810');
    await expect.element(page.getByRole('heading', { name: 'You are subscribed' })).toBeVisible();
    expect(langOf(page.getByRole('paragraph').getByText(list.name).element())).toBe('vi');
  });

  test('keeps what is typed, and the focus, when the language of the page changes', async () => {
    const element = render();
    await userEvent.fill(email, 'lan@gmail.com');
    await userEvent.click(consent);
    await userEvent.click(email);
    document.documentElement.lang = 'en';
    const inEnglish = page.getByRole('textbox', { name: 'Email address' });
    await expect.element(inEnglish).toHaveValue('lan@gmail.com');
    await expect.poll(() => api.sent('GET page').some(({ query }) => query.get('lang') === 'en')).toBe(true);
    await expect.element(consent).toBeChecked();
    expect(focused()).toBe(inEnglish.element());
    document.documentElement.lang = 'vi';
    element.setAttribute('list', 'daily weekly');
    await expect.element(page.getByRole('textbox', { name: 'Địa chỉ email' })).toBeVisible();
  });

  test('sends the address, the consent and the language, and no token', async () => {
    render();
    await subscribe(' lan@gmail.com ');
    await expect.element(page.getByRole('heading', { name: 'Kiểm tra hộp thư' })).toBeVisible();
    const [request] = api.sent('POST subscriptions');
    expect(request!.body).toEqual({
      email: 'lan@gmail.com',
      lists: ['daily'],
      consent: ['c1'],
      lang: 'vi',
      page: location.origin + location.pathname,
      topic: '',
    });
    expect(request!.headers.get('Authorization')).toBeNull();
  });

  test('keeps its values when the request fails', async () => {
    render();
    await expect.element(email).toBeVisible();
    const restore = api.disconnect('POST subscriptions');
    await subscribe();
    await expect.element(page.getByText('Chưa gửi được. Địa chỉ của bạn vẫn còn ở đây.').first()).toBeVisible();
    await expect.element(email).toHaveValue('lan@gmail.com');
    await expect.element(consent).toBeChecked();
    restore();
    await userEvent.click(submit);
    await expect.element(page.getByRole('heading', { name: 'Kiểm tra hộp thư' })).toBeVisible();
  });

  test('shows the API’s failure at the address', async () => {
    render();
    await expect.element(email).toBeVisible();
    api.refuse('POST subscriptions', 'email-invalid');
    await subscribe();
    await expect.element(email).toHaveAccessibleDescription(/Địa chỉ này có vẻ chưa đúng/);
  });

  test('suggests the address that was probably meant, without layout shift', async () => {
    render();
    await userEvent.fill(email, 'lan@gmial.com');
    const top = () => submit.element().getBoundingClientRect().top;
    const before = top();
    await userEvent.tab();
    const meant = page.getByRole('button', { name: 'Ý bạn là @gmail.com?' });
    await expect.element(meant).toBeVisible();
    await expect.element(announcement).toHaveTextContent('Ý bạn là @gmail.com?');
    expect(email.element().compareDocumentPosition(meant.element()) & Node.DOCUMENT_POSITION_FOLLOWING).toBeTruthy();
    expect(top()).toBe(before);
    await userEvent.click(meant);
    await expect.element(email).toHaveValue('lan@gmail.com');
    await expect.poll(focused).toBe(email.element());
  });

  test('asks again where the consent text has changed while the page was open', async () => {
    render();
    await expect.element(consent).toBeVisible();
    const text = 'Tôi đồng ý nhận thư mỗi ngày.';
    api.newsletters = [createNewsletterList({ consent: { id: 'c9', text } })];
    const accept = api.refuse('POST subscriptions', 'consent-missing');
    await subscribe();
    await expect.element(page.getByText(text)).toBeVisible();
    await expect.element(consent).not.toBeChecked();
    await expect.element(consent).toHaveAccessibleDescription('Cần bạn đồng ý để gửi bản tin.');
    await expect.poll(focused).toBe(consent.element());
    await expect.element(email).toHaveValue('lan@gmail.com');
    accept();
    await userEvent.click(consent);
    await userEvent.click(submit);
    await expect.element(page.getByRole('heading', { name: 'Kiểm tra hộp thư' })).toBeVisible();
    expect(api.sent('POST subscriptions').at(-1)!.body['consent']).toEqual(['c9']);
  });

  test('offers several newsletters', async () => {
    const weekend = { id: 'weekend', name: 'Cuối tuần', consent: { id: 'c2', text: 'Tôi đồng ý nhận Cuối tuần.' } };
    api.newsletters = [createNewsletterList(), createNewsletterList(weekend)];
    render('list="weekend daily nothing"');
    await expect.element(page.getByRole('heading', { name: 'Đăng ký ấn phẩm' })).toBeVisible();
    await userEvent.fill(email, 'lan@example.com');
    await userEvent.click(submit);
    await expect.element(page.getByRole('group', { name: 'Bản tin, chọn ít nhất một' })).toBeVisible();
    const first = page.getByRole('checkbox', { name: /Cuối tuần/ });
    await expect.element(first).toHaveAccessibleDescription('Hãy chọn ít nhất một bản tin.');
    await expect.element(first).not.toBeRequired();
    await expect.poll(focused).toBe(first.element());
    await userEvent.click(first);
    await userEvent.click(submit);
    await expect.element(page.getByRole('heading', { name: 'Kiểm tra hộp thư' })).toBeVisible();
    expect(api.sent('POST subscriptions')[0]!.body).toMatchObject({ lists: ['weekend'], consent: ['c2'] });
  });

  test('has a trap field that people cannot reach and password managers leave alone', async () => {
    const element = render();
    await expect.element(email).toBeVisible();
    const trap = element.shadowRoot!.querySelector<HTMLInputElement>('[name=topic]')!;
    expect(trap.tabIndex).toBe(-1);
    expect(trap.autocomplete).toBe('off');
    for (const name of ['data-1p-ignore', 'data-bwignore', 'data-form-type', 'data-lpignore'])
      expect(trap.hasAttribute(name)).toBe(true);
    expect(trap.getBoundingClientRect().width * trap.parentElement!.getBoundingClientRect().width).toBeLessThan(400);
    expect(trap.closest('[aria-hidden=true]')).not.toBeNull();
  });

  test('renders the empty state where there is no newsletter', async () => {
    const element = render('list="nothing"');
    await expect.element(page.getByText('Hiện chưa có bản tin nào.')).toBeVisible();
    expect(element.matches(':state(empty)')).toBe(true);
  });
});

describe('the variant', () => {
  const padding = (element: HTMLElement) =>
    getComputedStyle(element.shadowRoot!.querySelector('.signup')!).paddingInlineStart;

  test('is inline by default, where it is unknown, removed or null, and not reflected', async () => {
    const element = render() as HTMLElementTagNameMap['aw-newsletter'];
    await expect.element(email).toBeVisible();
    expect([element.variant, element.hasAttribute('variant'), padding(element)]).toEqual(['inline', false, '0px']);
    element.setAttribute('variant', 'unknown');
    expect(padding(element)).toBe('0px');
    element.setAttribute('variant', 'card');
    expect(padding(element)).toBe('24px');
    element.removeAttribute('variant');
    expect([element.variant, padding(element)]).toEqual(['inline', '0px']);
    Object.assign(element, { variant: 'popover', list: 'weekend' });
    await element.updateComplete;
    expect(element.getAttribute('variant')).toBe('popover');
    Object.assign(element, { variant: null, list: undefined });
    await element.updateComplete;
    expect([element.variant, element.list, element.getAttribute('variant')]).toEqual(['inline', '', 'inline']);
  });
});

describe('the confirm step', () => {
  test('takes the focus, and shows the address and a link to the provider', async () => {
    const element = render();
    await subscribe();
    const heading = page.getByRole('heading', { name: 'Kiểm tra hộp thư' });
    await expect.element(heading).toBeVisible();
    await expect.poll(focused).toBe(heading.element());
    await expect.element(page.getByText('lan@gmail.com')).toBeVisible();
    const provider = page.getByRole('link', { name: 'Mở Gmail' });
    await expect.element(provider).toHaveAttribute('href', 'https://mail.google.com/');
    await expect.element(provider).toHaveAttribute('rel', 'noopener');
    expect(element.matches(':state(check-inbox)')).toBe(true);
  });

  test('takes the code in one field that phones can fill in, and confirms', async () => {
    const element = render();
    const states: unknown[] = [];
    element.addEventListener('aw-subscribe', (event) => states.push(event.detail));
    await subscribe();
    await expect.element(code).toHaveAttribute('autocomplete', 'one-time-code');
    await expect.element(code).toHaveAttribute('inputmode', 'numeric');
    await userEvent.type(code, '24 68-10');
    const heading = page.getByRole('heading', { name: 'Bạn đã đăng ký' });
    await expect.element(heading).toBeVisible();
    await expect.poll(focused).toBe(heading.element());
    expect(api.sent('POST subscriptions/code').map(({ body }) => body)).toEqual([
      { email: 'lan@gmail.com', code: '246810' },
    ]);
    expect(states).toEqual([
      { lists: ['daily'], state: 'check-inbox' },
      { lists: ['daily'], state: 'confirmed' },
    ]);
    expect(element.matches(':state(confirmed)')).toBe(true);
  });

  test('keeps a wrong code in the field', async () => {
    render();
    await subscribe();
    await expect.element(code).toBeRequired();
    await userEvent.type(code, '111111');
    await expect.element(code).toHaveAccessibleDescription('Mã chưa đúng hoặc đã hết hạn.');
    await expect.element(code).toHaveAttribute('aria-invalid', 'true');
    await expect.element(announcement).toHaveTextContent('Mã chưa đúng hoặc đã hết hạn.');
    await expect.element(code).toHaveValue('111111');
    await expect.poll(focused).toBe(code.element());
    // A digit too many is no other code.
    await userEvent.keyboard('{End}1');
    await expect.element(code).toHaveValue('111111');
    await userEvent.keyboard('{End}{Backspace}');
    await expect.element(code).toHaveAttribute('aria-invalid', 'false');
    expect(api.sent('POST subscriptions/code')).toHaveLength(1);
  });

  test('takes a pasted code with blanks, marks and signs around its digits', async () => {
    const element = render();
    await subscribe();
    await expect.element(code).toBeVisible();
    const field = code.element() as HTMLInputElement;
    field.focus();
    expect(field.maxLength).toBe(-1);
    document.execCommand('insertText', false, '\u202a Mã của bạn:   2 4 6 - ８ 1 0  \u202c');
    await expect.element(page.getByRole('heading', { name: 'Bạn đã đăng ký' })).toBeVisible();
    expect(api.sent('POST subscriptions/code').map(({ body }) => body)).toEqual([
      { email: 'lan@gmail.com', code: '246810' },
    ]);
    expect(element.matches(':state(confirmed)')).toBe(true);
  });

  test('announces every failure through one live region that was there before, and ties it to its place', async () => {
    const element = render();
    await expect.element(announcement).toBeEmptyDOMElement();
    const region = announcement.element();
    await subscribe();
    await expect.element(code).toBeVisible();
    await userEvent.click(page.getByRole('button', { name: 'Xác nhận' }));
    await expect.element(announcement).toHaveTextContent('Hãy nhập đủ 6 chữ số trong thư.');
    await expect.element(code).toHaveAccessibleDescription('Hãy nhập đủ 6 chữ số trong thư.');
    await expect.poll(focused).toBe(code.element());

    const restore = api.disconnect('POST subscriptions/code');
    await userEvent.type(code, '246810');
    await expect.element(announcement).toHaveTextContent('Chưa gửi được. Mời bạn thử lại.');
    await expect.element(code).toHaveAccessibleDescription('Chưa gửi được. Mời bạn thử lại.');
    await expect.element(code).toHaveAttribute('aria-invalid', 'false');
    await expect.poll(focused).toBe(code.element());
    restore();
    api.refuse('POST subscriptions/code', 'rate-limited');
    await userEvent.keyboard('{Enter}');
    await expect.element(announcement).toHaveTextContent(/Bạn thao tác hơi nhanh/);
    expect(announcement.elements()).toEqual([region]);
    expect(element.shadowRoot!.querySelectorAll('[aria-live], [role=alert]')).toHaveLength(0);
  });

  test('keeps the height of the form until the reader has subscribed, with the field beside its button', async () => {
    for (const width of [360, 800]) {
      await page.viewport(width, 800);
      const element = render();
      await expect.element(email).toBeVisible();
      const box = element.shadowRoot!.querySelector('.signup')!;
      const height = box.getBoundingClientRect().height;
      await subscribe();
      await expect.element(code).toBeVisible();
      expect(box.getBoundingClientRect().height).toBe(height);
      const [field, button] = [code, page.getByRole('button', { name: 'Xác nhận' })].map((each) =>
        each.element().getBoundingClientRect(),
      );
      expect([button!.top, button!.left - field!.right]).toEqual([field!.top, 8]);
      await userEvent.fill(code, '246810');
      await expect.element(page.getByRole('heading', { name: 'Bạn đã đăng ký' })).toBeVisible();
      expect(box.getBoundingClientRect().height).toBe(height);
      expect(element.getBoundingClientRect().height).toBe(height);
      document.body.replaceChildren();
    }
  });

  test('returns to the form, which keeps its values', async () => {
    render();
    await subscribe();
    await userEvent.click(page.getByRole('button', { name: 'Đổi địa chỉ' }));
    await expect.element(email).toBeVisible();
    await expect.element(email).toHaveValue('lan@gmail.com');
    await expect.poll(focused).toBe(email.element());
  });

  test('sends again after a minute at the earliest', async () => {
    render();
    await subscribe();
    const again = page.getByRole('button', { name: 'Gửi lại', exact: true });
    await expect.element(again).toHaveAttribute('aria-disabled', 'true');
    await expect.element(again).toHaveAccessibleDescription(/^sau \d+ giây$/);
    await userEvent.click(again, { force: true });
    expect(api.sent('POST subscriptions')).toHaveLength(1);
  });

  test('announces that it was sent again, or why not', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    try {
      render();
      await subscribe();
      const again = page.getByRole('button', { name: 'Gửi lại', exact: true });
      await expect.element(again).toHaveAttribute('aria-disabled', 'true');
      vi.advanceTimersByTime(60_000);
      await expect.element(again).not.toHaveAttribute('aria-disabled');
      const restore = api.disconnect('POST subscriptions');
      await userEvent.click(again);
      await expect.element(announcement).toHaveTextContent('Chưa gửi được. Mời bạn thử lại.');
      await expect.element(code).not.toHaveAccessibleDescription();
      restore();
      await userEvent.click(again);
      await expect.element(announcement).toHaveTextContent('Đã gửi lại thư.');
      await expect.poll(focused).toBe(again.element());
    } finally {
      vi.useRealTimers();
    }
  });
});

import { page, userEvent } from 'vitest/browser';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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

  test('validates from the first submit on, and focuses the invalid field', async () => {
    render();
    await userEvent.type(email, 'lan');
    await expect.element(email).toHaveAttribute('aria-invalid', 'false');
    await userEvent.keyboard('{Enter}');
    await expect.poll(focused).toBe(email.element());
    await expect.element(email).toHaveAttribute('aria-invalid', 'true');
    await expect.element(email).toHaveAccessibleDescription(/Địa chỉ này có vẻ chưa đúng/);
    await userEvent.type(email, '@example.com');
    await expect.element(email).toHaveAttribute('aria-invalid', 'false');
    await userEvent.keyboard('{Enter}');
    await expect.poll(focused).toBe(consent.element());
    await expect.element(consent).toHaveAccessibleDescription('Cần bạn đồng ý để gửi bản tin.');
    expect(api.sent('POST subscriptions')).toHaveLength(0);
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
      website: '',
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
    const before = consent.element().getBoundingClientRect().top;
    await userEvent.tab();
    const meant = page.getByRole('button', { name: 'Ý bạn là @gmail.com?' });
    await expect.element(meant).toBeVisible();
    expect(consent.element().getBoundingClientRect().top).toBe(before);
    await userEvent.click(meant);
    await expect.element(email).toHaveValue('lan@gmail.com');
    await expect.poll(focused).toBe(email.element());
  });

  test('offers several newsletters', async () => {
    const consent = { id: 'c2', text: 'Tôi đồng ý nhận Cuối tuần.' };
    api.newsletters = [createNewsletterList(), createNewsletterList({ id: 'weekend', name: 'Cuối tuần', consent })];
    render('list="weekend daily nothing"');
    await expect.element(page.getByRole('heading', { name: 'Đăng ký ấn phẩm' })).toBeVisible();
    await userEvent.fill(email, 'lan@example.com');
    await userEvent.click(submit);
    await expect.element(page.getByText('Hãy chọn ít nhất một bản tin.').first()).toBeVisible();
    await userEvent.click(page.getByRole('checkbox', { name: /Cuối tuần/ }));
    await userEvent.click(submit);
    await expect.element(page.getByRole('heading', { name: 'Kiểm tra hộp thư' })).toBeVisible();
    expect(api.sent('POST subscriptions')[0]!.body).toMatchObject({ lists: ['weekend'], consent: ['c2'] });
  });

  test('has a trap field that people cannot reach', async () => {
    const element = render();
    await expect.element(email).toBeVisible();
    const trap = element.shadowRoot!.querySelector<HTMLInputElement>('[name=website]')!;
    expect(trap.tabIndex).toBe(-1);
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
    await userEvent.type(code, '111111');
    await expect.element(code).toHaveAccessibleDescription('Mã chưa đúng hoặc đã hết hạn.');
    await expect.element(code).toHaveValue('111111');
    await expect.poll(focused).toBe(code.element());
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
    const again = page.getByRole('button', { name: /^Gửi lại/ });
    await expect.element(again).toHaveAttribute('aria-disabled', 'true');
    await userEvent.click(again, { force: true });
    expect(api.sent('POST subscriptions')).toHaveLength(1);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, FrameLocator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchBrowser } from '../setup/launch-browser.js';
import { startServer, type RunningServer } from '../setup/start-server.js';

let server: RunningServer;
let browser: Browser;
let stories = 0;
beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ env: { AFTERWORD_LIMITS: 'off' } }), launchBrowser()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** Returns a page by its path: the host, and the framed page with all forms. */
const documentOf = (path: string, sandbox: string) =>
  path === '/framed'
    ? `<!doctype html><html lang="vi"><title>Framed</title>
        <script type="module" src="${server.url}/afterword.js" data-site="demo" data-story="sandboxed-${stories}"></script>
        <aw-newsletter list="daily"></aw-newsletter><aw-comments open></aw-comments>`
    : `<!doctype html><html lang="vi"><title>A frame</title>
        <iframe sandbox="${sandbox}" src="/framed" width="700" height="1300"></iframe>`;

/** Opens a page of the API's origin with a frame that may run scripts and send no forms. */
async function openFrame(): Promise<{ page: Page; frame: FrameLocator }> {
  const page = await browser.newPage({ viewport: { width: 800, height: 1400 } });
  stories++;
  await page.route(/\/(host|framed)$/, (route) => {
    const body = documentOf(new URL(route.request().url()).pathname, 'allow-scripts allow-same-origin');
    return route.fulfill({ contentType: 'text/html; charset=utf-8', body });
  });
  await page.goto(`${server.url}/host`);
  return { page, frame: page.frameLocator('iframe') };
}

const address = () => `reader-${stories}@reader.example`;

async function signUp(frame: FrameLocator): Promise<void> {
  const form = frame.locator('aw-newsletter');
  await form.getByRole('checkbox').check();
  await form.getByRole('textbox', { name: 'Địa chỉ email' }).fill(address());
  await form.getByRole('textbox', { name: 'Địa chỉ email' }).press('Enter');
}

/** Returns the code of the last mail in the demo's mailbox. */
async function mailedCode(): Promise<string> {
  for (;;) {
    const list = await (await fetch(`${server.url}/outbox`)).text();
    const mail = /href="(\/outbox\/[^"]+)"/.exec(list)?.[1];
    const text = mail ? await (await fetch(`${server.url}${mail}`)).text() : '';
    if (text.includes(address())) return /^(\d{6})$/m.exec(text)![1]!;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('a sandboxed frame without allow-forms', () => {
  test('signs up by Enter and confirms by the button', async () => {
    const { page, frame } = await openFrame();
    await signUp(frame);
    await frame.getByRole('heading', { name: 'Kiểm tra hộp thư' }).waitFor();
    const field = frame.getByRole('textbox', { name: 'Mã gồm 6 chữ số' });
    await frame.getByRole('button', { name: 'Xác nhận' }).click();
    await frame.getByText('Hãy nhập đủ 6 chữ số trong thư.').first().waitFor();
    await field.fill(await mailedCode());
    await frame.getByRole('heading', { name: 'Bạn đã đăng ký' }).waitFor();
    await page.close();
  });

  test('sends a comment by the button, another with a name by Enter in it, an edit and a reply', async () => {
    const { page, frame } = await openFrame();
    const thread = frame.locator('aw-comments');
    const article = (text: string) => thread.getByRole('article').filter({ hasText: text });
    await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Lời thứ nhất');
    await thread.getByRole('textbox', { name: /^Tên hiển thị/ }).fill('Lan');
    await thread.getByRole('textbox', { name: /^Tên hiển thị/ }).press('Enter');
    await article('Lời thứ nhất').filter({ hasText: 'Lan' }).waitFor();
    await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Lời thứ hai');
    await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
    await article('Lời thứ hai').waitFor();

    await article('Lời thứ hai').getByRole('button', { name: 'Sửa' }).click();
    await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).last().fill('Lời đã sửa');
    await thread.getByRole('button', { name: 'Lưu' }).click();
    await article('Lời đã sửa').waitFor();

    await article('Lời đã sửa')
      .getByRole('button', { name: /^Trả lời/ })
      .click();
    await thread.getByRole('textbox', { name: 'Trả lời Lan' }).fill('Lời đáp');
    await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
    await article('Lời đáp').last().waitFor();
    await page.close();
  });

  test('validates a report and sends it', async () => {
    const { page, frame } = await openFrame();
    const story = `sandboxed-${stories}`;
    const site = `${server.url}/v1/sites/demo`;
    const post = async <Answer>(path: string, token: string, body: unknown) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return (await (
        await fetch(`${site}${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
      ).json()) as Answer;
    };
    const { token } = await post<{ token: string }>('/readers', '', {});
    await post('/comments', token, { story, text: 'Lời của người khác' });
    await page.reload();
    const article = frame.getByRole('article').filter({ hasText: 'Lời của người khác' });
    await article.getByRole('button', { name: 'Thêm' }).click();
    await article.getByRole('button', { name: 'Báo cáo' }).click();
    const reports: string[] = [];
    page.on('request', (request) => request.url().endsWith('/reports') && reports.push(request.postData() ?? ''));
    const send = article.getByRole('button', { name: 'Gửi báo cáo' });
    await send.click();
    expect(reports).toEqual([]);
    await article.getByRole('radio', { name: 'Lạc đề' }).check();
    await send.click();
    await article.getByText('Cảm ơn bạn.').waitFor();
    expect(reports.map((body) => JSON.parse(body) as unknown)).toEqual([{ reason: 'off-topic' }]);
    await page.close();
  });

  test('of no origin, which the API refuses, says why nothing is sent', async () => {
    // From a server of its own: the browser lets no page that a test makes up reach this machine without an origin.
    const pages = createServer((request, response) => {
      response.setHeader('content-type', 'text/html; charset=utf-8');
      response.end(documentOf(request.url!, 'allow-scripts'));
    });
    await new Promise<void>((resolve) => pages.listen(0, '127.0.0.1', resolve));
    const page = await browser.newPage({ viewport: { width: 800, height: 1400 } });
    const frame = page.frameLocator('iframe');
    await page.goto(`http://127.0.0.1:${(pages.address() as AddressInfo).port}/host`);
    await signUp(frame);
    const why = 'Không gửi được từ trang này. Mời bạn mở bài trên trang của toà soạn.';
    await frame.locator('aw-newsletter [part=failure]').getByText(why).waitFor();
    const thread = frame.locator('aw-comments');
    await thread.getByRole('textbox', { name: 'Bình luận của bạn' }).fill('Một lời');
    await thread.getByRole('button', { name: 'Gửi', exact: true }).click();
    await thread.locator('.failure').getByText(why).waitFor();
    await page.close();
    pages.close();
  });
});

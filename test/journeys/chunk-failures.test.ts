import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Locator, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/commands.js';
import { en } from '../../src/locales/en.js';
import { vi as vietnamese } from '../../src/locales/vi.js';
import { launchBrowser } from '../setup/launch-browser.js';
import { shiftIn } from '../setup/layout-shift.js';
import { startServer, type RunningServer } from '../setup/start-server.js';
import { waitFor } from '../setup/wait-for.js';
import { type Journey, journeys, type Step } from '../setup/widget-journeys.js';

const chunks = readdirSync(join(root, 'dist/cdn/assets')).filter((file) => /-[\w-]{8}\.js$/.test(file));
const nameOf = (chunk: string) => chunk.slice(0, -'-12345678.js'.length);

const fallback = 'Fallback of the page';
/** Sentences for what could not be loaded or done. */
const sentences = [vietnamese, en].flatMap(({ common, reactions, comments, newsletter }) => [
  common.error,
  common.offline,
  reactions.notSaved,
  reactions.queued,
  comments.notDone,
  newsletter.notSent,
]);
for (const { notSent, queued, tools } of [await vietnamese.commentActions(), await en.commentActions()])
  sentences.push(notSent, queued, tools.noPreview);

let server: RunningServer;
let browser: Browser;
/** Journeys that need a chunk, one for each step that requests it. */
const journeysByChunk = new Map<string, Map<string, Journey>>();

beforeAll(async () => {
  [server, browser] = await Promise.all([startServer({ env: { AFTERWORD_LIMITS: 'off' } }), launchBrowser()]);
  const recordings = await Promise.all(journeys.map(record));
  const isRecorded = () => chunks.every((chunk) => journeysByChunk.has(chunk));
  // Some chunks are requested a while after the widget is painted. A test names a chunk that is never requested.
  await waitFor(() => expect(isRecorded()).toBe(true)).catch(() => undefined);
  await Promise.all(recordings.map((stop) => stop()));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('a chunk that fails to load', () => {
  test.concurrent.for(chunks)('%s', async (chunk, { expect }) => {
    const needing = [...(journeysByChunk.get(chunk)?.values() ?? [])];
    expect(needing, `no journey needs ${nameOf(chunk)}: add one to widget-journeys.ts`).not.toEqual([]);
    for (const journey of needing) expect(await takeWithout(chunk, journey)).toEqual([]);
  });
});

describe('a widget whose chunk fails to load', () => {
  const newsletter = { tag: '<aw-newsletter list="daily">', steps: [] };
  const chunk = (name: string) => chunks.find((file) => nameOf(file) === name);

  test('shows its fallback content, a notice and a retry button, and loads by the button', async ({ expect }) => {
    const visit = await open(newsletter, { blocked: chunk('newsletter') });
    await visit.failure();
    expect(await visit.page.getByText(fallback).isVisible()).toBe(true);
    await visit.widget.getByText(vietnamese.common.offline).waitFor();
    visit.unblock();
    await visit.widget.getByRole('button', { name: vietnamese.common.retry }).click();
    await visit.widget.getByRole('textbox').first().waitFor();
    expect(await visit.widget.evaluate((element) => element.childElementCount)).toBe(1);
    expect(await visit.close()).toEqual([]);
  });

  test.for(['newsletter', 'core'])('loads on the online event: %s', async (name, { expect }) => {
    const visit = await open(newsletter, { blocked: chunk(name) });
    await visit.failure();
    visit.unblock();
    await visit.page.context().setOffline(true);
    await visit.page.context().setOffline(false);
    await visit.widget.getByRole('textbox').first().waitFor();
    expect(await visit.close()).toEqual([]);
  });

  test('loads a while after the online event where the first request after it fails', async ({ expect }) => {
    const visit = await open(newsletter, { blocked: chunk('newsletter') });
    await visit.failure();
    const failsAgain = visit.page.waitForEvent('requestfailed', (request) => request.url().includes('/newsletter-'));
    await visit.page.evaluate(() => dispatchEvent(new Event('online')));
    await failsAgain;
    visit.unblock();
    await visit.widget.getByRole('textbox').first().waitFor();
    expect(await visit.close()).toEqual([]);
  });

  test.for(['newsletter', 'core'])('loads when it comes near the viewport again: %s', async (name, { expect }) => {
    const visit = await open(newsletter, { blocked: chunk(name) });
    await visit.failure();
    visit.unblock();
    await visit.page.evaluate(async () => {
      const rendered = () => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
      document.body.style.paddingBottom = '5000px';
      scrollTo(0, 5000);
      await rendered();
      await rendered();
      scrollTo(0, 0);
    });
    await visit.widget.getByRole('textbox').first().waitFor();
    expect(await visit.close()).toEqual([]);
  });

  test('sends a comment without the toolbar', async ({ expect }) => {
    const comments = { tag: '<aw-comments open>', steps: [] };
    const { widget, close } = await open(comments, { blocked: chunk('toolbar') });
    await widget.getByRole('textbox').first().fill('Không có thanh công cụ');
    await widget.getByText(vietnamese.common.offline).waitFor();
    await widget.getByRole('button', { name: 'Gửi' }).click();
    await widget.getByRole('article').filter({ hasText: 'Không có thanh công cụ' }).waitFor();
    expect(await close()).toEqual([]);
  });

  test.for([360, 1280])('causes no layout shift, %i px wide', async (width, { expect }) => {
    const prepare = (page: Page) =>
      page.route('**/assets/*', (route) =>
        /\/(comments|newsletter|reactions|stories)-/.test(route.request().url()) ? route.abort() : route.continue(),
      );
    const shift = await shiftIn(browser, server.url, { name: 'no chunks', prepare }, width);
    expect(shift).toEqual({ shift: 0, moved: [] });
  });
});

/**
 * Takes a journey and records the chunks that each step requests, those after the last step as well.
 *
 * @returns a function that ends the recording
 */
async function record(journey: Journey): Promise<() => Promise<unknown>> {
  const name = tagNameOf(journey);
  let current = journey.steps[0]!;
  const { widget, close } = await open(journey, {
    onRequest: (chunk) => {
      const journeysByStep = journeysByChunk.get(chunk) ?? new Map<string, Journey>();
      journeysByChunk.set(chunk, journeysByStep.set(`${name}: ${current.name}`, journey));
    },
  });
  for (const step of journey.steps) {
    current = step;
    await take(step, widget);
  }
  return close;
}

/**
 * Takes a journey without a chunk until a sentence says that something failed, then with it to the end.
 *
 * @returns errors that reached the page
 */
async function takeWithout(chunk: string, journey: Journey): Promise<string[]> {
  const visit = await open(journey, { blocked: chunk });
  for (const step of journey.steps) {
    if (visit.isBlocked()) {
      await visit.forgetFailures();
      // To the end, as a reader does: an act that begins while the first one still types would clash with it.
      await step.act(visit.widget);
      const done = step.done(visit.widget);
      await Promise.race([done.waitFor(), visit.failure()]);
      if (await done.isVisible()) continue;
      visit.unblock();
      await visit.retry(step);
    }
    await take(step, visit.widget);
  }
  return visit.close();
}

async function take(step: Step, widget: Locator): Promise<void> {
  try {
    await step.act(widget);
    await step.done(widget).waitFor();
  } catch (error) {
    throw new Error(`The step “${step.name}” did not succeed.`, { cause: error });
  }
}

function tagNameOf({ tag }: Journey): string {
  return /[\w-]+/.exec(tag)![0];
}

interface OpenOptions {
  /** File of a chunk that fails to load. */
  blocked?: string | undefined;
  onRequest?: (chunk: string) => void;
}

/** Opens the page of a journey. */
async function open(journey: Journey, { blocked, onRequest }: OpenOptions = {}) {
  const context = await browser.newContext({ viewport: { width: 800, height: 900 }, locale: 'vi-VN' });
  const { tag, earlier = [], withoutPageRequest } = journey;
  const name = tagNameOf(journey);
  const html = `<!doctype html><html lang="vi"><title>A story</title><link rel="stylesheet" href="/cloak.css">
    <script type="module" src="/afterword.js" data-site="demo" data-story="${server.url}/"></script>
    ${tag}<p>${fallback}</p></${name}>`;
  if (withoutPageRequest) await context.route('**/v1/sites/*/page?*', (route) => route.abort());
  await context.route('**/a-story', (route) => route.fulfill({ contentType: 'text/html; charset=utf-8', body: html }));
  if (earlier.length) {
    const page = await context.newPage();
    await page.goto(`${server.url}/a-story`);
    for (const step of earlier) await take(step, page.locator(name));
    // The reader's token is stored before the first write is sent.
    await page.waitForFunction(() => Object.keys(localStorage).some((key) => /^afterword:https?:/.test(key)));
    await page.close();
  }

  const page = await context.newPage();
  const errors: string[] = [];
  let isBlocked = !!blocked;
  page.on('request', (request) => {
    const [chunk] = /(?<=\/assets\/).*/.exec(request.url()) ?? [];
    if (chunk) onRequest?.(chunk);
  });
  page.on('pageerror', (error) => errors.push(error.stack ?? error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      errors.push(message.text());
  });
  const warned = page.waitForEvent('console', { predicate: (message) => message.text().startsWith('[a'), timeout: 0 });
  warned.catch(() => undefined);
  if (blocked) await page.route(`**/assets/${blocked}`, (route) => (isBlocked ? route.abort() : route.continue()));
  await page.goto(`${server.url}/a-story`);
  const widget = page.locator(name);
  const anySentence = new RegExp(sentences.map((sentence) => sentence.replace(/[.?]/g, '\\$&')).join('|'));
  const shownSentence = widget.locator(':not([role=status])').getByText(anySentence);
  const retryButton = widget.getByRole('button', { name: /^(Thử lại|Try again)$/ });
  return {
    page,
    widget,
    isBlocked: () => isBlocked,
    unblock: () => void (isBlocked = false),
    /** Leaves the sentences that earlier steps have shown out of {@link failure}. */
    forgetFailures: () =>
      shownSentence.evaluateAll((elements) => elements.forEach((element) => (element.dataset['forgotten'] = ''))),
    /** Resolves when a sentence is visible, or the fallback content after a failure. */
    failure: () =>
      Promise.any([
        shownSentence.and(page.locator(':not([data-forgotten])')).first().waitFor({ timeout: 0 }),
        warned.then(() => page.getByText(fallback).waitFor({ timeout: 0 })),
      ]),
    /** Loads again as the reader does; a widget whose code is missing, as the browser does when it is online again. */
    retry: async (step: Step) => {
      if (await retryButton.isVisible()) await retryButton.click();
      else if (step.name === 'read') await page.evaluate(() => dispatchEvent(new Event('online')));
    },
    close: async () => {
      await context.close();
      return errors;
    },
  };
}

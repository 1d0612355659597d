import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { build, type Rolldown } from 'vite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { root } from '../../scripts/commands.js';
import { installPacked, type Consumer } from './consumer.js';

const elements = ['comment-count', 'comments', 'newsletter', 'reactions', 'stories'];
const classes = [
  '',
  ...elements.map((name) => `/widgets/${name}.js`),
  '/client',
  '/testing',
  '/locales/en.js',
  '/locales/vi.js',
];
const definitions = elements.map((name) => `/define/${name}.js`);
const files = ['/tokens.css', '/tokens.json', '/custom-elements.json', '/package.json', '/cdn/afterword.js'];

let consumer: Consumer;
beforeAll(() => {
  consumer = installPacked();
});
afterAll(() => consumer?.remove());

describe('the installed package', () => {
  test('contains only files that are meant to be published', () => {
    const meant = /^(dist\/|custom-elements\.json|package\.json|README\.md|CHANGELOG\.md|LICENSE)/;
    expect(consumer.files.filter((file) => !meant.test(file))).toEqual([]);
    expect(consumer.files).toEqual(expect.arrayContaining(['README.md', 'CHANGELOG.md', 'LICENSE']));
  });

  test.each([...classes, ...definitions, ...files])('afterword%s resolves to a file', (path) => {
    const address = consumer.run(`console.log(import.meta.resolve('afterword${path}'))`).trim();
    expect(existsSync(fileURLToPath(address)), address).toBe(true);
  });

  test('every export of the manifest resolves to a file', () => {
    for (const [name, target] of Object.entries(consumer.manifest.exports)) {
      const paths = typeof target === 'string' ? [target] : [target.types, target.default];
      for (const path of paths) {
        if (path.includes('*')) continue;
        expect(existsSync(join(consumer.package, path)), `${name}: ${path}`).toBe(true);
      }
    }
  });

  test('classes load in Node without registering elements or adding globals', () => {
    const printed = consumer.run(`
      const before = new Set(Reflect.ownKeys(globalThis));
      for (const path of ${JSON.stringify(classes)}) await import('afterword' + path);
      const left = Reflect.ownKeys(globalThis).filter((key) => !before.has(key)).map(String);
      const defined = ${JSON.stringify(elements)}.filter((name) => globalThis.customElements?.get('aw-' + name));
      console.log(JSON.stringify({ left, defined }));
    `);
    const { left, defined } = JSON.parse(printed) as { left: string[]; defined: string[] };
    expect(defined).toEqual([]);
    // Lit sets globals to detect that it is loaded twice, and its DOM shim adds others.
    const ofLit = /^(lit|reactiveElement|customElements|litIssuedWarnings|Event|CustomEvent|_\$lit)/i;
    expect(left.filter((name) => !ofLit.test(name))).toEqual([]);
  });

  test('definitions load in Node', () => {
    consumer.run(`for (const path of ${JSON.stringify(definitions)}) await import('afterword' + path);`);
  });

  test('every import path in the guides resolves', () => {
    const paths = documentedPaths();
    expect(paths.length).toBeGreaterThan(2);
    const printed = consumer.run(`
      import { existsSync } from 'node:fs';
      import { fileURLToPath } from 'node:url';
      const lost = ${JSON.stringify(paths)}.filter((path) => {
        try {
          return !existsSync(fileURLToPath(import.meta.resolve(path)));
        } catch {
          return true;
        }
      });
      console.log(JSON.stringify(lost));
    `);
    expect(JSON.parse(printed)).toEqual([]);
  });

  test('an unused class is tree-shaken', async () => {
    const entry = join(consumer.folder, 'unused.js');
    writeFileSync(entry, "import { ReactionsElement } from 'afterword';\n");
    const { output } = (await build({
      root: consumer.folder,
      configFile: false,
      logLevel: 'error',
      build: { write: false, minify: false, modulePreload: false, rolldownOptions: { input: entry } },
    })) as Rolldown.RolldownOutput;
    const kept = output.flatMap((chunk) => (chunk.type === 'chunk' ? Object.keys(chunk.modules) : []));
    expect(kept.filter((module) => module.includes('afterword/dist'))).toEqual([]);
  });
});

describe('package linters', () => {
  test('publint reports nothing', async () => {
    const { messages, pkg } = await publint({ pkgDir: consumer.package, pack: false });
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
  });

  test('types resolve like the code (attw)', () => {
    const withoutTypes = ['tokens.css', 'tokens.json', 'custom-elements.json', 'package.json', 'cdn/*'];
    const cli = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const args = [cli, consumer.tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'];
    args.push('--exclude-entrypoints', ...withoutTypes);
    const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    expect(status, stdout).toBe(0);
    expect(stdout).toContain('OK (ESM)');
  });

  test.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])('a typed page compiles with $moduleResolution', ({ module, moduleResolution }) => {
    writeFileSync(join(consumer.folder, 'page.ts'), typedPage);
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2022',
      lib: ['es2022', 'dom', 'dom.iterable'],
      types: [],
      strict: true,
      noEmit: true,
    };
    writeFileSync(join(consumer.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['page.ts'] }));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout: complaints } = spawnSync(process.execPath, [tsc, '-p', consumer.folder], { encoding: 'utf8' });
    expect(complaints).toBe('');
  });
});

/** A page as a developer writes it. Every line uses a published type. */
const typedPage = `
import { ReactionsElement } from 'afterword/widgets/reactions.js';
import { type Catalogue, CommentsElement, LocaleController, WidgetElement, widgetStyles } from 'afterword';
import { css, html, type TemplateResult } from 'lit';
import 'afterword/define/newsletter.js';
import type { Comment, Story } from 'afterword/contract';
import { InMemoryApi } from 'afterword/testing';

ReactionsElement.define('my-reactions');
const reactions = document.createElement('aw-reactions');
const same: ReactionsElement = reactions;
same.poll = 'reactions';
reactions.addEventListener('aw-react', (event) => {
  const { poll, choice, previous } = event.detail;
  console.log(poll.length, choice, previous);
});
document.addEventListener('aw-comment', (event) => console.log(event.detail.id.length, event.detail.state));
document.addEventListener('aw-subscribe', (event) => console.log(event.detail.lists.length));
document.addEventListener('aw-story-click', (event) => console.log(event.detail.position.toFixed()));
document.addEventListener('aw-sign-in-request', (event) => event.respondWith(Promise.resolve('a.b.c')));
const thread: CommentsElement | null = document.querySelector('aw-comments');
void thread?.refresh();
export const title = (story: Story): string => story.title;
export const text = (comment: Comment): string => comment.text;
const api = new InMemoryApi({ site: 'demo' }).install();
api.thread.add('first', { text: 'Hello' });
void api.restore();
class PollElement extends WidgetElement {
  static override readonly tag: string = 'my-poll';
  static override readonly loadProperties = [...WidgetElement.loadProperties, 'poll'];
  static override styles = [widgetStyles, css\`:host { --_reserve: 9em }\`];
  readonly ownLocale = new LocaleController(this);
  protected override load(signal: AbortSignal): Promise<boolean> {
    return Promise.resolve(!signal.aborted);
  }
  protected override renderReady(words: Catalogue): TemplateResult {
    return html\`<p>\${words.common.retry} \${this.locale.number(1)}</p>\`;
  }
}
PollElement.define();
// @ts-expect-error: a poll is named by a string
same.poll = 3;
`;

function documentedPaths(): string[] {
  const guides = ['README.md', ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)];
  const texts = guides.filter((file) => file.endsWith('.md')).map((file) => readFileSync(join(root, file), 'utf8'));
  const found = texts.flatMap((text) => [
    ...text.matchAll(/(?:from|import)\s*\(?\s*['"](afterword(?:\/[^'"]*)?)['"]/g),
  ]);
  return [...new Set(found.map(([, path]) => path!))];
}

import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { chromiumArgs, findChromium } from './scripts/chromium.js';
import { builtWidgets } from './test/setup/built-widgets.js';

const source = (path: string) => fileURLToPath(new URL(`./src/${path}`, import.meta.url));
const chromium = findChromium();

interface BrowserTests {
  exclude: string[];
  plugins?: Plugin[];
  setup?: string[];
}

function browserProject(name: string, { exclude, plugins = [], setup = [] }: BrowserTests) {
  return {
    extends: true as const,
    plugins,
    // A dependency found while tests run reloads the page and loads Lit twice.
    optimizeDeps: { entries: ['src/**/*.ts', 'playground/*.ts', 'test/browser/**/*.ts'] },
    test: {
      name,
      include: ['test/browser/**/*.test.ts'],
      exclude,
      globalSetup: ['test/setup/chromium.js', ...setup],
      browser: {
        enabled: true,
        headless: true,
        screenshotFailures: false,
        provider: playwright({ launchOptions: { args: chromiumArgs, ...(chromium && { executablePath: chromium }) } }),
        instances: [{ browser: 'chromium' as const }],
      },
      sequence: { groupOrder: 2 },
    },
  };
}

export default defineConfig({
  resolve: {
    alias: { 'afterword/contract': source('contract/index.ts'), 'afterword/testing': source('testing/index.ts') },
  },
  test: {
    // A busy machine takes long: these limits end what hangs, and measure nothing.
    testTimeout: 90_000,
    hookTimeout: 90_000,
    expect: { poll: { timeout: 30_000 } },
    onConsoleLog: (log) => !log.startsWith('Lit is in dev mode'),
    // Projects that measure, drive browsers or pack the build come one after another: two cores are soon full.
    projects: [
      {
        extends: true,
        test: {
          name: 'dom',
          include: ['test/{base,client,loader,locales,testing,widgets}/**/*.test.ts'],
          environment: 'happy-dom',
        },
      },
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{base,client,loader,locales,testing,widgets,package,browser,journeys,engines}/**'],
          globalSetup: ['test/setup/postgres.js'],
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 1 },
        },
      },
      browserProject('browser', { exclude: ['test/browser/loader.test.ts'] }),
      // The same tests against the built files, save those that import modules of the sources.
      browserProject('browser-built', {
        exclude: ['live', 'outbox', 'playground', 'queued-comments'].map((name) => `test/browser/${name}.test.ts`),
        plugins: [builtWidgets()],
        setup: ['test/setup/build.js'],
      }),
      {
        extends: true,
        test: {
          name: 'journeys',
          maxConcurrency: 3,
          include: ['test/journeys/**/*.test.ts'],
          globalSetup: ['test/setup/chromium.js'],
          testTimeout: 180_000,
          hookTimeout: 300_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: 'engines',
          include: ['test/engines/**/*.test.ts'],
          globalSetup: ['test/setup/chromium.js', 'test/setup/build.js'],
          testTimeout: 180_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 4 },
        },
      },
    ],
    coverage: {
      provider: 'v8',
      reporter: ['text-summary'],
      reportOnFailure: true,
      include: ['src/**/*.ts', 'server/src/**/*.ts'],
      exclude: ['src/contract/types.ts', '**/*.d.ts'],
    },
  },
});

import { fileURLToPath } from 'node:url';
import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { chromiumArgs, findChromium } from './scripts/chromium.js';

const contract = fileURLToPath(new URL('./src/contract/index.ts', import.meta.url));
const chromium = findChromium();

export default defineConfig({
  resolve: { alias: { 'afterword/contract': contract } },
  test: {
    onConsoleLog: (log) => !log.startsWith('Lit is in dev mode'),
    // Projects that measure, drive browsers or pack the build come one after another: two cores are soon full.
    projects: [
      {
        extends: true,
        test: {
          name: 'dom',
          include: ['test/{base,client,loader,locales,widgets}/**/*.test.ts'],
          environment: 'happy-dom',
        },
      },
      {
        extends: true,
        test: {
          name: 'node',
          include: ['test/**/*.test.ts'],
          exclude: ['test/{base,client,loader,locales,widgets,package,browser,journeys}/**'],
          globalSetup: ['test/setup/postgres.js'],
        },
      },
      {
        extends: true,
        test: {
          name: 'package',
          include: ['test/package/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          globalSetup: ['test/setup/chromium.js'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { args: chromiumArgs, ...(chromium && { executablePath: chromium }) },
            }),
            instances: [{ browser: 'chromium' }],
          },
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: 'journeys',
          maxConcurrency: 3,
          include: ['test/journeys/**/*.test.ts'],
          globalSetup: ['test/setup/chromium.js'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 3 },
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

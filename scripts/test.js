/**
 * `npm test`: installs what is missing (packages, Chromium, Firefox, WebKitGTK, PostgreSQL), builds, runs all tests, and ends with the line
 * `N passed, N failed`. With `--check`, formatting, lint and types count as well. Other arguments are passed to Vitest:
 * `npm test -- test/server`.
 */
import './node-version.js';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideChromium } from './chromium.js';
import { main, root, run, runNpm, runPackage } from './commands.js';
import { provideEngines } from './engines.js';
import { installPackages } from './packages.js';

// Exits regularly on a signal, so that `exit` handlers stop the processes started here.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

const generatedSources = ['src/contract/types.ts', 'src/base/styles/tokens.ts', 'src/loader/cloak.css'];
const checks = process.argv.includes('--check') ? ['format:check', 'lint', 'types'] : [];
const vitestArgs = process.argv.slice(2).filter((argument) => argument !== '--check');

await main(async () => {
  await installPackages();
  await provideChromium();
  await provideEngines();
  const { providePostgres } = await import('./postgres.js');
  const postgres = await providePostgres({ install: true });
  process.env.AFTERWORD_TEST_POSTGRES = postgres.url;

  /** @type {Tally[]} */
  const tallies = [];
  try {
    tallies.push(tallyStep('build', await build()));
    for (const check of checks) tallies.push(tallyStep(check, await runNpm(['run', '--silent', check])));
    tallies.push(await vitest());
  } finally {
    await postgres.stop();
  }

  const { passed, failed, skipped } = tallies.reduce((sum, tally) => ({
    passed: sum.passed + tally.passed,
    failed: sum.failed + tally.failed,
    skipped: sum.skipped + tally.skipped,
  }));
  console.log(`\n${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`);
  return failed === 0 ? 0 : 1;
});

/** Builds. Fails, too, if a generated source was stale. */
async function build() {
  const read = () => generatedSources.map((file) => readFileSync(join(root, file), 'utf8'));
  const before = read();
  const code = await run(process.execPath, [join(root, 'scripts/build.js')]);
  const after = read();
  const stale = generatedSources.filter((_, index) => before[index] !== after[index]);
  for (const file of stale) console.error(`${file} was out of date and has been generated again: commit it.`);
  return code || stale.length;
}

/**
 * Counts a failed step as a failed test; a step that succeeds counts as none.
 *
 * @param {string} name
 * @param {number} code
 * @returns {Tally}
 */
function tallyStep(name, code) {
  if (code !== 0) console.error(`\n✗ ${name}`);
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** @returns {Promise<Tally>} */
async function vitest() {
  const folder = mkdtempSync(join(tmpdir(), 'afterword-test-'));
  const report = join(folder, 'report.json');
  try {
    const code = await runPackage('vitest/vitest.mjs', [
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...vitestArgs,
    ]);
    const tally = tallyOf(report);
    // A crash, an error outside of tests, or an empty run counts as one failure.
    const hasFailedSilently = tally.failed === 0 && (code !== 0 || tally.passed === 0);
    return hasFailedSilently ? { ...tally, failed: 1 } : tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {string} report
 * @returns {Tally}
 */
function tallyOf(report) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
      readFileSync(report, 'utf8'),
    );
    /** @type {{ status: string, assertionResults: { status: string }[] }[]} */
    const files = testResults;
    const broken = files.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
    );
    return {
      passed: numPassedTests,
      failed: numFailedTests + broken.length,
      skipped: numPendingTests + numTodoTests,
    };
  } catch {
    // The run ended before it wrote a report; its exit code counts.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

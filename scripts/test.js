/**
 * `npm test`: from a fresh clone to a verdict. Installs what is missing (packages, Chromium, PostgreSQL), builds, runs
 * every test, and ends with the line `N passed, N failed`. With `--check`, formatting, lint and types count as well.
 * Other arguments go to Vitest: `npm test -- test/server`.
 */
import './node-version.js';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { provideChromium } from './chromium.js';
import { main, root, run, runNpm, runPackage } from './commands.js';
import { installPackages } from './packages.js';

// Ended from outside, it still takes down what it started: that is done as the process exits.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

const generatedSources = ['src/contract/types.ts', 'src/base/tokens.ts'];
const checks = process.argv.includes('--check') ? ['format:check', 'lint', 'types'] : [];
const vitestArgs = process.argv.slice(2).filter((argument) => argument !== '--check');

await main(async () => {
  await installPackages();
  await provideChromium();
  const { providePostgres } = await import('./postgres.js');
  const postgres = await providePostgres({ install: true });
  process.env.AFTERWORD_TEST_POSTGRES = postgres.url;

  /** @type {Tally[]} */
  const tallies = [];
  try {
    tallies.push(verdict('build', await build()));
    for (const check of checks) tallies.push(verdict(check, await runNpm(['run', '--silent', check])));
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

/** Builds, and fails too where a generated source had fallen behind what it is made of. */
async function build() {
  const read = () => generatedSources.map((file) => readFileSync(join(root, file), 'utf8'));
  const before = read();
  const code = await run(process.execPath, [join(root, 'scripts/build.js')]);
  const after = read();
  const stale = generatedSources.filter((_, index) => before[index] !== after[index]);
  for (const file of stale) console.error(`${file} was out of date. It is new now: commit it.`);
  return code || stale.length;
}

/**
 * A step that only works or does not. One that works is no test and adds nothing.
 *
 * @param {string} name
 * @param {number} code
 * @returns {Tally}
 */
function verdict(name, code) {
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
      '--coverage',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...vitestArgs,
    ]);
    const tally = tallyOf(report);
    // A run that failed without a failed test (a crash, an error outside any test) or ran nothing is a failure too.
    const silent = tally.failed === 0 && (code !== 0 || tally.passed === 0);
    return silent ? { ...tally, failed: 1 } : tally;
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
    // No report: the run died before it could write one, which its exit code tells.
    return { passed: 0, failed: 0, skipped: 0 };
  }
}

import { stringify } from 'csv-stringify/sync';
import { Option, type Command } from 'commander';
import { readDays } from '../../command-options.js';
import { OperatorError } from '../../config.js';
import { withSite } from '../../sites/with-site.js';
import { toTable } from '../../terminal.js';
import { dayMs } from '../../time.js';
import { requireNewsletter } from '../command-context.js';
import { toSvg } from './chart.js';
import { groupings, readReport, reportColumns, totalOf, type Grouping, type ReportRow } from './report.js';

interface ReportGiven {
  readonly site?: string;
  readonly list?: string;
  readonly days: string;
  readonly by: Grouping;
  readonly zone: string;
  readonly format: keyof typeof formats;
}

type Format = (
  rows: readonly ReportRow[],
  context: { readonly by: Grouping; readonly title: string },
) => string | Promise<string>;

const formats = {
  table: (rows, { by, title }) => {
    const lines = [...rows, totalOf(rows)].map((row) => [row.name, ...reportColumns.map((column) => row[column])]);
    return `${title}\n\n${toTable([[by, ...reportColumns], ...lines])}`;
  },
  csv: (rows, { by }) => {
    const columns = [{ key: 'name', header: by }, ...reportColumns.map((key) => ({ key }))];
    return stringify([...rows], { header: true, columns, escape_formulas: true });
  },
  json: (rows, { by, title }) => `${JSON.stringify({ title, by, rows, total: totalOf(rows) }, undefined, 2)}\n`,
  svg: (rows, { title }) => toSvg(rows, title),
} satisfies Record<string, Format>;

/** Adds `afterword newsletters report`. */
export function addReportCommand(newsletters: Command): void {
  newsletters
    .command('report')
    .description('Count signups, confirmations, leaving and bounces by day, newsletter, page or origin.')
    .option('--site <id>', 'the site (default: the only one)')
    .option('--list <id>', 'one newsletter (default: all)')
    .option('--days <number>', 'the last days', '30')
    .addOption(new Option('--by <group>', 'what to count by').choices(groupings).default('day'))
    .option('--zone <name>', 'time zone of days', Intl.DateTimeFormat().resolvedOptions().timeZone)
    .addOption(new Option('--format <format>', 'of the output').choices(Object.keys(formats)).default('table'))
    .action((given: ReportGiven) =>
      withSite(given.site, async (database, site) => {
        const days = readDays(given.days);
        if (!isTimeZone(given.zone))
          throw new OperatorError(`--zone: "${given.zone}" is not a time zone, such as Asia/Ho_Chi_Minh.`);
        if (given.list !== undefined) await requireNewsletter(database, site, given.list);
        const now = Date.now();
        const since = now - days * dayMs;
        const options = { since, now, by: given.by, list: given.list, timeZone: given.zone };
        const title = `${site.name}: ${given.list ?? 'newsletters'}, the last ${days} days by ${given.by}`;
        process.stdout.write(
          await formats[given.format](await readReport(database.read, site.id, options), { by: given.by, title }),
        );
      }),
    );
}

function isTimeZone(timeZone: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone }));
  } catch {
    return false;
  }
}

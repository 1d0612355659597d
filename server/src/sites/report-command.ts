import { Option, type Command } from 'commander';
import { OperatorError } from '../operator-error.js';
import { dayMs } from '../time.js';
import { readReport, reportFormats } from './report.js';
import { withSite } from './with-site.js';

const maxDays = 3650;

interface ReportOptions {
  readonly days: string;
  readonly format: keyof typeof reportFormats;
}

/** Adds `afterword sites report`. */
export function addReportCommand(sites: Command): void {
  sites
    .command('report')
    .description('Count comments, reactions and signups by the origin of the page.')
    .argument('<id>', 'the site')
    .option('--days <number>', 'the last days', '30')
    .addOption(new Option('--format <format>', 'of the output').choices(Object.keys(reportFormats)).default('table'))
    .action((id: string, { days, format }: ReportOptions) => {
      if (!/^\d{1,4}$/.test(days) || Number(days) < 1 || Number(days) > maxDays)
        throw new OperatorError(`--days: "${days}" must be a whole number from 1 to ${maxDays}.`);
      const now = Date.now();
      const since = now - Number(days) * dayMs;
      const period = { site: id, from: new Date(since).toISOString(), to: new Date(now).toISOString() };
      return withSite(id, async ({ read }, site) => {
        process.stdout.write(reportFormats[format](await readReport(read, site.id, since), period));
      });
    });
}

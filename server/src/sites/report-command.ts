import { Option, type Command } from 'commander';
import { readDays } from '../command-options.js';
import { dayMs } from '../time.js';
import { readReport, reportFormats } from './report.js';
import { withSite } from './with-site.js';

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
      const now = Date.now();
      const since = now - readDays(days) * dayMs;
      const period = { site: id, from: new Date(since).toISOString(), to: new Date(now).toISOString() };
      return withSite(id, async ({ read }, site) => {
        process.stdout.write(reportFormats[format](await readReport(read, site.id, since), period));
      });
    });
}

import { newsletterBody, slug, type EditedNewsletter } from 'afterword/contract';
import type { Command } from 'commander';
import { OperatorError } from '../config.js';
import { withSite } from '../sites/with-site.js';
import type { Site } from '../sites/store.js';
import type { Database } from '../storage/database.js';
import { confirmByTyping } from '../terminal.js';
import { dayMs } from '../time.js';
import { addBounceCommands } from './bounces/commands.js';
import { requireNewsletter, type SecretCheck } from './command-context.js';
import { putNewsletter, removalGraceMs, removeNewsletter, toNewNewsletter } from './domain/list-editing.js';
import { countSubscribers, readEditedNewsletter, readStoredNewsletters } from './domain/lists.js';
import { addPersonCommand } from './person/commands.js';
import { addReportCommand } from './report/commands.js';
import { addTransferCommands } from './transfer/commands.js';

interface SiteOption {
  readonly site?: string;
}
interface TextOptions extends SiteOption {
  readonly lang?: string;
  readonly name?: string;
  readonly description?: string;
  readonly frequency?: string;
  readonly consent?: string;
  readonly issue?: string;
  readonly picture?: string;
  readonly position?: string;
}

/** Adds `afterword newsletters`: the lists that readers subscribe to. */
export function addNewsletterCommands(program: Command, checkSecrets: SecretCheck): void {
  const newsletters = program
    .command('newsletters')
    .description('The newsletters of a site, which readers subscribe to. Another service sends their issues.');
  const command = (name: string, description: string) =>
    newsletters.command(name).description(description).option('--site <id>', 'the site (default: the only one)');
  const editing = (name: string, description: string) =>
    command(name, description)
      .argument('<id>', 'the id for the attribute `list`: lower-case letters, digits, hyphens')
      .option('--lang <tag>', "language of the texts (default: the site's)")
      .option('--issue <url>', 'page of the last issue, for readers to look at; "" for none')
      .option('--picture <url>', 'picture of the last issue')
      .option('--position <n>', 'place among the newsletters, from 0');

  addTransferCommands(newsletters, checkSecrets);
  addPersonCommand(newsletters, checkSecrets);
  addReportCommand(newsletters);

  editing('add', 'Add a newsletter in one language, and print its tag.')
    .requiredOption('--name <words>', 'its name')
    .requiredOption('--description <words>', 'what it brings')
    .requiredOption('--frequency <words>', 'when it comes, such as "Every morning"')
    .requiredOption('--consent <words>', 'the sentence a reader agrees to')
    .action((id: string, given: TextOptions) =>
      withSite(given.site, async (database, site) => {
        if (await readEditedNewsletter(database.read, site.id, id))
          throw new OperatorError(
            `There is a newsletter "${id}" already. Change it with: afterword newsletters set ${id} --site ${site.id}`,
          );
        await put(database, site, id, given);
        process.stdout.write(
          `Newsletter ${id} is ready. Running servers show it within five seconds. Paste where readers sign up:\n\n` +
            `<aw-newsletter list="${id}"></aw-newsletter>\n\n`,
        );
      }),
    );

  editing('set', 'Change texts of a newsletter in one language, or add a language. Others stay.')
    .option('--name <words>', 'its name')
    .option('--description <words>', 'what it brings')
    .option('--frequency <words>', 'when it comes')
    .option('--consent <words>', 'the sentence a reader agrees to; a changed one becomes a new version')
    .action((id: string, given: TextOptions) =>
      withSite(given.site, async (database, site) => {
        const before = await existing(database, site, id);
        await put(database, site, id, given, before);
        const { consent } = await existing(database, site, id);
        process.stdout.write(`Newsletter ${id} is changed. Running servers follow within five seconds.\n`);
        if (consent.id !== before.consent.id)
          process.stdout.write(`New subscribers agree to version ${consent.id} of the consent text.\n`);
      }),
    );

  command('list', 'List the newsletters: id, confirmed subscribers, unconfirmed ones, bounced ones, name.').action(
    ({ site }: SiteOption) =>
      withSite(site, async ({ read }, { id, lang }) => {
        const subscribersOf = await countSubscribers(read, id);
        for (const newsletter of await readStoredNewsletters(read, id)) {
          const { confirmed, pending, bounced } = subscribersOf(newsletter.id);
          const columns = [newsletter.id, confirmed, pending, bounced, textIn(newsletter.name, lang)];
          process.stdout.write(`${columns.join('\t')}\n`);
        }
      }),
  );

  command('show', 'Print a newsletter as JSON: texts, consent versions, subscribers.')
    .argument('<id>', 'its id')
    .action((id: string, { site }: SiteOption) =>
      withSite(site, async (database, found) => {
        process.stdout.write(`${JSON.stringify(await existing(database, found, id), undefined, 2)}\n`);
      }),
    );

  command('remove', 'Remove a newsletter. Its subscribers are deleted after seven days; consents stay logged.')
    .argument('<id>', 'its id')
    .option('--yes', 'do not ask')
    .action((id: string, given: SiteOption & { readonly yes?: boolean }) =>
      withSite(given.site, async (database, site) => {
        const { subscribers } = await existing(database, site, id);
        const question = `This removes the newsletter "${id}" of ${site.id}, which has ${subscribers.confirmed} subscribers.`;
        if (!given.yes) await confirmByTyping(question, id);
        await removeNewsletter({ database }, site, id);
        process.stdout.write(
          `Newsletter ${id} is removed. Its subscribers are deleted in ${removalGraceMs / dayMs} days; until then ` +
            `"afterword newsletters add ${id}" puts it back with them.\n`,
        );
      }),
    );

  addBounceCommands(newsletters, checkSecrets);
}

async function existing(database: Database, site: Site, id: string): Promise<EditedNewsletter> {
  await requireNewsletter(database, site, id);
  return (await readEditedNewsletter(database.read, site.id, id))!;
}

/** Stores a newsletter: the given texts, and those it has. */
async function put(
  database: Database,
  site: Site,
  id: string,
  given: TextOptions,
  before?: EditedNewsletter,
): Promise<void> {
  if (!slug.safeParse(id).success)
    throw new OperatorError(`"${id}" cannot be an id: lower-case letters, digits and hyphens, at most 64.`);
  const { lang = site.lang } = given;
  const withText = (texts: Record<string, string> | undefined, text: string | undefined) =>
    text === undefined ? texts : { ...texts, [lang]: text };
  const parsed = newsletterBody.safeParse({
    name: withText(before?.name, given.name),
    description: withText(before?.description, given.description),
    frequency: withText(before?.frequency, given.frequency),
    consent: { text: withText(before?.consent.text, given.consent) },
    latestIssue: editIssue(before?.latestIssue ?? null, given),
    position: given.position === undefined ? before?.position : Number(given.position),
  });
  if (!parsed.success)
    throw new OperatorError(
      parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join(' ') || 'Not valid.',
    );
  await putNewsletter({ database }, site, toNewNewsletter(id, parsed.data, site.lang));
}

function editIssue(before: EditedNewsletter['latestIssue'], { issue, picture }: TextOptions): unknown {
  if (issue === '') return null;
  const url = issue ?? before?.url;
  if (url === undefined) {
    if (picture === undefined) return null;
    throw new OperatorError('--picture needs --issue, the page that it links to.');
  }
  // A picture shows one issue: that of another does not stay.
  const kept = issue === undefined ? before?.picture : undefined;
  const shown = picture ?? kept;
  return { url, ...(shown && { picture: shown }) };
}

function textIn(texts: Record<string, string>, lang: string): string {
  return texts[lang] ?? Object.values(texts)[0] ?? '';
}

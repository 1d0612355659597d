import type { Kysely } from 'kysely';
import type { Tables } from '../storage/tables.js';
import { flattenSettings } from './site-changes.js';
import type { Site } from './store.js';
import { widgetTags } from './widget-tags.js';

const maxValueChars = 160;

/** Returns everything about a site, for operators: texts, keys, settings, numbers and the tags to paste. */
export async function describeSite(db: Kysely<Tables>, site: Site, url: string): Promise<string> {
  const { id, name, lang, origins, settings } = site;
  const { rules } = settings;
  const external = rules.external && { ...rules.external, secret: '(hidden)' };
  const lists = await db
    .selectFrom('newsletters')
    .select('id')
    .where('siteId', '=', id)
    .where('removedAt', 'is', null)
    .orderBy('position')
    .execute();
  return [
    section('Site', [
      ['id', id],
      ['name', name],
      ['lang', lang],
      ['origins', origins.join(' ') || 'none: no page may write'],
      ['server key', describeKeys(site)],
    ]),
    section('Settings', [
      ...flattenSettings({ ...settings, rules: { ...rules, external: null } }).map(([setting, value]): Line => {
        const shown = setting === 'rules.external' ? external : value;
        return [setting, Array.isArray(shown) ? shortList(shown) : shortJson(shown)];
      }),
    ]),
    section('Numbers', await readNumbers(db, id)),
    `Tags (the first two into the head)\n${widgetTags(
      url,
      site,
      lists.map((list) => list.id),
    )}`,
  ].join('\n');
}

type Line = readonly [name: string, value: string];

function section(title: string, lines: readonly Line[]): string {
  const width = Math.max(...lines.map(([name]) => name.length)) + 2;
  return `${title}\n${lines.map(([name, value]) => `  ${name.padEnd(width)}${value}\n`).join('')}`;
}

function describeKeys({ serverKeyHash, previousServerKeyUntil }: Site): string {
  if (serverKeyHash === null) return 'none';
  const until = previousServerKeyUntil ?? 0;
  return until > Date.now() ? `set; the one before is valid until ${new Date(until).toISOString()}` : 'set';
}

function shortJson(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function shortList(list: readonly unknown[]): string {
  const json = JSON.stringify(list);
  return json.length <= maxValueChars ? json : `${list.length} entries`;
}

async function readNumbers(db: Kysely<Tables>, siteId: string): Promise<Line[]> {
  const stories = await db
    .selectFrom('stories')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('siteId', '=', siteId)
    .executeTakeFirstOrThrow();
  const readers = await db
    .selectFrom('readers')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('siteId', '=', siteId)
    .executeTakeFirstOrThrow();
  const comments = await db
    .selectFrom('comments')
    .select(({ fn }) => ['state', fn.countAll<number | string>().as('count')])
    .where('siteId', '=', siteId)
    .groupBy('state')
    .orderBy('state')
    .execute();
  const reactions = await db
    .selectFrom('reaction_tallies')
    .innerJoin('stories', 'stories.id', 'reaction_tallies.storyId')
    .select(({ fn }) => fn.sum<number | string | null>('voters').as('count'))
    .where('stories.siteId', '=', siteId)
    .executeTakeFirstOrThrow();
  const subscriptions = await db
    .selectFrom('subscriptions')
    .select(({ fn }) => ['state', fn.countAll<number | string>().as('count')])
    .where('siteId', '=', siteId)
    .groupBy('state')
    .orderBy('state')
    .execute();
  return [
    ['stories', String(stories.count)],
    ['readers', String(readers.count)],
    ['comments', byState(comments)],
    ['reactions', String(reactions.count ?? 0)],
    ['subscriptions', byState(subscriptions)],
  ];
}

function byState(counts: readonly { readonly state: string; readonly count: number | string }[]): string {
  return counts.map(({ state, count }) => `${count} ${state}`).join(', ') || '0';
}

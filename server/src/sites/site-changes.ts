import { newSettingsSchema, sitePatchBody, siteSettingsSchema } from 'afterword/contract';
import type { z } from 'zod';
import { OperatorError } from '../operator-error.js';
import { fieldProblem } from '../problem.js';
import { closestName } from './closest-name.js';
import type { NewSite, Site, SiteSettings } from './store.js';

export type SitePatch = z.output<typeof sitePatchBody>;

/** Kinds of readers that this server has. */
export type ReaderKinds = readonly SiteSettings['who'][];

/**
 * Returns a site with a change. Settings are merged, lists are replaced.
 *
 * @throws Problem that names the first wrong field and its allowed values
 */
export function applyPatch(site: Site, { settings: patch, ...texts }: SitePatch, readerKinds: ReaderKinds): NewSite {
  const { id, name, lang, origins } = site;
  const { data: settings, error } = newSettingsSchema.safeParse(merge(site.settings, patch ?? {}));
  const [issue] = error?.issues ?? [];
  if (issue) throw fieldProblem('validation-failed', ['settings', ...issue.path].join('.'), issue.message);
  if (!settings) throw fieldProblem('validation-failed', 'settings', 'They do not fit the contract.');
  const { who } = settings;
  if (who !== site.settings.who && who !== 'guest' && readerKinds.every((kind) => kind === 'guest'))
    throw fieldProblem(
      'validation-failed',
      'settings.who',
      `"${who}" would close every thread, since readers cannot sign in on this server. Leave it at "guest".`,
    );
  return { id, name, lang, origins, ...definedMembers(texts), settings };
}

/**
 * Returns the change that sets one setting by its name, with dots between its parts.
 *
 * @throws OperatorError that names the setting and its allowed values
 */
export function settingPatch(name: string, value: unknown): SitePatch {
  if (!acceptedNames.includes(name)) throw new OperatorError(unknownSetting(name));
  const path = siteTexts.includes(name) ? [name] : ['settings', ...name.split('.')];
  const { data, error } = sitePatchBody.safeParse(path.reduceRight<unknown>((inner, key) => ({ [key]: inner }), value));
  if (data) return data;
  const [issue] = error.issues;
  const isUnknown = issue?.code === 'unrecognized_keys';
  const at = [...(issue?.path ?? []), ...(isUnknown ? issue.keys.slice(0, 1) : [])].join('.');
  throw new OperatorError(`${settingName(at)}: ${issue?.message}`);
}

/** Returns a field of the API as the name of a setting. */
export function settingName(field: string): string {
  return field.replace(/^settings\./, '');
}

/** Returns every setting of a site by its name, with dots between its parts. */
export function flattenSettings(settings: object, prefix = ''): [name: string, value: unknown][] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) =>
    isPlainObject(value) ? flattenSettings(value, `${prefix}${key}.`) : [[`${prefix}${key}`, value]],
  );
}

const siteTexts = ['name', 'lang', 'origins'];
const settingNames = [...siteTexts, ...flattenSettings(siteSettingsSchema.parse({})).map(([name]) => name)];
const checkNames = ['url', 'secret', 'timeoutMillis'].map((name) => `rules.external.${name}`);
/** With groups of settings, which are merged. */
const acceptedNames = [...new Set([...settingNames, ...checkNames, 'rules', 'rules.rate', 'newsletter', 'reactions'])];

function unknownSetting(given: string): string {
  const closest = closestName(given, acceptedNames);
  const hint = closest === undefined ? '' : ` Did you mean "${closest}"?`;
  return `There is no setting "${given}".${hint} There are: ${settingNames.join(', ')}.`;
}

/** Merges plain objects at every depth. */
function merge(before: unknown, change: unknown): unknown {
  if (!isPlainObject(before) || !isPlainObject(change)) return change;
  const merged: Record<string, unknown> = { ...before };
  for (const [key, value] of Object.entries(change)) if (value !== undefined) merged[key] = merge(merged[key], value);
  return merged;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function definedMembers<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

import { migrations } from '../../server/src/storage/migrations.js';

/** All migrations but that of story keys: later ones add the columns that this version's commands write. */
export const otherMigrations = Object.fromEntries(
  Object.entries(migrations).filter(([name]) => name !== '0006-story-keys'),
);

/** The key of a URL before the migration `0006-story-keys`. */
export function formerKey(given: string): string {
  const url = new URL(given.normalize('NFC'));
  url.protocol = 'https:';
  url.hash = url.username = url.password = '';
  for (const name of [...url.searchParams.keys()])
    if (/^(utm_.*|fbclid|gclid)$/i.test(name)) url.searchParams.delete(name);
  url.searchParams.sort();
  return url.href;
}

/** Addresses of one story, which had a key each before the migration. */
export function spellingsOf(origin: string, index: number): string[] {
  return [`b%c3%a0i-${index}`, `b%C3%A0i-${index}`, `b%C3%A0%69-${index}?msclkid=1`].map((path) => `${origin}/${path}`);
}

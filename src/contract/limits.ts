/**
 * Limits of requests, and the defaults of their parameters, for the widgets and the server. A constant each, so that a
 * bundle has only those that it uses.
 */

/** Bytes of a JSON body. */
export const bodyBytes = 64 * 1024;
/** Bytes of the body of `PUT /stories`. */
export const storiesBodyBytes = 5 * 1024 * 1024;
/** UTF-8 bytes of a story key (publisher's id or canonical URL). */
export const storyKeyBytes = 2048;
/** Graphemes of a comment. */
export const commentGraphemes = 5000;
/** UTF-8 bytes of a comment: one grapheme can consist of hundreds of code points. */
export const commentBytes = 20_000;
/** Combining marks per base letter; further ones are removed. Vietnamese needs two. */
export const marksPerBase = 4;
export const nameGraphemes = 40;
export const nameBytes = 400;
export const emailBytes = 254;
/** Items on a page. */
export const limit = 100;
/** Comments on a page by default. */
export const comments = 20;
/** Replies per root by default. */
export const replies = 3;
/** Mentions in a comment. */
export const mentions = 10;
/** Readers that one reader may mute. */
export const mutes = 1000;
/** Ancestors of the comment that a page is anchored at. */
export const anchorAncestors = 40;
/** Stories in a rail by default. */
export const stories = 8;
/** Stories in one `GET /counts`. */
export const countsStories = 100;
/** Stories per live connection. */
export const liveStories = 20;
/** Stories that the live connections of one network watch, each counted per connection. */
export const networkLiveStories = 2000;
/** Stories that the live connections to one server process watch, each counted once. */
export const watchedStories = 10_000;
/** Of these, stories that are not stored, as of a page without reactions and comments, or an invented key. */
export const watchedUnstoredStories = 5000;
/** Parts in one `GET /page`. */
export const pageParts = 20;
/** Signals in one beacon. */
export const signals = 50;
/** Stories in one `PUT /stories`. */
export const storiesAtOnce = 1000;
/** Newsletters in one subscription. */
export const lists = 20;
/** Newsletters of one site. */
export const newsletters = 200;
/** Bounces and complaints of one request. */
export const bounceReports = 500;
export const bouncedEmailChars = 1000;
/** Characters of the footer of mails, and of the publisher's postal address in it. */
export const mailFooter = 500;
/** Characters of a newsletter's name and frequency, per language. */
export const newsletterLabel = 100;
export const newsletterDescription = 500;
/** Characters of a consent text, per language. */
export const consentText = 2000;
/** Characters of a poll's question or of a choice's label, per language. */
export const pollWords = 300;
export const pollChoices = 64;
/** Graphemes of an emoji used as icon. */
export const iconGraphemes = 2;
/** Stories in one answer of poll results. */
export const resultsStories = 1000;
export const idempotencyKeyChars = 255;
export const idempotencyKeyDays = 30;
export const reportNoteGraphemes = 1000;
export const cursorBytes = 512;
/** Characters of a time in ISO 8601. */
export const timeChars = 40;
/** Languages of one text. */
export const languages = 50;
/** Characters of a story's texts. */
export const storyTitle = 500;
export const storySummary = 2000;
/** Characters of a section, a kicker and a sponsor's name. */
export const storyLabel = 100;
export const storyByline = 200;
export const imageAlt = 1000;
/** Pixels of an image, each way. */
export const imagePixels = 65_535;
export const srcsetChars = 8192;
export const srcsetCandidates = 30;
/** Characters of a consent's id. */
export const consentIdChars = 100;
/** Characters of a code from a mail, as typed. */
export const codeChars = 20;
/** Characters of the honeypot. */
export const trapChars = 2000;
export const jwtChars = 4096;
/** Characters of an entry of `GET /page`. */
export const pagePartChars = 200;
/** Bytes of a feed, unpacked. */
export const feedBytes = 5 * 1024 * 1024;
/** The largest number of an integer column. */
export const integer = 2_147_483_647;
/** Entries of a site's list of banned words. */
export const bannedWords = 20_000;
/** Characters of one entry of it. */
export const bannedWordChars = 200;
/** UTF-8 bytes of the whole list. */
export const bannedWordsBytes = 1024 * 1024;
/** Characters of a site's name. */
export const siteName = 100;
/** Origins of a site. */
export const siteOrigins = 100;
/** Bytes of the body of `PATCH /v1/sites/{site}`, which may hold a whole list of banned words. */
export const siteBodyBytes = 2 * 1024 * 1024;

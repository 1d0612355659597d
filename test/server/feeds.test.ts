import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readEntries } from '../../server/src/stories/feeds/entries.js';
import { toFeedStories } from '../../server/src/stories/feeds/feed-stories.js';
import { readFeed } from '../../server/src/stories/feeds/import.js';

const now = Date.parse('2026-06-01T00:00:00Z');
const read = (text: string, url?: string) => toFeedStories(readEntries(text), url, now);
const storiesOf = (text: string, url?: string) => read(text, url).stories.map(({ story }) => story);
const rss = (items: string, channel = '<link>https://paper.example/</link>') =>
  `<?xml version="1.0" encoding="UTF-8"?>
  <rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:dc="http://purl.org/dc/elements/1.1/">
  <channel><title>Báo</title>${channel}${items}</channel></rss>`;
const item = (inside: string, link = 'https://paper.example/a') =>
  `<item><title>Tin</title><link>${link}</link><pubDate>Mon, 25 May 2026 10:00:00 +0700</pubDate>${inside}</item>`;

describe('RSS feeds', () => {
  test('parses the feed of a Vietnamese newsroom', () => {
    const [story] = storiesOf(
      rss(
        `<item>
          <title><![CDATA[Bến phà cũ &amp; cây cầu mới]]></title>
          <description><![CDATA[<a href="/x"><img src="/anh/pha.jpg" ></a></br>Sau ba mươi năm, chuyến phà cuối cùng rời bến lúc nửa đêm.]]></description>
          <pubDate>Mon, 25 May 2026 10:00:00 +0700</pubDate>
          <link>https://paper.example/ben-pha?utm_source=rss</link>
          <guid isPermaLink="false">42</guid>
          <category>Đời sống</category>
          <dc:creator>Lan Chi</dc:creator>
          <enclosure type="image/jpeg" length="1200" url="https://cdn.example/pha.jpg?w=1200&amp;s=k%3D"/>
        </item>`,
        '<link>https://paper.example/</link><language>vi</language>',
      ),
    );
    expect(story).toEqual({
      url: 'https://paper.example/ben-pha?utm_source=rss',
      title: 'Bến phà cũ & cây cầu mới',
      publishedAt: '2026-05-25T03:00:00.000Z',
      summary: 'Sau ba mươi năm, chuyến phà cuối cùng rời bến lúc nửa đêm.',
      image: { src: 'https://cdn.example/pha.jpg?w=1200&s=k%3D' },
      section: 'Đời sống',
      byline: 'Lan Chi',
      kind: 'article',
      lang: 'vi',
    });
  });

  test('prefers the largest picture of media:content, then a thumbnail, then the first picture in the text', () => {
    const images = (inside: string) => storiesOf(rss(item(inside)))[0]?.image;
    expect(
      images(
        '<media:content url="https://c.example/s.jpg" width="140"/><media:content url="https://c.example/l.jpg" width="460" height="276"/>',
      ),
    ).toEqual({ src: 'https://c.example/l.jpg', width: 460, height: 276 });
    expect(images('<media:thumbnail url="/t.png"/>')).toEqual({ src: 'https://paper.example/t.png' });
    expect(
      images(
        '<description>&lt;img src="https://count.example/p" width="1" height="1"&gt;&lt;img src="/b.jpg" alt=" Cầu "&gt;</description>',
      ),
    ).toEqual({ src: 'https://paper.example/b.jpg', alt: 'Cầu' });
    expect(images('<description>&lt;img src="data:image/gif;base64,R0lG"&gt;</description>')).toBeUndefined();
  });

  test('strips all markup and decodes entities once', () => {
    const [story] = storiesOf(
      rss(`<item><title>&lt;b&gt;Giá &amp;amp; lương&lt;/b&gt; &amp;lt;script&amp;gt;</title><link>https://paper.example/a</link>
        <description><![CDATA[<script>alert(1)</script><style>p{}</style><p onclick="x()">Đoạn một nói đủ điều cần nói với bạn đọc.</p><p>Đoạn hai.</p>]]></description></item>`),
    );
    expect(story?.title).toBe('Giá & lương <script>');
    expect(story?.summary).toBe('Đoạn một nói đủ điều cần nói với bạn đọc.');
  });

  test('replaces future dates by now and reports invalid ones as undated', () => {
    const dated = (date: string) =>
      read(rss(`<item><title>a</title><link>https://paper.example/a</link>${date}</item>`)).stories[0];
    expect(dated('<pubDate>Tue, 01 Jan 2999 00:00:00 GMT</pubDate>')).toMatchObject({
      isDated: true,
      story: { publishedAt: new Date(now).toISOString() },
    });
    for (const unreadable of ['', '<pubDate>Seg, 24 Set 2018 19:42:40 -0300</pubDate>', '<pubDate>no 12</pubDate>']) {
      expect(dated(unreadable)?.isDated, unreadable).toBe(false);
    }
    expect(dated('<dc:date>2026-05-01T00:00:00Z</dc:date>')?.story.publishedAt).toBe('2026-05-01T00:00:00.000Z');
  });

  test('keeps the order of the feed for undated stories', () => {
    const bare = ['a', 'b', 'c'].map((path) => `<item><title>${path}</title><link>/${path}</link></item>`).join('');
    const times = storiesOf(rss(bare)).map(({ publishedAt }) => Date.parse(publishedAt));
    expect(times).toEqual([now, now - 1, now - 2]);
  });

  test('resolves relative URLs and skips links that are not http', () => {
    expect(storiesOf(rss(item('', '/tin/1')))[0]?.url).toBe('https://paper.example/tin/1');
    expect(storiesOf(rss(item('', '/tin/1'), ''), 'https://feeds.example/rss.xml')[0]?.url).toBe(
      'https://feeds.example/tin/1',
    );
    const { stories, skipped } = read(rss(item('', 'javascript:alert(1)') + item('', 'mailto:a@b.example')));
    expect([stories.length, [...skipped]]).toEqual([0, [['without a link', 2]]]);
  });

  test('counts entries without title or link, and duplicates, by reason', () => {
    const { stories, skipped } = read(
      rss(
        [
          item(''),
          item('', 'https://PAPER.example/a?utm_medium=rss#top'),
          '<item><link>https://paper.example/b</link></item>',
          '<item><title><![CDATA[<img src=x>]]></title><link>https://paper.example/c</link></item>',
          '<item><title>Không có địa chỉ</title></item>',
        ].join(''),
      ),
    );
    expect(stories).toHaveLength(1);
    expect(Object.fromEntries(skipped)).toEqual({ 'told before': 1, 'without a title': 2, 'without a link': 1 });
  });

  test('uses a permalink GUID as link', () => {
    const [story] = storiesOf(rss('<item><title>a</title><guid>https://paper.example/by-guid</guid></item>'));
    expect(story?.url).toBe('https://paper.example/by-guid');
  });

  test('detects videos and podcasts', () => {
    const video = item('<media:content url="https://c.example/v.mp4" medium="video" duration="95"/>');
    expect(storiesOf(rss(video))[0]).toMatchObject({ kind: 'video', durationSec: 95 });
    const audio = item('<enclosure url="https://c.example/v.mp3" type="audio/mpeg" length="1"/>');
    expect(storiesOf(rss(audio))[0]).toMatchObject({ kind: 'podcast' });
  });
});

test('parses an Atom feed: text types, the alternate link, xml:base and xml:lang', () => {
  const [first, second] =
    storiesOf(`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="vi-VN" xml:base="https://paper.example/tin/">
    <title>Báo</title><id>urn:a</id><updated>2026-05-25T10:00:00Z</updated>
    <author><name>Toà soạn</name></author>
    <entry><id>urn:1</id><title type="text">1 &lt; 2 &amp; 3 &lt;b&gt;</title><link rel="self" href="self"/><link href="mot"/>
      <published>2026-05-01T07:00:00+07:00</published><updated>2026-05-25T10:00:00Z</updated>
      <category term="the-thao" label="Thể thao"/><summary type="html">&lt;p&gt;Tóm &amp;amp; tắt&lt;/p&gt;</summary></entry>
    <entry><id>urn:2</id><title type="html">&lt;i&gt;Hai&lt;/i&gt;</title><link rel="alternate" href="/hai"/>
      <updated>2026-05-25T10:00:00Z</updated>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Đoạn <b>đầu</b> của bài thứ hai, vừa đủ dài để đọc.</p></div></content></entry>
  </feed>`);
  expect(first).toEqual({
    url: 'https://paper.example/tin/mot',
    title: '1 < 2 & 3 <b>',
    publishedAt: '2026-05-01T00:00:00.000Z',
    summary: 'Tóm & tắt',
    section: 'Thể thao',
    byline: 'Toà soạn',
    kind: 'article',
    lang: 'vi-VN',
  });
  expect(second).toMatchObject({
    url: 'https://paper.example/hai',
    title: 'Hai',
    summary: 'Đoạn đầu của bài thứ hai, vừa đủ dài để đọc.',
  });
});

test('parses a JSON feed', () => {
  const [story] = storiesOf(
    JSON.stringify({
      version: 'https://jsonfeed.org/version/1.1',
      title: 'Báo',
      home_page_url: 'https://paper.example/',
      language: 'en',
      items: [
        {
          id: '1',
          url: '/one',
          title: 'One < two',
          content_html: '<p>The first paragraph of the story, long enough to tell.</p>',
          image: '/one.png',
          date_published: '2026-05-25T10:00:00Z',
          tags: ['Life'],
          authors: [{ name: 'Lan' }, { name: 'Minh' }],
        },
      ],
    }),
  );
  expect(story).toEqual({
    url: 'https://paper.example/one',
    title: 'One < two',
    publishedAt: '2026-05-25T10:00:00.000Z',
    summary: 'The first paragraph of the story, long enough to tell.',
    image: { src: 'https://paper.example/one.png' },
    section: 'Life',
    byline: 'Lan, Minh',
    kind: 'article',
    lang: 'en',
  });
});

test('parses an RDF feed', () => {
  const [story] =
    storiesOf(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://paper.example"><title>p</title><link>https://paper.example</link>
    <description>d</description></channel><item rdf:about="https://paper.example/1"><title>Một</title><link>https://paper.example/1</link>
    <dc:creator>Lan</dc:creator><dc:date>2026-05-25T10:00:00+07:00</dc:date><dc:subject>Khoa học</dc:subject></item></rdf:RDF>`);
  expect(story).toMatchObject({
    url: 'https://paper.example/1',
    title: 'Một',
    publishedAt: '2026-05-25T03:00:00.000Z',
    section: 'Khoa học',
    byline: 'Lan',
  });
});

describe('invalid feeds', () => {
  test.each([
    ['an HTML page', '<!doctype html><html><head><title>x</title></head><body><p>Moved</body></html>', /neither RSS/],
    ['an empty file', '', /neither RSS/],
    ['other JSON', '{"items":[]}', /neither RSS/],
    ['a feed truncated after its stories', rss(item('')).slice(0, -'</rss>'.length), /breaks off before its end/],
    ['a feed truncated within a tag', rss(item('')).slice(0, -10), /not well-formed XML/],
    ['overlapping tags', rss(item('<b><i></b></i>')), /not well-formed XML \(line \d+: /],
    ['a feed truncated within a story', rss(item('')).replace(/<\/item>[^]*/, ''), /breaks off/],
    [
      'declared entities',
      `<?xml version="1.0"?><!-- a --><!DOCTYPE rss [<!ENTITY x "y">]>${rss(item('')).slice(38)}`,
      /declares entities/,
    ],
  ])('refuses %s', (_, text, message) => {
    expect(() => readEntries(text)).toThrow(message);
  });

  test('accepts a document type that only names a DTD', () => {
    const text = `<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">${rss(item('')).slice(38)}`;
    expect(storiesOf(text)).toHaveLength(1);
  });

  test('validates a prologue with many comments in linear time', () => {
    const started = performance.now();
    expect(() => readEntries(`${'<!-- -->'.repeat(100_000)}<rss version="2.0"><channel>`)).toThrow();
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

const folder = resolve(import.meta.dirname, '../../../shared/fixtures/feeds');

describe.skipIf(!existsSync(folder))('feeds as published (skipped: ../shared/fixtures/feeds is not here)', () => {
  const expected: Record<string, number | RegExp> = {
    'encoding.rss': 40,
    'guardian.rss': 55,
    'heise.atom': 15,
    'heraldsun.rss': 2,
    'incomplete-fields.atom': 0,
    'missing-fields.atom': 0,
    'rss-1.rss': 69,
    'unrecognized.rss': /neither RSS/,
    'uolNoticias.rss': 15,
  };
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name in expected) : [];

  test.each(files)('parses %s', async (name) => {
    const reading = readFeed(join(folder, name), { allowPrivate: false });
    const wanted = expected[name];
    if (wanted instanceof RegExp) return expect(reading).rejects.toThrow(wanted);
    const { stories } = await reading;
    expect(stories).toHaveLength(wanted ?? NaN);
    for (const { story } of stories) {
      expect(JSON.stringify(story)).not.toMatch(/<\/?[a-z]+[^<]*>|&(amp|lt|gt|quot|#\d+);|\uFFFD/i);
      expect(story.title).toBe(story.title.trim());
      expect(story.title).not.toBe('');
    }
  });

  test('keeps accents and pictures', async () => {
    const of = async (name: string) => (await readFeed(join(folder, name), { allowPrivate: false })).stories;
    expect((await of('encoding.rss'))[0]?.story.title).toContain('Raríssimas');
    expect((await of('uolNoticias.rss'))[0]?.story.title).toContain('simulações');
    expect((await of('guardian.rss')).filter(({ story }) => story.image?.src.includes('w=460')).length).toBeGreaterThan(
      50,
    );
    expect((await of('heise.atom')).filter(({ story }) => story.image).length).toBeGreaterThan(10);
  });
});

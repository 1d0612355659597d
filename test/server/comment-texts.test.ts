import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Comment, CommentNode, Preview, Problem } from '../../src/contract/types.js';
import { databases, openTestServices, type TestServer } from './setup.js';

interface TextCase {
  readonly text: string;
  /** What a reader sees, as {@link describeNodes} writes it. */
  readonly shows?: string;
  readonly code?: string;
}
const cases = JSON.parse(
  readFileSync(new URL('fixtures/comment-texts.json', import.meta.url), 'utf8'),
) as readonly TextCase[];

/** Writes nodes as markdown: a link as `<address>` where it shows its address, items with the number or `•` shown. */
function describeNodes(nodes: readonly CommentNode[], separator = '\n\n'): string {
  return nodes.map(describeNode).join(separator);
}

function describeNode(node: CommentNode): string {
  switch (node.type) {
    case 'text':
      return node.value;
    case 'break':
      return '\n';
    case 'code':
      return `\`${node.value}\``;
    case 'code-block':
      return `\`\`\`\n${node.value}\n\`\`\``;
    case 'mention':
      return `@${node.id}`;
    case 'quote':
      return `> ${describeNodes(node.children, '\n')}`;
    case 'list': {
      const signOf = (index: number) => (node.ordered ? `${(node.start ?? 1) + index}.` : '•');
      return node.children.map((item, index) => `${signOf(index)} ${describeNode(item)}`).join('\n');
    }
    case 'item':
      return describeNodes(node.children, '\n');
  }
  const shown = node.children.map(describeNode).join('');
  switch (node.type) {
    case 'paragraph':
      return shown;
    case 'emphasis':
      return `*${shown}*`;
    case 'strong':
      return `**${shown}**`;
    case 'link':
      return URL.canParse(shown) && new URL(shown).href === node.href
        ? `<${shown}>`
        : `[${shown}](${decodeURI(node.href)})`;
  }
}

describe.each(databases)('the texts of comments on %s', (kind) => {
  let server: TestServer;
  let token: string;
  let posted: Comment;
  const story = 'https://paper.example/texts';
  beforeAll(async () => {
    server = await openTestServices(kind);
    token = await server.guest();
    posted = await comment(await server.ask('/comments', { method: 'POST', token, json: { story, text: 'Trước' } }));
  });
  afterAll(() => server.close());

  const comment = async (answer: Response) => ((await answer.json()) as { comment: Comment }).comment;

  test.each(cases)('are shown alike after a preview, a post and an edit: $text', async ({ text, shows, code }) => {
    const answers = [
      await server.ask('/comments/preview', { method: 'POST', token, json: { text } }),
      await server.ask('/comments', { method: 'POST', token: await server.guest(), json: { story, text } }),
      await server.ask(`/comments/${posted.id}`, { method: 'PATCH', token, json: { text } }),
    ];
    for (const answer of answers) {
      const body = (await answer.json()) as Partial<Problem & Preview & { comment: Comment }>;
      const nodes = body.nodes ?? body.comment?.nodes;
      expect({ code: body.code, shows: nodes && describeNodes(nodes) }).toEqual({ code, shows });
    }
  });

  test('are stored composed', async () => {
    const { text } = await comment(
      await server.ask('/comments', { method: 'POST', token, json: { story, text: 'e\u200b\u0301 🏴󠁧󠁢󠁥󠁮󠁧󠁿' } }),
    );
    expect(text).toBe('\u00e9 🏴󠁧󠁢󠁥󠁮󠁧󠁿');
  });
});

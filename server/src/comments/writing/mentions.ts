import type { CommentNode } from 'afterword/contract';
import type { Database } from '../../storage/database.js';

/** Reader who may be mentioned by name. */
export interface Mentionable {
  readonly id: string;
  readonly name: string;
}

/** Reads which of these readers have visible comments on the story. Nobody else can be mentioned. */
export async function readMentionable(
  { read }: Database,
  storyId: string,
  ids: readonly string[],
): Promise<Mentionable[]> {
  if (ids.length === 0) return [];
  return read
    .selectFrom('readers')
    .select(['id', 'name'])
    .where('id', 'in', ids)
    .where('name', '!=', '')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('comments')
          .select('comments.id')
          .whereRef('comments.authorId', '=', 'readers.id')
          .where('comments.storyId', '=', storyId)
          .where('comments.state', '=', 'visible'),
      ),
    )
    .execute();
}

/** Collects the readers that nodes mention: an edit keeps them, by the names that the text has. */
export function mentionsIn(nodes: readonly CommentNode[]): Mentionable[] {
  return nodes.flatMap((node) =>
    node.type === 'mention' ? [{ id: node.id, name: node.name }] : 'children' in node ? mentionsIn(node.children) : [],
  );
}

/** Replaces `@name` in text nodes, which are composed, by mention nodes. */
export function insertMentions(nodes: readonly CommentNode[], mentionable: readonly Mentionable[]): CommentNode[] {
  // Longer names first, since one name may be a prefix of another.
  const byLength = mentionable
    .map(({ id, name }) => ({ id, name: name.normalize() }))
    .sort((a, b) => b.name.length - a.name.length);
  return nodes.flatMap((node): CommentNode[] => {
    if (node.type === 'text') return splitAtMentions(node.value, byLength);
    return ['children' in node ? { ...node, children: insertMentions(node.children, mentionable) } : node];
  });
}

const wordChar = /[\p{L}\p{M}\p{N}]/u;

function splitAtMentions(text: string, mentionable: readonly Mentionable[]): CommentNode[] {
  const nodes: CommentNode[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    // Skips the `@` of an e-mail address.
    if (wordChar.test(text[at - 1] ?? '')) continue;
    const mentioned = mentionable.find(
      ({ name }) => text.startsWith(name, at + 1) && !wordChar.test(text[at + 1 + name.length] ?? ''),
    );
    if (!mentioned) continue;
    if (at > from) nodes.push({ type: 'text', value: text.slice(from, at) });
    nodes.push({ type: 'mention', id: mentioned.id, name: mentioned.name });
    from = at + 1 + mentioned.name.length;
  }
  if (from < text.length) nodes.push({ type: 'text', value: text.slice(from) });
  return nodes;
}

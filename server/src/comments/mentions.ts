import type { CommentNode } from 'afterword/contract';
import type { Database } from '../storage/database.js';

/** Somebody a comment may call by name. */
export interface Person {
  readonly id: string;
  readonly name: string;
}

/** Of the readers named, those who take part in the thread: nobody else is called into it. */
export async function readPeople({ read }: Database, storyId: string, ids: readonly string[]): Promise<Person[]> {
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

/** Turns `@name` into a mention wherever it stands as text. */
export function withMentions(nodes: readonly CommentNode[], people: readonly Person[]): CommentNode[] {
  // The longer name first: one may begin with another.
  const byLength = [...people].sort((a, b) => b.name.length - a.name.length);
  return nodes.flatMap((node): CommentNode[] => {
    if (node.type === 'text') return called(node.value, byLength);
    return ['children' in node ? { ...node, children: withMentions(node.children, people) } : node];
  });
}

const word = /[\p{L}\p{M}\p{N}]/u;

function called(text: string, people: readonly Person[]): CommentNode[] {
  const nodes: CommentNode[] = [];
  let from = 0;
  for (let at = text.indexOf('@'); at >= 0; at = text.indexOf('@', at + 1)) {
    // Part of an address.
    if (word.test(text[at - 1] ?? '')) continue;
    const person = people.find(
      ({ name }) => text.startsWith(name, at + 1) && !word.test(text[at + 1 + name.length] ?? ''),
    );
    if (!person) continue;
    if (at > from) nodes.push({ type: 'text', value: text.slice(from, at) });
    nodes.push({ type: 'mention', id: person.id, name: person.name });
    from = at + 1 + person.name.length;
  }
  if (from < text.length) nodes.push({ type: 'text', value: text.slice(from) });
  return nodes;
}

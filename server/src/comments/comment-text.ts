import { limits } from 'afterword/contract';
import { fieldProblem } from '../problem.js';
import { byteLength, hasMoreGraphemes, tamed } from '../text.js';

/**
 * The text of a comment as it is stored. Bytes are counted first: they bound all work that follows.
 *
 * @throws Problem `comment-empty` or `comment-too-long`
 */
export function commentText(given: string): string {
  if (byteLength(given) > limits.commentBytes)
    throw fieldProblem('comment-too-long', 'text', `At most ${limits.commentBytes} bytes.`);
  const text = tamed(given);
  if (text === '') throw fieldProblem('comment-empty', 'text', 'Write something first.');
  if (hasMoreGraphemes(text, limits.commentGraphemes))
    throw fieldProblem('comment-too-long', 'text', `At most ${limits.commentGraphemes} characters.`);
  return text;
}

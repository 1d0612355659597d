/** Puts an element at the end of the page, with a paragraph inside it as its fallback. */
export function putElement<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, string>,
  fallback = '',
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  const paragraph = document.createElement('p');
  paragraph.textContent = fallback;
  element.append(paragraph);
  document.body.append(element);
  return element;
}

/** A comment, a marker of Lit, an end tag, a start tag with its attributes and the slash that closes it, or text. */
const tokens =
  /<!--(.*?)-->|<(\?.*?)>|<\/.*?>|<([a-z][^\s/>]*)((?:\s+[^\s=/>]+(?:=(?:"[^"]*"|[^\s">]+))?)*)\s*(\/?)>|[^<]+/gis;
const attributes = /([^\s=]+)(?:=(?:"([^"]*)"|(\S+)))?/g;
const voidTags = /^(?:br|hr|img|input|wbr)$/;
/** The mark of Lit at the name of an attribute with a binding. The build makes its `$` a letter that names may have. */
const boundSuffix = '_lit_';

/**
 * Parses a template of ours without `innerHTML`, for pages whose content security policy refuses our Trusted Types policy.
 * Knows what the templates have: nested elements, double quotes, no character references.
 */
export function parseTemplate(source: string): HTMLTemplateElement {
  const template = document.createElement('template');
  // Of the document without a window, as the parser's are: pictures do not load, elements do not upgrade.
  const inert = template.content.ownerDocument;
  let parent: DocumentFragment | Element = template.content;
  let boundCount = 0;
  for (const [token, comment, marker, tag, list, isClosed] of source.matchAll(tokens)) {
    if (tag) {
      const isSvg: boolean | undefined = tag === 'svg' || (parent as Element).namespaceURI?.endsWith('svg');
      const element: Element = isSvg
        ? inert.createElementNS('http://www.w3.org/2000/svg', tag)
        : inert.createElement(tag);
      for (const [, name, quoted, plain] of list!.matchAll(attributes))
        // `@click` is no name for `setAttribute`. Lit looks at the order and the mark only.
        element.setAttribute(
          name!.endsWith(boundSuffix) ? `b${boundCount++}${boundSuffix}` : name!,
          quoted ?? plain ?? '',
        );
      parent.append(element);
      if (!isClosed && !voidTags.test(tag)) parent = element;
    } else if (token.startsWith('</')) parent = parent.parentNode as Element;
    else parent.append(token.startsWith('<') ? inert.createComment(comment ?? marker!) : token);
  }
  return template;
}

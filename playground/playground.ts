/** The playground: choices at the side, one element in a frame, and its markup. */
import { html, nothing, render, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { type Attribute, type CssProperty, elements } from './manifest.js';
import type { PreviewEvent } from './preview.js';
import { initialAttributes, statesOf } from './states.js';
import { type Token, tokens } from './tokens.js';
import { type Choice, choices, fromSearchParams, toSearchParams, type View } from './view.js';

const maxEvents = 8;
const choiceLabels: Record<Choice, string> = {
  host: 'Page',
  theme: 'Theme',
  lang: 'Language',
  dir: 'Direction',
  width: 'Width',
};

let view = fromSearchParams(new URLSearchParams(location.hash.slice(1)));
let events: readonly PreviewEvent[] = [];
let copied = false;

addEventListener('hashchange', () => {
  view = fromSearchParams(new URLSearchParams(location.hash.slice(1)));
  update();
});
addEventListener('message', ({ origin, data }: MessageEvent<PreviewEvent>) => {
  if (origin !== location.origin || !data?.type?.startsWith('aw-')) return;
  events = [data, ...events].slice(0, maxEvents);
  update();
});
update();

function show(change: Partial<View>): void {
  const tag = change.tag ?? view.tag;
  // Another element has other attributes and perhaps not this state.
  const isKnown = view.state === 'all' || statesOf(tag).some(({ name }) => name === view.state);
  const reset = { attributes: initialAttributes[tag] ?? {}, state: isKnown ? view.state : 'ready' };
  view = { ...view, ...(tag !== view.tag && reset), ...change };
  events = [];
  history.replaceState(null, '', `#${toSearchParams(view)}`);
  update();
}

function setAttribute(name: string, value: string | undefined): void {
  show({ attributes: withEntry(view.attributes, name, value) });
}

function setProperty(name: string, value: string): void {
  show({ properties: withEntry(view.properties, name, value || undefined) });
}

function withEntry(entries: Readonly<Record<string, string>>, name: string, value: string | undefined) {
  const { [name]: _, ...rest } = entries;
  return value === undefined ? rest : { ...rest, [name]: value };
}

function update(): void {
  const info = elements.find(({ tag }) => tag === view.tag);
  render(
    html`<header>
        <h1>Afterword playground</h1>
        <nav aria-label="Elements">
          ${elements.map(
            ({ tag }) =>
              html`<button aria-current=${tag === view.tag} @click=${() => show({ tag })}>
                ${tag.replace('aw-', '')}
              </button>`,
          )}
        </nav>
      </header>
      <main>
        <div class="bar">
          ${info && html`<p class="summary">${info.summary}</p>`} ${renderStates()}
          <fieldset class="choices">
            <legend>Page</legend>
            ${(Object.keys(choices) as Choice[]).map(renderChoice)}
          </fieldset>
        </div>
        <div class="result">
          <div class=${`stage ${view.state === 'all' ? 'all' : ''}`}>
            ${view.state === 'all' ? renderAllStates() : renderFrame(view)}
          </div>
          ${renderMarkup()} ${renderEvents()}
        </div>
        <aside class="controls">
          <details open>
            <summary>Attributes</summary>
            ${info?.attributes.map(renderAttribute)}
          </details>
          ${
            info?.cssProperties.length
              ? html`<details open>
                  <summary>Custom properties</summary>
                  ${info.cssProperties.map(renderCssProperty)}
                </details>`
              : nothing
          }
          <details>
            <summary>Design tokens</summary>
            ${tokens.map(renderToken)}
          </details>
        </aside>
      </main>`,
    document.body,
  );
  for (const frame of document.querySelectorAll('iframe')) load(frame);
}

function renderStates(): TemplateResult {
  const names = ['all', ...statesOf(view.tag).map(({ name }) => name)];
  return html`<fieldset class="states">
    <legend>State</legend>
    ${names.map(
      (name) =>
        html`<label
          ><input
            type="radio"
            name="state"
            .checked=${live(name === view.state)}
            @change=${() => show({ state: name })}
          /><span>${name}</span></label
        >`,
    )}
  </fieldset>`;
}

function renderChoice(name: Choice): TemplateResult {
  return html`<label
    ><span>${choiceLabels[name]}</span>
    <select @change=${({ target }: Event) => show({ [name]: (target as HTMLSelectElement).value })}>
      ${choices[name].map((value) => html`<option ?selected=${value === view[name]}>${value}</option>`)}
    </select></label
  >`;
}

function renderAttribute({ name, description, default: initial, kind, values }: Attribute): TemplateResult {
  const value = view.attributes[name];
  const set = ({ target }: Event) => setAttribute(name, (target as HTMLInputElement).value || undefined);
  let control: TemplateResult;
  if (kind === 'boolean') {
    control = html`<input
      type="checkbox"
      .checked=${live(value !== undefined)}
      @change=${({ target }: Event) => setAttribute(name, (target as HTMLInputElement).checked ? '' : undefined)}
    />`;
  } else if (kind === 'choice') {
    control = html`<select @change=${set}>
      <option value="" ?selected=${value === undefined}>${initial ? `${initial} (default)` : 'not set'}</option>
      ${values.map((choice) => html`<option ?selected=${choice === value}>${choice}</option>`)}
    </select>`;
  } else {
    control = html`<input
      type=${kind === 'number' ? 'number' : 'text'}
      placeholder=${initial}
      .value=${live(value ?? '')}
      @change=${set}
    />`;
  }
  return html`<label title=${description}><code>${name}</code> ${control}</label>`;
}

function renderCssProperty({ name, description = '', default: initial = '' }: CssProperty): TemplateResult {
  return renderProperty(name, description, initial);
}

function renderToken({ name, description, value, color }: Token): TemplateResult {
  return renderProperty(name, description, value, color);
}

function renderProperty(name: string, description: string, initial: string, color?: string): TemplateResult {
  const value = view.properties[name] ?? '';
  const set = ({ target }: Event) => setProperty(name, (target as HTMLInputElement).value);
  return html`<label title=${description}
    ><code>${name.replace('--aw-', '')}</code>
    <span class="property"
      >${
        color === undefined
          ? nothing
          : html`<input
              type="color"
              aria-label=${`${name}, colour`}
              .value=${live(/^#[\da-f]{6}$/i.test(value) ? value : color)}
              @input=${set}
            />`
      }<input type="text" placeholder=${initial} .value=${live(value)} @change=${set} /></span
  ></label>`;
}

function renderFrame(shown: View): TemplateResult {
  return html`<iframe
    title=${`${shown.tag}, ${shown.state}`}
    class=${`width-${shown.width}`}
    loading="lazy"
    data-state=${shown.state}
  ></iframe>`;
}

function renderAllStates(): TemplateResult[] {
  return statesOf(view.tag).map(
    ({ name }) =>
      html`<figure>
        <figcaption><button @click=${() => show({ state: name })}>${name}</button></figcaption>
        ${renderFrame({ ...view, state: name })}
      </figure>`,
  );
}

/** Reloads a frame whose page has changed; attributes and properties, in the hash, reach it without a reload. */
function load(frame: HTMLIFrameElement): void {
  const { attributes, properties, ...page } = { ...view, state: frame.dataset['state'] ?? view.state, width: 'full' };
  const none = { attributes: {}, properties: {} };
  const query = toSearchParams({ ...page, ...none }).toString();
  const hash = toSearchParams({ ...fromSearchParams(new URLSearchParams()), attributes, properties }).toString();
  const address = `/playground/preview.html?${query}#${hash}`;
  if (frame.dataset['address'] === address) return;
  const isFirst = frame.dataset['address'] === undefined;
  frame.dataset['address'] = address;
  // `replace` adds nothing to the history of the tab.
  if (isFirst) frame.src = address;
  else frame.contentWindow?.location.replace(address);
}

function renderMarkup(): TemplateResult {
  const markup = markupOf(view);
  const copy = async () => {
    await navigator.clipboard.writeText(markup);
    copied = true;
    update();
    setTimeout(() => {
      copied = false;
      update();
    }, 2000);
  };
  return html`<section class="markup" aria-label="Markup">
    <pre><code>${markup}</code></pre>
    <button @click=${copy}>${copied ? 'Copied' : 'Copy'}</button>
  </section>`;
}

function markupOf({ tag, lang, dir, theme, attributes, properties }: View): string {
  const all = {
    ...(lang !== document.documentElement.lang && { lang }),
    ...(dir === 'rtl' && { dir }),
    ...(theme !== 'auto' && { theme }),
    ...attributes,
  };
  const written = Object.entries(all).map(([name, value]) =>
    value === '' ? ` ${name}` : ` ${name}="${quoted(value)}"`,
  );
  const declarations = Object.entries(properties).map(([name, value]) => `  ${name}: ${value};\n`);
  const style = declarations.length ? `<style>\n${tag} {\n${declarations.join('')}}\n</style>\n` : '';
  return `<script type="module" src="${location.origin}/afterword.js" data-site="demo"></script>\n${style}<${tag}${written.join('')}></${tag}>`;
}

function quoted(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
}

function renderEvents(): TemplateResult | typeof nothing {
  if (!events.length) return nothing;
  return html`<section class="events" aria-label="Events">
    <h2>Events</h2>
    <ol>
      ${events.map(({ type, detail }) => html`<li><code>${type}</code> ${JSON.stringify(detail)}</li>`)}
    </ol>
  </section>`;
}

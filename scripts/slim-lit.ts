/**
 * lit-html for the script tag: what our templates use of it and nothing else, half of its bytes. Each cut quotes the code
 * as it is, so a release that changes it stops the build. So does a template that needs what is cut: both readings of
 * every template of ours are compared. `test/package/slim-lit.test.ts` compares what both draw.
 */
import { pathToFileURL } from 'node:url';
import ts from 'typescript';
import type { Plugin } from 'vite';

type Reading = [markup: string, attributes: string[]];

/** How lit-html itself reads, by the names of its release build: Node's, which needs no page. */
const { _$LH: whole } = (await import(
  /* @vite-ignore */ pathToFileURL('node_modules/lit-html/node/lit-html.js').href
)) as { _$LH: { L: (strings: readonly string[], type: 1) => Reading; M: string; P: string } };

/**
 * Marks where a template binds: a whole attribute is known by what stands before it, `name=`; anything else is a place
 * between tags. Goes into the script as it stands here.
 */
function readTemplate(strings: readonly string[], suffix: string, marker: string): Reading {
  const attributes: string[] = [];
  const marked = strings.map((text, index) => {
    if (index === strings.length - 1) return text || '<?>';
    const name = /\s([^\s"'>=/]+)=$/.exec(text)?.[1];
    if (!name) return `${text}<?${marker}>`;
    attributes.push(name);
    return `${text.slice(0, -1) + suffix}=${marker}`;
  });
  return [marked.join(''), attributes];
}

const cuts: [why: string, ...pairs: [what: string, instead: string][]][] = [
  [
    'A second Lit on the page has taken the policy’s name, and an unguarded policy throws where the page allows none.',
    [
      's?s.createPolicy("lit-html",{createHTML:t=>t}):void 0',
      's&&(()=>{try{return s.createPolicy("afterword",{createHTML:t=>t})}catch{}})()',
    ],
    ['void 0!==e?e.createHTML(i):i', 'e?e.createHTML(i):i'],
    ['throw Error("invalid template strings array")', 'throw Error("no template")'],
  ],
  [
    'Copies are counted in globals, and some ways are longer than the browsers that we serve need.',
    [
      'const j={M:h,P:o,A:n,C:1,L:N,R,D:d,V:M,I:k,H,N:L,U:z,B:I,F:Z},B=t.litHtmlPolyfillSupport;B?.(S,k),(t.litHtmlVersions??=[]).push("3.3.3");const D',
      'const D',
    ],
    ['a=t=>null===t||"object"!=typeof t&&"function"!=typeof t,', 'a=t=>t!==Object(t),'],
    [',d=t=>u(t)||"function"==typeof t?.[Symbol.iterator]', ''],
    [
      'void 0!==t._$litType$?this.$(t):void 0!==t.nodeType?this.T(t):d(t)?this.k(t):this._(t)',
      't._$litType$?this.$(t):t.nodeType?this.T(t):t[Symbol.iterator]?this.k(t):this._(t)',
    ],
    ['const s=i(t).nextSibling;i(t).remove(),t=s', 'const s=t.nextSibling;t.remove(),t=s'],
  ],
  [
    'Our templates are HTML, none is compiled ahead, and they bind between tags and whole attributes: see readTemplate.',
    [
      'x=t=>(i,...s)=>({_$litType$:t,strings:i,values:s}),b=x(1),w=x(2),T=x(3),E=Symbol.for("lit-noChange"),A=Symbol.for("lit-nothing")',
      'b=(i,...s)=>({_$litType$:1,strings:i,values:s}),A=Symbol()',
    ],
    [
      ',f="[ \\t\\n\\f\\r]",v=/<(?:(!--|\\/[^a-zA-Z])|(\\/?[a-zA-Z][^>\\s]*)|(\\/?$))/g,_=/-->/g,m=/>/g,p=RegExp(`>|${f}(?:([^\\\\s"\'>=/]+)(${f}*=${f}*(?:[^ \\t\\n\\f\\r"\'\\`<>=]|("|\')|))|$)`,"g"),g=/\'/g,$=/"/g,y=/^(?:script|style|textarea|title)$/i',
      '',
    ],
    [
      'const N=(t,i)=>{const s=t.length-1,e=[];let n,l=2===i?"<svg>":3===i?"<math>":"",c=v;for(let i=0;i<s;i++){const s=t[i];let a,u,d=-1,f=0;for(;f<s.length&&(c.lastIndex=f,u=c.exec(s),null!==u);)f=c.lastIndex,c===v?"!--"===u[1]?c=_:void 0!==u[1]?c=m:void 0!==u[2]?(y.test(u[2])&&(n=RegExp("</"+u[2],"g")),c=p):void 0!==u[3]&&(c=p):c===p?">"===u[0]?(c=n??v,d=-1):void 0===u[1]?d=-2:(d=c.lastIndex-u[2].length,a=u[1],c=void 0===u[3]?p:\'"\'===u[3]?$:g):c===$||c===g?c=p:c===_||c===m?c=v:(c=p,n=void 0);const x=c===p&&t[i+1].startsWith("/>")?" ":"";l+=c===v?s+r:d>=0?(e.push(a),s.slice(0,d)+h+s.slice(d)+o+x):s+o+(-2===d?i:x)}return[V(t,l+(t[s]||"<?>")+(2===i?"</svg>":3===i?"</math>":"")),e]};',
      `${String(readTemplate)};const N=t=>{const[i,s]=readTemplate(t,h,o);return[V(t,i),s]};`,
    ],
    ['constructor({strings:t,_$litType$:i},e){let r;', 'constructor({strings:t}){let r;'],
    ['const u=t.length-1,d=this.parts', 'const d=this.parts'],
    ['&&d.length<u;)', ';)'],
    [',n="?"+o,r=`<${n}>`,', ',n="?"+o,'],
    [
      'N(t,i);if(this.el=S.createElement(f,e),P.currentNode=this.el.content,2===i||3===i){const t=this.el.content.firstChild;t.replaceWith(...t.childNodes)}',
      'N(t);(this.el=document.createElement("template")).innerHTML=f,P.currentNode=this.el.content;',
    ],
    ['static createElement(t,i){const s=l.createElement("template");return s.innerHTML=t,s}', ''],
    [
      'const{values:i,_$litType$:s}=t,e="number"==typeof s?this._$AC(t):(void 0===s.el&&(s.el=S.createElement(V(s.h,s.h[0]),this.options)),s);',
      'const{values:i}=t,e=this._$AC(t);',
    ],
    [
      'if(r.hasAttributes())for(const t of r.getAttributeNames())if(t.endsWith(h)){const i=v[a++],s=r.getAttribute(t).split(o),e=/([.?@])?(.*)/.exec(i);d.push({type:1,index:l,name:e[2],strings:s,ctor:"."===e[1]?I:"?"===e[1]?L:"@"===e[1]?z:H}),r.removeAttribute(t)}else t.startsWith(o)&&(d.push({type:6,index:l}),r.removeAttribute(t));if(y.test(r.tagName)){const t=r.textContent.split(o),i=t.length-1;if(i>0){r.textContent=s?s.emptyScript:"";for(let s=0;s<i;s++)r.append(t[s],c()),P.nextNode(),d.push({type:2,index:++l});r.append(t[i],c())}}',
      'for(const t of r.getAttributeNames())if(t.endsWith(h)){const[,i,s]=/([?@])?(.*)/.exec(v[a++]);d.push({index:l,name:s,ctor:"?"===i?L:"@"===i?z:H}),r.removeAttribute(t)}',
    ],
    [
      'else if(8===r.nodeType)if(r.data===n)d.push({type:2,index:l});else{let t=-1;for(;-1!==(t=r.data.indexOf(o,t+1));)d.push({type:7,index:l}),t+=o.length-1}l++',
      'else r.data===n&&d.push({index:l});l++',
    ],
    [
      'class I extends H{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===A?void 0:t}}',
      '',
    ],
    ['void 0!==s&&(void 0!==s.strings?(s._$AI(t,s,i),i+=s.strings.length-2):s._$AI(t[i])),i++', 's._$AI(t[i++])'],
    [
      ',s.length>2||""!==s[0]||""!==s[1]?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=A}',
      ',this._$AH=A}',
    ],
    [
      '_$AI(t,i=this,s,e){const h=this.strings;let o=!1;if(void 0===h)t=M(this,t,i,0),o=!a(t)||t!==this._$AH&&t!==E,o&&(this._$AH=t);else{const e=t;let n,r;for(t=h[0],n=0;n<h.length-1;n++)r=M(this,e[s+n],i,n),r===E&&(r=this._$AH[n]),o||=!a(r)||r!==this._$AH[n],r===A?t=A:t!==A&&(t+=(r??"")+h[n+1]),this._$AH[n]=r}o&&!e&&this.j(t)}',
      '_$AI(t){t!==this._$AH&&this.j(this._$AH=t)}',
    ],
  ],
  [
    'There are no directives, so nobody asks a part what it is and where it stands, or hears that it left the page.',
    [
      'function M(t,i,s=t,e){if(i===E)return i;let h=void 0!==e?s._$Co?.[e]:s._$Cl;const o=a(i)?void 0:i._$litDirective$;return h?.constructor!==o&&(h?._$AO?.(!1),void 0===o?h=void 0:(h=new o(t),h._$AT(t,s,e)),void 0!==e?(s._$Co??=[])[e]=h:s._$Cl=h),void 0!==h&&(i=M(t,h._$AS(t,i.values),h,e)),i}',
      '',
    ],
    [
      'constructor(t,i){this._$AV=[],this._$AN=void 0,this._$AD=t,this._$AM=i}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}',
      'constructor(t){this._$AV=[],this._$AD=t}',
    ],
    ['e=(t?.creationScope??l).importNode(i,!0)', 'e=l.importNode(i,!0)'],
    [
      'let i;2===r.type?i=new k(h,h.nextSibling,this,t):1===r.type?i=new r.ctor(h,r.name,r.strings,this,t):6===r.type&&(i=new Z(h,this,t)),this._$AV.push(i),',
      'this._$AV.push(r.ctor?new r.ctor(h,r.name,t):new k(h,h.nextSibling,t)),',
    ],
    [
      'get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,i,s,e){this.type=2,this._$AH=A,this._$AN=void 0,this._$AA=t,this._$AB=i,this._$AM=s,this.options=e,this._$Cv=e?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode;const i=this._$AM;return void 0!==i&&11===t?.nodeType&&(t=i.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,i=this){t=M(this,t,i),a(t)?t',
      'constructor(t,i,s){this._$AH=A,this._$AA=t,this._$AB=i,this.options=s}_$AI(t){a(t)?t',
    ],
    [':t!==this._$AH&&t!==E&&this._(t):', ':t!==this._$AH&&this._(t):'],
    ['new R(e,this),s=t.u(this.options)', 'new R(e),s=t.u(this.options)'],
    ['new k(this.O(c()),this.O(c()),this,this.options)', 'new k(this.O(c()),this.O(c()),this.options)'],
    ['{for(this._$AP?.(!1,!0,s);t!==this._$AB;){', '{for(;t!==this._$AB;){'],
    ['_$AR(t=this._$AA.nextSibling,s)', '_$AR(t=this._$AA.nextSibling)'],
    ['this._$AR(s&&s._$AB.nextSibling,e)', 'this._$AR(s&&s._$AB.nextSibling)'],
    ['setConnected(t){void 0===this._$AM&&(this._$Cv=t,this._$AP?.(t))}', ''],
    [
      'get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,i,s,e,h){this.type=1,this._$AH=A,this._$AN=void 0,this.element=t,this.name=i,this._$AM=e,this.options=h',
      'constructor(t,i,s){this.element=t,this.name=i,this.options=s',
    ],
    ['class L extends H{constructor(){super(...arguments),this.type=4}', 'class L extends H{'],
    [
      'class Z{constructor(t,i,s){this.element=t,this.type=6,this._$AN=void 0,this._$AM=i,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(t){M(this,t)}}',
      '',
    ],
    [
      '=(t,i,s)=>{const e=s?.renderBefore??i;let h=e._$litPart$;if(void 0===h){const t=s?.renderBefore??null;e._$litPart$=h=new k(i.insertBefore(c(),t),t,void 0,s??{})}return h._$AI(t),h}',
      '=(t,i,s)=>{(i._$litPart$??=new k(i.appendChild(c()),null,s))._$AI(t)}',
    ],
    [
      'export{j as _$LH,b as html,T as mathml,E as noChange,A as nothing,D as render,w as svg}',
      'export{b as html,A as nothing,D as render}',
    ],
  ],
  [
    'What listens is a function or nothing.',
    [
      'constructor(t,i,s,e,h){super(t,i,s,e,h),this.type=5}_$AI(t,i=this){if((t=M(this,t,i,0)??A)===E)return;const s=this._$AH,e=t===A&&s!==A||t.capture!==s.capture||t.once!==s.once||t.passive!==s.passive,h=t!==A&&(s===A||e);e&&this.element.removeEventListener(this.name,this,s),h&&this.element.addEventListener(this.name,this,t),this._$AH=t}',
      'j(t){this.element["function"==typeof t?"addEventListener":"removeEventListener"](this.name,this)}',
    ],
    [
      '"function"==typeof this._$AH?this._$AH.call(this.options?.host??this.element,t):this._$AH.handleEvent(t)',
      'this._$AH.call(this.options.host,t)',
    ],
  ],
];

/** @throws Error where lit-html is not what it was */
export function slim(code: string): string {
  for (const [why, ...pairs] of cuts) {
    for (const [what, instead] of pairs) {
      const parts = code.split(what);
      if (parts.length !== 2) throw new Error(`lit-html is not what it was. ${why} Look at this cut again: ${what}`);
      code = parts.join(instead);
    }
  }
  // Names that other packages of Lit would know.
  return code.replaceAll('_$', '');
}

/** @returns the first template of a module that the slim lit-html cannot draw */
export function unreadable(module: string): string | undefined {
  let found: string | undefined;
  const visit = (node: ts.Node): void => {
    if (ts.isTaggedTemplateExpression(node) && /^(html|svg|mathml)$/.test(node.tag.getText())) {
      const { template } = node;
      const strings = ts.isTemplateExpression(template)
        ? [template.head, ...template.templateSpans.map(({ literal }) => literal)].map(({ text }) => text)
        : [template.text];
      const reading = readTemplate(strings, whole.M, whole.P);
      const same = String(whole.L(Object.assign(strings, { raw: strings }), 1)) === String(reading);
      if (!same || node.tag.getText() !== 'html' || reading[1].some((name) => name.startsWith('.')))
        found ??= node.getText();
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile('module.ts', module, ts.ScriptTarget.Latest, true));
  return found;
}

export function slimLit(): Plugin {
  return {
    name: 'slim-lit',
    enforce: 'pre',
    transform(code, id) {
      if (id.endsWith('/lit-html/lit-html.js')) return { code: slim(code), map: null };
      if (!/\/src\/.*\.ts$/.test(id)) return undefined;
      const template = unreadable(code);
      if (template)
        this.error(`${id}: scripts/slim-lit.ts has cut from lit-html what this template needs.\n${template}`);
      if (/from 'lit(-html)?(\/(?!html\.js')|')/.test(code))
        this.error(`${id}: of Lit the script tag has lit/html.js alone.`);
      return undefined;
    },
  };
}

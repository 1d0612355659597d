/**
 * lit-html for the script tag: what our templates use of it and nothing else, about two thirds of its bytes. Each cut
 * quotes the code as it is, so a release that changes it stops the build, and so does a template that needs what is cut.
 * `test/package/slim-lit.test.ts` renders with the whole and with the slim one and compares.
 */
import type { Plugin } from 'vite';

/** What our sources may not hold, since the code for it is cut. */
const missing: Record<string, RegExp> = {
  'anything of Lit but html, nothing and render':
    /from '(lit-html|@lit|lit(?!\/html\.js'))|\{[^}]*\b(svg|mathml|noChange)\b[^}]*\} from 'lit/,
  'a comment in a template': /<!--/,
  'a binding in a raw text element': /<(script|style|title|textarea)\b[^>]*>[^<]*\$\{/,
  'a property binding': /\s\.[a-z]\w*=\$\{/i,
};

const cuts: [why: string, ...pairs: [what: string, instead: string][]][] = [
  [
    'A second Lit on the page has taken the policy’s name, and an unguarded policy throws where the page allows none.',
    [
      's?s.createPolicy("lit-html",{createHTML:t=>t}):void 0',
      's&&(()=>{try{return s.createPolicy("afterword",{createHTML:t=>t})}catch{}})()',
    ],
    ['void 0!==e?e.createHTML(i):i', 'e?e.createHTML(i):i'],
  ],
  [
    'Copies are counted in globals, and there are ways around browsers that we do not serve.',
    [
      'const j={M:h,P:o,A:n,C:1,L:N,R,D:d,V:M,I:k,H,N:L,U:z,B:I,F:Z},B=t.litHtmlPolyfillSupport;B?.(S,k),(t.litHtmlVersions??=[]).push("3.3.3");const D',
      'const D',
    ],
    ['const s=i(t).nextSibling;i(t).remove(),t=s', 'const s=t.nextSibling;t.remove(),t=s'],
  ],
  [
    'No template is SVG or MathML from its first tag, none is compiled ahead.',
    ['l=2===i?"<svg>":3===i?"<math>":"",', 'l="",'],
    ['(t[s]||"<?>")+(2===i?"</svg>":3===i?"</math>":"")', '(t[s]||"<?>")'],
    ['constructor({strings:t,_$litType$:i},e){let r;', 'constructor({strings:t}){let r;'],
    [
      'N(t,i);if(this.el=S.createElement(f,e),P.currentNode=this.el.content,2===i||3===i){const t=this.el.content.firstChild;t.replaceWith(...t.childNodes)}',
      'N(t);this.el=S.createElement(f),P.currentNode=this.el.content;',
    ],
    ['static createElement(t,i){', 'static createElement(t){'],
    [
      'const{values:i,_$litType$:s}=t,e="number"==typeof s?this._$AC(t):(void 0===s.el&&(s.el=S.createElement(V(s.h,s.h[0]),this.options)),s);',
      'const{values:i}=t,e=this._$AC(t);',
    ],
  ],
  [
    'Bindings stand between tags and in attributes: not in comments, in raw text, on whole elements or in names of tags.',
    [
      ',f="[ \\t\\n\\f\\r]",v=/<(?:(!--|\\/[^a-zA-Z])|(\\/?[a-zA-Z][^>\\s]*)|(\\/?$))/g,_=/-->/g,m=/>/g,',
      ',f="[ \\t\\n\\f\\r]",v=/<\\/?[a-zA-Z][^>\\s]*/g,',
    ],
    [',y=/^(?:script|style|textarea|title)$/i,', ','],
    [
      'c===v?"!--"===u[1]?c=_:void 0!==u[1]?c=m:void 0!==u[2]?(y.test(u[2])&&(n=RegExp("</"+u[2],"g")),c=p):void 0!==u[3]&&(c=p):',
      'c===v?c=p:',
    ],
    ['(c=n??v,d=-1):void 0===u[1]?d=-2:(', '(c=v,d=-1):('],
    [':c===$||c===g?c=p:c===_||c===m?c=v:(c=p,n=void 0)', ':c=p'],
    ['let n,l="",c=v', 'let l="",c=v'],
    ['const x=c===p&&t[i+1].startsWith("/>")?" ":"";', ''],
    ['+o+x):s+o+(-2===d?i:x)', '+o):s+o'],
    ['if(r.hasAttributes())for(', 'for('],
    [
      'else t.startsWith(o)&&(d.push({type:6,index:l}),r.removeAttribute(t));if(y.test(r.tagName)){const t=r.textContent.split(o),i=t.length-1;if(i>0){r.textContent=s?s.emptyScript:"";for(let s=0;s<i;s++)r.append(t[s],c()),P.nextNode(),d.push({type:2,index:++l});r.append(t[i],c())}}',
      '',
    ],
    [
      'else if(8===r.nodeType)if(r.data===n)d.push({type:2,index:l});else{let t=-1;for(;-1!==(t=r.data.indexOf(o,t+1));)d.push({type:7,index:l}),t+=o.length-1}l++',
      'else r.data===n&&d.push({index:l});l++',
    ],
    ['d.push({type:1,index:l,', 'd.push({index:l,'],
  ],
  [
    'Properties are set nowhere.',
    ['ctor:"."===e[1]?I:', 'ctor:'],
    [
      'class I extends H{constructor(){super(...arguments),this.type=3}j(t){this.element[this.name]=t===A?void 0:t}}',
      '',
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
      'this._$AV.push(r.ctor?new r.ctor(h,r.name,r.strings,t):new k(h,h.nextSibling,t)),',
    ],
    [
      'void 0!==s&&(void 0!==s.strings?(s._$AI(t,s,i),i+=s.strings.length-2):s._$AI(t[i])),i++',
      's._$AI(t,i),i+=s.strings?s.strings.length-1:1',
    ],
    [
      'get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(t,i,s,e){this.type=2,this._$AH=A,this._$AN=void 0,this._$AA=t,this._$AB=i,this._$AM=s,this.options=e,this._$Cv=e?.isConnected??!0}get parentNode(){let t=this._$AA.parentNode;const i=this._$AM;return void 0!==i&&11===t?.nodeType&&(t=i.parentNode),t}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(t,i=this){t=M(this,t,i),a(t)?',
      'constructor(t,i,s){this._$AH=A,this._$AA=t,this._$AB=i,this.options=s}_$AI(t,i){t=t[i],a(t)?',
    ],
    [':t!==this._$AH&&t!==E&&this._(t):', ':t!==this._$AH&&this._(t):'],
    ['new R(e,this),s=t.u(this.options)', 'new R(e),s=t.u(this.options)'],
    ['new k(this.O(c()),this.O(c()),this,this.options)', 'new k(this.O(c()),this.O(c()),this.options)'],
    ['s._$AI(h),e++', 's._$AI([h],0),e++'],
    ['{for(this._$AP?.(!1,!0,s);t!==this._$AB;){', '{for(;t!==this._$AB;){'],
    ['_$AR(t=this._$AA.nextSibling,s)', '_$AR(t=this._$AA.nextSibling)'],
    ['this._$AR(s&&s._$AB.nextSibling,e)', 'this._$AR(s&&s._$AB.nextSibling)'],
    ['setConnected(t){void 0===this._$AM&&(this._$Cv=t,this._$AP?.(t))}', ''],
    [
      'get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(t,i,s,e,h){this.type=1,this._$AH=A,this._$AN=void 0,this.element=t,this.name=i,this._$AM=e,this.options=h,',
      'constructor(t,i,s,e){this.element=t,this.name=i,this.options=e,',
    ],
    [
      '_$AI(t,i=this,s,e){const h=this.strings;let o=!1;if(void 0===h)t=M(this,t,i,0),o=!a(t)||t!==this._$AH&&t!==E,o&&(this._$AH=t);',
      '_$AI(t,s){const h=this.strings;let o=!1;if(void 0===h)t=t[s],o=!a(t)||t!==this._$AH,o&&(this._$AH=t);',
    ],
    ['r=M(this,e[s+n],i,n),r===E&&(r=this._$AH[n]),o||=', 'r=e[s+n],o||='],
    ['o&&!e&&this.j(t)', 'o&&this.j(t)'],
    ['class L extends H{constructor(){super(...arguments),this.type=4}', 'class L extends H{'],
    [
      'class Z{constructor(t,i,s){this.element=t,this.type=6,this._$AN=void 0,this._$AM=i,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(t){M(this,t)}}',
      '',
    ],
    [
      'const D=(t,i,s)=>{const e=s?.renderBefore??i;let h=e._$litPart$;if(void 0===h){const t=s?.renderBefore??null;e._$litPart$=h=new k(i.insertBefore(c(),t),t,void 0,s??{})}return h._$AI(t),h}',
      'const D=(t,i,s)=>{(i._$litPart$??=new k(i.appendChild(c()),null,s))._$AI([t],0)}',
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
      'j(t){t===A?this.element.removeEventListener(this.name,this):this.element.addEventListener(this.name,this)}',
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
  return code;
}

export function slimLit(): Plugin {
  return {
    name: 'slim-lit',
    enforce: 'pre',
    transform(code, id) {
      if (/\/src\/.*\.ts$/.test(id)) {
        for (const [what, found] of Object.entries(missing)) {
          if (found.test(code)) this.error(`${id} holds ${what}, which scripts/slim-lit.ts has cut: keep it there.`);
        }
      }
      return id.endsWith('/lit-html/lit-html.js') ? { code: slim(code), map: null } : undefined;
    },
  };
}

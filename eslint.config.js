import js from '@eslint/js';
import { configs as lit } from 'eslint-plugin-lit';
import { configs as wc } from 'eslint-plugin-wc';
import { defineConfig, globalIgnores } from 'eslint/config';
import ts from 'typescript-eslint';

/** Ways to make markup from strings. None may enter a page: strict CSP and Trusted Types hold because there is none. */
const markupFromStrings = [
  ...['innerHTML', 'outerHTML', 'srcdoc'].map((name) => ({
    selector: `AssignmentExpression > MemberExpression.left[property.name='${name}']`,
    message: `Render with Lit instead of writing ${name}.`,
  })),
  ...['insertAdjacentHTML', 'setHTMLUnsafe', 'createContextualFragment', 'parseFromString'].map((name) => ({
    selector: `CallExpression[callee.property.name='${name}']`,
    message: `Render with Lit instead of calling ${name}.`,
  })),
  {
    selector: "CallExpression[callee.object.name='document'][callee.property.name=/^write(ln)?$/]",
    message: 'Render with Lit instead of writing into the document.',
  },
  {
    selector: 'TaggedTemplateExpression[tag.name=/^(html|svg)$/] TemplateElement[value.raw=/[<\\s]style\\s*=/]',
    message: 'A style attribute is blocked by a strict style-src. Use a class, or set a property from updated().',
  },
];

/** A shadow root has its styles from the class, and nothing else runs there. */
const foreignElements = [
  {
    selector: 'TaggedTemplateExpression[tag.name=/^(html|svg)$/] TemplateElement[value.raw=/<(script|style)[\\s>]/]',
    message: 'Styles live in static styles, scripts in modules.',
  },
];

const unsafeDirectives = ['style-map', 'unsafe-html', 'unsafe-svg', 'unsafe-mathml', 'unsafe-static'].flatMap(
  (name) => [`lit/directives/${name}.js`, `lit-html/directives/${name}.js`],
);

export default defineConfig(
  globalIgnores(['**/dist', '**/node_modules', 'coverage', 'data', 'test-results', 'src/contract/types.ts']),
  js.configs.recommended,
  ts.configs.recommendedTypeChecked,
  ts.configs.stylisticTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-eval': 'error',
      'no-new-func': 'error',
      'no-restricted-syntax': ['error', ...markupFromStrings],
      'no-restricted-imports': ['error', { paths: [...unsafeDirectives, 'lit/static-html.js', 'lit-html/static.js'] }],
      'object-shorthand': 'error',
      'prefer-template': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/non-nullable-type-assertion-style': 'off',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_$', ignoreRestSiblings: true },
      ],
      '@typescript-eslint/prefer-nullish-coalescing': 'off',
      // Handlers handed to an event as they stand, and numbers in a sentence, are both wanted.
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/require-await': 'off',
      // Interfaces here write methods as methods; what is handed on without its object is an arrow function.
      '@typescript-eslint/unbound-method': 'off',
    },
  },
  {
    files: ['src/**/*.ts'],
    extends: [lit['flat/recommended'], wc['flat/best-practice']],
    settings: { wc: { elementBaseClasses: ['LitElement', 'WidgetElement'] } },
    rules: {
      'no-restricted-syntax': ['error', ...markupFromStrings, ...foreignElements],
      'lit/no-native-attributes': 'off',
      'lit/ban-attributes': ['error', 'style'],
      'lit/no-template-bind': 'error',
      'lit/no-this-assign-in-render': 'error',
      'lit/prefer-nothing': 'error',
      'lit/prefer-static-styles': 'error',
      'wc/guard-define-call': 'off',
      'wc/expose-class-on-global': 'off',
      'wc/tag-name-matches-class': 'off',
      'wc/file-name-matches-element': 'off',
      'wc/no-method-prefixed-with-on': 'error',
    },
  },
  {
    // Plain JavaScript: typed by JSDoc and checked by tsc, which needs no second opinion on what is any.
    files: ['**/*.js'],
    rules: {
      'no-undef': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['test/**'],
    rules: {
      // A host page in a test is written as one writes a page.
      'no-restricted-syntax': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
    },
  },
);

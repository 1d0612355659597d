/**
 * Generates `src/contract/types.ts` from the schemas of the built contract (`dist/contract`), so that browser code uses the
 * types without importing Zod.
 */
import { writeFile } from 'node:fs/promises';
import { compile } from 'json-schema-to-typescript';
import * as prettier from 'prettier';
import { z } from 'zod';
import 'afterword/contract';

const target = new URL('../src/contract/types.ts', import.meta.url);
const banner = `/**
 * The contract's types, free of any library. Generated from the schemas of this folder by \`npm run build\`: do not edit.
 */`;

export async function contractTypes() {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    io: 'output',
    unrepresentable: 'any',
    uri: (id) => `#/definitions/${id}`,
    // JSON Schema cannot describe the transform of a story key: the result is a string.
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'pipe' && jsonSchema.type === undefined) jsonSchema.type = 'string';
    },
  });
  const definitions = Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => [name, withoutConstraints(schema)]),
  );
  const source = await compile(
    { title: 'Contract', type: 'object', definitions, additionalProperties: false },
    'Contract',
    {
      bannerComment: '',
      unreachableDefinitions: true,
      additionalProperties: false,
      strictIndexSignatures: false,
      format: false,
    },
  );
  const named = source
    .replace(/export interface Contract \{\s*\}\s*/, '')
    .replace(
      /\n \* This interface was referenced by `Contract`'s JSON-Schema\n \* via the `definition` "[^"]*"\.\n/g,
      '\n',
    )
    .replace(/\/\*\*\s*\*\/\n/g, '');
  const settings = await prettier.resolveConfig(target);
  return prettier.format(`${banner}\n\n${named}`, { ...settings, parser: 'typescript' });
}

/**
 * Removes constraints that TypeScript cannot express; they would only lengthen the comments.
 *
 * @param {any} schema
 * @returns {any}
 */
function withoutConstraints(schema) {
  if (Array.isArray(schema)) return schema.map(withoutConstraints);
  if (typeof schema !== 'object' || schema === null) return schema;
  const dropped = new Set([
    '$schema',
    '$id',
    'id',
    'pattern',
    'format',
    'minimum',
    'maximum',
    'minLength',
    'maxLength',
    'minItems',
    'maxItems',
    'default',
  ]);
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key, value]) => !(dropped.has(key) && typeof value !== 'object') || key === 'default')
      .map(([key, value]) => [
        key,
        key === 'properties'
          ? Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutConstraints(inner)]))
          : withoutConstraints(value),
      ]),
  );
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await writeFile(target, await contractTypes());
}

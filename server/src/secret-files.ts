import { readFileSync } from 'node:fs';
import { OperatorError } from './operator-error.js';

/** Settings with secrets. Each can be in a file instead, as container platforms mount them: `AFTERWORD_SMTP_FILE`. */
const secretSettings = [
  'AFTERWORD_SECRET',
  'AFTERWORD_SMTP',
  'AFTERWORD_DATABASE',
  'AFTERWORD_METRICS_TOKEN',
  'AFTERWORD_DKIM_KEY',
] as const;

const nameOfFile = (name: string) => `${name}_FILE`;

/** Names of the settings that hold the path of a file. */
export const secretFileSettings: ReadonlySet<string> = new Set(secretSettings.map(nameOfFile));

/** An environment without names of files, and the settings that came from one. */
export interface EnvironmentWithSecrets {
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Returns the name that the operator has set, for messages: `AFTERWORD_SMTP_FILE` for `AFTERWORD_SMTP`. */
  givenName(name: string): string;
}

/**
 * Replaces each `…_FILE` by the setting whose value the file contains, without the white space around it.
 *
 * @throws OperatorError where a file cannot be read, is empty, or the setting is given as well
 */
export function readSecretFiles(env: Readonly<Record<string, string | undefined>>): EnvironmentWithSecrets {
  const values = { ...env };
  const fromFiles = new Set<string>();
  for (const name of secretSettings) {
    const fileName = nameOfFile(name);
    const path = env[fileName];
    delete values[fileName];
    if (!path) continue;
    if (env[name]) throw new OperatorError(`${name} and ${fileName} are both set. Set one of them.`);
    values[name] = readSecretFile(fileName, path);
    fromFiles.add(name);
  }
  return { values, givenName: (name) => (fromFiles.has(name) ? nameOfFile(name) : name) };
}

function readSecretFile(setting: string, path: string): string {
  let content: string;
  try {
    content = readFileSync(path, 'utf8').trim();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error';
    throw new OperatorError(`${setting}: ${path} cannot be read (${code}).`);
  }
  if (content === '') throw new OperatorError(`${setting}: ${path} is empty.`);
  return content;
}

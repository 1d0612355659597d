#!/usr/bin/env node
import { existsSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
const built = new URL('./dist/main.js', import.meta.url);

if (major < 20 || (major === 20 && minor < 19)) {
  process.stderr.write(`afterword: Node 20.19 or newer is needed; this is ${process.versions.node}.\n`);
  process.exitCode = 1;
} else if (!existsSync(built)) {
  process.stderr.write('afterword: not built yet. Run `npm run build` first.\n');
  process.exitCode = 1;
} else {
  const { main } = await import(built.href);
  process.exitCode = await main(process.argv.slice(2));
}

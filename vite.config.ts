import { readdirSync } from 'node:fs';
import { defineConfig, type UserConfig } from 'vite';

/** Every TypeScript module below a folder, for builds that keep one file per module. */
function modulesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => `${folder}/${file}`);
}

/** One plain `.js` per module, nothing bundled, nothing minified: what a bundler downstream wants. */
const npm: UserConfig = {
  build: {
    outDir: 'dist',
    emptyOutDir: false,
    minify: false,
    target: 'es2022',
    lib: { entry: modulesOf('src').filter((file) => !file.startsWith('src/loader/')), formats: ['es'] },
    rolldownOptions: {
      external: /^(?!\.|\/|src\/)/,
      output: { preserveModules: true, preserveModulesRoot: 'src', entryFileNames: '[name].js' },
    },
  },
};

const server: UserConfig = {
  build: {
    outDir: 'server/dist',
    ssr: true,
    minify: false,
    sourcemap: true,
    target: 'node20',
    rolldownOptions: {
      input: modulesOf('server/src'),
      output: { preserveModules: true, preserveModulesRoot: 'server/src', entryFileNames: '[name].js' },
    },
  },
  ssr: { external: true },
};

const builds: Record<string, UserConfig> = { npm, server };

export default defineConfig(({ mode }) => ({ publicDir: false, ...builds[mode] }));

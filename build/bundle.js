import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { bundles } from './bundles.js';
import { warmUp } from './warm-up.js';

const path = name => fileURLToPath(new URL(`../${name}`, import.meta.url));

// With what V8 made of the programs that were there before.
rmSync(path('dist/bundle'), { recursive: true, force: true });
await build(bundles.map(bundle => ({ ...bundle, logLevel: 'warn' })));
const { bin } = JSON.parse(readFileSync(path('package.json'), 'utf8'));
for (const file of Object.values(bin)) chmodSync(path(file), 0o755);
await warmUp(name => path(bin[name]));

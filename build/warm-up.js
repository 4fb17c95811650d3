import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A build machine may be slow. */
const MAX_MS = 120_000;

/**
 * Runs each program once, so that what V8 compiles for a start is kept before somebody waits for it
 * (`src/cli/launch/code-cache.ts`): a lab with a daemon, and the client.
 *
 * @param program path of a program by its name
 */
export async function warmUp(program) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  execFileSync(process.execPath, [program('blocksmith-cli'), '-version'], { env, stdio: 'ignore' });
  const words = ['up', '--nodes', '1', '--name', `build-${process.pid}`, '--json'];
  const lab = spawn(process.execPath, [program('blocksmith'), ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: MAX_MS,
  });
  const ended = once(lab, 'exit');
  const told = lab.stderr.setEncoding('utf8').toArray();
  for await (const _ready of createInterface({ input: lab.stdout })) lab.kill('SIGINT');
  const [code, signal] = await ended;
  if (code === 0) return;
  throw new Error(`the lab that warms up ended with ${signal ?? code}:\n${(await told).join('')}`);
}

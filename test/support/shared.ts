import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const projectRoot = fileURLToPath(new URL('../../', import.meta.url));
const sharedRoot = resolve(projectRoot, process.env.BLOCKSMITH_SHARED ?? '../shared');

/** True when the conformance data are on this machine; suites that need them skip, visibly, when they are not. */
export const hasShared = existsSync(resolve(sharedRoot, 'vectors'));

/** Path of a file of the conformance data, such as `vectors/core/tx_valid.json`. */
export function sharedPath(path: string): string {
  return resolve(sharedRoot, path);
}

export function readSharedJson<T>(path: string): T {
  return JSON.parse(readFileSync(sharedPath(path), 'utf8')) as T;
}

import { asBuffer } from '../primitives/bytes.js';
import { ScriptReader } from './parse.js';

/**
 * Removes every occurrence of `pattern` that starts where an operation of `script` starts. The original signature hash
 * takes signatures out of the script code so (consensus, even though no signature can sign itself).
 *
 * @returns `script` itself when nothing was removed
 */
export function findAndDelete(script: Uint8Array, pattern: Uint8Array): Uint8Array {
  // A plain search settles nearly every case: signatures do not occur in scripts.
  if (pattern.length === 0 || asBuffer(script).indexOf(pattern) < 0) return script;
  const kept: Uint8Array[] = [];
  const reader = new ScriptReader(script);
  let keepFrom = 0;
  do {
    const operation = reader.position;
    while (startsAt(script, pattern, reader.position)) reader.position += pattern.length;
    if (reader.position !== operation) {
      kept.push(script.subarray(keepFrom, operation));
      keepFrom = reader.position;
    }
  } while (reader.next());
  if (kept.length === 0) return script;
  kept.push(script.subarray(keepFrom));
  return Buffer.concat(kept);
}

function startsAt(script: Uint8Array, pattern: Uint8Array, at: number): boolean {
  if (script.length - at < pattern.length) return false;
  for (let i = 0; i < pattern.length; i++) if (script[at + i] !== pattern[i]) return false;
  return true;
}

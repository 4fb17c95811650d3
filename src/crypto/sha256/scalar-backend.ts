import { sha256d } from '../hash.js';
import type { NonceScanner, Sha256Backend } from './backend.js';
import { BLOCK_SIZE } from './constants.js';
import type { MessageList } from './message-list.js';
import { ScalarScanner } from './scalar-scanner.js';

/** Bytes of a hash. */
const HASH_SIZE = 32;

/** Name of the {@link ScalarBackend} in the log. */
export const SCALAR_NAME = 'openssl(1way)';

/** One message after the other with `node:crypto`, nonces in plain JavaScript: what works everywhere. */
export class ScalarBackend implements Sha256Backend {
  readonly name = SCALAR_NAME;

  hashPairs(pairs: Uint8Array, hashes: Uint8Array): void {
    const count = pairs.length / BLOCK_SIZE;
    for (let i = 0; i < count; i++) {
      hashes.set(sha256d(pairs.subarray(i * BLOCK_SIZE, (i + 1) * BLOCK_SIZE)), i * HASH_SIZE);
    }
  }

  hashMessages(messages: MessageList): Uint8Array {
    const hashes = new Uint8Array(messages.count * HASH_SIZE);
    for (let i = 0; i < messages.count; i++) hashes.set(hashMessage(messages, i), i * HASH_SIZE);
    return hashes;
  }

  scanner(header: Uint8Array, target: Uint8Array): NonceScanner {
    return new ScalarScanner(header, target);
  }
}

/** Hash of one message of a list. */
export function hashMessage({ source, ranges, ends }: MessageList, index: number): Uint8Array {
  const parts: Uint8Array[] = [];
  const end = ends[index] as number;
  for (let i = ends[index - 1] ?? 0; i < end; i += 2) parts.push(source.subarray(ranges[i], ranges[i + 1]));
  const [first] = parts;
  return sha256d(parts.length === 1 && first !== undefined ? first : Buffer.concat(parts));
}

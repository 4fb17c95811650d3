import { StartError } from '../runtime/errors.js';
import type { NonceScanner, Sha256Backend } from './sha256/backend.js';
import type { MessageList } from './sha256/message-list.js';
import { SCALAR_NAME, ScalarBackend } from './sha256/scalar-backend.js';
import { VECTOR_NAME, VectorBackend } from './sha256/vector-backend.js';
import { hasVectors } from './wasm/vectors.js';

/** Names that the environment variable BLOCKSMITH_SHA256 takes; without it the fastest that runs is used. */
export type Sha256Choice = 'simd' | 'scalar';

const CHOICES: readonly Sha256Choice[] = ['simd', 'scalar'];

/** The backend of that name, or undefined where it does not run. */
export function loadSha256(choice: Sha256Choice): Sha256Backend | undefined {
  if (choice === 'scalar') return new ScalarBackend();
  return hasVectors() ? new VectorBackend() : undefined;
}

let choice: Sha256Choice | undefined;

/** What this process uses. Looks only whether it runs: nothing is loaded yet. */
function chosen(): Sha256Choice {
  choice ??= choose();
  return choice;
}

function choose(): Sha256Choice {
  const wanted = process.env.BLOCKSMITH_SHA256;
  if (wanted === undefined || wanted === '') return hasVectors() ? 'simd' : 'scalar';
  const known = CHOICES.find(name => name === wanted);
  if (known === undefined || (known === 'simd' && !hasVectors())) {
    throw new StartError(`BLOCKSMITH_SHA256: no hashing backend "${wanted}" here`);
  }
  return known;
}

/**
 * Hashes of a process that are made one by one, before the module that makes several at a time is put together and compiled:
 * that takes as long as this, and small chains never pay for it.
 */
const HASHES_BEFORE_MODULE = 4096;

const scalar = new ScalarBackend();
let loaded: Sha256Backend | undefined;
let scalarHashes = 0;

function backend(): Sha256Backend {
  loaded ??= loadSha256(chosen()) ?? scalar;
  return loaded;
}

function backendFor(count: number): Sha256Backend {
  if (loaded !== undefined) return loaded;
  scalarHashes += count;
  return scalarHashes > HASHES_BEFORE_MODULE ? backend() : scalar;
}

/**
 * Double SHA-256 of pairs of hashes: the step from one level of a merkle tree to the next.
 *
 * @param pairs 64 bytes each
 * @param hashes takes 32 bytes each; may be the same memory as `pairs`
 */
export function hashPairs(pairs: Uint8Array, hashes: Uint8Array): void {
  backendFor(pairs.length / 64).hashPairs(pairs, hashes);
}

/** Double SHA-256 of all messages, 32 bytes each, one behind the other. */
export function hashMessages(messages: MessageList): Uint8Array {
  return backendFor(messages.count).hashMessages(messages);
}

/**
 * The fastest search for a nonce. What is likely to be found within some thousand tries costs less with a
 * `ScalarScanner`, which needs no start.
 *
 * @param header 80 bytes; the nonce in it does not matter
 * @param target 32 bytes little-endian, as hashes are
 */
export function nonceScanner(header: Uint8Array, target: Uint8Array): NonceScanner {
  return backend().scanner(header, target);
}

/** Puts the module together now, for who has the time: a block that comes later does not wait for it. */
export function loadHashing(): void {
  backend();
}

/** What the log says at start about the implementation in use. */
export function sha256Name(): string {
  return chosen() === 'simd' ? VECTOR_NAME : SCALAR_NAME;
}

/** True when hashes are made one at a time only, which is worth a warning at start. */
export function isSha256Slow(): boolean {
  return chosen() === 'scalar';
}

import { type ExportedFunction, instantiate } from '../wasm/engine.js';
import type { NonceScanner, Sha256Backend } from './backend.js';
import { BLOCK_SIZE } from './constants.js';
import { LANES } from './four-lanes.js';
import { HASH_SIZE, hashModule, initializeMemory, Memory, PACKED_SIZE } from './hash-module.js';
import { MessageBatch } from './message-batch.js';
import type { MessageList } from './message-list.js';
import { VectorScanner } from './vector-scanner.js';

/** Pairs that fit into the module's memory; a whole number of groups. */
const MAX_PAIRS = PACKED_SIZE / BLOCK_SIZE;

/** Name of the {@link VectorBackend} in the log. */
export const VECTOR_NAME = 'openssl(1way),wasm_simd128(4way)';

/** Four messages at once, in WebAssembly; long ones, which would keep three lanes waiting, with `node:crypto`. */
export class VectorBackend implements Sha256Backend {
  readonly name = VECTOR_NAME;
  private readonly memory: Uint8Array;
  private readonly batch: MessageBatch;
  private readonly runPairs: ExportedFunction;

  constructor() {
    const instance = instantiate(hashModule());
    initializeMemory(new Int32Array(instance.memory));
    this.memory = new Uint8Array(instance.memory);
    this.batch = new MessageBatch(instance);
    this.runPairs = instance.exported('hashPairs');
  }

  hashPairs(pairs: Uint8Array, hashes: Uint8Array): void {
    const total = pairs.length / BLOCK_SIZE;
    for (let from = 0; from < total; from += MAX_PAIRS) {
      const count = Math.min(MAX_PAIRS, total - from);
      this.memory.set(pairs.subarray(from * BLOCK_SIZE, (from + count) * BLOCK_SIZE), Memory.PACKED);
      this.runPairs(Math.ceil(count / LANES));
      const made = this.memory.subarray(Memory.PACKED, Memory.PACKED + count * HASH_SIZE);
      hashes.set(made, from * HASH_SIZE);
    }
  }

  hashMessages(messages: MessageList): Uint8Array {
    const hashes = new Uint8Array(messages.count * HASH_SIZE);
    for (let next = 0; next < messages.count; ) next = this.batch.hashFrom(messages, next, hashes);
    return hashes;
  }

  scanner(header: Uint8Array, target: Uint8Array): NonceScanner {
    return new VectorScanner(header, target);
  }
}

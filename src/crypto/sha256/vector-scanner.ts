import { type ExportedFunction, instantiate } from '../wasm/engine.js';
import type { NonceScanner } from './backend.js';
import { midstate } from './compress.js';
import { BLOCK_SIZE } from './constants.js';
import { LANES, writeKnownWords } from './four-lanes.js';
import { headerTail, NONCE_COUNT, targetTop } from './header-words.js';
import { ScalarScanner } from './scalar-scanner.js';
import { initializeMemory, Memory, NONE, scanModule } from './scan-module.js';

/** The running module; a thread has one, which its searches share. */
class ScanKernel {
  private readonly memory: Int32Array;
  private readonly run: ExportedFunction;
  private loaded: VectorScanner | undefined;

  constructor() {
    const instance = instantiate(scanModule());
    this.memory = new Int32Array(instance.memory);
    this.run = instance.exported('scan');
    initializeMemory(this.memory);
  }

  /** The first of `groups` groups of nonces, counted from `nonce`, in which one may be good; {@link NONE} without. */
  scan(search: VectorScanner, nonce: number, groups: number): number {
    if (this.loaded !== search) {
      this.memory.set(search.midstate, Memory.MIDSTATE / 4);
      this.memory[Memory.LIMIT / 4] = search.limit;
      writeKnownWords(this.memory, search.tail, Memory.FIRST);
      this.loaded = search;
    }
    return this.run(nonce, groups);
  }
}

let kernel: ScanKernel | undefined;

/**
 * The search in WebAssembly, four nonces at a time: 7 million hashes a second. It finds groups of nonces of which one may
 * be good, by the most significant 32 bits of the hash; whether one is, the plain search says.
 */
export class VectorScanner implements NonceScanner {
  readonly slice = 65_536;
  readonly midstate: Int32Array;
  readonly tail: readonly (number | undefined)[];
  readonly limit: number;
  private readonly exact: ScalarScanner;

  constructor(header: Uint8Array, target: Uint8Array) {
    this.midstate = midstate(header.subarray(0, BLOCK_SIZE));
    this.tail = headerTail(header);
    this.limit = targetTop(target);
    this.exact = new ScalarScanner(header, target);
  }

  scan(start: number, count: number): number {
    kernel ??= new ScanKernel();
    const end = Math.min(start + count, NONCE_COUNT);
    let next = start;
    while (next < end) {
      // Lanes behind the end are hashed and not looked at.
      const group = kernel.scan(this, next, Math.ceil((end - next) / LANES));
      if (group === NONE) return -1;
      next += group * LANES;
      const found = this.exact.scan(next, Math.min(LANES, end - next));
      if (found >= 0) return found;
      next += LANES;
    }
    return -1;
  }
}

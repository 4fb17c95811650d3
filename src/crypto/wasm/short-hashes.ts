import { createRequire } from 'node:module';
import { type ExportedFunction, type Instance, instantiate, isRunnable } from './engine.js';

/** Bytes of the longest message that the module takes; `assembly/hashes/index.ts` has the other side. */
export const MAX_SHORT_MESSAGE = 503;

const SHA256_SIZE = 32;
const HASH160_SIZE = 20;

/** Hashes of short messages, one at a time, in WebAssembly: scripts hash little at a time, and each call of `node:crypto` costs. */
export class ShortHashes {
  private readonly memory: ArrayBuffer;
  private readonly bytes: Uint8Array;
  private readonly input: number;
  private readonly output: number;
  private readonly runSha256: ExportedFunction;
  private readonly runSha256d: ExportedFunction;
  private readonly runHash160: ExportedFunction;

  constructor(instance: Instance) {
    this.memory = instance.memory;
    this.bytes = new Uint8Array(instance.memory);
    this.input = instance.exported('input')();
    this.output = instance.exported('output')();
    this.runSha256 = instance.exported('sha256');
    this.runSha256d = instance.exported('sha256d');
    this.runHash160 = instance.exported('hash160');
  }

  /** @param message at most {@link MAX_SHORT_MESSAGE} bytes, as for the others */
  sha256(message: Uint8Array): Buffer {
    this.bytes.set(message, this.input);
    this.runSha256(message.length);
    return this.result(SHA256_SIZE);
  }

  sha256d(message: Uint8Array): Buffer {
    this.bytes.set(message, this.input);
    this.runSha256d(message.length);
    return this.result(SHA256_SIZE);
  }

  hash160(message: Uint8Array): Buffer {
    this.bytes.set(message, this.input);
    this.runHash160(message.length);
    return this.result(HASH160_SIZE);
  }

  /** In memory of its own: hashes are kept, and a share of a larger piece would keep all of that. */
  private result(size: number): Buffer {
    return Buffer.from(this.memory.slice(this.output, this.output + size));
  }
}

/** Undefined where the module is not built, or this engine does not run it. */
export function loadShortHashes(): ShortHashes | undefined {
  try {
    const require = createRequire(import.meta.url);
    const code = require('#hashes-wasm') as Uint8Array;
    return isRunnable(code) ? new ShortHashes(instantiate(code)) : undefined;
  } catch {
    return undefined;
  }
}

import { createRequire } from 'node:module';
import { type ExportedFunction, type Instance, instantiate, isRunnable } from './engine.js';

/** Bytes of the longest message that the module takes; `assembly/hashes/index.ts` has the other side. */
export const MAX_SHORT_MESSAGE = 503;

const SHA256_SIZE = 32;
const HASH160_SIZE = 20;

/** Hashes of short messages, one at a time, in WebAssembly: scripts hash little at a time, and each call of `node:crypto` costs. */
export class ShortHashes {
  private readonly bytes: Uint8Array;
  private readonly input: number;
  /** Where the module leaves a hash, for each size of them. */
  private readonly sha256Result: Uint8Array;
  private readonly hash160Result: Uint8Array;
  private readonly runSha256: ExportedFunction;
  private readonly runSha256d: ExportedFunction;
  private readonly runHash160: ExportedFunction;

  constructor(instance: Instance) {
    this.bytes = new Uint8Array(instance.memory);
    this.input = instance.exported('input')();
    const output = instance.exported('output')();
    this.sha256Result = this.bytes.subarray(output, output + SHA256_SIZE);
    this.hash160Result = this.bytes.subarray(output, output + HASH160_SIZE);
    this.runSha256 = instance.exported('sha256');
    this.runSha256d = instance.exported('sha256d');
    this.runHash160 = instance.exported('hash160');
  }

  /** @param message at most {@link MAX_SHORT_MESSAGE} bytes, as for the others */
  sha256(message: Uint8Array): Buffer {
    this.bytes.set(message, this.input);
    this.runSha256(message.length);
    return copyOf(this.sha256Result);
  }

  sha256d(message: Uint8Array): Buffer {
    this.bytes.set(message, this.input);
    this.runSha256d(message.length);
    return copyOf(this.sha256Result);
  }

  hash160(message: Uint8Array): Buffer {
    this.bytes.set(message, this.input);
    this.runHash160(message.length);
    return copyOf(this.hash160Result);
  }
}

/**
 * In memory of its own: hashes are kept, and a share of a larger piece would keep all of that. V8 has so few bytes on its heap,
 * for a tenth of the time that an ArrayBuffer takes.
 */
function copyOf(result: Uint8Array): Buffer {
  const copy = Buffer.alloc(result.length);
  copy.set(result);
  return copy;
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

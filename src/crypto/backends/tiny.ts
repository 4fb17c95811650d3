import { createRequire } from 'node:module';
import { isNonZeroScalar } from '../scalar.js';
import type { SigningBackend } from '../secp256k1.js';

type TinySecp256k1 = typeof import('tiny-secp256k1');

/** libsecp256k1 compiled to WebAssembly, for what private keys do, or undefined where it cannot be loaded. */
export function loadTinySigning(): SigningBackend | undefined {
  try {
    const require = createRequire(import.meta.url);
    return new TinySigning(require('tiny-secp256k1') as TinySecp256k1);
  } catch {
    return undefined;
  }
}

/**
 * Slow at verifying, but it takes the same time for every private key. Calls are made only with inputs known to be
 * well-formed: the library throws from inside WebAssembly otherwise, and each such throw leaves its stack frame behind,
 * until the module's stack is exhausted.
 */
class TinySigning implements SigningBackend {
  constructor(private readonly lib: TinySecp256k1) {}

  publicKeyOf(privateKey: Uint8Array, compressed: boolean): Uint8Array | undefined {
    if (!isNonZeroScalar(privateKey)) return undefined;
    return this.lib.pointFromScalar(privateKey, compressed) ?? undefined;
  }

  signRecoverable(hash: Uint8Array, privateKey: Uint8Array, extraEntropy: Uint8Array | undefined) {
    if (hash.length !== 32 || !isNonZeroScalar(privateKey)) return undefined;
    return this.lib.signRecoverable(hash, privateKey, extraEntropy);
  }
}

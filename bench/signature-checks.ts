import type { ScriptJob } from '../src/chain/scripts.js';
import { verifyEcdsaDer } from '../src/crypto/ecdsa.js';
import { verifySchnorr } from '../src/crypto/schnorr.js';
import { TransactionChecker } from '../src/script/checker.js';
import type { SignatureCache } from '../src/script/signature-cache.js';
import { PrecomputedTxData } from '../src/script/tx-data.js';
import { verifyScript } from '../src/script/verify.js';

/** One call of the curve library. */
export interface SignatureCheck {
  readonly kind: 'ecdsa' | 'schnorr';
  readonly hash: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly signature: Uint8Array;
}

/** All signature checks that the scripts of a job come to, in order. */
export function signatureChecks({ transactions, spent, flags }: ScriptJob): readonly SignatureCheck[] {
  const checks: SignatureCheck[] = [];
  const recorder: SignatureCache = {
    key: (kind, hash, publicKey, signature) => {
      // What they are cut out of is used again.
      const own = (bytes: Uint8Array) => Uint8Array.from(bytes);
      checks.push({ kind, hash: own(hash), publicKey: own(publicKey), signature: own(signature) });
      return hash;
    },
    has: () => false,
    add: () => {},
  };
  transactions.forEach((tx, txIndex) => {
    const coins = spent[txIndex] ?? [];
    const txdata = new PrecomputedTxData(tx, coins);
    coins.forEach(({ value, script }, index) => {
      const input = tx.inputs[index];
      if (input === undefined) return;
      const checker = new TransactionChecker(tx, index, value, txdata, recorder);
      verifyScript(input.scriptSig, script, input.witness, flags, checker);
    });
  });
  return checks;
}

let prepared: readonly SignatureCheck[] = [];

/** Entry of worker threads: takes checks, or makes those that it was given, and nothing else. */
export default function workOn(checks: readonly SignatureCheck[] | 'check'): void {
  if (checks !== 'check') {
    prepared = checks;
    return;
  }
  for (const { kind, hash, publicKey, signature } of prepared) {
    if (kind === 'ecdsa') verifyEcdsaDer(signature, hash, publicKey);
    else verifySchnorr(signature, hash, publicKey);
  }
}

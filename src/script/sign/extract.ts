import { hash160 } from '../../crypto/hash.js';
import { hashKey } from '../../primitives/bytes.js';
import type { Transaction } from '../../primitives/transaction.js';
import { defined } from '../../runtime/errors.js';
import { NO_SIGNATURES, type SignatureChecker, TransactionChecker } from '../checker.js';
import { ScriptFlag, STANDARD_SCRIPT_FLAGS } from '../flags.js';
import { SigVersion } from '../sig-version.js';
import { solve } from '../templates.js';
import { PrecomputedTxData, type SpentOutput } from '../tx-data.js';
import { evalScript, verifyScript } from '../verify.js';
import { SignatureData } from './signature-data.js';

/** A checker that remembers the ECDSA signatures it found good. */
class CollectingChecker implements SignatureChecker {
  constructor(
    private readonly inner: SignatureChecker,
    private readonly data: SignatureData,
  ) {}

  checkEcdsa(
    signature: Uint8Array,
    publicKey: Uint8Array,
    scriptCode: Uint8Array,
    sigVersion: SigVersion,
  ): boolean {
    if (!this.inner.checkEcdsa(signature, publicKey, scriptCode, sigVersion)) return false;
    const id = hashKey(hash160(publicKey));
    if (!this.data.signatures.has(id)) this.data.signatures.set(id, { publicKey, signature });
    return true;
  }

  checkSchnorr(...args: Parameters<SignatureChecker['checkSchnorr']>) {
    return this.inner.checkSchnorr(...args);
  }

  checkLockTime(lockTime: number): boolean {
    return this.inner.checkLockTime(lockTime);
  }

  checkSequence(sequence: number): boolean {
    return this.inner.checkSequence(sequence);
  }
}

/**
 * What an input already has: everything when it is complete, else its scripts and the multisig signatures that are good.
 * Taproot inputs count as unsigned here, since nothing is known of the other outputs spent.
 */
export function extractSignatureData(tx: Transaction, inputIndex: number, spent: SpentOutput): SignatureData {
  const input = defined(tx.inputs[inputIndex], 'input to extract signatures from');
  const data = new SignatureData();
  data.scriptSig = input.scriptSig;
  data.witness = input.witness;
  const inner = new TransactionChecker(tx, inputIndex, spent.value, new PrecomputedTxData(tx));
  const checker = new CollectingChecker(inner, data);
  const outcome = verifyScript(data.scriptSig, spent.script, data.witness, STANDARD_SCRIPT_FLAGS, checker);
  if (outcome === 'OK') {
    data.complete = true;
    return data;
  }
  const pushed: Uint8Array[] = [];
  evalScript(pushed, data.scriptSig, ScriptFlag.STRICTENC, NO_SIGNATURES, SigVersion.BASE);
  collectMultisig(data, spent.script, pushed, checker);
  return data;
}

/** Opens redeem and witness script and matches the signatures below them to the keys of a multisig in order. */
function collectMultisig(
  data: SignatureData,
  outputScript: Uint8Array,
  pushed: Uint8Array[],
  checker: SignatureChecker,
): void {
  let script = outputScript;
  let stack = pushed;
  let sigVersion: SigVersion = SigVersion.BASE;
  const redeemScript = pushed.at(-1);
  if (solve(script).type === 'scripthash' && redeemScript !== undefined && redeemScript.length > 0) {
    data.redeemScript = redeemScript;
    script = redeemScript;
    stack = pushed.slice(0, -1);
  }
  const witnessScript = data.witness.at(-1);
  if (
    solve(script).type === 'witness_v0_scripthash' &&
    witnessScript !== undefined &&
    witnessScript.length > 0
  ) {
    data.witnessScript = witnessScript;
    script = witnessScript;
    stack = data.witness.slice(0, -1);
    sigVersion = SigVersion.WITNESS_V0;
  }
  const template = solve(script);
  if (template.type !== 'multisig') return;
  let next = 0;
  for (const signature of stack) {
    for (let i = next; i < template.publicKeys.length; i++) {
      const publicKey = template.publicKeys[i] as Uint8Array;
      const known = data.signatures.has(hashKey(hash160(publicKey)));
      if (!known && !checker.checkEcdsa(signature, publicKey, script, sigVersion)) continue;
      next = i + 1;
      break;
    }
  }
}

import { curve } from '../crypto/curve.js';
import type { SchnorrCheck } from '../crypto/secp256k1.js';
import type { Transaction } from '../primitives/transaction.js';
import type { SchnorrVerifier } from './checker.js';
import type { ScriptFlags } from './flags.js';
import { Op } from './opcodes.js';
import { isPayToScriptHash } from './parse.js';
import { PrecomputedTxData, type SpentOutput } from './tx-data.js';
import { type InputFailure, verifyInputs } from './verify-inputs.js';

/** Inputs `from` to before `to` of a transaction, with the outputs that all of its inputs spend. */
export interface Spend {
  readonly tx: Transaction;
  readonly spent: readonly SpentOutput[];
  readonly from: number;
  readonly to: number;
}

/** The first input that failed, of the spend at `index`. */
export interface SpendFailure extends InputFailure {
  readonly index: number;
}

/**
 * Runs the scripts of spends, in order, and names the first input that fails.
 *
 * Their Schnorr signatures are checked together at the end, in half the time. That changes no verdict: scripts run as if
 * all were valid, which is what happened if they prove to be. Otherwise, or when a script failed after some were believed,
 * all is done again with each signature checked in its place, so that the failure is the one that came first.
 */
export function verifySpends(spends: readonly Spend[], flags: ScriptFlags): SpendFailure | undefined {
  const believed = new BelievedSignatures();
  const txdata = spends.map(({ tx, spent }) => new PrecomputedTxData(tx, spent));
  PrecomputedTxData.makeTogether(txdata.filter(signsVersion0));
  const failure = runScripts(spends, txdata, flags, believed);
  if (believed.count === 0) return failure;
  if (failure === undefined && believed.areValid()) return undefined;
  return runScripts(spends, txdata, flags, curve);
}

function runScripts(
  spends: readonly Spend[],
  txdata: readonly PrecomputedTxData[],
  flags: ScriptFlags,
  schnorr: SchnorrVerifier,
): SpendFailure | undefined {
  for (const [index, { from, to }] of spends.entries()) {
    const failure = verifyInputs(txdata[index] as PrecomputedTxData, flags, from, to, schnorr);
    if (failure !== undefined) return { index, ...failure };
  }
  return undefined;
}

/** Some of its inputs may have signatures in a witness of version 0. */
function signsVersion0({ tx, spentOutputs = [] }: PrecomputedTxData): boolean {
  if (!tx.hasWitness) return false;
  return spentOutputs.some(({ script }) => script[0] === Op.OP_0 || isPayToScriptHash(script));
}

/** Says of every signature that it is valid, and finds out later: of copies, so that nothing can change what was asked. */
class BelievedSignatures implements SchnorrVerifier {
  private readonly checks: SchnorrCheck[] = [];

  get count(): number {
    return this.checks.length;
  }

  verifySchnorr(signature: Uint8Array, message: Uint8Array, xOnlyKey: Uint8Array): boolean {
    this.checks.push({
      signature: new Uint8Array(signature),
      message: new Uint8Array(message),
      xOnlyKey: new Uint8Array(xOnlyKey),
    });
    return true;
  }

  areValid(): boolean {
    return curve.verifySchnorrBatch(this.checks);
  }
}

/**
 * Splits spends into groups of at least `minInputs` inputs, but for the last; a spend stays whole. For who wants pauses,
 * or to stop early.
 */
export function* groupSpends<T extends Spend>(spends: Iterable<T>, minInputs: number): Generator<T[]> {
  let group: T[] = [];
  let inputs = 0;
  for (const spend of spends) {
    group.push(spend);
    inputs += spend.to - spend.from;
    if (inputs < minInputs) continue;
    yield group;
    group = [];
    inputs = 0;
  }
  if (group.length > 0) yield group;
}

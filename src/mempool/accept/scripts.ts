import { blockScriptFlags } from '../../consensus/block-flags.js';
import { reject, type TxRejection } from '../../consensus/rejection.js';
import { hashToHex } from '../../primitives/bytes.js';
import { scriptErrorText } from '../../script/error-text.js';
import type { ScriptErrorCode } from '../../script/errors.js';
import {
  MANDATORY_SCRIPT_FLAGS,
  ScriptFlag,
  type ScriptFlags,
  STANDARD_SCRIPT_FLAGS,
} from '../../script/flags.js';
import type { SignatureCache } from '../../script/signature-cache.js';
import { verifyScript } from '../../script/verify.js';
import type { MempoolChain } from '../modules.js';
import type { AcceptContext, Candidate } from './candidate.js';

const STANDARD_NOT_MANDATORY_FLAGS = STANDARD_SCRIPT_FLAGS & ~MANDATORY_SCRIPT_FLAGS;

/** Runs all input scripts under the flags that relay asks for, unless another node in this process has done so. */
export function checkPolicyScripts(
  candidate: Candidate,
  { modules }: AcceptContext,
): TxRejection | undefined {
  const { signatureCache: cache, policyCache } = modules;
  if (policyCache?.has(candidate.tx, STANDARD_SCRIPT_FLAGS) === true) return undefined;
  const rejection = checkInputScripts(candidate, STANDARD_SCRIPT_FLAGS, cache);
  if (rejection === undefined) {
    policyCache?.add(candidate.tx, STANDARD_SCRIPT_FLAGS);
    return undefined;
  }
  if (!isWitnessStripped(candidate, cache)) return rejection;
  // Only the witness is missing: the transaction itself may be fine, and its txid must not be held against it.
  return { ...rejection, result: 'witness-stripped' };
}

/** True when scripts pass without witness rules and fail with them, without CLEANSTACK, which needs those, either time. */
function isWitnessStripped(candidate: Candidate, cache: SignatureCache): boolean {
  if (candidate.tx.hasWitness) return false;
  const unclean = STANDARD_SCRIPT_FLAGS & ~ScriptFlag.CLEANSTACK;
  return (
    checkInputScripts(candidate, unclean & ~ScriptFlag.WITNESS, cache) === undefined &&
    checkInputScripts(candidate, unclean, cache) !== undefined
  );
}

/**
 * Runs all input scripts under the flags of the blocks of today, and remembers that they passed, for the block that
 * will hold the transaction. They cannot fail after the stricter run, unless that has a bug.
 */
export function checkConsensusScripts(
  candidate: Candidate,
  { modules }: AcceptContext,
): TxRejection | undefined {
  const flags = tipScriptFlags(modules.chain);
  const { executionCache, logger } = modules;
  if (executionCache.has(candidate.tx, flags)) return undefined;
  const rejection = checkInputScripts(candidate, flags, modules.signatureCache);
  if (rejection === undefined) {
    executionCache.add(candidate.tx, flags);
    return undefined;
  }
  const what = `${hashToHex(candidate.tx.txid)}, ${rejection.reason}`;
  logger.error(
    `BUG! PLEASE REPORT THIS! CheckInputScripts failed against latest-block but not STANDARD flags ${what}`,
  );
  return rejection;
}

function tipScriptFlags(chain: MempoolChain): ScriptFlags {
  return blockScriptFlags(chain.height, chain.headers.hash(chain.tip), chain.params.consensus);
}

function checkInputScripts(
  candidate: Candidate,
  flags: ScriptFlags,
  cache: SignatureCache,
): TxRejection | undefined {
  for (let i = 0; i < candidate.tx.inputCount; i++) {
    const error = runInput(candidate, i, flags, cache);
    if (error === 'OK') continue;
    const text = scriptErrorText(error);
    const mandatory = flags & ~STANDARD_NOT_MANDATORY_FLAGS;
    // Who relays what only our policy refuses is not to blame.
    if (mandatory !== flags && runInput(candidate, i, mandatory, cache) === 'OK')
      return reject('not-standard', `non-mandatory-script-verify-flag (${text})`);
    return reject('consensus', `mandatory-script-verify-flag-failed (${text})`);
  }
  return undefined;
}

function runInput(
  candidate: Candidate,
  index: number,
  flags: ScriptFlags,
  cache: SignatureCache,
): ScriptErrorCode {
  const input = candidate.tx.inputs[index];
  const coin = candidate.spent[index];
  if (input === undefined || coin === undefined) return 'UNKNOWN_ERROR';
  const checker = candidate.checker(index, coin.value, cache);
  return verifyScript(input.scriptSig, coin.script, input.witness, flags, checker);
}

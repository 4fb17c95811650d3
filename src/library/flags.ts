import { blockScriptFlags } from '../consensus/block-flags.js';
import {
  type FlagPrerequisite,
  isScriptFlagName,
  MANDATORY_SCRIPT_FLAGS,
  missingPrerequisite,
  SCRIPT_FLAG_NAMES,
  type ScriptFlagName,
  type ScriptFlags,
  STANDARD_SCRIPT_FLAGS as STANDARD_FLAGS,
  scriptFlagNames,
  scriptFlagsOf,
} from '../script/flags.js';
import { arrayArgument, bytesArgument, properties, shown } from './arguments.js';
import { networkRules } from './network-rules.js';
import type { Network } from './networks.js';
import { UsageError } from './usage-error.js';

/** Names of all script flags, in the order of Core's bits: those of SCRIPT_VERIFY_*, as script_tests.json spells them. */
export const SCRIPT_FLAGS: readonly ScriptFlagName[] = Object.freeze([...SCRIPT_FLAG_NAMES]);

/** The flags of consensus: what a block made today is held to. */
export const CONSENSUS_SCRIPT_FLAGS: readonly ScriptFlagName[] = Object.freeze(
  scriptFlagNames(MANDATORY_SCRIPT_FLAGS),
);

/** The flags of policy: what a transaction must also meet to be relayed; those of consensus are among them. */
export const STANDARD_SCRIPT_FLAGS: readonly ScriptFlagName[] = Object.freeze(
  scriptFlagNames(STANDARD_FLAGS),
);

/** Core ignores TAPROOT where WITNESS is missing; a caller who asks for it so would get a verdict without taproot. */
const WITHOUT_EFFECT: readonly FlagPrerequisite[] = [{ flag: 'TAPROOT', needs: 'WITNESS' }];

/** Flags from a caller's list of names. Order and repetition do not matter. */
export function flagsArgument(value: unknown): ScriptFlags {
  const flags = scriptFlagsOf(arrayArgument(value, 'flags').map(flagName));
  const missing = missingPrerequisite(flags) ?? missingPrerequisite(flags, WITHOUT_EFFECT);
  if (missing === undefined) return flags;
  throw new UsageError('flag-combination', `script flag ${missing.flag} needs ${missing.needs}`);
}

function flagName(name: unknown): ScriptFlagName {
  if (typeof name === 'string' && isScriptFlagName(name)) return name;
  const names = SCRIPT_FLAGS.join(', ');
  throw new UsageError('unknown-flag', `unknown script flag ${shown(name)}; there are ${names}`);
}

/** Which block's flags. */
export interface ScriptFlagsAtRequest {
  readonly network: Network;
  readonly height: number;
  /** Hash of the block at that height, 32 bytes in internal order: a few blocks are excused from some rules. */
  readonly hash: Uint8Array;
}

/**
 * The script flags that a block is verified under: what `GetBlockScriptFlags` of Core gives. P2SH, WITNESS and TAPROOT
 * hold for all blocks since genesis but for the exceptions that Core lists, the others from their activation on.
 *
 * @returns names in the order of {@link SCRIPT_FLAGS}
 * @throws UsageError
 * @example
 * import assert from 'node:assert/strict';
 * import { idFromHex, scriptFlagsAt } from 'blocksmith/consensus';
 *
 * const hash = idFromHex('00000000d1145790a8694403d4063f323d499e655c83426834d4ce2f8dd4a2ee');
 * const flags = scriptFlagsAt({ network: 'main', height: 170, hash });
 * assert.deepEqual(flags, ['P2SH', 'WITNESS', 'TAPROOT']);
 */
export function scriptFlagsAt(request: ScriptFlagsAtRequest): readonly ScriptFlagName[] {
  const { network, height, hash } = properties(request, 'request');
  if (typeof height !== 'number' || !Number.isSafeInteger(height) || height < 0) {
    throw new UsageError('bad-argument', `height must be a whole number, 0 or more, not ${shown(height)}`);
  }
  const id = bytesArgument(hash, 'hash');
  if (id.length !== 32) throw new UsageError('bad-argument', `hash must have 32 bytes, not ${id.length}`);
  return scriptFlagNames(blockScriptFlags(height, id, networkRules(network)));
}

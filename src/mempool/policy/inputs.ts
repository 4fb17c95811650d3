import { EMPTY_BYTES } from '../../primitives/bytes.js';
import type { Coin } from '../../primitives/coin.js';
import type { Transaction, TxInput } from '../../primitives/transaction.js';
import {
  ANNEX_TAG,
  MAX_SCRIPT_ELEMENT_SIZE,
  MAX_STACK_SIZE,
  TAPROOT_LEAF_MASK,
  TAPROOT_LEAF_TAPSCRIPT,
  WITNESS_V0_SCRIPTHASH_SIZE,
  WITNESS_V1_TAPROOT_SIZE,
} from '../../script/limits.js';
import { Op, smallIntegerOf } from '../../script/opcodes.js';
import { isPayToAnchor, isPayToScriptHash, isWitnessProgram, ScriptReader } from '../../script/parse.js';
import { countSigOps } from '../../script/sigops.js';
import { solve } from '../../script/templates.js';
import {
  MAX_P2SH_SIGOPS,
  MAX_STANDARD_P2WSH_SCRIPT_SIZE,
  MAX_STANDARD_P2WSH_STACK_ITEM_SIZE,
  MAX_STANDARD_P2WSH_STACK_ITEMS,
  MAX_STANDARD_TAPSCRIPT_STACK_ITEM_SIZE,
} from './limits.js';

const NEGATIVE_ONE = Uint8Array.of(0x81);

/**
 * True when each input spends a known template and no P2SH redeem script holds more signature operations than are
 * relayed (Core's AreInputsStandard). `spent` are the coins in input order.
 */
export function areInputsStandard(tx: Transaction, spent: readonly Coin[]): boolean {
  return tx.inputs.every((input, i) => {
    const coin = spent[i];
    return coin !== undefined && isInputStandard(input, coin);
  });
}

function isInputStandard(input: TxInput, coin: Coin): boolean {
  const { type } = solve(coin.script);
  if (type === 'nonstandard' || type === 'witness_unknown') return false;
  if (type !== 'scripthash') return true;
  const redeemScript = topOfPushes(input.scriptSig);
  return redeemScript !== undefined && countSigOps(redeemScript, true) <= MAX_P2SH_SIGOPS;
}

/** True when no input has a witness larger than, or of another form than, relayed ones have (IsWitnessStandard). */
export function isWitnessStandard(tx: Transaction, spent: readonly Coin[]): boolean {
  return tx.inputs.every((input, i) => {
    const coin = spent[i];
    return input.witness.length === 0 || (coin !== undefined && isInputWitnessStandard(input, coin));
  });
}

function isInputWitnessStandard(input: TxInput, coin: Coin): boolean {
  // An anchor needs no witness; one that is there is stuffing.
  if (isPayToAnchor(coin.script)) return false;
  const nested = isPayToScriptHash(coin.script);
  const script = nested ? topOfPushes(input.scriptSig) : coin.script;
  const witness = script === undefined ? undefined : isWitnessProgram(script);
  if (witness === undefined) return false;
  const { version, program } = witness;
  if (version === 0 && program.length === WITNESS_V0_SCRIPTHASH_SIZE) return isP2wshStandard(input.witness);
  if (version === 1 && program.length === WITNESS_V1_TAPROOT_SIZE && !nested)
    return isTaprootStandard(input.witness);
  return true;
}

function isP2wshStandard(witness: readonly Uint8Array[]): boolean {
  const script = witness.at(-1) ?? EMPTY_BYTES;
  const items = witness.slice(0, -1);
  return (
    script.length <= MAX_STANDARD_P2WSH_SCRIPT_SIZE &&
    items.length <= MAX_STANDARD_P2WSH_STACK_ITEMS &&
    items.every(item => item.length <= MAX_STANDARD_P2WSH_STACK_ITEM_SIZE)
  );
}

function isTaprootStandard(witness: readonly Uint8Array[]): boolean {
  if (witness.length < 2) return true;
  // An annex has no meaning yet, so it is not relayed.
  if (witness.at(-1)?.[0] === ANNEX_TAG) return false;
  const leafByte = witness.at(-1)?.[0];
  if (leafByte === undefined) return false;
  if ((leafByte & TAPROOT_LEAF_MASK) !== TAPROOT_LEAF_TAPSCRIPT) return true;
  return witness.slice(0, -2).every(item => item.length <= MAX_STANDARD_TAPSCRIPT_STACK_ITEM_SIZE);
}

/**
 * Top of the stack after running a script that only pushes; undefined when it leaves none or would fail. Unlike
 * `lastPush` it gives the bytes of OP_1NEGATE and OP_1 … OP_16 too.
 */
function topOfPushes(script: Uint8Array): Uint8Array | undefined {
  const reader = new ScriptReader(script);
  let top: Uint8Array | undefined;
  let count = 0;
  while (reader.next()) {
    top = pushedBy(reader);
    count++;
    if (top === undefined || count > MAX_STACK_SIZE) return undefined;
  }
  return reader.malformed ? undefined : top;
}

function pushedBy(reader: ScriptReader): Uint8Array | undefined {
  const { opcode, data } = reader;
  if (opcode <= Op.OP_PUSHDATA4) return data.length <= MAX_SCRIPT_ELEMENT_SIZE ? data : undefined;
  if (opcode === Op.OP_1NEGATE) return NEGATIVE_ONE;
  return opcode >= Op.OP_1 && opcode <= Op.OP_16 ? Uint8Array.of(smallIntegerOf(opcode)) : undefined;
}

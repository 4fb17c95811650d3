import type { Chain } from '../../chain/chain.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { fromHex, type Hash256 } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import { Transaction } from '../../primitives/transaction.js';
import { MAX_SCRIPT_SIZE } from '../../script/limits.js';
import { hasValidOps } from '../../script/parse.js';
import { RpcCode, RpcError } from '../errors.js';

/** Header by hash. @throws RpcError "Block not found" */
export function findHeader(chain: Chain, hash: Hash256): HeaderId {
  const id = chain.headers.find(hash);
  if (id === NO_HEADER) throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Block not found');
  return id;
}

/** Block of the active chain by height. @throws RpcError when there is none */
export function headerAt(chain: Chain, height: number): HeaderId {
  const id = height < 0 ? NO_HEADER : chain.at(height);
  if (id === NO_HEADER) throw new RpcError(RpcCode.INVALID_PARAMETER, 'Block height out of range');
  return id;
}

/**
 * A transaction from hex; undefined when it decodes in neither of the two forms. One without inputs can look like the
 * start of a witness, so when both forms decode, the one whose scripts make sense is taken (Core's DecodeHexTx).
 */
export function decodeTransaction(
  hex: string,
  { withWitness = true, withoutWitness = true } = {},
): Transaction | undefined {
  const bytes = fromHex(hex);
  if (bytes === undefined) return undefined;
  const extended = withWitness ? tryParse(bytes, true) : undefined;
  if (extended !== undefined && hasSaneScripts(extended)) return extended;
  const legacy = withoutWitness ? tryParse(bytes, false) : undefined;
  return legacy !== undefined && (extended === undefined || hasSaneScripts(legacy)) ? legacy : extended;
}

/** Every script is a sequence of operations of a size that may run. */
function hasSaneScripts(tx: Transaction): boolean {
  const isSane = (script: Uint8Array) => script.length <= MAX_SCRIPT_SIZE && hasValidOps(script);
  return (
    (tx.isCoinbase || tx.inputs.every(input => isSane(input.scriptSig))) &&
    tx.outputs.every(output => isSane(output.script))
  );
}

function tryParse(bytes: Uint8Array, allowWitness: boolean): Transaction | undefined {
  try {
    return Transaction.parse(bytes, allowWitness);
  } catch (thrown) {
    if (thrown instanceof DecodeError) return undefined;
    throw thrown;
  }
}

/** @throws RpcError "TX decode failed…" */
export function requireTransaction(
  hex: string,
  hint = 'Make sure the tx has at least one input.',
): Transaction {
  const tx = decodeTransaction(hex);
  if (tx === undefined)
    throw new RpcError(RpcCode.DESERIALIZATION_ERROR, `TX decode failed. ${hint}`.trimEnd());
  return tx;
}

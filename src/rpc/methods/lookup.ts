import type { Chain } from '../../chain/chain.js';
import { type HeaderId, NO_HEADER } from '../../consensus/chain-view.js';
import { fromHex, type Hash256 } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import { Transaction } from '../../primitives/transaction.js';
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
 * A transaction from hex, in whichever of the two forms decodes (a transaction without inputs looks like the start of a
 * witness one): undefined when neither does.
 */
export function decodeTransaction(
  hex: string,
  { withWitness = true, withoutWitness = true } = {},
): Transaction | undefined {
  const bytes = fromHex(hex);
  if (bytes === undefined) return undefined;
  return (
    (withWitness ? tryParse(bytes, true) : undefined) ?? (withoutWitness ? tryParse(bytes, false) : undefined)
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

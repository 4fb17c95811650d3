import { defined } from '../../src/runtime/errors.js';
import { ifAnswering } from '../answering.js';
import { type BlockPlace, hasInChain, isInAllChains } from '../branch/follow.js';
import type { RegtestNode } from '../node.js';
import { RpcCallError } from '../rpc/caller.js';
import { type FaucetSide, waitOnSide } from './side.js';

/** RPC_VERIFY_ERROR and RPC_VERIFY_REJECTED: a transaction, or a block with it, would break the rules. */
const REFUSALS: ReadonlySet<number> = new Set([-25, -26]);

/** The first output is what was asked for, a second one change. */
const PAID_OUTPUT = 0;
const CHANGE_OUTPUT = 1;

/** Blocks for one payment: others may make the node leave one for a longer branch, but not that often. */
const MAX_BLOCKS = 20;

/** A payment that is to get into the chain. */
export interface SignedPayment {
  readonly hex: string;
  readonly txid: string;
}

/** A node finds fault with a payment: its coins are gone, or spent. */
export class PaymentRefused extends Error {
  override readonly name = 'PaymentRefused';

  constructor(cause: RpcCallError) {
    super(`the faucet's payment was refused: ${cause.message}`, { cause });
  }
}

/**
 * Puts a payment into a block that all nodes of a side have in their chain, whoever else makes blocks meanwhile: when the
 * node leaves the block for a longer branch, the payment gets one on top of that.
 *
 * @returns hash of the block
 * @throws PaymentRefused when the chain that the node has come to does not allow the payment any more
 */
export async function confirmPayment(side: FaucetSide, { hex, txid }: SignedPayment): Promise<string> {
  const { node, sideOf, payTo } = side;
  for (let blocks = 0; blocks < MAX_BLOCKS; blocks++) {
    const block = (await findPayment(node, txid)) ?? (await mineBlock(node, payTo, hex));
    const outcome = await waitOnSide(
      side,
      async () => {
        if (!(await hasInChain(node, block))) return 'left';
        return (await isInAllChains(sideOf(node), block)) && 'agreed';
      },
      `all connected nodes to have block ${block.hash} in their chain`,
    );
    if (outcome === 'agreed') return block.hash;
  }
  throw new Error(`${node.name}: the chain grew faster than the faucet's branch of it`);
}

/**
 * Hands a payment to a node, and waits until all of its side have it, in their mempools or, where others mine, in the chain.
 *
 * @throws PaymentRefused when the chain that the node has come to does not allow the payment any more
 */
export async function announcePayment(side: FaucetSide, { hex, txid }: SignedPayment): Promise<void> {
  const { node, sideOf } = side;
  await tellingRefusal(() => node.rpc.call('sendrawtransaction', hex));
  await waitOnSide(
    side,
    async () => {
      const known = await Promise.all(sideOf(node).map(one => ifAnswering(one, () => hasPayment(one, txid))));
      return !known.includes(false);
    },
    `${txid} to reach all connected nodes`,
  );
}

async function mineBlock(node: RegtestNode, payTo: string, hex: string): Promise<BlockPlace> {
  const hash = await tellingRefusal(() => node.mineWith([hex], payTo));
  const { height } = await node.rpc.call('getblockheader', hash);
  return { hash, height };
}

async function tellingRefusal<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    if (thrown instanceof RpcCallError && REFUSALS.has(thrown.code)) throw new PaymentRefused(thrown);
    throw thrown;
  }
}

/** The block of the node's chain that has the payment already: others take it into theirs when they know of it. */
async function findPayment({ rpc }: RegtestNode, txid: string): Promise<BlockPlace | undefined> {
  const output = await rpc.call('gettxout', txid, PAID_OUTPUT, false);
  if (output === null) return undefined;
  // Down from the block that the answer is about: another branch may be the chain by now.
  let hash = output.bestblock;
  for (let above = output.confirmations - 1; above > 0; above--) {
    hash = defined((await rpc.call('getblockheader', hash)).previousblockhash, `block below ${hash}`);
  }
  return { hash, height: (await rpc.call('getblockheader', hash)).height };
}

/** In the mempool or in the chain. Who was paid may have spent it already. */
async function hasPayment({ rpc }: RegtestNode, txid: string): Promise<boolean> {
  const outputs = [PAID_OUTPUT, CHANGE_OUTPUT].map(index => rpc.call('gettxout', txid, index, true));
  return (await Promise.all(outputs)).some(output => output !== null);
}

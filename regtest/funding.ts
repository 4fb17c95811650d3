import { COIN, formatAmount } from '../src/primitives/amount.js';
import type { LabKey } from './keys.js';
import type { RegtestNode } from './node.js';

/** Height of a fresh network: the first coinbase can be spent in the block on top of 100 others. */
export const START_HEIGHT = 101;

/** Of the transaction that shares out the first coinbase, in satoshis: generous for any number of nodes. */
const FEE = 10_000;

const FIRST_SUBSIDY = 50 * COIN;

/** Each node gets whole bitcoins, or whole hundredths when there are many nodes. */
function shareOf(nodes: number): number {
  const share = (FIRST_SUBSIDY - FEE) / nodes;
  const unit = share >= 2 * COIN ? COIN : COIN / 100;
  return Math.floor(share / unit) * unit;
}

/**
 * Mines a fresh chain up to height 101 and gives each node the same confirmed coin, which it can spend at once: the
 * last block shares out the first coinbase. All subsidies go to `faucet`, so that nobody's balance moves by itself.
 *
 * @param beforeBlock called before each block, where it matters when blocks come
 */
export async function fundNodes(
  nodes: readonly RegtestNode[],
  faucet: LabKey,
  beforeBlock?: (() => Promise<void>) | undefined,
): Promise<void> {
  const [miner] = nodes;
  if (miner === undefined) return;
  const { rpc } = miner;
  const first = await mineFirst(miner, faucet, beforeBlock);
  const { tx } = await rpc.call('getblock', first);
  const share = shareOf(nodes.length);
  const rest = FIRST_SUBSIDY - FEE - share * nodes.length;
  const outputs = nodes.map(({ key }) => ({ [key.address]: formatAmount(share) }));
  if (rest > FEE) outputs.push({ [faucet.address]: formatAmount(rest) });
  const unsigned = await rpc.call('createrawtransaction', [{ txid: tx[0] ?? '', vout: 0 }], outputs);
  const { hex } = await rpc.call('signrawtransactionwithkey', unsigned, [faucet.wif]);
  await beforeBlock?.();
  await rpc.call('generateblock', faucet.address, [hex]);
}

/** All blocks but the last; gives the hash of the first. */
async function mineFirst(
  { rpc }: RegtestNode,
  { address }: LabKey,
  beforeBlock: (() => Promise<void>) | undefined,
): Promise<string> {
  if (beforeBlock === undefined)
    return (await rpc.call('generatetoaddress', START_HEIGHT - 1, address))[0] ?? '';
  for (let height = 1; height < START_HEIGHT; height++) {
    await beforeBlock();
    await rpc.call('generatetoaddress', 1, address);
  }
  return rpc.call('getblockhash', 1);
}

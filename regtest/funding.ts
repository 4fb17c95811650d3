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
 */
export async function fundNodes(nodes: readonly RegtestNode[], faucet: LabKey): Promise<void> {
  const [miner] = nodes;
  if (miner === undefined) return;
  const { rpc } = miner;
  const [first = ''] = await miner.mine(START_HEIGHT - 1, faucet.address);
  const { tx } = await rpc.call('getblock', first);
  const share = shareOf(nodes.length);
  const rest = FIRST_SUBSIDY - FEE - share * nodes.length;
  const outputs = nodes.map(({ key }) => ({ [key.address]: formatAmount(share) }));
  if (rest > FEE) outputs.push({ [faucet.address]: formatAmount(rest) });
  const unsigned = await rpc.call('createrawtransaction', [{ txid: tx[0] ?? '', vout: 0 }], outputs);
  const { hex } = await rpc.call('signrawtransactionwithkey', unsigned, [faucet.wif]);
  const { hash } = await rpc.call('generateblock', faucet.address, [hex]);
  await miner.reportFound([hash]);
}

import { COIN, formatAmount } from '../src/primitives/amount.js';
import { defined } from '../src/runtime/errors.js';
import type { LabAccount } from './accounts/account.js';
import type { LabKey } from './accounts/lab-keys.js';
import { deliverBlocks } from './block-delivery.js';
import type { BlockPace } from './block-pace.js';
import { MAX_TRIES } from './mining/max-tries.js';
import type { RegtestNode } from './node.js';
import type { RpcCaller } from './rpc/caller.js';

/** Height of a fresh network: the first coinbase can be spent in the block on top of 100 others. */
export const START_HEIGHT = 101;

/** Of the transaction that shares out the first coinbase, in satoshis: generous for any number of accounts. */
const FEE = 10_000;

/**
 * Seconds by which the fresh chain lies back. A hundred blocks at once go 17 s ahead of the time at which they are made, as
 * each has to lie above the median of the last eleven; blocks after them are to have the time at which they are found.
 */
const LAID_BACK = 30;

const FIRST_SUBSIDY = 50 * COIN;

/** The node that makes the blocks. */
interface FundingNode {
  readonly rpc: RpcCaller;
  /** Is told of blocks that the node made, one on top of the other. */
  reportFound(hashes: readonly string[]): Promise<void>;
}

/** Each account gets whole bitcoins, or whole hundredths when there are many. */
function shareOf(accounts: number): number {
  const share = (FIRST_SUBSIDY - FEE) / accounts;
  const unit = share >= 2 * COIN ? COIN : COIN / 100;
  return Math.floor(share / unit) * unit;
}

/**
 * Mines a fresh chain up to height 101 and gives each account the same confirmed coin, which it can spend at once: the
 * last block shares out the first coinbase. All subsidies go to `faucet`, so that nobody's balance moves by itself.
 *
 * @param beforeBlock called before each block, where it matters when blocks come
 */
export async function fundAccounts(
  miner: FundingNode,
  accounts: readonly LabAccount[],
  faucet: LabKey,
  beforeBlock?: (() => Promise<void>) | undefined,
): Promise<void> {
  const { rpc } = miner;
  if (beforeBlock === undefined) await rpc.call('setmocktime', Math.floor(Date.now() / 1000) - LAID_BACK);
  const first = await mineFirst(miner, faucet, beforeBlock);
  const { tx } = await rpc.call('getblock', first);
  const share = shareOf(accounts.length);
  const rest = FIRST_SUBSIDY - FEE - share * accounts.length;
  const outputs = accounts.map(({ address }) => ({ [address]: formatAmount(share) }));
  if (rest > FEE) outputs.push({ [faucet.address]: formatAmount(rest) });
  const unsigned = await rpc.call('createrawtransaction', [{ txid: tx[0] ?? '', vout: 0 }], outputs);
  const { hex } = await rpc.call('signrawtransactionwithkey', unsigned, [faucet.wif]);
  await beforeBlock?.();
  const { hash } = await rpc.call('generateblock', faucet.address, [hex]);
  await miner.reportFound([hash]);
  if (beforeBlock === undefined) await rpc.call('setmocktime', 0);
}

/**
 * The same for a whole network whose time follows its blocks, before its nodes are connected: hours pass with each block, too
 * many for peers to stay in touch, so all are given the blocks directly.
 */
export async function fundAtPace(
  nodes: readonly RegtestNode[],
  accounts: readonly LabAccount[],
  faucet: LabKey,
  pace: BlockPace,
): Promise<void> {
  const [first, ...others] = nodes;
  if (first === undefined) return;
  await fundAccounts(first, accounts, faucet, () => pace.next());
  for (let height = 1; height <= START_HEIGHT; height++)
    await deliverBlocks([await first.rpc.call('getblockhash', height)], first, others);
}

/** The accounts with what the chain gave them at its start: nothing when it was not begun by {@link fundAccounts}. */
export async function fundedAccounts(
  rpc: RpcCaller,
  accounts: readonly LabAccount[],
): Promise<readonly LabAccount[]> {
  if ((await rpc.call('getblockcount')) < START_HEIGHT) return accounts;
  const block = await rpc.call('getblock', await rpc.call('getblockhash', START_HEIGHT), 2);
  const outputs = block.tx.slice(1).flatMap(({ vout }) => vout);
  const given = new Map(outputs.map(({ value, scriptPubKey }) => [scriptPubKey.address, value]));
  return accounts.map(account => ({ ...account, funded: given.get(account.address) ?? 0 }));
}

/** All blocks but the last; gives the hash of the first. */
async function mineFirst(
  miner: FundingNode,
  { address }: LabKey,
  beforeBlock: (() => Promise<void>) | undefined,
): Promise<string> {
  const mine = (blocks: number) => miner.rpc.call('generatetoaddress', blocks, address, MAX_TRIES);
  const hashes: string[] = [];
  if (beforeBlock === undefined) hashes.push(...(await mine(START_HEIGHT - 1)));
  for (let height = hashes.length + 1; beforeBlock !== undefined && height < START_HEIGHT; height++) {
    await beforeBlock();
    hashes.push(...(await mine(1)));
  }
  await miner.reportFound(hashes);
  return defined(hashes[0], 'hash of the first block');
}

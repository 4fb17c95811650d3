import { chainParams } from '../../src/consensus/networks.js';
import { DUST_RELAY_FEE_RATE } from '../../src/mempool/policy/limits.js';
import { formatAmount, formatMoney } from '../../src/primitives/amount.js';
import { addressToScript } from '../../src/script/address.js';
import { dustThreshold } from '../../src/script/dust.js';
import type { LabKey } from '../accounts/lab-keys.js';
import { refuseSplit } from '../network-split.js';
import type { RegtestNode } from '../node.js';
import { type BitcoinAmount, parseBitcoins } from './amount.js';
import { blocksUntil, coinsOf, type FaucetCoin, isMature } from './coins.js';
import { announcePayment, confirmPayment, PaymentRefused } from './deliver-payment.js';
import type { FundOptions, FundResult } from './fund-options.js';
import { waitForAgreement } from './side.js';

const PARAMS = chainParams('regtest').address;

/** Blocks that the faucet mines for one payment at most: seconds of work, and all that subsidies still bring at height 1100. */
export const MAX_FAUCET_BLOCKS = 1000;

/** Coins of one payment at most, so that it stays small enough to be relayed. */
const MAX_INPUTS = 500;

/** Virtual bytes: of a transaction with two outputs of any common kind, and of each input. */
const BASE_VSIZE = 100;
const INPUT_VSIZE = 69;

/** Satoshis per virtual byte. */
const FEE_RATE = 10;

/** Somebody's branch took the coins away while they were spent; not that often. */
const MAX_ATTEMPTS = 10;

/** The subsidies do not give what is asked for. */
export class FaucetEmpty extends Error {
  override readonly name = 'FaucetEmpty';
}

export interface FaucetModules {
  readonly key: LabKey;
  /** The running nodes that are connected with this one, directly or not, and itself. */
  readonly sideOf: (node: RegtestNode) => readonly RegtestNode[];
}

interface Payment {
  readonly address: string;
  /** Satoshis. */
  readonly value: number;
}

/** Checks what is to be paid. @throws RangeError */
export function checkPayment(address: string, amount: BitcoinAmount, faucet: LabKey): Payment {
  const value = parseBitcoins(amount);
  if (address === faucet.address) throw new RangeError('the faucet does not pay itself');
  const script = addressToScript(address, PARAMS);
  if (script === undefined) throw new RangeError(`"${address.slice(0, 100)}" is no address of regtest`);
  const least = dustThreshold({ value, script }, DUST_RELAY_FEE_RATE);
  if (value < least) {
    throw new RangeError(
      `an amount for ${address} is ${formatAmount(least)} bitcoins or more, not ${amount}: less is dust`,
    );
  }
  return { address, value };
}

/**
 * Pays out of the subsidies that the faucet's key has got. Its coins are looked up in the chain each time, so that it does not
 * matter what became of the chain meanwhile. When there are not enough, more blocks are mined; nothing but a payment of
 * its own is in the faucet's blocks. One call at a time: two at once would spend the same coins. Others may make blocks.
 *
 * @returns when all nodes connected with this one have the payment
 * @throws FaucetEmpty when subsidies do not give so much
 * @throws NetworkSplit when some nodes of the side refuse the others' chain
 */
export async function payFromFaucet(
  node: RegtestNode,
  payment: Payment,
  { confirm = true }: FundOptions,
  modules: FaucetModules,
): Promise<FundResult> {
  const { key, sideOf } = modules;
  const { rpc } = node;
  const side = { node, payTo: key.address, sideOf };
  await refuseSplit(sideOf(node));
  await waitForAgreement(side);
  for (let attempt = 1; ; attempt++) {
    const coins = await spendableCoins(node, payment.value, key);
    const hex = await signedPayment(node, payment, key, coins);
    const { txid } = await rpc.call('decoderawtransaction', hex);
    try {
      if (confirm) return { txid, block: await confirmPayment(side, { hex, txid }) };
      await announcePayment(side, { hex, txid });
      return { txid };
    } catch (thrown) {
      // With the coins of the chain that the node has come to it may go better.
      if (!(thrown instanceof PaymentRefused) || attempt === MAX_ATTEMPTS) throw thrown;
    }
  }
}

/** Coins that the next block may spend and no mempool has spent, worth the payment and its fee; mined for if need be. */
async function spendableCoins(node: RegtestNode, value: number, key: LabKey): Promise<readonly FaucetCoin[]> {
  for (let mined = 0; ; ) {
    const all = await coinsOf(node.rpc, key.address);
    const unspent = await withoutSpent(node, all.coins);
    const mature = unspent.filter(coin => isMature(coin, all.height));
    const chosen = choose(mature, value);
    if (chosen !== undefined) return chosen;
    const most = MAX_FAUCET_BLOCKS - mined;
    const wanted = value + feeFor(Math.min(mature.length + 1, MAX_INPUTS));
    const blocks = blocksUntil({ height: all.height, coins: unspent }, wanted, most);
    if (blocks === undefined) throw emptyFor(value);
    for (let i = 0; i < blocks; i++) await node.mineWith([], key.address);
    mined += blocks;
  }
}

async function withoutSpent(
  { rpc }: RegtestNode,
  coins: readonly FaucetCoin[],
): Promise<readonly FaucetCoin[]> {
  if ((await rpc.call('getrawmempool')).length === 0) return coins;
  const left = await Promise.all(coins.map(({ txid, vout }) => rpc.call('gettxout', txid, vout)));
  return coins.filter((_, index) => left[index] !== null);
}

/** The largest coins that are enough together; undefined when there are not. */
function choose(coins: readonly FaucetCoin[], value: number): readonly FaucetCoin[] | undefined {
  const largest = [...coins].sort((a, b) => b.value - a.value || a.height - b.height).slice(0, MAX_INPUTS);
  let sum = 0;
  for (const [index, coin] of largest.entries()) {
    sum += coin.value;
    if (sum >= value + feeFor(index + 1)) return largest.slice(0, index + 1);
  }
  return undefined;
}

function feeFor(inputs: number): number {
  return FEE_RATE * (BASE_VSIZE + INPUT_VSIZE * inputs);
}

/** A signed transaction in hex. Change that would be dust goes to the miner, who is the faucet. */
async function signedPayment(
  { rpc }: RegtestNode,
  { address, value }: Payment,
  key: LabKey,
  coins: readonly FaucetCoin[],
): Promise<string> {
  const change = coins.reduce((sum, coin) => sum + coin.value, 0) - value - feeFor(coins.length);
  const outputs = [{ [address]: formatAmount(value) }];
  if (change >= dustOf(key)) outputs.push({ [key.address]: formatAmount(change) });
  const inputs = coins.map(({ txid, vout }) => ({ txid, vout }));
  const unsigned = await rpc.call('createrawtransaction', inputs, outputs);
  return (await rpc.call('signrawtransactionwithkey', unsigned, [key.wif])).hex;
}

function dustOf({ address }: LabKey): number {
  const script = addressToScript(address, PARAMS);
  return script === undefined ? 0 : dustThreshold({ value: 0, script }, DUST_RELAY_FEE_RATE);
}

function emptyFor(value: number): FaucetEmpty {
  return new FaucetEmpty(
    `the faucet has no ${formatMoney(value)} bitcoins, and would not have them after ${MAX_FAUCET_BLOCKS} blocks more: subsidies halve every 150 blocks`,
  );
}

import { hashToHex } from '../../../primitives/bytes.js';
import type { Wallet } from '../../../wallet/wallet.js';
import type { Args } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import { amount, type JsonValue } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import type { Param } from '../../param.js';
import { requireAddress } from './addresses.js';
import { walletMethod } from './common.js';

const PARAMS: readonly Param[] = [
  {
    name: 'minconf',
    type: 'number',
    default: 1,
    description: 'Count only transactions with at least so many confirmations',
  },
  {
    name: 'include_empty',
    type: 'bool',
    default: false,
    description: 'Show addresses that were never paid, too',
  },
  {
    name: 'include_watchonly',
    type: 'bool',
    optional: true,
    description: 'No effect: descriptor wallets show all they have.',
  },
];

const IMMATURE: Param = {
  name: 'include_immature_coinbase',
  type: 'bool',
  default: false,
  description: 'Count coinbase outputs that cannot be spent yet',
};

/** What one address, or all of a label, received. */
interface Tally {
  amount: number;
  /** Of the latest payment; none yet: infinite. */
  confirmations: number;
  readonly txids: string[];
}

function emptyTally(): Tally {
  return { amount: 0, confirmations: Number.POSITIVE_INFINITY, txids: [] };
}

function tallyByAddress(wallet: Wallet, args: Args): Map<string, Tally> {
  const minDepth = args.optionalInt('minconf') ?? 1;
  const withImmature = args.bool('include_immature_coinbase', false);
  const { ledger, keychain } = wallet;
  const tallies = new Map<string, Tally>();
  for (const wtx of ledger.inOrder()) {
    const depth = ledger.depth(wtx);
    if (depth < minDepth || (wtx.tx.isCoinbase && depth < 1)) continue;
    if (!withImmature && ledger.isImmature(wtx)) continue;
    for (const { script, value } of wtx.tx.outputs) {
      const address = keychain.isMine(script) ? wallet.addressOf(script) : undefined;
      if (address === undefined) continue;
      const tally = tallies.get(address) ?? emptyTally();
      tallies.set(address, tally);
      tally.amount += value;
      tally.confirmations = Math.min(tally.confirmations, depth);
      tally.txids.push(hashToHex(wtx.tx.txid));
    }
  }
  return tallies;
}

function view(tally: Tally): { readonly [key: string]: JsonValue } {
  const confirmations = Number.isFinite(tally.confirmations) ? tally.confirmations : 0;
  return { amount: amount(tally.amount), confirmations };
}

const listreceivedbyaddress = walletMethod({
  name: 'listreceivedbyaddress',
  description: 'Lists addresses with all that was ever paid to them, in BTC.',
  params: [
    ...PARAMS,
    {
      name: 'address_filter',
      type: 'string',
      optional: true,
      description: 'Only this address; "" for all',
    },
    IMMATURE,
  ],
  result: '[ { "address", "amount", "confirmations", "label", "txids": [ … ] }, … ]',
  examples: ['', '6 true'],
  run: (wallet, args) => {
    const only = addressFilter(wallet, args.optionalString('address_filter') ?? '');
    const withEmpty = args.bool('include_empty', false);
    const tallies = tallyByAddress(wallet, args);
    return wallet.addressBook
      .list()
      .filter(([address]) => (only === undefined || address === only) && (withEmpty || tallies.has(address)))
      .map(([address, { label }]) => {
        const tally = tallies.get(address) ?? emptyTally();
        return { address, ...view(tally), label, txids: tally.txids };
      });
  },
});

function addressFilter(wallet: Wallet, text: string): string | undefined {
  if (text === '') return undefined;
  try {
    return requireAddress(wallet, text).address;
  } catch (thrown) {
    if (!(thrown instanceof RpcError)) throw thrown;
    throw new RpcError(RpcCode.WALLET_ERROR, 'address_filter parameter was invalid');
  }
}

const listreceivedbylabel = walletMethod({
  name: 'listreceivedbylabel',
  description: 'Lists labels with all that was ever paid to their addresses, in BTC.',
  params: [...PARAMS, IMMATURE],
  result: '[ { "amount", "confirmations", "label" }, … ]',
  examples: ['', '6 true'],
  run: (wallet, args) => {
    const withEmpty = args.bool('include_empty', false);
    const tallies = tallyByAddress(wallet, args);
    const byLabel = new Map<string, Tally>();
    for (const [address, { label = '' }] of wallet.addressBook.list()) {
      const tally = tallies.get(address);
      if (tally === undefined && !withEmpty) continue;
      const sum = byLabel.get(label) ?? emptyTally();
      byLabel.set(label, sum);
      sum.amount += tally?.amount ?? 0;
      sum.confirmations = Math.min(sum.confirmations, tally?.confirmations ?? Number.POSITIVE_INFINITY);
    }
    return [...byLabel]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, tally]) => ({ ...view(tally), label }));
  },
});

/** What was received, by address and by label. */
export const receivedMethods: readonly RpcMethod[] = [listreceivedbyaddress, listreceivedbylabel];

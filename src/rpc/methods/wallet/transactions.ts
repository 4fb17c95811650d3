import { NO_HEADER } from '../../../consensus/chain-view.js';
import { type Hash256, hashToHex, keyToHash, toHex } from '../../../primitives/bytes.js';
import { signalsReplaceability } from '../../../primitives/sequence.js';
import { defined } from '../../../runtime/errors.js';
import { type HistoryEntry, type HistoryFilter, historyOf, outputSum } from '../../../wallet/history.js';
import type { WalletTx } from '../../../wallet/ledger/wallet-tx.js';
import { Trust } from '../../../wallet/trust.js';
import type { Wallet } from '../../../wallet/wallet.js';
import { parseHash } from '../../args.js';
import type { RpcContext } from '../../context.js';
import { RpcCode, RpcError } from '../../errors.js';
import { amount, type JsonValue } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import type { Param } from '../../param.js';
import { transactionView } from '../../views/transaction.js';
import { checkLabel, lastProcessedBlock, parentDescriptors, walletMethod } from './common.js';

type JsonMembers = { readonly [key: string]: JsonValue };

const WATCH_ONLY: Param = {
  name: 'include_watchonly',
  type: 'bool',
  optional: true,
  description: 'No effect: descriptor wallets show all they have.',
};

const TX_MEMBERS =
  '"confirmations", "generated", "trusted", "blockhash", "blockheight", "blockindex", "blocktime", "txid", "wtxid", "walletconflicts": [ … ], "replaced_by_txid", "replaces_txid", "mempoolconflicts": [ … ], "to", "time", "timereceived", "comment", "bip125-replaceable"';
const ENTRY_MEMBERS = `"address", "category": "send|receive|generate|immature|orphan", "amount", "label", "vout", "fee", "parent_descs": [ … ], ${TX_MEMBERS}, "abandoned"`;

/** What the wallet knows of a transaction. */
function txView(wallet: Wallet, wtx: WalletTx): JsonMembers {
  const { ledger, modules } = wallet;
  const { state, tx } = wtx;
  const depth = ledger.depth(wtx);
  const trust = new Trust(ledger, modules.options.spendZeroConfChange);
  const place: JsonMembers =
    state.type === 'confirmed'
      ? {
          blockhash: hashToHex(state.hash),
          blockheight: state.height,
          blockindex: state.index,
          blocktime: modules.chain.find(state.hash)?.time,
        }
      : { trusted: trust.isTrusted(wtx) };
  return {
    confirmations: depth,
    generated: tx.isCoinbase ? true : undefined,
    ...place,
    txid: hashToHex(tx.txid),
    wtxid: hashToHex(tx.wtxid),
    walletconflicts: ledger.conflictsOf(wtx).map(other => hashToHex(other.tx.txid)),
    mempoolconflicts: [...wtx.mempoolConflicts].map(key => hashToHex(keyToHash(key))),
    time: wtx.time,
    timereceived: wtx.timeReceived,
    'bip125-replaceable': depth > 0 ? 'no' : replaceability(wallet, wtx),
    ...Object.fromEntries(wtx.notes),
  };
}

function replaceability({ modules: { chain } }: Wallet, { tx }: WalletTx): 'yes' | 'no' | 'unknown' {
  if (signalsReplaceability(tx)) return 'yes';
  if (!chain.isInMempool(tx.txid)) return 'unknown';
  return chain.isReplaceable(tx.txid) ? 'yes' : 'no';
}

function entryView(
  wallet: Wallet,
  wtx: WalletTx,
  entry: HistoryEntry,
  details: JsonMembers | undefined,
): JsonMembers {
  const { category, address, label, vout } = entry;
  const abandoned = wtx.isAbandoned;
  const value = amount(entry.amount);
  if (category === 'send') {
    const fee = amount(entry.fee ?? 0);
    return { address, category, amount: value, label, vout, fee, ...details, abandoned };
  }
  const parent_descs = parentDescriptors(wallet, entry.output.script);
  return { address, parent_descs, category, amount: value, label, vout, abandoned, ...details };
}

function entriesView(
  wallet: Wallet,
  wtx: WalletTx,
  filter: HistoryFilter,
  withDetails: boolean,
): JsonMembers[] {
  const entries = historyOf(wallet, wtx, filter);
  if (entries.length === 0) return [];
  const details = withDetails ? txView(wallet, wtx) : undefined;
  return entries.map(entry => entryView(wallet, wtx, entry, details));
}

/** @throws RpcError when the wallet has no such transaction */
function requireTx(wallet: Wallet, txid: Hash256): WalletTx {
  const wtx = wallet.ledger.get(txid);
  if (wtx !== undefined) return wtx;
  throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Invalid or non-wallet transaction id');
}

const gettransaction = walletMethod({
  name: 'gettransaction',
  description: 'Gives one transaction of the wallet. Amounts are in BTC.',
  params: [
    { name: 'txid', type: 'string', description: 'Id of the transaction' },
    WATCH_ONLY,
    {
      name: 'verbose',
      type: 'bool',
      default: false,
      description: 'Add the decoded transaction, as decoderawtransaction gives it',
    },
  ],
  result: `{ "amount", "fee", ${TX_MEMBERS}, "details": [ { "address", "category", "amount", "label", "vout", "fee", "abandoned", "parent_descs": [ … ] } ], "hex", "decoded": {…}, "lastprocessedblock": { "hash", "height" } }`,
  examples: ['"txid"', '"txid" false true'],
  run: (wallet, args) => {
    const wtx = requireTx(wallet, args.hash('txid'));
    const { ledger } = wallet;
    const debit = ledger.debit(wtx.tx);
    const credit = ledger.isImmature(wtx) ? 0 : ledger.credit(wtx.tx);
    const fee = debit > 0 ? outputSum(wtx) - debit : 0;
    return {
      amount: amount(credit - debit - fee),
      fee: debit > 0 ? amount(fee) : undefined,
      ...txView(wallet, wtx),
      details: entriesView(wallet, wtx, {}, false),
      hex: toHex(wtx.tx.raw),
      decoded: args.bool('verbose', false)
        ? transactionView(wtx.tx, wallet.modules.params.address)
        : undefined,
      lastprocessedblock: lastProcessedBlock(wallet),
    };
  },
});

const listtransactions = walletMethod({
  name: 'listtransactions',
  description: "Lists the wallet's latest payments, oldest first.",
  params: [
    {
      name: 'label',
      aliases: ['dummy'],
      type: 'string',
      optional: true,
      description: 'Only payments received under this label; "*" for all',
    },
    { name: 'count', type: 'number', default: 10, description: 'Number of entries' },
    { name: 'skip', type: 'number', default: 0, description: 'Number of latest entries to leave out' },
    WATCH_ONLY,
  ],
  result: `[ { ${ENTRY_MEMBERS} }, … ]`,
  examples: ['', '"*" 50 50'],
  run: (wallet, args) => {
    const label = args.optionalString('label') ?? '*';
    if (label === '') {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Label argument must be a valid label name or "*".');
    }
    const count = args.optionalInt('count') ?? 10;
    const skip = args.optionalInt('skip') ?? 0;
    if (count < 0) throw new RpcError(RpcCode.INVALID_PARAMETER, 'Negative count');
    if (skip < 0) throw new RpcError(RpcCode.INVALID_PARAMETER, 'Negative from');
    const filter = label === '*' ? {} : { label };
    const newestFirst: JsonMembers[] = [];
    for (const wtx of wallet.ledger.inOrder().toReversed()) {
      newestFirst.push(...entriesView(wallet, wtx, filter, true));
      if (newestFirst.length >= count + skip) break;
    }
    return newestFirst.slice(skip, skip + count).reverse();
  },
});

const listsinceblock = walletMethod({
  name: 'listsinceblock',
  description:
    'Lists the wallet\'s transactions since a block. If that block is no longer in the chain, those since the fork.\n"removed" holds transactions of blocks that were disconnected since.',
  params: [
    {
      name: 'blockhash',
      type: 'string',
      optional: true,
      description: 'Block to begin after (default: from the beginning)',
    },
    {
      name: 'target_confirmations',
      type: 'number',
      default: 1,
      description:
        '"lastblock" of the answer is the block with so many confirmations, 1 being the tip; it does not filter',
    },
    WATCH_ONLY,
    {
      name: 'include_removed',
      type: 'bool',
      default: true,
      description: 'Show what is in disconnected blocks under "removed"',
    },
    {
      name: 'include_change',
      type: 'bool',
      default: false,
      description: 'List change outputs, too',
    },
    {
      name: 'label',
      type: 'string',
      optional: true,
      description: 'Only payments received under this label (default: all)',
    },
  ],
  result: `{ "transactions": [ { ${ENTRY_MEMBERS} }, … ], "removed": [ … ], "lastblock" }`,
  examples: ['', '"blockhash" 6'],
  run: async (wallet, args, context) => {
    const since = sinceBlock(context, args.optionalString('blockhash'));
    const target = args.optionalInt('target_confirmations') ?? 1;
    if (target < 1) throw new RpcError(RpcCode.INVALID_PARAMETER, 'Invalid parameter');
    const label = args.optionalString('label');
    const filter: HistoryFilter = {
      includeChange: args.bool('include_change', false),
      ...(label === undefined ? {} : { label: checkLabel(label) }),
    };
    const { ledger, modules } = wallet;
    const tip = ledger.tip.height;
    const maxDepth = since === undefined ? Number.POSITIVE_INFINITY : tip + 1 - since.forkHeight;
    const transactions = ledger
      .inOrder()
      .filter(wtx => Math.abs(ledger.depth(wtx)) < maxDepth)
      .flatMap(wtx => entriesView(wallet, wtx, filter, true));
    const removed = args.bool('include_removed', true)
      ? await removedEntries(wallet, context, since, filter)
      : undefined;
    const last = modules.chain.at(tip + 1 - Math.min(target, tip + 1));
    return { transactions, removed, lastblock: hashToHex(defined(last, 'block below the tip').hash) };
  },
});

interface SinceBlock {
  readonly id: number;
  /** Height of the last block that its chain shares with the active one. */
  readonly forkHeight: number;
}

function sinceBlock({ chain }: RpcContext, text: string | undefined): SinceBlock | undefined {
  if (text === undefined || text === '') return undefined;
  const id = chain.headers.find(parseHash(text, 'blockhash'));
  if (id === NO_HEADER) throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Block not found');
  return { id, forkHeight: chain.headers.height(chain.headers.commonAncestor(id, chain.tip)) };
}

/** No confirmation count is lower. */
const ANY_DEPTH = -100_000_000;

/** Entries of the wallet's transactions in blocks that are not in the active chain any more. */
async function removedEntries(
  wallet: Wallet,
  { chain }: RpcContext,
  since: SinceBlock | undefined,
  filter: HistoryFilter,
): Promise<JsonMembers[]> {
  const removed: JsonMembers[] = [];
  if (since === undefined) return removed;
  for (let { id } = since; chain.headers.height(id) > since.forkHeight; id = chain.headers.prev(id)) {
    const block = await chain.readBlock(id).catch(() => {
      throw new RpcError(RpcCode.INTERNAL_ERROR, "Can't read block from disk");
    });
    for (const tx of block.transactions) {
      const wtx = wallet.ledger.byKey(tx.txidKey);
      if (wtx !== undefined) {
        removed.push(...entriesView(wallet, wtx, { ...filter, minDepth: ANY_DEPTH }, true));
      }
    }
  }
  return removed;
}

const abandontransaction = walletMethod({
  name: 'abandontransaction',
  description:
    "Gives up a transaction that is stuck, and all of the wallet's that build on it, so that its coins can be spent again.\nOnly for transactions outside of the mempool and the chain; once given up, nothing more happens.",
  params: [{ name: 'txid', type: 'hex', description: 'Id of the transaction' }],
  result: 'null',
  examples: ['"txid"'],
  run: async (wallet, args) => {
    const wtx = requireTx(wallet, args.hash('txid'));
    if (!wallet.ledger.abandon(wtx)) {
      throw new RpcError(RpcCode.INVALID_ADDRESS_OR_KEY, 'Transaction not eligible for abandonment');
    }
    await wallet.store.flush();
    return null;
  },
});

/** What happened to the wallet's money. */
export const transactionMethods: readonly RpcMethod[] = [
  gettransaction,
  listtransactions,
  listsinceblock,
  abandontransaction,
];

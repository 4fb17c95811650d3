import { formatRejection } from '../../consensus/rejection.js';
import type { EffectiveFeeRate, PackageTxResult } from '../../mempool/mempool.js';
import { MAX_PACKAGE_COUNT } from '../../mempool/policy/limits.js';
import { isChildWithParentsTree } from '../../mempool/policy/packages.js';
import { compareBytes, type Hash256, type HashKey, hashKey, hashToHex } from '../../primitives/bytes.js';
import { feeAt } from '../../primitives/feerate.js';
import type { Transaction } from '../../primitives/transaction.js';
import { asString } from '../args.js';
import { broadcastTransaction, checkBurn } from '../broadcast.js';
import { RpcCode, RpcError } from '../errors.js';
import { amount, type JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import type { Param } from '../param.js';
import { decodeTransaction, requireTransaction } from './lookup.js';

/** Satoshis per 1000 vbytes above which nothing is sent unless asked for. */
const DEFAULT_MAX_FEE_RATE = 10_000_000;

const MAX_FEE_RATE: Param = {
  name: 'maxfeerate',
  type: 'amount',
  default: '0.10',
  description: 'Highest fee rate to let through, in BTC/kvB: at most 1, and 0 for no limit',
};

const MAX_BURN: Param = {
  name: 'maxburnamount',
  type: 'amount',
  default: '0.00',
  description:
    'Highest amount in BTC that an output may burn, that is lock up for good in a script nobody can ever spend, such as OP_RETURN. Not all such scripts are recognised',
};

const sendrawtransaction: RpcMethod = {
  name: 'sendrawtransaction',
  category: 'Rawtransactions',
  description:
    "Puts a transaction into our mempool and announces it to all peers.\nOne that is there already is announced again, which tells peers that it is likely ours; nodes do not repeat others' transactions.",
  params: [{ name: 'hexstring', type: 'hex', description: 'Transaction, in hex' }, MAX_FEE_RATE, MAX_BURN],
  result: '"hex"    (string) txid',
  examples: ['"hex"'],
  run: async (context, args) => {
    const maxBurn = args.optionalAmount('maxburnamount') ?? 0;
    const tx = requireTransaction(args.string('hexstring'));
    checkBurn(tx, maxBurn);
    const maxFee = feeAt(args.feeRate('maxfeerate', DEFAULT_MAX_FEE_RATE), tx.vsize);
    await broadcastTransaction(context, tx, maxFee);
    return hashToHex(tx.txid);
  },
};

/** Transactions from an array of hex strings. @throws RpcError for a wrong count or one that does not decode */
function decodeAll(values: readonly unknown[], least: number): Transaction[] {
  if (values.length < least || values.length > MAX_PACKAGE_COUNT) {
    throw new RpcError(
      RpcCode.INVALID_PARAMETER,
      `Array must contain between ${least} and ${MAX_PACKAGE_COUNT} transactions.`,
    );
  }
  return values.map(value => {
    const hex = asString(value);
    const tx = decodeTransaction(hex);
    if (tx !== undefined) return tx;
    throw new RpcError(
      RpcCode.DESERIALIZATION_ERROR,
      `TX decode failed: ${hex} Make sure the tx has at least one input.`,
    );
  });
}

function feesView(base: number, effective: EffectiveFeeRate | undefined): JsonValue {
  return {
    base: amount(base),
    'effective-feerate': effective && amount(effective.feeRate),
    'effective-includes': effective?.wtxids.map(hashToHex),
  };
}

const testmempoolaccept: RpcMethod = {
  name: 'testmempoolaccept',
  category: 'Rawtransactions',
  description: `Checks whether transactions would enter the mempool, without putting them there.\nTakes up to ${MAX_PACKAGE_COUNT}, parents before children and none in conflict with another or with the mempool. When one fails, the check of the others may stop early; those have no "allowed".`,
  params: [{ name: 'rawtxs', type: 'array', description: 'Transactions, each in hex' }, MAX_FEE_RATE],
  result:
    '[ { "txid", "wtxid", "package-error", "allowed", "vsize", "fees": { "base", "effective-feerate", "effective-includes": [ … ] }, "reject-reason" } ]',
  examples: ['\'["hex"]\''],
  run: async ({ mempool }, args) => {
    const rawTxs = args.array('rawtxs');
    const txs = decodeAll(rawTxs, 1);
    const maxFeeRate = args.feeRate('maxfeerate', DEFAULT_MAX_FEE_RATE);
    const [first] = txs;
    let results: ReadonlyMap<HashKey, PackageTxResult> = new Map();
    let packageError: string | undefined;
    if (txs.length === 1 && first !== undefined) {
      results = new Map([[hashKey(first.wtxid), await mempool.accept(first, { testOnly: true })]]);
    } else {
      const tested = await mempool.testPackage(txs);
      results = tested.results;
      if (tested.rejection?.result === 'package-policy') packageError = formatRejection(tested.rejection);
    }
    // After one that costs too much the rest is left blank: without that one they would not be sent, either.
    let tooExpensive = false;
    return txs.map(tx => {
      const view = { txid: hashToHex(tx.txid), wtxid: hashToHex(tx.wtxid), 'package-error': packageError };
      const result = tooExpensive ? undefined : results.get(hashKey(tx.wtxid));
      if (result === undefined) return view;
      const verdict = testVerdict(result, maxFeeRate);
      tooExpensive = verdict === TOO_EXPENSIVE;
      return { ...view, ...verdict };
    });
  },
};

const TOO_EXPENSIVE = { allowed: false, 'reject-reason': 'max-fee-exceeded' };

function testVerdict(result: PackageTxResult, maxFeeRate: number): { readonly [key: string]: JsonValue } {
  if (result.accepted === false) {
    const { rejection } = result;
    const reason = rejection.result === 'missing-inputs' ? 'missing-inputs' : rejection.reason;
    return { allowed: false, 'reject-reason': reason };
  }
  const { entry } = result;
  const maxFee = feeAt(maxFeeRate, entry.vsize);
  if (maxFee > 0 && entry.fee > maxFee) return TOO_EXPENSIVE;
  const effective = result.accepted === true ? result.effective : undefined;
  return { allowed: true, vsize: entry.vsize, fees: feesView(entry.fee, effective) };
}

const submitpackage: RpcMethod = {
  name: 'submitpackage',
  category: 'Rawtransactions',
  description:
    'Offers a child and its parents to the mempool as one package, so that the child can pay for them.\nThose that are valid enter even if others do not. That peers take them is not certain. The interface may still change.',
  params: [
    {
      name: 'package',
      type: 'array',
      description: 'Transactions in hex: parents, none of which spends from another, then the child',
    },
    MAX_FEE_RATE,
    MAX_BURN,
  ],
  result:
    '{ "package_msg", "tx-results": { "wtxid": { "txid", "other-wtxid", "vsize", "fees": { … }, "error" } }, "replaced-transactions": [ … ] }',
  examples: ['\'["parent", "child"]\''],
  run: async (context, args) => {
    const { mempool } = context;
    const maxFeeRate = args.feeRate('maxfeerate', DEFAULT_MAX_FEE_RATE);
    const maxBurn = args.optionalAmount('maxburnamount') ?? 0;
    const txs = decodeAll(args.array('package'), 2);
    for (const tx of txs) checkBurn(tx, maxBurn);
    if (!isChildWithParentsTree(txs)) {
      throw new RpcError(
        RpcCode.VERIFY_ERROR,
        'package topology disallowed. not child-with-parents or parents depend on each other.',
      );
    }
    const { rejection, results } = await mempool.submitPackage(txs, maxFeeRate === 0 ? {} : { maxFeeRate });
    if (rejection?.result === 'package-mempool-error') {
      throw new RpcError(RpcCode.VERIFY_ERROR, rejection.reason);
    }
    for (const tx of txs) {
      if (mempool.has(tx.txidKey)) await broadcastTransaction(context, tx, 0);
    }
    return {
      package_msg: rejection === undefined ? 'success' : formatRejection(rejection),
      'tx-results': packageResults(txs, results),
      'replaced-transactions': replacedBy(results.values()).map(hashToHex),
    };
  },
};

function packageResults(
  txs: readonly Transaction[],
  results: ReadonlyMap<HashKey, PackageTxResult>,
): JsonValue {
  const views: Record<string, JsonValue> = {};
  for (const tx of txs) {
    const result = results.get(hashKey(tx.wtxid));
    if (result === undefined) continue;
    views[hashToHex(tx.wtxid)] = { txid: hashToHex(tx.txid), ...packageResult(result) };
  }
  return views;
}

function packageResult(result: PackageTxResult): { readonly [key: string]: JsonValue } {
  switch (result.accepted) {
    case false:
      return { error: formatRejection(result.rejection) };
    case 'different-witness':
      return { 'other-wtxid': hashToHex(result.entry.tx.wtxid) };
    case 'already':
      return { vsize: result.entry.vsize, fees: feesView(result.entry.fee, undefined) };
    case true:
      return { vsize: result.entry.vsize, fees: feesView(result.entry.fee, result.effective) };
  }
}

/** Txids of all that was replaced, each once, in order. */
function replacedBy(results: Iterable<PackageTxResult>): Hash256[] {
  const replaced = new Map<HashKey, Hash256>();
  for (const result of results) {
    if (result.accepted !== true) continue;
    for (const tx of result.replaced) replaced.set(tx.txidKey, tx.txid);
  }
  return [...replaced.values()].sort(compareBytes);
}

/** Handing transactions to the mempool, and from there to the network. */
export const submissionMethods: readonly RpcMethod[] = [sendrawtransaction, testmempoolaccept, submitpackage];

import { resubmit } from '../../../wallet/broadcast.js';
import { importDescriptor } from '../../../wallet/import-descriptor.js';
import { reserveScan, scanFromTime } from '../../../wallet/rescan.js';
import { TIMESTAMP_WINDOW, type Wallet } from '../../../wallet/wallet.js';
import { asBool, asInteger, asObject, asString, type JsonObject } from '../../args.js';
import { RpcCode, RpcError } from '../../errors.js';
import { type JsonValue, jsonTypeName } from '../../json.js';
import type { RpcMethod } from '../../method.js';
import { parseDescriptorRange, requireDescriptor } from '../../parse/descriptor.js';
import { checkLabel, toRpcError, walletMethod } from './common.js';

const INT64_LIMIT = 2 ** 63;

/** Least time that a scan begins from. */
const MIN_TIMESTAMP = 1;

const importdescriptors = walletMethod({
  name: 'importdescriptors',
  description:
    'Adds descriptors to the wallet and looks for their transactions from the earliest timestamp on.\nOver a long stretch of chain that takes long, and meanwhile what the wallet shows is not complete. Back the wallet up afterwards.',
  params: [
    {
      name: 'requests',
      type: 'array',
      description:
        'Descriptors: objects of "desc", "active", "range", "next_index", "timestamp" (seconds since 1970, or "now" for no search), "internal", "label"',
    },
  ],
  result: '[ { "success", "warnings": [ … ], "error": { "code", "message" } }, … ]',
  examples: ['\'[{"desc": "descriptor", "timestamp": "now", "active": true}]\''],
  run: async (wallet, args) => {
    const release = reserveScan(wallet);
    try {
      return await importAll(wallet, args.array('requests').map(asObject));
    } finally {
      release();
    }
  },
});

async function importAll(wallet: Wallet, requests: readonly JsonObject[]): Promise<JsonValue> {
  const tip = wallet.modules.chain.tip();
  const now = tip.medianTimePast;
  let earliest = tip.time;
  const results: { readonly [key: string]: JsonValue }[] = [];
  for (const request of requests) {
    const timestamp = Math.max(importTime(request, now), MIN_TIMESTAMP);
    results.push(await importOne(wallet, request, timestamp));
    earliest = Math.min(earliest, timestamp);
  }
  wallet.ledger.recountCoins();
  await wallet.store.flush(true);
  if (!results.some(({ success }) => success === true)) return results;
  const scanned = await scanFromTime(wallet, earliest);
  await resubmit(wallet, false, true);
  if (scanned === undefined) throw new RpcError(RpcCode.MISC_ERROR, 'Rescan aborted by user.');
  return results.map((result, index) => {
    const time = importTime(requests[index] ?? {}, now);
    if (scanned <= earliest || scanned <= time || result.error !== undefined) return result;
    return { success: false, error: scanError(time, scanned) };
  });
}

function scanError(time: number, scanned: number): JsonValue {
  return {
    code: RpcCode.MISC_ERROR,
    message: `Rescan failed for descriptor with timestamp ${time}. There was an error reading a block from time ${scanned - TIMESTAMP_WINDOW - 1}, which is after or within ${TIMESTAMP_WINDOW} seconds of key creation, and could contain transactions pertaining to the desc. As a result, transactions and coins using this desc may not appear in the wallet. This error could be caused by pruning or data corruption (see bitcoind log for details) and could be dealt with by downloading and rescanning the relevant blocks (see -reindex option and rescanblockchain RPC).`,
  };
}

function importTime({ timestamp }: JsonObject, now: number): number {
  if (timestamp === undefined) {
    throw new RpcError(RpcCode.TYPE_ERROR, 'Missing required timestamp field for key');
  }
  if (typeof timestamp === 'number') return asInteger(timestamp, -INT64_LIMIT, INT64_LIMIT);
  if (timestamp === 'now') return now;
  throw new RpcError(
    RpcCode.TYPE_ERROR,
    `Expected number or "now" timestamp value for key. got type ${jsonTypeName(timestamp)}`,
  );
}

async function importOne(
  wallet: Wallet,
  request: JsonObject,
  timestamp: number,
): Promise<{ readonly [key: string]: JsonValue }> {
  try {
    if (request.desc === undefined) {
      throw new RpcError(RpcCode.INVALID_PARAMETER, 'Descriptor not found.');
    }
    const text = asString(request.desc);
    const active = request.active === undefined ? false : asBool(request.active);
    const internal = request.internal === undefined ? false : asBool(request.internal);
    const label = request.label === undefined ? undefined : checkLabel(asString(request.label));
    const parsed = requireDescriptor(text, wallet.modules.params.address, true);
    const isRange = parsed.descriptor.isRange;
    const range =
      request.range === undefined
        ? undefined
        : isRange
          ? parseDescriptorRange(request.range)
          : { first: 0, last: 0 };
    const nextIndex =
      request.next_index === undefined || !isRange
        ? undefined
        : asInteger(request.next_index, -INT64_LIMIT, INT64_LIMIT);
    const warnings = await importDescriptor(wallet, {
      parsed,
      text,
      active,
      internal,
      range,
      nextIndex,
      label,
      timestamp,
    });
    return { success: true, warnings: warnings.length === 0 ? undefined : warnings };
  } catch (thrown) {
    const error = toRpcError(thrown);
    if (!(error instanceof RpcError)) throw thrown;
    return { success: false, error: { code: error.code, message: error.message } };
  }
}

const listdescriptors = walletMethod({
  name: 'listdescriptors',
  description: "Lists the wallet's descriptors.",
  params: [
    {
      name: 'private',
      type: 'bool',
      default: false,
      description: 'Show private keys instead of public ones',
    },
  ],
  result:
    '{ "wallet_name", "descriptors": [ { "desc", "timestamp", "active", "internal", "range": [ n, n ], "next", "next_index" }, … ] }',
  examples: ['', 'true'],
  run: (wallet, args) => {
    const withPrivateKeys = args.bool('private', false);
    const descriptors = [...wallet.keychain.all()].map(one => {
      const desc = one.text(withPrivateKeys);
      if (desc === undefined) throw new RpcError(RpcCode.WALLET_ERROR, "Can't get descriptor string.");
      const activity = wallet.keychain.activity(one);
      const { creationTime, rangeStart, rangeEnd, nextIndex } = one.record;
      return {
        desc,
        timestamp: creationTime,
        active: activity !== 'inactive',
        internal: activity === 'inactive' ? undefined : activity === 'change',
        range: one.isRange ? [rangeStart, rangeEnd - 1] : undefined,
        next: one.isRange ? nextIndex : undefined,
        next_index: one.isRange ? nextIndex : undefined,
      };
    });
    descriptors.sort((a, b) => (a.desc < b.desc ? -1 : 1));
    return { wallet_name: wallet.name, descriptors };
  },
});

/** What the wallet's keys are. */
export const descriptorMethods: readonly RpcMethod[] = [importdescriptors, listdescriptors];

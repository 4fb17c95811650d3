import type { CoinRecord } from '../../chain/coins/coins-db.js';
import type { HeaderId } from '../../consensus/chain-view.js';
import { compareBytes, type HashKey, hashToHex, toHex } from '../../primitives/bytes.js';
import { inferDescriptor } from '../../script/descriptor/infer.js';
import { type CoinScan, runningScan, scriptKey, withScan } from '../coin-scan.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import { amount, type JsonValue } from '../json.js';
import type { RpcCall, RpcMethod } from '../method.js';
import { evaluateScanObject } from '../parse/descriptor.js';

const scantxoutset: RpcMethod = {
  name: 'scantxoutset',
  category: 'Blockchain',
  description:
    'Searches all unspent outputs for those that match the given descriptors, such as addr(<address>), raw(<hex>), combo(<key>) or sh(multi(<n>,<key>,...)).\nA key is a public key in hex, or an xpub with a path; a path that ends in /* stands for a range of keys. One search runs at a time.',
  params: [
    {
      name: 'action',
      type: 'string',
      description:
        '"start" searches, "abort" stops the search in progress, "status" tells its progress in percent',
    },
    {
      name: 'scanobjects',
      type: 'array',
      optional: true,
      usage: '[scanobjects,...]',
      description:
        'What "start" looks for: descriptors, as strings or as {"desc": "descriptor", "range": n or [n,n]}; the range is 1000 where none is given',
    },
  ],
  result:
    '{ "success", "txouts", "height", "bestblock", "unspents": [ { "txid", "vout", "scriptPubKey", "desc", "amount", "coinbase", "height", "blockhash", "confirmations" } ], "total_amount" } for "start", true|false for "abort", { "progress" } or null for "status"',
  examples: [
    'start \'["raw(76a914751e76e8199196d454941c45d1b3a323f1433bd688ac)#vylkshp5"]\'',
    'status',
    'abort',
  ],
  run: async (context, args, call) => {
    const action = args.string('action');
    const scan = runningScan(context);
    switch (action) {
      case 'status':
        return scan === undefined ? null : { progress: scan.progress };
      case 'abort':
        scan?.abort();
        return scan !== undefined;
      case 'start': {
        const result = await withScan(context, own => {
          if (args.count < 2) {
            throw new RpcError(RpcCode.MISC_ERROR, 'scanobjects argument is required for the start action');
          }
          return start(context, args.array('scanobjects'), own, call);
        });
        if (result !== undefined) return result;
        throw new RpcError(
          RpcCode.INVALID_PARAMETER,
          'Scan already in progress, use action "abort" or "status"',
        );
      }
      default:
        throw new RpcError(RpcCode.INVALID_PARAMETER, `Invalid action '${action}'`);
    }
  },
};

async function start(
  context: RpcContext,
  scanObjects: readonly unknown[],
  scan: CoinScan,
  { signal }: RpcCall,
): Promise<JsonValue> {
  const { chain } = context;
  const { headers } = chain;
  const params = chain.params.address;
  const describe = new Map<HashKey, () => string>();
  for (const scanObject of scanObjects) {
    const { scripts, provider } = await evaluateScanObject(scanObject, params);
    for (const script of scripts) {
      const key = scriptKey(script);
      if (!describe.has(key)) {
        describe.set(key, () => inferDescriptor(script, provider, params).toString());
      }
    }
  }
  const { complete, count, found, block } = await scan.run(context, new Set(describe.keys()), signal);
  const tip = headers.find(block);
  const inOrder = [...found].sort((a, b) => compareBytes(a.txid, b.txid) || a.vout - b.vout);
  return {
    success: complete,
    txouts: count,
    height: headers.height(tip),
    bestblock: hashToHex(block),
    unspents: inOrder.map(record =>
      unspentView(context, tip, record, describe.get(scriptKey(record.coin.script))?.() ?? ''),
    ),
    total_amount: amount(found.reduce((sum, { coin }) => sum + coin.value, 0)),
  };
}

function unspentView(
  { chain }: RpcContext,
  tip: HeaderId,
  { txid, vout, coin }: CoinRecord,
  descriptor: string,
): JsonValue {
  const { headers } = chain;
  return {
    txid: hashToHex(txid),
    vout,
    scriptPubKey: toHex(coin.script),
    desc: descriptor,
    amount: amount(coin.value),
    coinbase: coin.coinbase,
    height: coin.height,
    blockhash: hashToHex(headers.hash(headers.ancestor(tip, coin.height))),
    confirmations: headers.height(tip) - coin.height + 1,
  };
}

/** Searching the unspent outputs. */
export const scanMethods: readonly RpcMethod[] = [scantxoutset];

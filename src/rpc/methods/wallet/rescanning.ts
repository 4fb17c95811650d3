import { defined } from '../../../runtime/errors.js';
import { reserveScan, scan } from '../../../wallet/rescan.js';
import { RpcCode, RpcError } from '../../errors.js';
import type { RpcMethod } from '../../method.js';
import { walletMethod } from './common.js';

const rescanblockchain = walletMethod({
  name: 'rescanblockchain',
  description: "Searches the chain again for the wallet's transactions. getwalletinfo tells the progress.",
  params: [
    {
      name: 'start_height',
      type: 'number',
      default: 0,
      description: 'Height to begin at',
    },
    {
      name: 'stop_height',
      type: 'number',
      optional: true,
      description: 'Height of the last block to search (default: the tip)',
    },
  ],
  result: '{ "start_height", "stop_height" }',
  examples: ['840000 841000'],
  run: async (wallet, args) => {
    const release = reserveScan(wallet);
    try {
      const tip = wallet.ledger.tip.height;
      const start = args.optionalInt('start_height') ?? 0;
      if (start < 0 || start > tip) throw new RpcError(RpcCode.INVALID_PARAMETER, 'Invalid start_height');
      const stop = args.optionalInt('stop_height');
      if (stop !== undefined && (stop < 0 || stop > tip)) {
        throw new RpcError(RpcCode.INVALID_PARAMETER, 'Invalid stop_height');
      }
      if (stop !== undefined && stop < start) {
        throw new RpcError(RpcCode.INVALID_PARAMETER, 'stop_height must be greater than start_height');
      }
      if (!wallet.modules.chain.hasBlocks(start, stop)) {
        throw new RpcError(
          RpcCode.MISC_ERROR,
          "Can't rescan beyond pruned data. Use RPC call getblockchaininfo to determine your pruned height.",
        );
      }
      const from = defined(wallet.modules.chain.at(start), 'block below the tip');
      const { status, lastScanned } = await scan(wallet, from, stop);
      await wallet.store.flush();
      if (status === 'aborted') throw new RpcError(RpcCode.MISC_ERROR, 'Rescan aborted.');
      if (status === 'failed') {
        throw new RpcError(RpcCode.MISC_ERROR, 'Rescan failed. Potentially corrupted data files.');
      }
      return { start_height: start, stop_height: lastScanned?.height ?? null };
    } finally {
      release();
    }
  },
});

const abortrescan = walletMethod({
  name: 'abortrescan',
  description: 'Stops a search that rescanblockchain or importdescriptors began.',
  params: [],
  result: 'true|false    (boolean) false when none was in progress',
  examples: [''],
  run: ({ scanning }) => {
    if (scanning === undefined || scanning.aborted) return false;
    scanning.aborted = true;
    return true;
  },
});

/** Looking through the chain again. */
export const rescanMethods: readonly RpcMethod[] = [rescanblockchain, abortrescan];

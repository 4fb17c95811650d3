import { access, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ChainStateInfo } from '../../chain/chain.js';
import { Interrupted } from '../../chain/coins/utxo-stats.js';
import { verificationProgress } from '../../chain/log-lines.js';
import { SnapshotRefused } from '../../chain/snapshot/activate-snapshot.js';
import { SnapshotInput, SnapshotOutput } from '../../chain/snapshot/snapshot-file.js';
import { SnapshotReader } from '../../chain/snapshot/snapshot-reader.js';
import { NO_HEADER } from '../../consensus/chain-view.js';
import type { ChainParams } from '../../consensus/params.js';
import { hashToHex } from '../../primitives/bytes.js';
import { DecodeError } from '../../primitives/codec.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import type { JsonValue } from '../json.js';
import type { RpcMethod } from '../method.js';
import { difficulty } from '../views/block.js';

const dumptxoutset: RpcMethod = {
  name: 'dumptxoutset',
  category: 'Blockchain',
  description:
    'Writes all unspent outputs to a file, from which another node can start with loadtxoutset. It reads the whole set, which takes a while; the node goes on meanwhile.',
  params: [
    {
      name: 'path',
      type: 'string',
      description: 'Path of the file, which must not exist; a relative one starts at the data directory',
    },
  ],
  result: '{ "coins_written", "base_hash", "base_height", "path", "txoutset_hash", "nchaintx" }',
  examples: ['"utxo.dat"'],
  run: async (context, args) => {
    const { chain, dataDir, clock, logger } = context;
    const path = resolve(dataDir, args.string('path'));
    // Under its own name it is only found when it is complete.
    const temporary = `${path}.incomplete`;
    if (await exists(path)) {
      throw new RpcError(
        RpcCode.INVALID_PARAMETER,
        `${path} already exists. If you are sure this is what you want, move it out of the way first`,
      );
    }
    const started = clock.steadyMs();
    const { base, coins, hash } = await dump(context, temporary);
    await rename(temporary, path);
    const id = chain.headers.find(base);
    const what = `UTXO snapshot at height ${chain.headers.height(id)} (${hashToHex(base)})`;
    const seconds = ((clock.steadyMs() - started) / 1000).toFixed(2);
    logger.info(`writing ${what} to file ${path} (via ${temporary}) completed (${seconds}s)`);
    return {
      coins_written: coins,
      base_hash: hashToHex(base),
      base_height: chain.headers.height(id),
      path,
      txoutset_hash: hashToHex(hash),
      nchaintx: chain.headers.chainTxCount(id),
    };
  },
};

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

async function dump({ chainTools }: RpcContext, path: string) {
  const output = await SnapshotOutput.create(path).catch(() => {
    throw new RpcError(RpcCode.INVALID_PARAMETER, `Couldn't open file ${path} for writing.`);
  });
  let done = false;
  try {
    const written = await chainTools.dumpCoins(output);
    done = true;
    return written;
  } catch (thrown) {
    if (!(thrown instanceof Interrupted)) throw thrown;
    throw new RpcError(RpcCode.CLIENT_NOT_CONNECTED, 'Shutting down');
  } finally {
    await output.close(done);
  }
}

const loadtxoutset: RpcMethod = {
  name: 'loadtxoutset',
  category: 'Blockchain',
  description:
    'Reads unspent outputs from a file, as dumptxoutset writes it, and follows the chain from there on.\nThe file can be from anywhere: its contents must have the hash that the software knows for its block. What lies below that block is downloaded and validated in the background, and in the end compared with the file. Headers up to the block must be known, and the mempool must be empty.',
  params: [
    {
      name: 'path',
      type: 'string',
      description: 'Path of the file; a relative one starts at the data directory',
    },
  ],
  result: '{ "coins_loaded", "tip_hash", "base_height", "path" }',
  examples: ['"utxo.dat"'],
  run: async ({ chain, chainTools, mempool, dataDir }, args) => {
    const path = resolve(dataDir, args.string('path'));
    const input = await SnapshotInput.open(path).catch(() => {
      throw new RpcError(RpcCode.INVALID_PARAMETER, `Couldn't open file ${path} for reading.`);
    });
    try {
      const reader = await openSnapshot(input, chain.params);
      const base = await chainTools.loadSnapshot(reader, () => mempool.size === 0);
      return {
        coins_loaded: reader.metadata.coinsCount,
        tip_hash: hashToHex(chain.headers.hash(base)),
        base_height: chain.headers.height(base),
        path,
      };
    } catch (thrown) {
      if (!(thrown instanceof SnapshotRefused)) throw thrown;
      throw new RpcError(
        RpcCode.INTERNAL_ERROR,
        `Unable to load UTXO snapshot: ${thrown.message}. (${path})`,
      );
    } finally {
      await input.close();
    }
  },
};

async function openSnapshot(input: SnapshotInput, params: ChainParams): Promise<SnapshotReader> {
  try {
    return await SnapshotReader.open(input.read, params);
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) throw thrown;
    throw new RpcError(RpcCode.DESERIALIZATION_ERROR, `Unable to parse metadata: ${thrown.message}`);
  }
}

const getchainstates: RpcMethod = {
  name: 'getchainstates',
  category: 'Blockchain',
  description:
    'Tells of the chains that the node works on: one, or two while a snapshot is validated; the one that it follows comes last.',
  params: [],
  result:
    '{ "headers", "chainstates": [ { "blocks", "bestblockhash", "difficulty", "verificationprogress", "coins_db_cache_bytes", "coins_tip_cache_bytes", "snapshot_blockhash", "validated" } ] }',
  examples: [''],
  run: context => {
    const { chain, chainTools } = context;
    const { headers, bestHeader } = chain;
    return {
      headers: bestHeader === NO_HEADER ? -1 : headers.height(bestHeader),
      chainstates: chainTools.chainStates().map(state => chainStateView(context, state)),
    };
  },
};

function chainStateView({ chain, clock }: RpcContext, state: ChainStateInfo): JsonValue {
  const { headers, params } = chain;
  const { tip, base } = state;
  if (tip === NO_HEADER) return {};
  return {
    blocks: headers.height(tip),
    bestblockhash: hashToHex(headers.hash(tip)),
    difficulty: difficulty(headers.bits(tip)),
    verificationprogress: verificationProgress(headers, tip, params.chainTxData, clock.now()),
    coins_db_cache_bytes: state.databaseCacheBytes,
    coins_tip_cache_bytes: state.coinsCacheBytes,
    snapshot_blockhash: base === NO_HEADER ? undefined : hashToHex(headers.hash(base)),
    validated: state.isValidated,
  };
}

/** Files of unspent outputs, and the chain states that come of them. */
export const snapshotMethods: readonly RpcMethod[] = [dumptxoutset, loadtxoutset, getchainstates];

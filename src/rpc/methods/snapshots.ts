import { access, rename } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Interrupted } from '../../chain/coins/utxo-stats.js';
import { SnapshotOutput } from '../../chain/snapshot/snapshot-file.js';
import { hashToHex } from '../../primitives/bytes.js';
import type { RpcContext } from '../context.js';
import { RpcCode, RpcError } from '../errors.js';
import type { RpcMethod } from '../method.js';

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

/** Files of unspent outputs, and the chain states that come of them. */
export const snapshotMethods: readonly RpcMethod[] = [dumptxoutset];

import { ContinuousMiner } from '../../src/miner/continuous.js';
import { Miner } from '../../src/miner/miner.js';
import type { NetOptions } from '../../src/net/options.js';
import type { RpcContext } from '../../src/rpc/context.js';
import { Dispatcher } from '../../src/rpc/dispatcher.js';
import { RpcError } from '../../src/rpc/errors.js';
import { writeJson } from '../../src/rpc/json.js';
import { nodeMethods } from '../../src/rpc/methods/index.js';
import { serverInfo } from '../../src/rpc/server-info.js';
import { silentLogger } from '../../src/runtime/logger.js';
import type { TestChainOptions } from './chain-builder.js';
import { startNode, type TestNode } from './net-node.js';

/** Address of outputs that anyone can spend with the witness script OP_TRUE. */
export const OPEN_ADDRESS = 'bcrt1qft5p2uhsdcdc3l2ua4ap5qqfg4pjaqlp250x7us7a8qqhrxrxfsqseac85';

export interface RpcNode {
  readonly context: RpcContext;
  readonly dispatcher: Dispatcher;
  readonly node: TestNode;
  readonly stopRequests: number;
  /** Result of a call as a client sees it. */
  // biome-ignore lint/suspicious/noExplicitAny: results are JSON of any shape, and tests look at parts of it.
  call(method: string, ...params: readonly unknown[]): Promise<any>;
  /** The same with named arguments. */
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  callNamed(method: string, params: { readonly [key: string]: unknown }, signal?: AbortSignal): Promise<any>;
  /** Error of a call that must fail, as `code: message`. */
  error(method: string, ...params: readonly unknown[]): Promise<string>;
  stop(): Promise<void>;
}

/** A whole node in memory but for its disk and HTTP: chain, mempool, network, miner, and all methods on top. */
export async function rpcNode(
  changes: Partial<RpcContext> = {},
  netOptions: Partial<NetOptions> = {},
  chainOptions: Partial<TestChainOptions> = {},
): Promise<RpcNode> {
  const node = await startNode(netOptions, [], chainOptions);
  const { chain, pool, clock, net } = node;
  const modules = { chain, mempool: pool, clock, logger: silentLogger };
  const miner = new Miner({ maxWeight: 3_996_000, minFeeRate: 1000, threads: 1 }, modules);
  const continuousMiner = new ContinuousMiner(miner, modules);
  const dispatcher = new Dispatcher(nodeMethods, silentLogger, () => clock.steadyMs());
  const categories: Record<string, boolean> = { net: false, mempool: false };
  let stopRequests = 0;
  const context: RpcContext = {
    chain,
    chainTools: chain,
    mempool: pool,
    dataDir: '/nowhere',
    mempoolFile: '/nowhere/mempool.dat',
    feeEstimator: undefined,
    p2p: net,
    miner,
    continuousMiner,
    wallets: undefined,
    clock,
    logger: silentLogger,
    logControl: {
      path: '/nowhere/debug.log',
      categories: () => ({ ...categories }),
      setCategory: (name, on) => {
        if (!Object.hasOwn(categories, name)) return false;
        categories[name] = on;
        return true;
      },
    },
    server: serverInfo(dispatcher, () => clock.steadyMs()),
    clientVersion: 280100,
    deprecated: new Set(),
    indexes: () => [],
    uptime: () => 7,
    warnings: () => [],
    notificationsDone: () => chain.settled(),
    requestStop: () => {
      stopRequests++;
    },
    ...changes,
  };
  dispatcher.open(context);
  const never = new AbortController().signal;
  const run = async (
    method: string,
    params: readonly unknown[] | { readonly [key: string]: unknown },
    signal: AbortSignal = never,
  ) =>
    JSON.parse(
      writeJson(await dispatcher.execute(params, { method, walletName: undefined, user: 'test', signal })),
    );
  return {
    context,
    dispatcher,
    node,
    get stopRequests() {
      return stopRequests;
    },
    call: (method, ...params) => run(method, params),
    callNamed: run,
    error: async (method, ...params) => {
      try {
        const result = await run(method, params);
        return `no error but ${JSON.stringify(result)}`;
      } catch (thrown) {
        if (!(thrown instanceof RpcError)) throw thrown;
        return `${thrown.code}: ${thrown.message}`;
      }
    },
    stop: async () => {
      await continuousMiner.stop();
      await miner.stop();
      await node.stop();
      clock.stop();
    },
  };
}

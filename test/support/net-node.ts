import type { BlockChain } from '../../src/chain/chainstate.js';
import { BoundedExecutionCache } from '../../src/chain/scripts/execution-cache.js';
import { DEFAULT_MEMPOOL_OPTIONS } from '../../src/mempool/policy/settings.js';
import { TxPool } from '../../src/mempool/tx-pool.js';
import { DEFAULT_NET_OPTIONS, type NetOptions } from '../../src/net/options.js';
import { PeerToPeer } from '../../src/net/p2p.js';
import type { Block } from '../../src/primitives/block.js';
import { bytesEqual, type Hash256 } from '../../src/primitives/bytes.js';
import type { NodeClock } from '../../src/runtime/clock.js';
import type { Logger } from '../../src/runtime/logger.js';
import { BoundedSignatureCache } from '../../src/script/signature-cache.js';
import { REGTEST, submit, type TestChainOptions, testChain } from './chain-builder.js';

const CACHE_BYTES = 1 << 16;
/** Seconds after genesis at which test nodes live: blocks of a second each on top of it are recent. */
const AGE = 3600;

/** A node without RPC and disk: chain and mempool in memory, sockets on 127.0.0.1. */
export interface TestNode {
  readonly chain: BlockChain;
  readonly pool: TxPool;
  readonly clock: NodeClock;
  readonly net: PeerToPeer;
  readonly log: string[];
  /** Port that it listens on. */
  readonly port: number;
  /** Hash of its tip. */
  tip(): Hash256;
  /** Lets `seconds` of its mocked time pass. */
  pass(seconds: number): void;
  stop(): Promise<void>;
}

export const TEST_NET_OPTIONS: Partial<NetOptions> = {
  bind: ['127.0.0.1:0', '127.0.0.1:0=onion'],
  connect: [],
  dnsSeed: false,
  fixedSeeds: false,
  discover: false,
  deterministicSeed: 7,
};

export async function startNode(
  options: Partial<NetOptions> = {},
  blocks: readonly Block[] = [],
  chainOptions: Partial<TestChainOptions> = {},
): Promise<TestNode> {
  const log: string[] = [];
  const write = (message: string) => {
    log.push(message);
  };
  const logger: Logger = {
    info: write,
    warn: write,
    error: write,
    debug: (_, message) => write(message),
    trace: () => {},
    enabled: () => true,
  };
  const executionCache = new BoundedExecutionCache(CACHE_BYTES);
  const { chain, clock } = testChain({
    now: REGTEST.genesis.header.time + AGE,
    checkBlockIndex: 0,
    modules: { executionCache },
    ...chainOptions,
  });
  await chain.start();
  await submit(chain, blocks);
  const signatureCache = new BoundedSignatureCache(CACHE_BYTES);
  const pool = new TxPool(
    { ...DEFAULT_MEMPOOL_OPTIONS, requireStandard: false, checkRatio: 1, file: '', persist: false },
    { chain, clock, logger, executionCache, signatureCache },
  );
  await pool.start();
  const net = new PeerToPeer(
    { ...DEFAULT_NET_OPTIONS, ...TEST_NET_OPTIONS, ...options },
    { chain, mempool: pool, clock, logger },
  );
  await net.start();
  return {
    chain,
    pool,
    clock,
    net,
    log,
    port: net.listening[0]?.port ?? 0,
    tip: () => chain.headers.hash(chain.tip),
    pass: seconds => clock.setMockTime(clock.mockTime + seconds),
    stop: async () => {
      await net.stop();
      await pool.stop();
      await chain.stop();
      clock.stop();
    },
  };
}

/** Waits until `condition` holds; fails after twenty seconds with what was waited for. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

export function sameTip(a: TestNode, b: TestNode): boolean {
  return bytesEqual(a.tip(), b.tip());
}

/** Connects `from` to `to` and waits for both handshakes. */
export async function connectNodes(from: TestNode, to: TestNode): Promise<void> {
  const greeted = (node: TestNode) =>
    node.net
      .peers()
      .filter(peer => peer.bytesRecvPerMessage.has('verack'))
      .map(({ id }) => id);
  // Not their number: others may leave meanwhile.
  const [before, beforeTo] = [new Set(greeted(from)), new Set(greeted(to))];
  await from.net.tryNode(`127.0.0.1:${to.port}`);
  const isNew = (node: TestNode, known: ReadonlySet<number>) => greeted(node).some(id => !known.has(id));
  await until('the handshake is over', () => isNew(from, before) && isNew(to, beforeTo));
}

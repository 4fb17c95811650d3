import { EventEmitter } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { BlockChain } from '../chain/chainstate.js';
import { BoundedExecutionCache } from '../chain/scripts/execution-cache.js';
import { loadNamedCurve } from '../crypto/curve.js';
import { loadHashing } from '../crypto/sha256.js';
import { FeeEstimator } from '../mempool/fee-estimator.js';
import { TxPool } from '../mempool/tx-pool.js';
import { ContinuousMiner } from '../miner/continuous.js';
import { Miner } from '../miner/miner.js';
import type { SocketLayer } from '../net/connections/sockets.js';
import { PeerToPeer } from '../net/p2p.js';
import { sanitize } from '../net/sanitize.js';
import { hashToHex } from '../primitives/bytes.js';
import { RpcAuth } from '../rpc/auth.js';
import type { RpcContext } from '../rpc/context.js';
import { Dispatcher } from '../rpc/dispatcher.js';
import { HttpServer } from '../rpc/http-server.js';
import { answer, type Reply } from '../rpc/jsonrpc.js';
import { nodeMethods } from '../rpc/methods/index.js';
import { walletMethods } from '../rpc/methods/wallet/index.js';
import { serverInfo } from '../rpc/server-info.js';
import { NodeClock } from '../runtime/clock.js';
import { errorMessage, StartError } from '../runtime/errors.js';
import { runDetached } from '../runtime/queue.js';
import { BoundedSignatureCache } from '../script/signature-cache.js';
import { WalletManager } from '../wallet/wallet-manager.js';
import { logFileOptions } from './config/log.js';
import { type NodeOptions, nodeOptions } from './config/node.js';
import { logCurve } from './crypto-log.js';
import { DirectoryLock } from './data-dir.js';
import { feedEvents } from './event-feed.js';
import { fileIn, type NodeMemory } from './home.js';
import { LogFile } from './log-file.js';
import type { NodeEvent } from './node-event.js';
import { runCommand } from './notify.js';
import type { PreparedNode } from './prepare.js';
import type { SharedWork } from './shared-work.js';
import { crashOneIn } from './simulated-crash.js';
import { describeFailure } from './start-failure.js';
import { logStart } from './start-log.js';
import { Teardown } from './teardown.js';
import { CLIENT_VERSION } from './version.js';
import { NodeWalletChain } from './wallet-chain.js';

/** Time that a node has for the calls that waited for its start, before it does what nobody waits for. */
const SETTLE_MS = 1000;

/** Between two things that keep the event loop for longer than anything else does. */
const BREATH_MS = 100;

/** Who calls, in the log, when it is the process itself. */
const IN_PROCESS_USER = '__process__';

export interface NodeEvents {
  /** The node wants to stop: by RPC, at -stopatheight, or because it cannot go on (then with the reason). */
  stopRequested: [fatal: string | undefined];
  /** What was put off at the start is done. */
  settled: [];
  /** All is stopped. */
  stopped: [];
}

/** What a node that lives beside others in one process is given by those who keep it. */
export interface NodeSurroundings {
  /** How peers are reached; TCP by default. */
  readonly sockets?: SocketLayer;
  /** What the nodes find out together; by default each for itself. */
  readonly shared?: SharedWork;
  /** Gets each line of the log. */
  readonly logLine?: (line: string) => void;
  /** Gets what happens, once the chain is loaded. Nothing is gathered without it. It must not throw. */
  readonly onEvent?: (event: NodeEvent) => void;
}

/** The start was broken off because the node was told to stop. */
export class StartInterrupted extends Error {
  override readonly name = 'StartInterrupted';
}

/**
 * A full node: makes its parts, connects them, starts them in order, and stops them in the opposite order. As many as
 * wanted can live in one process, each with a data directory of its own; a stopped one is not started again, another is
 * made in its place.
 */
export class Node {
  readonly events = new EventEmitter<NodeEvents>();
  readonly clock = new NodeClock();
  private readonly teardown = new Teardown();
  private readonly log: LogFile;
  /** Ends long waits of calls that come from this process. */
  private readonly ending = new AbortController();
  /** By the clock that RPC can move, as uptime is told. */
  private readonly startTime: number;
  private fatal: string | undefined;
  private starting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;
  private importing: Promise<void> = Promise.resolve();
  private chain: BlockChain | undefined;
  private http: HttpServer | undefined;
  private dispatcher: Dispatcher | undefined;
  private context: RpcContext | undefined;

  /** @throws StartError when the directory is in use or the log cannot be opened */
  constructor(
    private readonly prepared: PreparedNode,
    private readonly surroundings: NodeSurroundings = {},
  ) {
    const { settings, home } = prepared;
    this.startTime = this.clock.now();
    this.clock.setMockTime(settings.int('mocktime', 0));
    const lock = home.kind === 'memory' ? undefined : DirectoryLock.acquire(home.paths.network);
    this.teardown.add('data directory lock', () => lock?.release());
    try {
      const options = { ...logFileOptions(settings, home), alsoTo: surroundings.logLine };
      this.log = new LogFile(options, this.clock);
    } catch (thrown) {
      lock?.release();
      throw thrown;
    }
    this.teardown.add('log', () => this.log.close());
    this.teardown.add('clock', () => this.clock.stop());
  }

  /** Port that RPC is served on; 0 without a server. */
  get rpcPort(): number {
    return this.http?.port ?? 0;
  }

  /** Why the node could not go on, or could not write all at its end; undefined when all is well. */
  get failure(): string | undefined {
    return this.fatal;
  }

  /** The parts of the running node. */
  get parts(): RpcContext | undefined {
    return this.context;
  }

  /**
   * @throws StartError when an option is wrong, a port taken, or data cannot be used; everything is stopped again then
   * @throws StartInterrupted when the node is told to stop meanwhile
   */
  async start(): Promise<void> {
    try {
      this.starting = this.startParts();
      await this.starting;
    } catch (thrown) {
      if (!(thrown instanceof StartInterrupted)) this.log.error(describeFailure(thrown));
      await this.stop();
      throw thrown;
    }
  }

  /**
   * Stops everything; what was started last stops first. A start that is under way breaks off at the next good place.
   * Data are on disk when it resolves.
   */
  stop(): Promise<void> {
    this.stopping ??= this.stopParts();
    return this.stopping;
  }

  /**
   * Answers the body of a JSON-RPC request as the server would, for those who live in the same process.
   *
   * @param walletName of the endpoint `/wallet/<name>`
   */
  async answer(body: string, walletName: string | undefined): Promise<Reply> {
    if (this.dispatcher === undefined) throw new StartError('The node was not started');
    const call = { walletName, user: IN_PROCESS_USER, signal: this.ending.signal };
    return answer(this.dispatcher, body, call, () => true);
  }

  /**
   * Copies all that the node keeps, for another node to be made on, while it runs.
   *
   * @returns undefined for a node with a directory
   */
  async copyMemory(): Promise<NodeMemory | undefined> {
    const { chain, context } = this;
    const { home } = this.prepared;
    if (home.kind !== 'memory' || chain === undefined || context === undefined) return undefined;
    return chain.flushAndHold(async () => {
      await context.wallets?.checkpoint();
      const copy = home.memory.clone();
      keepMempool(copy, context.mempool);
      copy.tip = { hash: hashToHex(chain.headers.hash(chain.tip)), height: chain.height };
      return copy;
    });
  }

  /** Resolves when the node, once started, has taken in what it had: blocks not connected yet, and its mempool. */
  get caughtUp(): Promise<void> {
    return this.importing;
  }

  private goOn(): void {
    if (this.stopping !== undefined) throw new StartInterrupted('The start was interrupted');
  }

  /** Tells how far the start has come, in the log and to clients of RPC, unless it is to end here. */
  private enterPhase(dispatcher: Dispatcher, name: string): void {
    this.goOn();
    this.log.info(`init message: ${name}`);
    dispatcher.setWarmupStatus(name);
  }

  private async startParts(): Promise<void> {
    const { settings, params, home } = this.prepared;
    const { clock, log: logger } = this;
    logStart(this.prepared, logger);
    loadNamedCurve();
    const options = nodeOptions(settings, params, home);
    this.writePidFile();
    logger.info('scheduler thread start');
    const dispatcher = new Dispatcher(
      [...nodeMethods, ...(options.wallet === undefined ? [] : walletMethods)],
      logger,
      () => clock.steadyMs(),
    );
    this.dispatcher = dispatcher;
    if (settings.bool('server', true)) await this.startRpc(dispatcher, options);

    this.enterPhase(dispatcher, 'Loading block index…');
    const { sockets, shared } = this.surroundings;
    const executionCache = shared?.executionCache ?? new BoundedExecutionCache(options.executionCacheBytes);
    const chain = await this.startChain(options, executionCache, dispatcher);
    const signatureCache = shared?.signatureCache ?? new BoundedSignatureCache(options.signatureCacheBytes);
    const mempool = new TxPool(options.mempool, {
      chain,
      clock,
      logger,
      executionCache,
      signatureCache,
      policyCache: shared?.executionCache,
    });
    this.teardown.add('mempool', () => {
      if (home.kind === 'memory') keepMempool(home.memory, mempool);
      return mempool.stop();
    });
    await mempool.start();
    const feeEstimator = await this.startFeeEstimator(options, chain, mempool);
    await this.restoreMempool(mempool);

    this.enterPhase(dispatcher, 'Loading wallet…');
    const p2p = new PeerToPeer(options.net, {
      chain,
      mempool,
      clock,
      logger,
      onPhase: name => this.enterPhase(dispatcher, name),
      ...(sockets === undefined ? {} : { sockets }),
    });
    const walletChain = new NodeWalletChain({
      chain,
      mempool,
      p2p,
      logger,
      policy: options.mempool,
      estimateFeeRate: (target, conservative = false) =>
        feeEstimator?.estimateSmart(target, conservative).feeRate || undefined,
    });
    const { onEvent } = this.surroundings;
    if (onEvent !== undefined) this.teardown.add('events', feedEvents({ chain, mempool, p2p }, onEvent));
    const wallets = await this.startWallets(options, walletChain);
    await this.pruneAtStart(dispatcher, chain);
    this.goOn();
    this.importBlocks(chain, mempool);

    const miner = new Miner(options.miner, { chain, mempool, clock, logger });
    this.teardown.add('miner', () => miner.stop());
    const continuousMiner = new ContinuousMiner(miner, { chain, mempool, clock, logger });
    this.teardown.add('continuous mining', () => continuousMiner.stop());

    this.teardown.add('network', () => p2p.stop());
    await p2p.start();
    this.goOn();

    const context: RpcContext = {
      chain,
      chainTools: chain,
      mempool,
      // A node in memory has none: files that its operator names lie where the process stands.
      dataDir: home.kind === 'memory' ? process.cwd() : home.paths.network,
      mempoolFile: options.mempool.file,
      feeEstimator,
      p2p,
      miner,
      continuousMiner,
      wallets,
      clock,
      logger,
      logControl: logger,
      server: serverInfo(dispatcher, () => clock.steadyMs()),
      deprecated: new Set(settings.list('deprecatedrpc')),
      clientVersion: CLIENT_VERSION,
      uptime: () => clock.now() - this.startTime,
      indexes: () => [],
      warnings: () => chain.warnings,
      notificationsDone: async () => {
        await chain.settled();
        await wallets?.settled();
      },
      requestStop: () => this.requestStop(),
    };
    this.notifyOfBlocks(chain);
    this.context = context;
    dispatcher.open(context);
    this.teardown.add('RPC', () => dispatcher.close('Shutting down'));
    logger.info('init message: Done loading');
    this.runDetachedCommand('startupnotify', '');
    this.loadCryptography();
  }

  /**
   * Libraries would take a good part of a start's time: they are loaded, and told of, once the node answers.
   */
  private loadCryptography(): void {
    let timer = setTimeout(() => {
      logCurve(this.log);
      timer = setTimeout(() => {
        loadHashing();
        this.events.emit('settled');
      }, BREATH_MS);
    }, SETTLE_MS);
    this.teardown.add('loading of cryptography', () => clearTimeout(timer));
  }

  private async startRpc(dispatcher: Dispatcher, options: NodeOptions): Promise<void> {
    const auth = new RpcAuth(options.rpcAuth);
    const http = new HttpServer(options.rpc, { dispatcher, auth, logger: this.log });
    this.teardown.add('RPC credentials', () => auth.stop());
    auth.start();
    this.teardown.add('RPC server', () => http.stop());
    this.log.info('Starting HTTP server');
    await http.start();
    this.http = http;
    this.log.info(`Serving RPC on port ${http.port}`);
  }

  private async startChain(
    options: NodeOptions,
    executionCache: BoundedExecutionCache,
    dispatcher: Dispatcher,
  ): Promise<BlockChain> {
    const chain = new BlockChain(options.chain, {
      clock: this.clock,
      logger: this.log,
      executionCache,
      onPhase: name => this.enterPhase(dispatcher, name),
      onStopHeight: () => this.requestStop(),
      onPartialBatch: crashOneIn(options.dbCrashRatio, this.log),
    });
    this.chain = chain;
    this.runAlerts(chain);
    chain.events.on('fatal', message => this.requestStop(message));
    this.teardown.add('chain', () => chain.stop());
    await chain.load();
    return chain;
  }

  /** Before wallets send again what is theirs, which would have come in just now then. */
  private async restoreMempool(mempool: TxPool): Promise<void> {
    const { home } = this.prepared;
    if (home.kind !== 'memory' || home.memory.mempool === undefined) return;
    await mempool.restore(home.memory.mempool);
  }

  private async startFeeEstimator(
    options: NodeOptions,
    chain: BlockChain,
    mempool: TxPool,
  ): Promise<FeeEstimator | undefined> {
    if (options.feeEstimator === undefined) return undefined;
    const modules = { chain, mempool, clock: this.clock, logger: this.log };
    const estimator = new FeeEstimator(options.feeEstimator, modules);
    this.teardown.add('fee estimator', () => estimator.stop());
    await estimator.start();
    return estimator;
  }

  private async startWallets(
    options: NodeOptions,
    chain: NodeWalletChain,
  ): Promise<WalletManager | undefined> {
    if (options.wallet === undefined) return undefined;
    const { home, loadOnStart } = this.prepared;
    const wallets = new WalletManager(options.wallet, {
      chain,
      clock: this.clock,
      logger: this.log,
      knownDescriptors: this.surroundings.shared?.knownDescriptors,
      ...(loadOnStart === undefined ? {} : { loadOnStart }),
      ...(home.kind === 'memory' ? { storage: home.memory.wallets } : {}),
    });
    this.teardown.add('wallets', () => wallets.stop());
    // From the moment that a wallet has reached the tip it must miss nothing.
    this.teardown.add('wallet notifications', chain.notify(wallets));
    await wallets.start();
    return wallets;
  }

  /** Wallets that were behind have read by now what they need. */
  private async pruneAtStart(dispatcher: Dispatcher, chain: BlockChain): Promise<void> {
    if (chain.pruneTarget === undefined) {
      this.log.info('Setting NODE_NETWORK on non-prune mode');
      return;
    }
    this.enterPhase(dispatcher, 'Pruning blockstore…');
    await chain.prune();
  }

  /** Brings the chain up to date, and then the mempool, while the node is at work already: Core's thread "initload". */
  private importBlocks(chain: BlockChain, mempool: TxPool): void {
    this.log.info('initload thread start');
    const work = this.loadBlocksAndMempool(chain, mempool).finally(() => {
      this.log.info('initload thread exit');
    });
    this.importing = work.catch((thrown: unknown) => {
      this.log.error(`Importing blocks failed: ${errorMessage(thrown)}`);
    });
  }

  private async loadBlocksAndMempool(chain: BlockChain, mempool: TxPool): Promise<void> {
    const { settings } = this.prepared;
    await chain.importBlocks(settings.list('loadblock'));
    if (this.stopping !== undefined) return;
    if (settings.bool('stopafterblockimport', false)) {
      this.log.info('Stopping after block import');
      this.requestStop();
    } else await mempool.load();
  }

  private notifyOfBlocks(chain: BlockChain): void {
    chain.events.on('tip', (id, _fork, initialDownload) => {
      if (!initialDownload) this.runDetachedCommand('blocknotify', hashToHex(chain.headers.hash(id)));
    });
  }

  /** A warning may repeat what came over the network: only harmless characters of it reach the shell, in quotes. */
  private runAlerts(chain: BlockChain): void {
    chain.events.on('warning', message => this.runDetachedCommand('alertnotify', `'${sanitize(message)}'`));
  }

  private runDetachedCommand(option: string, value: string): void {
    const command = this.prepared.settings.text(option);
    if (command === undefined || command === '') return;
    runDetached(runCommand(command, value, this.log), () => {});
  }

  private writePidFile(): void {
    const { settings, home } = this.prepared;
    const path = fileIn(home, settings.text('pid') || 'bitcoind.pid');
    if (settings.isNegated('pid') || path === undefined) return;
    writeFileSync(path, `${process.pid}\n`, { mode: 0o600 });
    this.teardown.add('pid file', () => rmSync(path, { force: true }));
  }

  private requestStop(fatal?: string): void {
    this.fatal ??= fatal;
    this.events.emit('stopRequested', this.fatal);
  }

  private async stopParts(): Promise<void> {
    this.log.info('Shutdown: In progress...');
    this.chain?.interrupt();
    await this.starting?.catch(() => {});
    const command = this.prepared.settings.text('shutdownnotify');
    if (command !== undefined && command !== '') await runCommand(command, '', this.log);
    // Long waits end now, or the server could not stop before the parts that they wait for.
    this.http?.interrupt();
    this.ending.abort();
    await this.teardown.run(this.log);
    this.events.emit('stopped');
  }
}

/** A mempool that was not read whole must not take the place of the one that was kept. */
function keepMempool(memory: NodeMemory, mempool: Pick<RpcContext['mempool'], 'image' | 'loaded'>): void {
  if (mempool.loaded) memory.mempool = mempool.image();
}

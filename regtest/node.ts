import { defined } from '../src/runtime/errors.js';
import type { LabKey, LabKeys } from './accounts/lab-keys.js';
import { DaemonFailed, RegtestDaemon } from './daemon.js';
import type { BitcoinAmount } from './faucet/amount.js';
import type { FundOptions, FundResult } from './faucet/fund-options.js';
import type { NodeHost } from './host.js';
import { MAX_TRIES } from './mining/max-tries.js';
import type { RpcCaller } from './rpc/caller.js';

/** The wallet that each node of the lab has. */
export const LAB_WALLET = 'lab';

export interface BlockFind {
  /** The other nodes are not to see the blocks yet. */
  readonly isPrivate?: boolean;
  /** Numbers of nodes that see private blocks all the same. */
  readonly shownTo?: readonly number[];
}

/** A block that the lab made a node mine. */
export interface FoundBlock {
  readonly node: number;
  readonly hash: string;
  readonly height: number;
  readonly isPrivate: boolean;
  /** See {@link BlockFind}. */
  readonly shownTo?: readonly number[];
}

/** What a node asks of its network. */
export interface NodeNetwork {
  /** Gives a node that was started again the time and the connections that it is to have. */
  readonly rejoin: (node: RegtestNode) => Promise<void>;
  readonly fund: (node: RegtestNode, amount: BitcoinAmount, options?: FundOptions) => Promise<FundResult>;
  readonly tellFound: (block: FoundBlock) => void;
  /** Moves the time on for a block; undefined where time does not follow the blocks. */
  readonly beforeBlock: (() => Promise<void>) | undefined;
}

/** One node of a network. */
export class RegtestNode {
  /** Of the account with the node's number: known beforehand, funded, and in the node's wallet. */
  readonly key: LabKey;

  constructor(
    /** Place in the network, from 0. */
    readonly index: number,
    readonly host: NodeHost,
    private readonly keys: LabKeys,
    private readonly network: NodeNetwork,
  ) {
    this.key = keys.account(index);
  }

  get name(): string {
    return this.host.name;
  }

  /** Calls to the node. */
  get rpc(): RpcCaller {
    return this.host.rpc;
  }

  /** The process that the node is; undefined for one that lives in this process. */
  get daemon(): RegtestDaemon | undefined {
    return this.host instanceof RegtestDaemon ? this.host : undefined;
  }

  get isRunning(): boolean {
    return this.host.isRunning;
  }

  /** Options by which blocksmith-cli reaches the node. @throws Error when it serves no RPC over HTTP */
  get clientArgs(): readonly string[] {
    return defined(this.host.clientArgs, `RPC of ${this.name} over HTTP`);
  }

  /** Where the node listens for peers. */
  get p2pAddress(): string {
    return `127.0.0.1:${this.host.p2pPort}`;
  }

  /** Undefined when the node serves no RPC over HTTP. */
  get rpcUrl(): string | undefined {
    const { rpcPort } = this.host;
    return rpcPort === undefined ? undefined : `http://127.0.0.1:${rpcPort}`;
  }

  /** Calls to one of the node's wallets. */
  wallet(name = LAB_WALLET): RpcCaller {
    return this.rpc.wallet(name);
  }

  /**
   * Mines blocks, with what lies in the node's mempool, each at its time where time follows the blocks.
   *
   * @returns their hashes: fewer than asked for where they are so hard to find that the node gives up
   */
  async mine(blocks = 1, address = this.key.address, find: BlockFind = {}): Promise<readonly string[]> {
    const { beforeBlock } = this.network;
    if (beforeBlock === undefined) return this.mineAtOnce(blocks, address, find);
    const hashes: string[] = [];
    for (let mined = 0; mined < blocks; mined++) {
      await beforeBlock();
      const found = await this.mineAtOnce(1, address, find);
      if (found.length === 0) break;
      hashes.push(...found);
    }
    return hashes;
  }

  /** Mines a block with these transactions, in hex or by txid, and no others. @returns its hash */
  async mineWith(
    transactions: readonly string[],
    address = this.key.address,
    find: BlockFind = {},
  ): Promise<string> {
    await this.letTimePass();
    const { hash } = await this.rpc.call('generateblock', address, transactions);
    await this.reportFound([hash], find);
    return hash;
  }

  /** It is time for a block: the time of all nodes goes on, where it follows the blocks. */
  async letTimePass(): Promise<void> {
    await this.network.beforeBlock?.();
  }

  /**
   * Has the lab told of blocks that it made this node mine in whatever way other than {@link mine}.
   *
   * @param hashes one on top of the other; the node has them
   */
  async reportFound(
    hashes: readonly string[],
    { isPrivate = false, ...find }: BlockFind = {},
  ): Promise<void> {
    const [first] = hashes;
    if (first === undefined) return;
    const { height } = await this.rpc.call('getblockheader', first);
    hashes.forEach((hash, index) => {
      this.network.tellFound({ node: this.index, hash, height: height + index, isPrivate, ...find });
    });
  }

  /** Gives new coins to the node's address, see `RegtestNetwork.fund`. @param amount bitcoins */
  fund(amount: BitcoinAmount, options?: FundOptions): Promise<FundResult> {
    return this.network.fund(this, amount, options);
  }

  /** The end of the node's debug.log. */
  logTail(lines?: number): string {
    return this.host.logTail(lines);
  }

  /** Ends the node as a crash would. */
  kill(): Promise<void> {
    return this.host.kill();
  }

  /** Stops the node as its operator would; all that it has is kept. */
  stop(): Promise<void> {
    return this.host.stop();
  }

  /** Starts the node again, after stopping it if it runs. */
  async restart(): Promise<void> {
    await this.host.stop();
    await this.start();
  }

  /** Starts a node that does not run, with its wallet, the time of the network, and its connections. */
  async start(): Promise<void> {
    if (this.isRunning) return;
    await this.host.start();
    await this.openWallet();
    await this.network.rejoin(this);
  }

  /** Loads the node's wallet, or makes it from the mnemonic when there is none yet. */
  async openWallet(): Promise<void> {
    const loaded = await this.rpc.call('listwallets');
    if (loaded.includes(LAB_WALLET)) return;
    const { wallets } = await this.rpc.call('listwalletdir');
    if (wallets.some(({ name }) => name === LAB_WALLET)) await this.rpc.call('loadwallet', LAB_WALLET);
    else await this.createWallet();
  }

  private async mineAtOnce(blocks: number, address: string, find: BlockFind): Promise<readonly string[]> {
    const hashes = await this.rpc.call('generatetoaddress', blocks, address, MAX_TRIES);
    await this.reportFound(hashes, find);
    return hashes;
  }

  private async createWallet(): Promise<void> {
    await this.rpc.call('createwallet', LAB_WALLET, false, true, '', false, true, true);
    const results = await this.wallet().call('importdescriptors', this.keys.walletDescriptors(this.index));
    const failed = results.find(({ success }) => !success);
    if (failed !== undefined)
      throw new DaemonFailed(`${this.name}: ${failed.error?.message ?? 'import failed'}`);
  }
}

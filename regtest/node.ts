import { defined } from '../src/runtime/errors.js';
import { DaemonFailed, RegtestDaemon } from './daemon.js';
import type { NodeHost } from './host.js';
import { type LabKey, labKey, walletDescriptors } from './keys.js';
import type { RpcCaller } from './rpc-caller.js';

/** The wallet that each node of the lab has. */
export const LAB_WALLET = 'lab';

export interface BlockFind {
  /** The other nodes are not to see the blocks yet. */
  readonly isPrivate?: boolean;
}

/** A block that the lab made a node mine. */
export interface FoundBlock {
  readonly node: number;
  readonly hash: string;
  readonly height: number;
  readonly isPrivate: boolean;
}

/** One node of a network. */
export class RegtestNode {
  /** Known beforehand, funded, and in the node's wallet. */
  readonly key: LabKey;

  constructor(
    /** Place in the network, from 0. */
    readonly index: number,
    readonly host: NodeHost,
    private readonly seed: number,
    private readonly reconnect: (node: RegtestNode) => Promise<void>,
    private readonly tellFound: (block: FoundBlock) => void,
  ) {
    this.key = labKey(seed, this.name);
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

  /** Mines blocks, with what lies in the node's mempool. @returns their hashes */
  async mine(blocks = 1, address = this.key.address, find: BlockFind = {}): Promise<readonly string[]> {
    const hashes = await this.rpc.call('generatetoaddress', blocks, address);
    await this.reportFound(hashes, find);
    return hashes;
  }

  /**
   * Has the lab told of blocks that it made this node mine in whatever way other than {@link mine}.
   *
   * @param hashes one on top of the other; the node has them
   */
  async reportFound(hashes: readonly string[], { isPrivate = false }: BlockFind = {}): Promise<void> {
    const [first] = hashes;
    if (first === undefined) return;
    const { height } = await this.rpc.call('getblockheader', first);
    hashes.forEach((hash, index) => {
      this.tellFound({ node: this.index, hash, height: height + index, isPrivate });
    });
  }

  /** The end of the node's debug.log. */
  logTail(lines?: number): string {
    return this.host.logTail(lines);
  }

  /** Ends the node as a crash would. */
  kill(): Promise<void> {
    return this.host.kill();
  }

  /** Starts the node again, after stopping it if it runs, with its wallet and its connections. */
  async restart(): Promise<void> {
    await this.host.stop();
    await this.host.start();
    await this.openWallet();
    await this.reconnect(this);
  }

  /** Loads the node's wallet, or makes it from the seed when there is none yet. */
  async openWallet(): Promise<void> {
    const loaded = await this.rpc.call('listwallets');
    if (loaded.includes(LAB_WALLET)) return;
    const { wallets } = await this.rpc.call('listwalletdir');
    if (wallets.some(({ name }) => name === LAB_WALLET)) await this.rpc.call('loadwallet', LAB_WALLET);
    else await this.createWallet();
  }

  private async createWallet(): Promise<void> {
    await this.rpc.call('createwallet', LAB_WALLET, false, true, '', false, true, true);
    const results = await this.wallet().call('importdescriptors', walletDescriptors(this.seed, this.name));
    const failed = results.find(({ success }) => !success);
    if (failed !== undefined)
      throw new DaemonFailed(`${this.name}: ${failed.error?.message ?? 'import failed'}`);
  }
}

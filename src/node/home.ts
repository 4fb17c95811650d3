import { isAbsolute, join } from 'node:path';
import { type MemoryChainStores, memoryStores } from '../chain/stores.js';
import type { ChainParams } from '../consensus/params.js';
import { MemoryStorage } from '../wallet/storage.js';
import type { LoadOnStart } from '../wallet/wallet-manager.js';
import type { DataPaths } from './data-dir.js';

/** What a node without a directory keeps, for as long as this object lives: another node can be made on it later. */
export class NodeMemory implements LoadOnStart {
  private constructor(
    readonly chain: MemoryChainStores,
    readonly wallets: MemoryStorage,
    private readonly toLoad: Set<string>,
    /** The mempool in the form of mempool.dat, when a node has stopped. */
    public mempool: Uint8Array | undefined,
  ) {}

  /** Of the chain, when it was copied from a node that ran. */
  tip: { readonly hash: string; readonly height: number } | undefined;

  static empty(params: ChainParams): NodeMemory {
    return new NodeMemory(memoryStores(params.magic), new MemoryStorage(), new Set(), undefined);
  }

  /** The same as it is now, for another node. */
  clone(): NodeMemory {
    return new NodeMemory(this.chain.clone(), this.wallets.clone(), new Set(this.toLoad), this.mempool);
  }

  /** Bytes of all that is kept. */
  get bytes(): number {
    return this.chain.bytes + this.wallets.bytes + (this.mempool?.length ?? 0);
  }

  /** Wallets to load at the next start. */
  get walletsToLoad(): readonly string[] {
    return [...this.toLoad];
  }

  add(name: string): boolean {
    this.toLoad.add(name);
    return true;
  }

  remove(name: string): boolean {
    this.toLoad.delete(name);
    return true;
  }
}

/** Where a node's data are: in directories, or in memory with nothing left behind. */
export type NodeHome =
  | { readonly kind: 'directory'; readonly paths: DataPaths }
  | { readonly kind: 'memory'; readonly memory: NodeMemory };

/** A file of the node in its network's directory; undefined when it has none. */
export function fileIn(home: NodeHome, name: string): string | undefined {
  if (isAbsolute(name)) return name;
  return home.kind === 'memory' ? undefined : join(home.paths.network, name);
}

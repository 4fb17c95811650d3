import type { Chain } from '../../chain/chain.js';
import type { Mempool } from '../../mempool/mempool.js';
import type { Clock } from '../../runtime/clock.js';
import type { Logger } from '../../runtime/logger.js';
import type { NetAddress } from '../address/net-address.js';
import type { AddressManager } from '../address-manager/address-manager.js';
import type { NodeId } from '../api.js';
import type { BanList } from '../bans.js';
import type { Bandwidth } from '../connections/bandwidth.js';
import type { ConnectionManager } from '../connections/connection-manager.js';
import type { LocalAddresses } from '../connections/local-addresses.js';
import type { Random } from '../random.js';
import type { Peer } from './peer.js';

export interface PeerOptions {
  readonly listen: boolean;
  readonly blocksOnly: boolean;
  readonly pruned: boolean;
  readonly maxOrphanTransactions: number;
  /** What we offer to a peer that connects now. */
  readonly localServices: () => bigint;
  readonly subversion: string;
  readonly isReachable: (address: NetAddress) => boolean;
}

/** What the parts of the protocol share. */
export interface PeerContext {
  readonly options: PeerOptions;
  readonly chain: Chain;
  readonly mempool: Mempool;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly random: Random;
  readonly addresses: AddressManager;
  readonly bans: BanList;
  readonly locals: LocalAddresses;
  readonly bandwidth: Bandwidth;
  /** All peers, by id, in order of connecting. */
  readonly peers: ReadonlyMap<NodeId, Peer>;
  readonly connections: () => ConnectionManager;
  /** Blocks are being imported or reindexed: nothing is synced. */
  readonly isLoadingBlocks: () => boolean;
}

/** No transactions are to come from this peer. */
export function rejectsIncomingTxs(
  options: PeerOptions,
  { connection }: Peer,
  relayPermission: number,
): boolean {
  if (connection.isBlockOnly || connection.type === 'feeler') return true;
  return options.blocksOnly && !connection.may(relayPermission);
}

import type { Chain } from '../../chain/chain.js';
import { NO_HEADER } from '../../consensus/chain-view.js';
import type { PeerInfo } from '../api.js';
import { permissionNames } from '../permissions.js';
import { serviceNames } from '../services.js';
import type { Peer } from './peer.js';
import type { PeerManager } from './peer-manager.js';

/** One peer as getpeerinfo shows it. */
export function peerInfo(peer: Peer, manager: PeerManager, chain: Chain): PeerInfo {
  const { connection, txRelay, addr } = peer;
  const heightOf = (id: number) => (id === NO_HEADER ? -1 : chain.headers.height(id));
  return {
    id: peer.id,
    addr: connection.name,
    addrBind: connection.bind.isValid ? connection.bind.toString() : undefined,
    addrLocal: peer.addrLocal?.toString(),
    network: connection.network,
    services: peer.theirServices,
    serviceNames: serviceNames(peer.theirServices),
    relayTxs: txRelay?.relayTxs ?? false,
    lastSend: connection.lastSend,
    lastRecv: connection.lastRecv,
    lastTransaction: connection.lastTransaction,
    lastBlock: connection.lastBlock,
    bytesSent: connection.bytesSent,
    bytesRecv: connection.bytesReceived,
    connTime: connection.connected,
    timeOffset: peer.timeOffset,
    pingTimeMs: connection.pingMs,
    minPingMs: connection.minPingMs,
    pingWaitMs: manager.pingWait(peer),
    version: peer.version,
    subVersion: peer.subVersion,
    inbound: connection.isInbound,
    bip152HighBandwidthTo: false,
    bip152HighBandwidthFrom: peer.wantsHighBandwidth,
    startingHeight: peer.startingHeight,
    presyncedHeaders: manager.headerSync.presyncHeight(peer),
    syncedHeaders: heightOf(peer.chain.bestKnown),
    syncedBlocks: heightOf(peer.chain.lastCommon),
    inFlight: peer.download.inFlight.map(({ id }) => heightOf(id)),
    addrRelayEnabled: addr.enabled,
    addrProcessed: addr.processed,
    addrRateLimited: addr.rateLimited,
    permissions: permissionNames(connection.permissions),
    minFeeFilter: txRelay?.feeFilterReceived ?? 0,
    bytesSentPerMessage: sorted(connection.sentPerMessage),
    bytesRecvPerMessage: sorted(connection.receivedPerMessage),
    connectionType: connection.type,
    transport: connection.transport.name,
    sessionId: connection.transport.sessionId,
  };
}

function sorted(counts: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

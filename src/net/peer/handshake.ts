import type { Chain } from '../../chain/chain.js';
import type { Clock } from '../../runtime/clock.js';
import { NO_ENDPOINT } from '../address/endpoint.js';
import { expectsServices } from '../connection-type.js';
import { PERMISSION_NO_BAN, PERMISSION_RELAY } from '../permissions.js';
import {
  FINAL_ALERT_VERSION,
  MIN_PEER_PROTOCOL_VERSION,
  PROTOCOL_VERSION,
  SENDADDRV2_VERSION,
  SHORT_IDS_BLOCKS_VERSION,
  WTXID_RELAY_VERSION,
} from '../protocol.js';
import { sanitize } from '../sanitize.js';
import {
  canServeBlocks,
  hasServices,
  NODE_BLOOM,
  NODE_NETWORK,
  NODE_NETWORK_LIMITED,
  NODE_WITNESS,
} from '../services.js';
import { COMPACT_BLOCKS_VERSION } from '../wire/compact.js';
import type { MessageOf } from '../wire/messages.js';
import type { AddrRelay } from './addr-relay.js';
import type { BlockDownload } from './block-download.js';
import { type PeerContext, rejectsIncomingTxs } from './context.js';
import type { Peer } from './peer.js';
import type { TimeOffsets } from './time-offsets.js';
import type { TxDownload } from './tx-download.js';
import type { TxRelay } from './tx-relay.js';

/** Blocks that we may be behind for a peer with only recent blocks to be of use. */
const LIMITED_PEER_MAX_DEPTH = 144;

/** Tells nodes from before 2016 that the alert system is retired. Signed with the key that was published afterwards. */
const FINAL_ALERT = Buffer.from(
  '60010000000000000000000000ffffff7f00000000ffffff7ffeffff7f01ffffff7f00000000ffffff7f00ffffff7f002f555247454e54' +
    '3a20416c657274206b657920636f6d70726f6d697365642c2075706772616465207265717569726564004630440220653febd6410f470f' +
    '6bae11cad19c48413becb1ac2c17f908fd0fd53bdc3abd5202206d0e9c96fe88d4a0f01ed9dedae2b6f9e00da94cad0fecaae66ecf689b' +
    'f71b50',
  'hex',
);

/** Services that we want of a peer with `services`: recent blocks are enough when we are nearly synced. */
export function desirableServices(chain: Chain, clock: Clock, services: bigint): bigint {
  const age = clock.now() - chain.headers.time(chain.tip);
  const depth = age / chain.params.consensus.powTargetSpacing;
  const isLimited = hasServices(services, NODE_NETWORK_LIMITED);
  if (isLimited && depth < LIMITED_PEER_MAX_DEPTH) return NODE_NETWORK_LIMITED | NODE_WITNESS;
  return NODE_NETWORK | NODE_WITNESS;
}

/** The first messages: versions, features, verack. */
export class Handshake {
  constructor(
    private readonly context: PeerContext,
    private readonly parts: {
      readonly addrRelay: AddrRelay;
      readonly txRelay: TxRelay;
      readonly txDownload: TxDownload;
      readonly blockDownload: BlockDownload;
      readonly timeOffsets: TimeOffsets;
    },
  ) {}

  hasDesirableServices(services: bigint): boolean {
    const { chain, clock } = this.context;
    return hasServices(services, desirableServices(chain, clock, services));
  }

  sendVersion(peer: Peer): void {
    const { options, chain, clock } = this.context;
    const { connection } = peer;
    const { address } = connection.endpoint;
    const receiver = address.isRoutable && address.isV1Compatible ? connection.endpoint : NO_ENDPOINT;
    const relay = !rejectsIncomingTxs(options, peer, PERMISSION_RELAY);
    peer.send({
      type: 'version',
      version: PROTOCOL_VERSION,
      services: peer.ourServices,
      time: clock.now(),
      receiver,
      receiverServices: 0n,
      nonce: connection.localNonce,
      subVersion: options.subversion,
      startHeight: chain.height,
      relay,
    });
    peer.versionSent = true;
    const what = `version ${PROTOCOL_VERSION}, blocks=${chain.height}, txrelay=${Number(relay)}`;
    this.debug(`send version message: ${what}, peer=${peer.id}`);
  }

  onVersion(peer: Peer, message: MessageOf<'version'>): void {
    if (peer.version !== 0) {
      this.debug(`redundant version message from peer=${peer.id}`);
      return;
    }
    if (!this.isAcceptable(peer, message)) return;
    const { connection } = peer;
    if (connection.isInbound) {
      if (message.receiver.address.isRoutable) this.context.locals.seen(message.receiver);
      this.sendVersion(peer);
    }
    peer.version = message.version;
    peer.commonVersion = Math.min(message.version, PROTOCOL_VERSION);
    if (peer.commonVersion >= WTXID_RELAY_VERSION) peer.send({ type: 'wtxidrelay' });
    if (peer.commonVersion >= SENDADDRV2_VERSION) peer.send({ type: 'sendaddrv2' });
    this.take(peer, message);
    peer.send({ type: 'verack' });
    this.setPreference(peer);
    this.parts.addrRelay.requestFrom(peer);
    if (!connection.isInbound) this.context.addresses.good(connection.endpoint);
    this.logVersion(peer, message);
    this.measureTime(peer, message);
    if (peer.commonVersion <= FINAL_ALERT_VERSION) connection.send('alert', FINAL_ALERT);
    if (connection.type === 'feeler') {
      this.debug(`feeler connection completed peer=${peer.id}; disconnecting`);
      connection.disconnect();
    }
  }

  onVerack(peer: Peer): void {
    const { connection } = peer;
    const { logger } = this.context;
    if (connection.handshakeDone) {
      this.debug(`ignoring redundant verack message from peer=${peer.id}`);
      return;
    }
    if (!connection.isInbound || logger.enabled('net')) {
      const what = `${connection.type} ${connection.transport.name} peer connected`;
      const state = `version: ${peer.version}, blocks=${peer.startingHeight}`;
      logger.info(`New ${what}: ${state}, peer=${peer.id}`);
    }
    if (peer.commonVersion >= SHORT_IDS_BLOCKS_VERSION) {
      peer.send({ type: 'sendcmpct', highBandwidth: false, version: COMPACT_BLOCKS_VERSION });
    }
    connection.handshakeDone = true;
    this.context.connections().events.emit('connected', peer.id);
  }

  onWtxidRelay(peer: Peer): void {
    if (this.refuseAfterVerack(peer, 'wtxidrelay')) return;
    if (peer.commonVersion < WTXID_RELAY_VERSION) {
      const why = `due to old common version=${peer.commonVersion}`;
      this.debug(`ignoring wtxidrelay ${why} from peer=${peer.id}`);
    } else if (peer.wtxidRelay) this.debug(`ignoring duplicate wtxidrelay from peer=${peer.id}`);
    else {
      peer.wtxidRelay = true;
      this.parts.txDownload.wtxidRelayPeers++;
    }
  }

  onSendAddrV2(peer: Peer): void {
    if (!this.refuseAfterVerack(peer, 'sendaddrv2')) peer.wantsAddrV2 = true;
  }

  onSendCmpct(peer: Peer, { version, highBandwidth }: MessageOf<'sendcmpct'>): void {
    if (version !== COMPACT_BLOCKS_VERSION) return;
    peer.providesCompactBlocks = true;
    peer.wantsHighBandwidth = highBandwidth;
  }

  private isAcceptable(peer: Peer, { version, services, nonce }: MessageOf<'version'>): boolean {
    const { connection } = peer;
    const { addresses, chain, clock, logger } = this.context;
    if (!connection.isInbound) addresses.setServices(connection.endpoint, services);
    if (expectsServices(connection.type) && !this.hasDesirableServices(services)) {
      const hex = (value: bigint) => value.toString(16).padStart(8, '0');
      const wanted = desirableServices(chain, clock, services);
      const offer = `(${hex(services)} offered, ${hex(wanted)} expected)`;
      this.debug(`peer=${peer.id} does not offer the expected services ${offer}; disconnecting`);
    } else if (version < MIN_PEER_PROTOCOL_VERSION) {
      this.debug(`peer=${peer.id} using obsolete version ${version}; disconnecting`);
    } else if (connection.isInbound && !this.context.connections().checkIncomingNonce(nonce)) {
      logger.info(`connected to self at ${connection.endpoint}, disconnecting`);
    } else return true;
    connection.disconnect();
    return false;
  }

  private take(peer: Peer, message: MessageOf<'version'>): void {
    const { connection, ourServices } = peer;
    const { services, receiver, subVersion, startHeight, relay } = message;
    connection.hasWantedServices = this.hasDesirableServices(services);
    peer.theirServices = services;
    peer.addrLocal = receiver.isValid ? receiver : undefined;
    peer.subVersion = sanitize(subVersion);
    peer.startingHeight = startHeight;
    const mayWantTxs = relay || (ourServices & NODE_BLOOM) !== 0n;
    if (!connection.isBlockOnly && connection.type !== 'feeler' && mayWantTxs) {
      this.parts.txRelay.setUp(peer, relay);
    }
  }

  private setPreference(peer: Peer): void {
    const { connection, theirServices } = peer;
    const isTrusted = !connection.isInbound || connection.may(PERMISSION_NO_BAN);
    peer.preferredDownload = isTrusted && connection.type !== 'addr-fetch' && canServeBlocks(theirServices);
    if (peer.preferredDownload) this.parts.blockDownload.preferredPeers++;
  }

  private measureTime(peer: Peer, { time }: MessageOf<'version'>): void {
    peer.timeOffset = time - this.context.clock.now();
    if (!peer.connection.isInbound) this.parts.timeOffsets.add(peer.timeOffset);
  }

  private logVersion(peer: Peer, { receiver, relay }: MessageOf<'version'>): void {
    const state = `version ${peer.version}, blocks=${peer.startingHeight}, us=${receiver}`;
    const what = `${peer.subVersion}: ${state}, txrelay=${Number(relay)}`;
    this.debug(`receive version message: ${what}, peer=${peer.id}`);
  }

  /** Features are negotiated before verack; later they would change what messages in flight mean. */
  private refuseAfterVerack(peer: Peer, type: string): boolean {
    if (!peer.connection.handshakeDone) return false;
    this.debug(`${type} received after verack from peer=${peer.id}; disconnecting`);
    peer.connection.disconnect();
    return true;
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}

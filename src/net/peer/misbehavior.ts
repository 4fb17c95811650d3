import type { BlockRejection, TxRejection } from '../../consensus/rejection.js';
import { Subnet } from '../address/subnet.js';
import { PERMISSION_NO_BAN } from '../permissions.js';
import type { PeerContext } from './context.js';
import type { Peer } from './peer.js';

/** Decides which broken rules are the sender's fault, and what follows for it. */
export class Misbehavior {
  constructor(private readonly context: PeerContext) {}

  /** The peer did what no honest node does: it goes in its next send step. */
  flag(peer: Peer, message = ''): void {
    peer.shouldDiscourage = true;
    this.debug(`Misbehaving: peer=${peer.id}${message === '' ? '' : `: ${message}`}`);
  }

  /**
   * A block or header was refused.
   *
   * @param viaCompactBlock it came as a compact block, which peers may pass on before they have checked it
   */
  punishForBlock(peer: Peer, rejection: BlockRejection, viaCompactBlock: boolean, message = ''): void {
    if (this.isPunishable(peer, rejection, viaCompactBlock)) this.flag(peer, message);
    else if (message !== '') this.debug(`peer=${peer.id}: ${message}`);
  }

  /** Only what breaks consensus is punished: policy differs from node to node. */
  punishForTx(peer: Peer, rejection: TxRejection): void {
    if (rejection.result === 'consensus') this.flag(peer);
  }

  /** Disconnects a flagged peer; true when it goes. */
  enforce(peer: Peer): boolean {
    if (!peer.shouldDiscourage) return false;
    peer.shouldDiscourage = false;
    const { connection, id } = peer;
    const { logger, bans } = this.context;
    if (connection.may(PERMISSION_NO_BAN)) {
      logger.info(`Warning: not punishing noban peer ${id}!`);
      return false;
    }
    if (connection.type === 'manual') {
      logger.info(`Warning: not punishing manually connected peer ${id}!`);
      return false;
    }
    if (connection.endpoint.address.isLocal) {
      const kind = connection.inboundOnion ? 'inbound onion' : 'local';
      this.debug(`Warning: disconnecting but not discouraging ${kind} peer ${id}!`);
      connection.disconnect();
      return true;
    }
    this.debug(`Disconnecting and discouraging peer ${id}!`);
    bans.discourage(connection.endpoint.address);
    this.context.connections().disconnectSubnet(Subnet.single(connection.endpoint.address));
    return true;
  }

  private isPunishable(peer: Peer, { result }: BlockRejection, viaCompactBlock: boolean): boolean {
    switch (result) {
      case 'consensus':
      case 'mutated':
        return !viaCompactBlock;
      case 'cached-invalid':
        // Inbound peers may not know yet; an outbound one on a bad chain is of no use.
        return !viaCompactBlock && !peer.connection.isInbound;
      case 'invalid-header':
      case 'checkpoint':
      case 'invalid-prev':
      case 'missing-prev':
        return true;
      case 'time-future':
      case 'low-work':
        return false;
    }
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}

import { DecodeError } from '../../primitives/codec.js';
import type { ReceivedMessage } from '../connections/connection.js';
import { INACTIVITY_TIMEOUT } from '../connections/limits.js';
import { BIP31_VERSION } from '../protocol.js';
import type { MessageOf } from '../wire/messages.js';
import type { PeerContext } from './context.js';
import type { Peer } from './peer.js';

/** Milliseconds between pings. */
const PING_INTERVAL_MS = 2 * 60_000;
/** The mockable clock shows whole milliseconds; within this many the machine's clock tells the fraction. */
const CLOCK_RESOLUTION_MS = 2;

/** Measures how long peers take to answer, and finds those that do not. */
export class Pinger {
  constructor(private readonly context: PeerContext) {}

  /** RPC ping. */
  queueAll(): void {
    for (const peer of this.context.peers.values()) peer.ping.queued = true;
  }

  /** Sends a ping when it is time; drops a peer that has not answered the last one. */
  send(peer: Peer): void {
    const { ping, connection } = peer;
    const now = this.context.clock.nowMs();
    const waited = now - ping.startMs;
    const checks = this.context.connections().shouldCheckInactivity(connection);
    if (checks && ping.nonce !== 0n && waited > INACTIVITY_TIMEOUT * 1000) {
      this.debug(`ping timeout: ${(waited / 1000).toFixed(6)}s peer=${peer.id}`);
      connection.disconnect();
      return;
    }
    if (!ping.queued && (ping.nonce !== 0n || waited <= PING_INTERVAL_MS)) return;
    ping.queued = false;
    ping.startMs = now;
    ping.startSteadyMs = this.context.clock.steadyMs();
    ping.nonce = peer.commonVersion > BIP31_VERSION ? this.nonce() : 0n;
    peer.send({ type: 'ping', nonce: ping.nonce === 0n ? undefined : ping.nonce });
  }

  onPing(peer: Peer, { nonce }: MessageOf<'ping'>): void {
    if (peer.commonVersion <= BIP31_VERSION) return;
    if (nonce === undefined) throw new DecodeError('unexpected end of data');
    peer.send({ type: 'pong', nonce, size: 8 });
  }

  onPong(peer: Peer, { nonce, size }: MessageOf<'pong'>, received: ReceivedMessage): void {
    const { ping } = peer;
    const problem = this.problemOf(peer, nonce, received);
    if (problem !== '') {
      const expected = ping.nonce.toString(16);
      const got = `${(nonce ?? 0n).toString(16)} received, ${size} bytes`;
      this.debug(`pong peer=${peer.id}: ${problem}, ${expected} expected, ${got}`);
    }
    const isFinished = nonce === undefined || nonce === 0n || nonce === ping.nonce;
    if (isFinished) ping.nonce = 0n;
  }

  /** Milliseconds that an unanswered ping has waited, undefined for none. */
  waiting(peer: Peer): number | undefined {
    const { nonce, startMs } = peer.ping;
    if (nonce === 0n || startMs === 0) return undefined;
    const waited = this.context.clock.nowMs() - startMs;
    return waited > 0 ? waited : undefined;
  }

  private problemOf(peer: Peer, nonce: bigint | undefined, received: ReceivedMessage): string {
    const { ping, connection } = peer;
    if (nonce === undefined) return 'Short payload';
    if (ping.nonce === 0n) return 'Unsolicited pong without ping';
    if (nonce !== ping.nonce) return nonce === 0n ? 'Nonce zero' : 'Nonce mismatch';
    const elapsed = received.timeMs - ping.startMs;
    if (elapsed < 0) return 'Timing mishap';
    const precise = received.steadyMs - ping.startSteadyMs;
    const ms = Math.abs(precise - elapsed) < CLOCK_RESOLUTION_MS ? precise : elapsed;
    connection.pingMs = ms;
    connection.minPingMs = Math.min(connection.minPingMs ?? ms, ms);
    return '';
  }

  private nonce(): bigint {
    const nonce = this.context.random.u64();
    return nonce === 0n ? 1n : nonce;
  }

  private debug(message: string): void {
    this.context.logger.debug('net', message);
  }
}

import { isMoney, MAX_MONEY } from '../../primitives/amount.js';
import { PERMISSION_FORCE_RELAY } from '../permissions.js';
import { FEEFILTER_VERSION } from '../protocol.js';
import { poissonDelay, type Random, randomBelow } from '../random.js';
import type { MessageOf } from '../wire/messages.js';
import type { PeerContext } from './context.js';
import type { Peer } from './peer.js';

/** Mean milliseconds between fee filters, and the most that a large change has to wait. */
const AVERAGE_INTERVAL_MS = 10 * 60_000;
const MAX_CHANGE_DELAY_MS = 5 * 60_000;

/** Rates told lie on a grid from half of Core's default relay fee, each 10 % above the one before. */
const LOWEST_RATE = 500;
const HIGHEST_RATE = 1e7;
const SPACING = 1.1;

function rateGrid(): number[] {
  const rates = [0];
  for (let rate = LOWEST_RATE; rate <= HIGHEST_RATE; rate *= SPACING) rates.push(rate);
  return rates;
}

const RATES = rateGrid();

/** The filter that tells peers to announce nothing: what all the money per 1000 vbytes is rounded to. */
export const MAX_FEE_FILTER = Math.floor(RATES.at(-1) ?? 0);

/** A rate near `feeRate` (satoshis per 1000 vbytes), so that an exact one does not make us recognisable. */
export function roundFeeFilter(feeRate: number, random: Random): number {
  const above = RATES.findIndex(rate => rate >= feeRate);
  const index = above < 0 ? RATES.length - 1 : above > 0 && randomBelow(random, 3) !== 0 ? above - 1 : above;
  return Math.floor(RATES[index] ?? 0);
}

/** BIP133: tells peers which transactions our mempool would not take, and hears the same from them. */
export class FeeFilters {
  constructor(private readonly context: PeerContext) {}

  onFeeFilter(peer: Peer, { feeRate }: MessageOf<'feefilter'>): void {
    if (!isMoney(feeRate)) return;
    if (peer.txRelay !== undefined) peer.txRelay.feeFilterReceived = feeRate;
    const text = `${(feeRate / 1e8).toFixed(8)} BTC/kvB`;
    this.context.logger.debug('net', `received: feefilter of ${text} from peer=${peer.id}`);
  }

  send(peer: Peer): void {
    const { options, mempool, chain, clock, random } = this.context;
    if (options.blocksOnly || peer.commonVersion < FEEFILTER_VERSION) return;
    // What this peer sends is relayed in any case.
    if (peer.connection.may(PERMISSION_FORCE_RELAY) || peer.connection.isBlockOnly) return;
    const { rollingFeeRate, minRelayFeeRate } = mempool.info();
    const { feeFilter } = peer;
    const now = clock.nowMs();
    const current = chain.isInitialBlockDownload ? MAX_MONEY : rollingFeeRate;
    // The initial download is over: transactions are wanted now, not in ten minutes.
    if (!chain.isInitialBlockDownload && feeFilter.sent === MAX_FEE_FILTER) feeFilter.nextSend = 0;
    if (now > feeFilter.nextSend) {
      const rate = Math.max(roundFeeFilter(current, random), minRelayFeeRate);
      if (rate !== feeFilter.sent) {
        peer.send({ type: 'feefilter', feeRate: rate });
        feeFilter.sent = rate;
      }
      feeFilter.nextSend = now + poissonDelay(random, AVERAGE_INTERVAL_MS);
    } else if (now + MAX_CHANGE_DELAY_MS < feeFilter.nextSend && isLargeChange(current, feeFilter.sent)) {
      feeFilter.nextSend = now + randomBelow(random, MAX_CHANGE_DELAY_MS);
    }
  }
}

function isLargeChange(current: number, sent: number): boolean {
  return current < (3 * sent) / 4 || current > (4 * sent) / 3;
}

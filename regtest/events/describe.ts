import type { LabEvent } from './lab-event.js';

/** Digits of a hash that are enough to tell blocks and transactions of one lab apart. */
const SHOWN_DIGITS = 8;

/**
 * An event as a line for people, without its time.
 *
 * @param nameOf the name of a node, by number
 */
export function describeEvent(event: LabEvent, nameOf: (node: number) => string = nodeName): string {
  return 'node' in event ? `${nameOf(event.node)} ${ofNode(event, nameOf)}` : ofLab(event, nameOf);
}

/** `12.345 s  node0 has a new tip …`, as {@link describeEvent} with the time since the lab began. */
export function eventLine(event: LabEvent, nameOf?: (node: number) => string): string {
  return `${(event.atMs / 1000).toFixed(3).padStart(9)} s  ${describeEvent(event, nameOf)}`;
}

type OfNode = Extract<LabEvent, { readonly node: number }>;
type OfLab = Exclude<LabEvent, OfNode>;

function ofNode(event: OfNode, nameOf: (node: number) => string): string {
  switch (event.type) {
    case 'blockFound':
      return `finds block ${short(event.hash)} at height ${event.height}${privacy(event, nameOf)}`;
    case 'blockStored': {
      const from = event.from === undefined ? '' : ` from ${event.from || 'a peer'}`;
      return `has block ${short(event.hash)} at height ${event.height}${from}: ${plural(event.txs, 'transaction')}, ${plural(event.bytes, 'byte')}`;
    }
    case 'blockAnnounced':
      return `hears of block ${short(event.hash)} from ${event.from || 'a peer'}`;
    case 'blockConnected':
      return `connects block ${short(event.hash)} at height ${event.height}${payments(event.txids, 'confirms')}`;
    case 'blockDisconnected':
      return `disconnects block ${short(event.hash)} at height ${event.height}${payments(event.txids, 'reverses')}`;
    case 'tip':
      return `has a new tip ${short(event.hash)} at height ${event.height}, on top of ${event.forkHeight}`;
    case 'txAdded':
      return `takes transaction ${short(event.txid)}: ${event.fee} sat for ${event.vsize} vbytes`;
    case 'txRemoved':
      return `drops transaction ${short(event.txid)}: ${event.reason}`;
    case 'peer':
      return `${event.connected ? 'is connected to' : 'has lost'} ${event.peer || 'a peer'}`;
    case 'node':
      return event.state === 'started'
        ? 'has started'
        : event.state === 'stopped'
          ? 'was stopped'
          : 'has ended';
    case 'lost':
      return `was not listened to in time: ${plural(event.events, 'event')} lost`;
  }
}

function privacy(
  { isPrivate, shownTo = [] }: Extract<LabEvent, { readonly type: 'blockFound' }>,
  nameOf: (node: number) => string,
): string {
  if (!isPrivate) return '';
  return shownTo.length === 0 ? ', in private' : `, for ${shownTo.map(nameOf).join(', ')} alone`;
}

function ofLab(event: OfLab, nameOf: (node: number) => string): string {
  switch (event.type) {
    case 'link':
      return `link ${event.nodes.map(nameOf).join(' – ')}: ${linkState(event)}`;
    case 'snapshot':
      return `snapshot ${event.name}`;
    case 'revert':
      return `back to snapshot ${event.name}`;
    case 'clock': {
      const { time, frozen } = event.clock;
      return `the time is ${new Date(time * 1000).toISOString()}${frozen ? ', and stands still' : ''}`;
    }
    case 'mining':
      return `mining: ${event.plan.kind}`;
    case 'attack':
      return `attack ${event.attack}: ${event.event.type}`;
  }
}

function linkState({ connected, conditions }: Extract<OfLab, { readonly type: 'link' }>): string {
  const { latencyMs, jitterMs, bandwidthKbps, loss, down } = conditions;
  const parts = [
    connected ? 'connected' : 'cut',
    ...(down ? ['down'] : []),
    ...(latencyMs > 0 || jitterMs > 0 ? [`${latencyMs} to ${latencyMs + jitterMs} ms`] : []),
    ...(bandwidthKbps > 0 ? [`${bandwidthKbps} kbit/s`] : []),
    ...(loss > 0 ? [`${(loss * 100).toFixed(1)} % lost`] : []),
  ];
  return parts.join(', ');
}

function payments(txids: readonly string[], verb: string): string {
  const [only, ...more] = txids;
  if (only === undefined) return '';
  return more.length === 0 ? ` and ${verb} ${short(only)}` : ` and ${verb} ${txids.length} transactions`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The end of a hash: its start is zeros where there is proof of work. */
function short(hash: string): string {
  return `…${hash.slice(-SHOWN_DIGITS)}`;
}

function nodeName(node: number): string {
  return `node${node}`;
}

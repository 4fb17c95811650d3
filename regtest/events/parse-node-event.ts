import type { NodeEvent } from '../../src/node/node-event.js';
import { count, flag, hash, list, oneOf, record, type Shape, tagged, text } from './shape.js';

const txids = list(hash);

/** The kinds of events of a node, and what each has beside its type. */
export const NODE_EVENTS = {
  blockStored: record(
    { hash, parent: hash, height: count, time: count, txs: count, bytes: count },
    { from: text },
  ),
  blockAnnounced: record({ hash, from: text }),
  blockConnected: record({ hash, height: count, txids }),
  blockDisconnected: record({ hash, height: count, txids }),
  tip: record({ hash, height: count, forkHeight: count }),
  txAdded: record({ txid: hash, fee: count, vsize: count }),
  txRemoved: record({
    txid: hash,
    reason: oneOf('expiry', 'sizelimit', 'reorg', 'block', 'conflict', 'replaced'),
  }),
  peer: record({ peer: text, connected: flag }),
  lost: record({ events: count }),
};

/** Reads an event of a node. */
export const nodeEvent: Shape<NodeEvent> = tagged('type', NODE_EVENTS);

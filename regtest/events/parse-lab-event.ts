import type { LabEvent } from './lab-event.js';
import { attackEvent } from './parse-attack-event.js';
import { NODE_EVENTS, nodeEvent } from './parse-node-event.js';
import {
  count,
  flag,
  hash,
  list,
  number,
  object,
  oneOf,
  pair,
  record,
  type Shape,
  tagged,
  text,
} from './shape.js';

const conditions = record({
  latencyMs: number,
  jitterMs: number,
  bandwidthKbps: number,
  loss: number,
  down: flag,
});

const shares = list(number);

const plans = {
  off: record({}),
  transaction: record({}),
  interval: record({ seconds: number }, { shares }),
  clocks: record({ meanSeconds: number }, { shares, seed: number }),
  work: record({}, { shares }),
};

const ofNode = record({ node: count });

const happenings = {
  node: record({ node: count, state: oneOf('started', 'stopped', 'ended') }),
  blockFound: record({ node: count, hash, height: count, isPrivate: flag }, { shownTo: list(count) }),
  link: record({ nodes: pair(count), conditions, connected: flag }),
  snapshot: record({ name: text }),
  revert: record({ name: text }),
  clock: record({ clock: record({ time: count, offset: number, frozen: flag }) }),
  mining: record({ plan: tagged('kind', plans) }),
  attack: record({ attack: count, event: attackEvent }),
};

const happening = tagged('type', happenings);
const place = record({ seq: count, atMs: number });

/** Reads an event of a lab. */
export const labEvent: Shape<LabEvent> = (value, at) => {
  const { type } = object(value, at);
  const what =
    typeof type === 'string' && Object.hasOwn(NODE_EVENTS, type)
      ? { ...ofNode(value, at), ...nodeEvent(value, at) }
      : happening(value, at);
  return { ...place(value, at), ...what };
};

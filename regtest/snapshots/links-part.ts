import { checkedConditions, type LinkConditions } from '../links/conditions.js';
import type { LinkState, LinkTable } from '../links/link-table.js';
import type { Link } from '../topology.js';
import { DumpError } from './dump-error.js';
import { booleanIn, listIn, numberIn, recordOf } from './json-fields.js';
import type { SnapshotPart } from './snapshot-part.js';

/** Which connections are meant to be there. */
export interface Joined {
  readonly joined: readonly Link[];
  bringBack(links: readonly Link[]): void;
}

/** Which nodes are joined, so which are cut off, and the conditions of all links. */
export function linksPart(table: LinkTable, links: Joined): SnapshotPart {
  return {
    name: 'links',
    save: () => ({ joined: [...links.joined], conditions: table.list() }),
    prepare: state => {
      const fields = recordOf(state, 'links');
      const joined = listIn(fields, 'joined').map(readPair);
      const conditions = listIn(fields, 'conditions').map(readLinkState);
      return () => {
        table.reset(conditions);
        links.bringBack(joined);
      };
    },
  };
}

function readPair(value: unknown): Link {
  if (Array.isArray(value) && value.length === 2) {
    const [a, b]: unknown[] = value;
    if (Number.isSafeInteger(a) && Number.isSafeInteger(b)) return [Number(a), Number(b)];
  }
  throw new DumpError('damaged', 'two nodes of a link are not two numbers');
}

function readLinkState(value: unknown): LinkState {
  const fields = recordOf(value, 'a link');
  return { nodes: readPair(fields.nodes), conditions: readConditions(fields.conditions) };
}

function readConditions(value: unknown): LinkConditions {
  const fields = recordOf(value, 'conditions of a link');
  const conditions = {
    latencyMs: numberIn(fields, 'latencyMs'),
    jitterMs: numberIn(fields, 'jitterMs'),
    bandwidthKbps: numberIn(fields, 'bandwidthKbps'),
    loss: numberIn(fields, 'loss'),
    down: booleanIn(fields, 'down'),
  };
  try {
    return checkedConditions(conditions);
  } catch (thrown) {
    throw new DumpError('damaged', 'conditions of a link make no sense', { cause: thrown });
  }
}

import type { LabView, NodeStatus } from '../control/protocol.js';
import { PERFECT_LINK } from '../links/conditions.js';
import { linksOf } from '../topology.js';
import type { LabRecordingHeader } from './recording.js';

/** What is said of a lab by its recording, before the first event. */
export type RecordedLabFacts = Pick<LabRecordingHeader, 'name' | 'mode' | 'topology' | 'seed' | 'nodes'>;

/**
 * What is known of a recorded lab before its first event: who its nodes are, and how they are meant to be joined. Heights,
 * tips and the rest follow from the events.
 */
export function recordingStart({ name, mode, topology, seed, nodes }: RecordedLabFacts): LabView {
  const links = linksOf(topology, nodes.length, seed);
  return {
    status: {
      name,
      mode,
      topology,
      seed,
      uptimeMs: 0,
      nodes: nodes.map(unknownNode),
      links: links.map(pair => ({ nodes: pair, conditions: PERFECT_LINK, connected: true })),
      clock: { time: 0, offset: 0, frozen: true },
      mining: { kind: 'off' },
      snapshots: [],
      seq: 0,
    },
    blocks: [],
  };
}

function unknownNode(name: string, index: number): NodeStatus {
  return {
    index,
    name,
    running: true,
    height: 0,
    tip: '',
    peers: [],
    mempool: { transactions: 0, bytes: 0 },
    balance: { trusted: 0, pending: 0, immature: 0 },
    address: '',
    p2p: '',
  };
}

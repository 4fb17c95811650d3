import type { LabStatus, LabView, NodeStatus } from '../../control/protocol.js';
import type { LabEvent } from '../../events/lab-event.js';
import {
  type LabRecordingHeader,
  LabRecordingParser,
  RECORDING_FORMAT,
  RECORDING_VERSION,
  RecordingError,
} from '../../events/recording.js';
import { PERFECT_LINK } from '../../links/conditions.js';
import { linksOf } from '../../topology.js';
import { MAX_RECORDED_EVENTS } from './limits.js';
import type { Recording } from './replay.js';

/** Characters that are read before the page gets its turn: some milliseconds. */
const SLICE = 1 << 18;

/**
 * Reads a recording of a lab, a line of JSON for each event.
 *
 * @throws RecordingError that tells the line
 */
export async function parseRecording(name: string, text: string): Promise<Recording> {
  const parser = new LabRecordingParser();
  const events: LabEvent[] = [];
  for (let at = 0; at < text.length; at += SLICE) {
    for (const event of parser.push(text.slice(at, at + SLICE))) events.push(event);
    if (events.length > MAX_RECORDED_EVENTS) {
      throw new RecordingError(
        `it holds more than ${MAX_RECORDED_EVENTS} events, which is more than the page takes`,
      );
    }
    await new Promise(resolve => setTimeout(resolve));
  }
  events.push(...parser.end().events);
  const { header } = parser;
  return { name, events, ...(header === undefined ? {} : { start: startOf(header) }) };
}

/** What is known of a lab before the first event: who its nodes are, and how they are meant to be joined. */
function startOf({ name, mode, topology, seed, nodes }: LabRecordingHeader): LabView {
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

/** The same of the lab that serves the page. */
export function before({ name, mode, topology, seed, nodes }: LabStatus): LabView {
  const names = nodes.map(node => node.name);
  return startOf({
    format: RECORDING_FORMAT,
    version: RECORDING_VERSION,
    kind: 'lab',
    ...{ name, mode, topology, seed, nodes: names },
  });
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

import { isDeepStrictEqual } from 'node:util';
import { chainParams } from '../../src/consensus/networks.js';
import type { NodeMemory } from '../../src/node/home.js';
import { DecodeError, Reader, Writer } from '../../src/primitives/codec.js';
import { type NetworkRules, networkRules, type ProofOfWork, toldRules } from '../network-rules.js';
import { TOPOLOGIES, type Topology } from '../topology.js';
import { DumpError } from './dump-error.js';
import { readDumpFile, writeDumpFile } from './dump-file.js';
import { booleanIn, type Fields, listIn, numberIn, recordOf, textIn, textOf } from './json-fields.js';
import { decodeMemory, encodeMemory } from './memory-codec.js';
import type { SnapshotTip } from './network-snapshot.js';
import type { SavedNetwork } from './saved-network.js';

/** What the nodes of a network have in common, and a dump must fit. */
export interface NetworkIdentity {
  readonly seed: number;
  /** Their keys follow from it. */
  readonly mnemonic: string;
  readonly topology: Topology;
  /** By which its chain is valid. */
  readonly rules: NetworkRules;
}

export interface DumpedNode {
  readonly isRunning: boolean;
  readonly wallets: readonly string[];
  readonly tip: SnapshotTip | undefined;
  readonly memory: NodeMemory;
}

/** A network as a file holds it. */
export interface NetworkDump extends NetworkIdentity {
  readonly nodes: readonly DumpedNode[];
  readonly parts: Readonly<Record<string, unknown>>;
  /** Unix seconds. */
  readonly time: number;
}

/** Most nodes that a dump can be of: more than networks have. */
const MAX_DUMPED_NODES = 1000;

/** @returns bytes of the file. @throws DumpError when it cannot be written */
export async function writeDump(
  file: string,
  { seed, mnemonic, topology, rules }: NetworkIdentity,
  saved: SavedNetwork,
): Promise<number> {
  const nodes = saved.nodes.map(({ isRunning, wallets, tip }) => ({ isRunning, wallets, tip }));
  const { parts, time } = saved;
  const head = { seed, mnemonic, topology, rules: toldRules(rules), time, parts, nodes };
  const writer = new Writer().varString(JSON.stringify(head));
  for (const { state } of saved.nodes) await encodeMemory(await state.memory(), writer);
  return writeDumpFile(file, writer.finish());
}

/** @throws DumpError when there is no such file, or it is not a whole dump */
export async function readDump(file: string): Promise<NetworkDump> {
  const reader = new Reader(await readDumpFile(file));
  try {
    const head = recordOf(parsed(reader.varString()), 'head');
    const listed = listIn(head, 'nodes').map(readNode);
    if (listed.length > MAX_DUMPED_NODES) throw new DumpError('damaged', 'the dump has too many nodes');
    const nodes: DumpedNode[] = [];
    for (const node of listed) {
      nodes.push({ ...node, memory: await decodeMemory(reader, chainParams('regtest')) });
    }
    reader.finish();
    const parts = recordOf(head.parts, 'parts');
    return {
      seed: numberIn(head, 'seed'),
      mnemonic: textIn(head, 'mnemonic'),
      topology: readTopology(head),
      rules: readRules(head),
      time: numberIn(head, 'time'),
      parts,
      nodes,
    };
  } catch (thrown) {
    if (!(thrown instanceof DecodeError)) throw thrown;
    throw new DumpError('damaged', `${file} is damaged: ${thrown.message}`, { cause: thrown });
  }
}

/** @throws DumpError when the nodes of a network are others than those of the dump, or its chain is not one that they take */
export function requireSameNodes(
  {
    seed,
    mnemonic,
    rules,
    nodes,
  }: Omit<NetworkIdentity, 'topology'> & { readonly nodes: readonly unknown[] },
  dump: NetworkDump,
): void {
  const other = (what: string) => new DumpError('other-network', `the dump is of a network with ${what}`);
  if (dump.nodes.length !== nodes.length)
    throw other(`${dump.nodes.length} nodes, and this one has ${nodes.length}`);
  if (dump.seed !== seed) throw other(`seed ${dump.seed}, and this one has ${seed}: its keys are others`);
  if (dump.mnemonic !== mnemonic) throw other('another mnemonic: its keys are others');
  if (!isDeepStrictEqual(dump.rules.proofOfWork, rules.proofOfWork))
    throw other(`${difficultyOf(dump.rules)}, and this one has ${difficultyOf(rules)}`);
}

function difficultyOf({ proofOfWork }: NetworkRules): string {
  if (proofOfWork === undefined) return 'the least difficulty for ever';
  const { retargetBlocks, spacingSeconds, difficulty } = proofOfWork;
  return `a difficulty of ${difficulty} that adjusts itself every ${retargetBlocks} blocks to ${spacingSeconds} s`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (thrown) {
    throw new DecodeError('its head is no JSON', { cause: thrown });
  }
}

function readTopology(head: Fields): Topology {
  const topology = TOPOLOGIES.find(one => one === head.topology);
  if (topology === undefined) throw new DumpError('damaged', 'the dump is damaged: unknown topology');
  return topology;
}

/** A dump from before they were in it is of a network with those of regtest. */
function readRules({ rules = {} }: Fields): NetworkRules {
  const fields = recordOf(rules, 'rules');
  const maxReorg = fields.maxReorg === undefined ? undefined : numberIn(fields, 'maxReorg');
  const proofOfWork = fields.proofOfWork === undefined ? undefined : readProofOfWork(fields.proofOfWork);
  try {
    return networkRules(maxReorg, proofOfWork);
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown;
    throw new DumpError('damaged', `the dump is damaged: ${thrown.message}`, { cause: thrown });
  }
}

function readProofOfWork(value: unknown): ProofOfWork {
  const fields = recordOf(value, 'proofOfWork');
  return {
    retargetBlocks: numberIn(fields, 'retargetBlocks'),
    spacingSeconds: numberIn(fields, 'spacingSeconds'),
    difficulty: numberIn(fields, 'difficulty'),
  };
}

function readNode(value: unknown): Omit<DumpedNode, 'memory'> {
  const fields = recordOf(value, 'node');
  return {
    isRunning: booleanIn(fields, 'isRunning'),
    wallets: listIn(fields, 'wallets').map(name => textOf(name, 'name of a wallet')),
    tip: fields.tip === undefined ? undefined : readTip(fields.tip),
  };
}

function readTip(value: unknown): SnapshotTip {
  const fields = recordOf(value, 'tip');
  return { hash: textIn(fields, 'hash'), height: numberIn(fields, 'height') };
}

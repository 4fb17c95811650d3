import { accountCount } from './accounts/account.js';
import { LabKeys } from './accounts/lab-keys.js';
import { mnemonicOf, parseMnemonic } from './accounts/mnemonic.js';
import type { RecorderOptions } from './events/recorder.js';
import type { NetworkMode } from './fabric.js';
import { type NetworkRules, networkRules, type ProofOfWork } from './network-rules.js';
import { DEFAULT_SEED } from './random.js';
import type { NetworkIdentity } from './snapshots/dump.js';
import type { Topology } from './topology.js';

/** Most nodes of a network: a process is about 100 MB, a node in memory about 5. */
export const MAX_NODES: Readonly<Record<NetworkMode, number>> = { process: 32, inProcess: 200 };

export interface NetworkOptions {
  /** How many, 3 unless told. */
  readonly nodes?: number | undefined;
  readonly topology?: Topology | undefined;
  /** Daemons over TCP (the default), or nodes in this process over links in memory: quicker, and gone with it. */
  readonly mode?: NetworkMode | undefined;
  /** Nodes in memory serve RPC over HTTP as well, for other programs to use. */
  readonly serveRpc?: boolean | undefined;
  /** Gives the mnemonic, and decides what is left to chance: all the same for the same seed. */
  readonly seed?: number | undefined;
  /** BIP39 phrase in English that all keys and wallets come from, instead of the one that follows from the seed. */
  readonly mnemonic?: string | undefined;
  /** Accounts with coins, the nodes' own among them: 10 unless told, or one for each node when there are more of these. */
  readonly accounts?: number | undefined;
  /**
   * Directory to keep the nodes' data in, new or from an earlier network; without it a temporary one, removed at the end.
   * For daemons only: nodes in one process keep nothing.
   */
  readonly datadir?: string | undefined;
  /**
   * A file that {@link RegtestNetwork.dump} wrote: the network begins as it was then, with its seed, mnemonic,
   * number of nodes, topology and rules. It may be one of the other mode.
   */
  readonly from?: string | undefined;
  /** Mine to height 101 and give every account a coin (the default). Not done when there is a chain already. */
  readonly fund?: boolean | undefined;
  /**
   * The difficulty adjusts itself, where it never changes otherwise. The nodes' time begins at genesis then, and goes on only
   * when blocks are made by the lab: see {@link RegtestNetwork.pace}.
   */
  readonly proofOfWork?: ProofOfWork | undefined;
  /** What nodes do against attacks, beside Core's rules. */
  readonly defences?:
    | {
        /** They refuse to undo more blocks than this; without it they undo any number. */
        readonly maxReorg?: number | undefined;
      }
    | undefined;
  /** More options of blocksmithd for all nodes. */
  readonly args?: readonly string[] | undefined;
  /** Told of what goes wrong in the background, such as a node that ended and does not mine; a warning of the process otherwise. */
  readonly onWarning?: ((message: string) => void) | undefined;
  /** Told at each node that is up how many are, while the network starts. */
  readonly onNodeUp?: ((up: number) => void) | undefined;
  /** Ends the start, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface RecordOptions extends Omit<RecorderOptions, 'lab'> {
  /** Of the lab, in the recording: `lab` unless told. */
  readonly name?: string;
}

/** Options of a network with nothing left open, and all in order. */
export interface NetworkSetup {
  readonly nodes: number;
  readonly topology: Topology;
  readonly mode: NetworkMode;
  readonly seed: number;
  readonly keys: LabKeys;
  /** How many have coins. */
  readonly accounts: number;
  readonly rules: NetworkRules;
  readonly serveRpc: boolean;
  /** Options of blocksmithd for all nodes, beside those that the rules need. */
  readonly args: readonly string[];
  /** Where the nodes keep their data, if the network was told. */
  readonly datadir: string | undefined;
  readonly fund: boolean;
  readonly onWarning: (message: string) => void;
  readonly onNodeUp: ((up: number) => void) | undefined;
}

/** What a network takes over from a dump. */
type DumpedIdentity = NetworkIdentity & { readonly nodes: readonly unknown[] };

/**
 * Checks options and fills in what they leave open: as in the dump, for a network that begins with one.
 *
 * @throws RangeError when they make no sense, or do not go together
 */
export function networkSetup(given: NetworkOptions, dump: DumpedIdentity | undefined): NetworkSetup {
  const options = dump === undefined ? given : withDumped(given, dump);
  const { nodes = 3, topology = 'mesh', mode = 'process', seed = DEFAULT_SEED, datadir } = options;
  const { mnemonic = mnemonicOf(seed), serveRpc = false, fund = true, args = [], onNodeUp } = options;
  checkDatadir(options);
  checkNodeCount(nodes, MAX_NODES[mode]);
  const accounts = accountCount(nodes, options.accounts);
  const keys = new LabKeys(parseMnemonic(mnemonic));
  const rules = networkRules(options.defences?.maxReorg, options.proofOfWork);
  const onWarning = options.onWarning ?? (message => process.emitWarning(message));
  const chosen = { nodes, topology, mode, seed, keys, accounts, rules, serveRpc, args, datadir, fund };
  return { ...chosen, onWarning, onNodeUp };
}

function withDumped(given: NetworkOptions, dump: DumpedIdentity): NetworkOptions {
  const { seed = dump.seed, mnemonic = dump.mnemonic, topology = dump.topology } = given;
  const { proofOfWork = dump.rules.proofOfWork, defences, nodes = dump.nodes.length } = given;
  const maxReorg = defences?.maxReorg ?? dump.rules.maxReorg;
  return { ...given, seed, mnemonic, topology, nodes, proofOfWork, defences: { ...defences, maxReorg } };
}

function checkDatadir({ datadir, mode, proofOfWork }: NetworkOptions): void {
  if (datadir === undefined) return;
  if (proofOfWork !== undefined) {
    throw new RangeError('the time of a chain with proof of work is not kept: it has no datadir');
  }
  if (mode === 'inProcess') {
    throw new RangeError('nodes in one process keep their data in memory: they have no datadir');
  }
}

function checkNodeCount(nodes: number, most: number): void {
  if (!Number.isSafeInteger(nodes) || nodes < 1 || nodes > most) {
    throw new RangeError(`a network has 1 to ${most} nodes`);
  }
}

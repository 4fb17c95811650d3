import { DEFAULT_SEED } from '../random.js';

/**
 * How a block gets from node to node. `announce`: a header, a request, the block, each a way of its own, and a node
 * passes a block on when it has validated it. `compact`: a short form is pushed at once (BIP152, high bandwidth mode), and
 * a node passes it on when it is complete.
 */
export type Relay = 'announce' | 'compact';

export const RELAYS: readonly Relay[] = ['announce', 'compact'];

/** Who mines: all alike; by Zipf's law; or pools with given shares, all others alike with the rest. */
export type HashPower = 'uniform' | 'zipf' | readonly number[];

/** A network and its miners. Two runs with the same options give the same blocks at the same times. */
export interface SimulationOptions {
  readonly nodes: number;
  /** Blocks to find, the stale ones included. */
  readonly blocks: number;
  /** Peers that each node chooses; with those that choose it, it has about twice as many. */
  readonly peers: number;
  /** Mean time between blocks in seconds, at the first difficulty. */
  readonly interval: number;
  /** Bytes. */
  readonly blockSize: number;
  readonly relay: Relay;
  /** One way, in milliseconds, the same between all nodes; without it by region. */
  readonly latency?: number | undefined;
  /** Of each node in both directions, in megabits a second, 0 for no limit; without it by region. */
  readonly bandwidth?: number | undefined;
  /** Time that a node takes to validate a block, in milliseconds. */
  readonly validation: number;
  /** Chance that a compact block lacks transactions, so that they have to be asked for. */
  readonly missing: number;
  readonly hash: HashPower;
  /** Blocks from one adjustment of the difficulty to the next; without it there is none. */
  readonly retarget?: number | undefined;
  readonly seed: number;
}

export const DEFAULT_SIMULATION: SimulationOptions = {
  nodes: 1000,
  blocks: 1000,
  peers: 8,
  interval: 600,
  blockSize: 1_500_000,
  relay: 'compact',
  validation: 50,
  missing: 0.1,
  hash: 'uniform',
  seed: DEFAULT_SEED,
};

/** Memory follows nodes × peers, time nodes × blocks: more takes hours. */
export const MAX_SIMULATED_NODES = 100_000;
export const MAX_SIMULATED_BLOCKS = 1_000_000;
export const MAX_SIMULATED_PEERS = 125;
/** Nodes × peers: some hundred megabytes of links. */
export const MAX_SIMULATED_LINKS = 4_000_000;
/** A day. */
export const MAX_INTERVAL = 86_400;
/** What a block of four million weight units can have at most. */
export const MAX_SIMULATED_BLOCK_SIZE = 4_000_000;
/** A minute, in milliseconds. */
export const MAX_DELAY = 60_000;
/** A hundred gigabits a second. */
export const MAX_BANDWIDTH = 100_000;
/** Fewer blocks measure nothing. */
export const MIN_RETARGET = 10;

/** Shares are written with few digits, and their sum is rounded. */
const SHARE_TOLERANCE = 1e-9;

/** Completes options. @throws RangeError with a sentence that says what is wrong */
export function simulationOptions(given: Partial<SimulationOptions>): SimulationOptions {
  const options = { ...DEFAULT_SIMULATION, ...definedOf(given) };
  checkWhole('nodes', options.nodes, 2, MAX_SIMULATED_NODES);
  checkWhole('blocks', options.blocks, 1, MAX_SIMULATED_BLOCKS);
  checkWhole('peers', options.peers, 1, MAX_SIMULATED_PEERS);
  checkWhole('nodes × peers', options.nodes * options.peers, 2, MAX_SIMULATED_LINKS);
  checkRange('the interval', options.interval, 0.001, MAX_INTERVAL);
  checkWhole('the block size', options.blockSize, 0, MAX_SIMULATED_BLOCK_SIZE);
  checkRange('the validation time', options.validation, 0, MAX_DELAY);
  checkRange('the share of compact blocks that lack transactions', options.missing, 0, 1);
  if (options.latency !== undefined) checkRange('the latency', options.latency, 0, MAX_DELAY);
  if (options.bandwidth !== undefined) checkRange('the bandwidth', options.bandwidth, 0, MAX_BANDWIDTH);
  if (options.retarget !== undefined)
    checkWhole('the retarget period', options.retarget, MIN_RETARGET, MAX_SIMULATED_BLOCKS);
  if (typeof options.hash !== 'string') checkPools(options.hash, options.nodes);
  return options;
}

function definedOf<T extends object>(given: T): Partial<T> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as Partial<T>;
}

function checkWhole(what: string, value: number, least: number, most: number): void {
  if (!Number.isInteger(value) || value < least || value > most)
    throw new RangeError(`${what}: a whole number from ${least} to ${most} is needed, not ${value}`);
}

function checkRange(what: string, value: number, least: number, most: number): void {
  if (!(value >= least && value <= most))
    throw new RangeError(`${what}: a number from ${least} to ${most} is needed, not ${value}`);
}

function checkPools(shares: readonly number[], nodes: number): void {
  if (shares.length > nodes)
    throw new RangeError(`there are ${shares.length} pools, but only ${nodes} nodes`);
  for (const share of shares) checkRange('the share of a pool', share, 0, 1);
  const sum = shares.reduce((total, share) => total + share, 0);
  if (sum > 1 + SHARE_TOLERANCE)
    throw new RangeError(`the shares of the pools add up to ${sum}, more than 1`);
  if (shares.length === nodes && sum < 1 - SHARE_TOLERANCE)
    throw new RangeError(`the shares of all ${nodes} nodes add up to ${sum}, less than 1`);
}

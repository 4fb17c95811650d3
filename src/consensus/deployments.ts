import { type HeaderId, type HeaderView, NO_HEADER } from './chain-view.js';
import {
  type Bip9Params,
  type BuriedDeployment,
  type ConsensusParams,
  NEVER_ACTIVE,
  NEVER_BURIED,
  NO_TIMEOUT,
  type VersionBitsDeployment,
} from './params.js';
import {
  countSignals,
  stateSinceHeight,
  type ThresholdCache,
  type ThresholdCondition,
  type ThresholdState,
  type ThresholdStatistics,
  thresholdState,
  thresholdStatistics,
  usesVersionBits,
  VERSIONBITS_NUM_BITS,
  VERSIONBITS_TOP_BITS,
  windowParent,
} from './versionbits.js';

/** All deployments, in the order in which getdeploymentinfo lists them. */
export const BURIED_DEPLOYMENTS: readonly BuriedDeployment[] = ['bip34', 'dersig', 'cltv', 'csv', 'segwit'];
export const VERSION_BITS_DEPLOYMENTS: readonly VersionBitsDeployment[] = ['testdummy', 'taproot'];

/** A deployment of either kind. */
export type Deployment = BuriedDeployment | VersionBitsDeployment;

/** Names that RPC shows; `-testactivationheight` takes the plain ones. */
const RPC_NAMES: Readonly<Record<Deployment, string>> = {
  bip34: 'bip34',
  dersig: 'bip66',
  cltv: 'bip65',
  csv: 'csv',
  segwit: 'segwit',
  testdummy: 'testdummy',
  taproot: 'taproot',
};

export function deploymentName(deployment: Deployment): string {
  return RPC_NAMES[deployment];
}

function isBuried(deployment: Deployment): deployment is BuriedDeployment {
  return deployment !== 'testdummy' && deployment !== 'taproot';
}

/** Whether a buried deployment's rules hold in a block at `height`. */
export function buriedActive(deployment: BuriedDeployment, height: number, params: ConsensusParams): boolean {
  return height >= params.buriedHeights[deployment];
}

/** States of all version-bits deployments, and of unknown soft forks, kept window by window. One for each header tree. */
export class VersionBitsCache {
  private readonly deployments = new Map<VersionBitsDeployment, ThresholdCache>();
  private readonly unknown = new Map<number, ThresholdCache>();
  private readonly tallies = new Map<HeaderId, Uint32Array>();
  private readonly unknownRules = new Map<HeaderId, readonly UnknownRules[]>();

  ofDeployment(deployment: VersionBitsDeployment): ThresholdCache {
    return entry(this.deployments, deployment, () => new Map());
  }

  /** Of a soft fork that we know by its bit only. */
  ofUnknownBit(bit: number): ThresholdCache {
    return entry(this.unknown, bit, () => new Map());
  }

  /** For each bit, how many blocks of the window that ends with `last` signal it unasked. */
  tally(last: HeaderId, count: () => Uint32Array): Uint32Array {
    return entry(this.tallies, last, count);
  }

  /** The unknown soft forks of the blocks of the window after `last`. */
  rulesAfter(last: HeaderId, find: () => readonly UnknownRules[]): readonly UnknownRules[] {
    return entry(this.unknownRules, last, find);
  }

  clear(): void {
    this.deployments.clear();
    this.unknown.clear();
    this.tallies.clear();
    this.unknownRules.clear();
  }
}

function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}

function conditionOf(
  deployment: VersionBitsDeployment,
  view: HeaderView,
  params: ConsensusParams,
): ThresholdCondition {
  const { bit, startTime, timeout, minActivationHeight } = params.deployments[deployment];
  return {
    startTime,
    timeout,
    minActivationHeight,
    period: params.minerConfirmationWindow,
    threshold: params.ruleChangeActivationThreshold,
    countWindow: last => countSignals(last, params.minerConfirmationWindow, bit, view),
  };
}

/** State of a version-bits deployment for the block after `prev` (NO_HEADER before genesis). */
export function deploymentState(
  prev: HeaderId,
  deployment: VersionBitsDeployment,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): ThresholdState {
  const condition = conditionOf(deployment, view, params);
  return thresholdState(condition, prev, view, cache.ofDeployment(deployment));
}

/** Height from which on the state for the block after `prev` holds. */
export function deploymentSince(
  prev: HeaderId,
  deployment: VersionBitsDeployment,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): number {
  const condition = conditionOf(deployment, view, params);
  return stateSinceHeight(condition, prev, view, cache.ofDeployment(deployment));
}

/** Signals for a deployment in the window of block `id`, up to it. */
export function deploymentStatistics(
  id: HeaderId,
  deployment: VersionBitsDeployment,
  view: HeaderView,
  params: ConsensusParams,
): ThresholdStatistics {
  const { bit } = params.deployments[deployment];
  return thresholdStatistics(conditionOf(deployment, view, params), bit, id, view);
}

/** Whether a deployment's rules hold in the block after `prev` (NO_HEADER before genesis). */
export function deploymentActiveAfter(
  prev: HeaderId,
  deployment: Deployment,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): boolean {
  if (!isBuried(deployment)) return deploymentState(prev, deployment, view, params, cache) === 'active';
  return buriedActive(deployment, prev === NO_HEADER ? 0 : view.height(prev) + 1, params);
}

/** Whether a deployment's rules hold in block `id`. */
export function deploymentActiveAt(
  id: HeaderId,
  deployment: Deployment,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): boolean {
  return deploymentActiveAfter(view.prev(id), deployment, view, params, cache);
}

/** False for a deployment that can never come into force on this network. */
export function deploymentEnabled(deployment: Deployment, params: ConsensusParams): boolean {
  return isBuried(deployment)
    ? params.buriedHeights[deployment] !== NEVER_BURIED
    : params.deployments[deployment].startTime !== NEVER_ACTIVE;
}

/** Version of a block on top of `prev`: signals for every deployment that wants signals, or has got them (BIP9). */
export function computeBlockVersion(
  prev: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): number {
  let version = VERSIONBITS_TOP_BITS;
  for (const deployment of VERSION_BITS_DEPLOYMENTS) {
    const state = deploymentState(prev, deployment, view, params, cache);
    if (state === 'started' || state === 'locked_in') version |= 1 << params.deployments[deployment].bit;
  }
  return version;
}

/** A version bit by which blocks have activated, or are about to, rules that this node does not know. */
export interface UnknownRules {
  readonly bit: number;
  readonly state: 'locked_in' | 'active';
}

/**
 * Unknown soft forks for the block after `tip`: bits that blocks signal although no deployment of ours asks them to.
 * The node warns `Unknown new rules activated (versionbit <bit>)`.
 */
export function unknownRules(
  tip: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): readonly UnknownRules[] {
  // Each new block asks, and all of a window get the same answer.
  const last = windowParent(tip, params.minerConfirmationWindow, view);
  return cache.rulesAfter(last, () => findUnknownRules(last, view, params, cache));
}

function findUnknownRules(
  last: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): readonly UnknownRules[] {
  const found: UnknownRules[] = [];
  for (let bit = 0; bit < VERSIONBITS_NUM_BITS; bit++) {
    const condition: ThresholdCondition = {
      startTime: 0,
      timeout: NO_TIMEOUT,
      minActivationHeight: 0,
      period: params.minerConfirmationWindow,
      threshold: params.ruleChangeActivationThreshold,
      countWindow: last => unknownSignals(last, view, params, cache)[bit] as number,
    };
    const state = thresholdState(condition, last, view, cache.ofUnknownBit(bit));
    if (state === 'locked_in' || state === 'active') found.push({ bit, state });
  }
  return found;
}

/**
 * Signals of unknown soft forks in the window that ends with `last`, for all bits in one walk: after a sync the whole
 * chain has to be walked, and once for each of 29 bits would hold up the node for the better part of a second.
 */
function unknownSignals(
  last: HeaderId,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): Uint32Array {
  return cache.tally(last, () => {
    const counts = new Uint32Array(VERSIONBITS_NUM_BITS);
    // What our deployments ask for is the same throughout a window.
    const asked = computeBlockVersion(view.prev(last), view, params, cache);
    const end = view.height(last) - params.minerConfirmationWindow;
    for (let id = last, height = view.height(last); height > end; height--) {
      if (height < params.minBip9WarningHeight) break;
      const version = view.version(id);
      if (usesVersionBits(version)) addBits(counts, version & ~asked);
      id = view.prev(id);
    }
    return counts;
  });
}

function addBits(counts: Uint32Array, bits: number): void {
  for (let bit = 0; bit < VERSIONBITS_NUM_BITS; bit++) {
    counts[bit] = (counts[bit] as number) + ((bits >>> bit) & 1);
  }
}

/** What getdeploymentinfo says of a deployment. */
export type DeploymentInfo = BuriedInfo | Bip9Info;

export interface BuriedInfo {
  readonly type: 'buried';
  /** In force for the next block. */
  readonly active: boolean;
  readonly height: number;
}

export interface Bip9Info {
  readonly type: 'bip9';
  /** In force for the next block. */
  readonly active: boolean;
  /** Height from which on it is in force, when it is. */
  readonly height: number | undefined;
  readonly params: Bip9Params;
  /** State of the block asked about, and height since when. */
  readonly status: ThresholdState;
  readonly since: number;
  /** State of the block after it. */
  readonly statusNext: ThresholdState;
  /** Signals of the current window; only while signals mean something (started, locked in). */
  readonly statistics: ThresholdStatistics | undefined;
}

/** What getdeploymentinfo says of `deployment` at block `id`; undefined when it can never come into force. */
export function deploymentInfo(
  id: HeaderId,
  deployment: Deployment,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): DeploymentInfo | undefined {
  if (!deploymentEnabled(deployment, params)) return undefined;
  if (!isBuried(deployment)) return bip9Info(id, deployment, view, params, cache);
  return {
    type: 'buried',
    active: deploymentActiveAfter(id, deployment, view, params, cache),
    height: params.buriedHeights[deployment],
  };
}

function bip9Info(
  id: HeaderId,
  deployment: VersionBitsDeployment,
  view: HeaderView,
  params: ConsensusParams,
  cache: VersionBitsCache,
): Bip9Info {
  const prev = view.prev(id);
  const status = deploymentState(prev, deployment, view, params, cache);
  const statusNext = deploymentState(id, deployment, view, params, cache);
  const active = statusNext === 'active';
  const signalled = status === 'started' || status === 'locked_in';
  return {
    type: 'bip9',
    active,
    height: active ? deploymentSince(id, deployment, view, params, cache) : undefined,
    params: params.deployments[deployment],
    status,
    since: deploymentSince(prev, deployment, view, params, cache),
    statusNext,
    statistics: signalled ? deploymentStatistics(id, deployment, view, params) : undefined,
  };
}

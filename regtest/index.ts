/**
 * Networks of real nodes for tests and experiments: `blocksmith/regtest`.
 *
 * @example
 * import { RegtestNetwork } from 'blocksmith/regtest';
 *
 * await using network = await RegtestNetwork.create({ nodes: 3 });
 * const txid = await network.node(0).wallet().call('sendtoaddress', network.node(2).key.address, 1);
 * await network.waitForMempool(txid);
 *
 * // Two branches, and a reorganisation when they meet.
 * await network.partition([[network.node(0), network.node(1)], [network.node(2)]]);
 * await network.node(0).mine(1);
 * await network.node(2).mine(2);
 * await network.heal();
 * console.log(await network.waitForSync());
 *
 * @packageDocumentation
 */
export { type AttackOptions, MIN_ATTACK_NODES, runAttack } from './attack.js';
export type {
  AttackEvent,
  AttackResult,
  BalanceChange,
  NodeOutcome,
  RaceBlock,
  Role,
  Roles,
} from './attack-types.js';
export { DaemonFailed, type DaemonOptions, RegtestDaemon } from './daemon.js';
export type { DoubleSpend, TransactionFate } from './double-spend.js';
export { executablePath } from './executables.js';
export { NETWORK_MODES, type NetworkMode } from './fabric.js';
export type { NodeHost } from './host.js';
export type { LabKey } from './keys.js';
export { type LinkConditions, PERFECT_LINK } from './links/conditions.js';
export { MAX_NODES, type NetworkLink, type NetworkOptions, RegtestNetwork } from './network.js';
export { LAB_WALLET, type RegtestNode } from './node.js';
export { chanceOf, type Decision, decide, type RaceRules, raceRules } from './race-rules.js';
export { type Find, MAX_SEED, MiningClocks, Random } from './random.js';
export { measureReorganization, type Reorganization } from './reorg.js';
export { RpcCallError, RpcCaller, RpcUnreachable } from './rpc-caller.js';
export { RpcClient, type RpcEndpoint } from './rpc-client.js';
export type * from './rpc-methods.js';
export { type Interval, wilsonInterval } from './statistics.js';
export * from './theory.js';
export { TOPOLOGIES, type Topology } from './topology.js';
export { DEFAULT_SEED, runTrials, type TrialOptions, type TrialResult } from './trials.js';
export { WaitTimeout } from './wait.js';

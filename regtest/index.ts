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
export { ATTACK_KINDS, type AttackKind, liveMetricsOf, metricsOf } from './attack-kinds.js';
export type { AttackEvent, Casting, FoundBlock, Role } from './attacks/attack-event.js';
export type {
  AttackOutcome,
  BalanceChange,
  CensorOutcome,
  DoubleSpendOutcome,
  EclipseOutcome,
  NodeOutcome,
  PartitionOutcome,
  RevenueSpan,
  SelfishOutcome,
  SideTransaction,
} from './attacks/attack-outcome.js';
export {
  type AttackPlan,
  DEFAULT_HASHRATES,
  DEFAULT_LIVE_PERIOD,
  planAttack,
} from './attacks/attack-plan.js';
export * from './attacks/attack-request.js';
export { runAttackTrials } from './attacks/attack-trials.js';
export { MIN_ATTACK_NODES } from './attacks/casting.js';
export type { TransactionFate, TransactionPlace } from './attacks/fate.js';
export { type Account, type ExpectedAccount, expectedAccount, MOST_CONFIRMATIONS } from './attacks/money.js';
export type { DoubleSpend } from './attacks/payment.js';
export { runAttack } from './attacks/run-attack.js';
export type { AttackRun } from './attacks/stage.js';
export { DaemonFailed, type DaemonOptions, RegtestDaemon } from './daemon.js';
export { EventLog, MAX_KEPT_TXIDS } from './events/event-log.js';
export { type LabEvents, MAX_KEPT_EVENTS } from './events/event-source.js';
export type { LabEvent, LabHappening } from './events/lab-event.js';
export { executablePath } from './executables.js';
export { checkMetric, type Expectation, judge, parseExpectation, type Verdict } from './expectations.js';
export { NETWORK_MODES, type NetworkMode } from './fabric.js';
export type { HostEvent, NodeHost } from './host.js';
export type { LabKey } from './keys.js';
export { type LinkConditions, PERFECT_LINK } from './links/conditions.js';
export { MAX_NODES, type NetworkLink, type NetworkOptions, RegtestNetwork } from './network.js';
export { type BlockFind, LAB_WALLET, type RegtestNode } from './node.js';
export { type AttackPreset, PRESETS } from './presets.js';
export { DEFAULT_SEED, type Find, MAX_SEED, MiningClocks, Random } from './random.js';
export { measureReorganization, type Reorganization } from './reorg.js';
export { RpcCallError, RpcCaller, RpcUnreachable } from './rpc-caller.js';
export { RpcClient, type RpcEndpoint } from './rpc-client.js';
export type * from './rpc-methods.js';
export { type CensorRules, censorDecides, censorRules } from './rules/censor-rules.js';
export { type EclipseRules, merchantDecides, patienceFor } from './rules/eclipse-rules.js';
export type { PartitionRules } from './rules/partition-rules.js';
export {
  chanceOf,
  type Decision,
  decide,
  RACE_MODES,
  type RaceDefences,
  type RaceMode,
  type RaceRuleOptions,
  type RaceRules,
  raceRules,
  raceState,
} from './rules/race-rules.js';
export {
  afterHonestBlock,
  afterOwnBlock,
  DEFAULT_PERIOD,
  type SelfishAction,
  type SelfishRules,
} from './rules/selfish-rules.js';
export { CheckpointError, readCheckpoint, writeCheckpoint } from './simulate/checkpoint.js';
export { csvLines } from './simulate/csv.js';
export {
  DEFAULT_SIMULATION,
  type HashPower,
  RELAYS,
  type Relay,
  type SimulationOptions,
  simulationOptions,
} from './simulate/options.js';
export { REGIONS, type Region } from './simulate/regions.js';
export {
  type CountedRate,
  type PropagationTime,
  reportOf,
  type SimulationResult,
} from './simulate/report.js';
export { type RunOptions, runSimulation } from './simulate/run.js';
export { Simulation } from './simulate/simulation.js';
export type { Estimate } from './statistics/samples.js';
export { type Confidence, type Interval, wilsonInterval } from './statistics/wilson.js';
export * from './theory/index.js';
export { TOPOLOGIES, type Topology } from './topology.js';
export type { AnyTrialResult } from './trials/any-result.js';
export { type CensorOptions, type CensorResult, runCensorTrials } from './trials/censor.js';
export { runTrials, type TrialOptions, type TrialResult } from './trials/double-spend.js';
export { type EclipseOptions, type EclipseResult, runEclipseTrials } from './trials/eclipse.js';
export { agrees, type Figure, type FigureUnit } from './trials/figures.js';
export type { TrialOutcome, TrialRun } from './trials/outcome.js';
export { type PartitionOptions, type PartitionResult, runPartitionTrials } from './trials/partition.js';
export {
  runSelfishTrials,
  type SelfishOptions,
  type SelfishResult,
} from './trials/selfish.js';
export { WaitTimeout } from './wait.js';

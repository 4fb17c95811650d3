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
 * // The same with one call; more coins; tomorrow.
 * await network.node(2).fund(1.5);
 * const { removed, reversed } = await network.reorg({ depth: 2 });
 * await network.clock.advance(24 * 3600);
 *
 * @packageDocumentation
 */
export { DEFAULT_ACCOUNTS, type LabAccount, MAX_ACCOUNTS } from './accounts/account.js';
export { accountBalances } from './accounts/balances.js';
export type { LabKey } from './accounts/lab-keys.js';
export { parseMnemonic } from './accounts/mnemonic.js';
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
export { runAttackTrials, trialRules } from './attacks/attack-trials.js';
export { MIN_ATTACK_NODES } from './attacks/casting.js';
export type { TransactionFate, TransactionPlace } from './attacks/fate.js';
export { type Account, type ExpectedAccount, expectedAccount, MOST_CONFIRMATIONS } from './attacks/money.js';
export type { DoubleSpend } from './attacks/payment.js';
export { runAttack } from './attacks/run-attack.js';
export type { AttackRun } from './attacks/stage.js';
export type { BlockPace } from './block-pace.js';
export { BranchRefused } from './branch/mine-branch.js';
export { MAX_REORG_DEPTH, type ReorgOptions, type ReorgOutcome } from './branch/reorg.js';
export type { ClockState, NetworkClock } from './clock/clock-state.js';
export { MAX_ADVANCE, MAX_CLOCK_TIME } from './clock/lab-clock.js';
export { LabClient } from './control/client.js';
export { LabError } from './control/lab-error.js';
export type {
  BlockSighting,
  LabCommand,
  LabCommands,
  LabEntry,
  LabErrorCode,
  LabStatus,
  LabView,
  LinkStatus,
  NodeName,
  NodeStatus,
  SnapshotInfo,
} from './control/protocol.js';
export { checkedLabName, LabRegistry } from './control/registry.js';
export { ControlServer, type ServerOptions } from './control/server.js';
export { DaemonFailed, type DaemonOptions, RegtestDaemon } from './daemon.js';
export { BlockTree, MAX_TREE_BLOCKS } from './events/block-tree.js';
export { describeEvent, eventLine } from './events/describe.js';
export { EventLog, MAX_KEPT_TXIDS } from './events/event-log.js';
export { type LabEvents, MAX_KEPT_EVENTS } from './events/event-source.js';
export type { LabEvent, LabHappening } from './events/lab-event.js';
export { LabBlocks } from './events/lab-view.js';
export { MAX_RECORDED_TRIALS, RunRecorder, type Verification, verifyReplay } from './events/record-run.js';
export {
  type LabRecording,
  Recorder,
  type RecorderOptions,
  readRecording,
} from './events/recorder.js';
export {
  type LabRecordingHeader,
  LabRecordingParser,
  RECORDING_FORMAT,
  RECORDING_VERSION,
  RecordingError,
} from './events/recording.js';
export { Replay, type ReplayListener, type ReplayOptions } from './events/replay.js';
export { describeRunEvent, type RunEvent, RunRecordingParser } from './events/run-event.js';
export type { RecordedRun } from './events/run-header.js';
export {
  type TransactionAtNode,
  type TransactionState,
  type TransactionStep,
  TransactionStory,
} from './events/transaction-story.js';
export { executablePath } from './executables.js';
export { checkMetric, type Expectation, judge, parseExpectation, type Verdict } from './expectations.js';
export { NETWORK_MODES, type NetworkMode } from './fabric.js';
export { FaucetEmpty, MAX_FAUCET_BLOCKS } from './faucet/faucet.js';
export type { FundOptions, FundResult } from './faucet/fund-options.js';
export type { RunObserver } from './headers/run-observer.js';
export type { HostEvent, NodeHost } from './host.js';
export { Dispatcher } from './lab/dispatcher.js';
export { Lab } from './lab/lab.js';
export { RecordedLab } from './lab/recorded-lab.js';
export { type LinkConditions, PERFECT_LINK } from './links/conditions.js';
export type { NetworkLink } from './links/network-links.js';
export { MAX_BLOCK_SECONDS, MIN_BLOCK_SECONDS } from './mining/check-plan.js';
export type { MiningPlan, NetworkMining } from './mining/plan.js';
export { RegtestNetwork } from './network.js';
export { MAX_NODES, type NetworkOptions, type RecordOptions } from './network-options.js';
export { type NetworkRules, type ProofOfWork, type ToldRules, toldRules } from './network-rules.js';
export { type Camp, NetworkSplit } from './network-split.js';
export { type BlockFind, LAB_WALLET, type RegtestNode } from './node.js';
export { type AttackPreset, PRESETS } from './presets.js';
export { DEFAULT_SEED, type Find, MAX_SEED, MiningClocks, Random } from './random.js';
export { measureReorganization, type Reorganization } from './reorg.js';
export type {
  NamedRpcParams,
  NamedRpcResult,
  RpcMethod,
  RpcParams,
  RpcResult,
} from './rpc/call-types.js';
export { RpcCallError, RpcCaller, RpcUnreachable } from './rpc/caller.js';
export { RpcClient, type RpcEndpoint } from './rpc/client.js';
export type * from './rpc/methods/index.js';
export { RPC_PARAMETERS } from './rpc/methods/index.js';
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
export { DumpError, type DumpProblem } from './snapshots/dump-error.js';
export { type NetworkSnapshot, SnapshotGone, type SnapshotTip } from './snapshots/network-snapshot.js';
export { MAX_SNAPSHOTS } from './snapshots/network-snapshots.js';
export type { Estimate } from './statistics/samples.js';
export { type Confidence, type Interval, wilsonInterval } from './statistics/wilson.js';
export * from './theory/index.js';
export { TOPOLOGIES, type Topology } from './topology.js';
export type { AnyTrialResult } from './trials/any-result.js';
export { runAnyTrials, type TrialRules } from './trials/any-trials.js';
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

import type { LabAccount } from '../accounts/account.js';
import type { AttackKind } from '../attack-kinds.js';
import type { AttackOutcome } from '../attacks/attack-outcome.js';
import type { AttackRequest } from '../attacks/attack-request.js';
import type { ReorgOutcome } from '../branch/reorg.js';
import type { ClockState } from '../clock/clock-state.js';
import type { LabEvent } from '../events/lab-event.js';
import type { NetworkMode } from '../fabric.js';
import type { LinkConditions } from '../links/conditions.js';
import type { MiningPlan } from '../mining/plan.js';
import type { ToldRules } from '../network-rules.js';
import type { Topology } from '../topology.js';

/**
 * What a running lab can be asked over its control API: `POST /api/<name>` with the parameters as a JSON object and the
 * header `Authorization: Bearer <token>`; the answer is `{ "result": … }` or `{ "error": { "code", "message" } }`.
 * Amounts are bitcoins in answers, and bitcoins as numbers or decimal text in parameters. A node is told by its number or name.
 */
export type NodeName = number | string;

export interface NodeStatus {
  readonly index: number;
  readonly name: string;
  readonly running: boolean;
  readonly height: number;
  readonly tip: string;
  readonly peers: readonly string[];
  readonly mempool: { readonly transactions: number; readonly bytes: number };
  /** Of the node's wallet. */
  readonly balance: { readonly trusted: number; readonly pending: number; readonly immature: number };
  readonly address: string;
  readonly pid?: number;
  readonly rpcUrl?: string;
  readonly p2p: string;
}

export interface LinkStatus {
  readonly nodes: readonly [number, number];
  readonly conditions: LinkConditions;
  /** Meant to be joined; not while a partition cuts it. */
  readonly connected: boolean;
}

/** With the rules that differ from regtest's. */
export interface LabStatus extends ToldRules {
  readonly name: string;
  readonly mode: NetworkMode;
  readonly topology: Topology;
  readonly seed: number;
  readonly uptimeMs: number;
  readonly nodes: readonly NodeStatus[];
  readonly links: readonly LinkStatus[];
  readonly clock: ClockState;
  readonly mining: MiningPlan;
  readonly snapshots: readonly SnapshotInfo[];
  /** The attack that goes on, by its number. */
  readonly attack?: { readonly attack: number; readonly kind: AttackKind };
  /** File that events are being recorded to. */
  readonly recording?: string;
  /** This is no lab but a recording, before its first event: nothing can be changed. */
  readonly replay?: ReplayInfo;
  /** Logical time of this state. */
  readonly seq: number;
}

export interface ReplayInfo {
  /** Name of the recording. */
  readonly file: string;
  readonly events: number;
}

export interface SnapshotInfo {
  readonly name: string;
  readonly time: number;
  readonly heights: readonly number[];
  readonly bytes: number;
}

/** A block as the lab has seen it; those of forks too. */
export interface BlockSighting {
  readonly hash: string;
  readonly parent: string;
  readonly height: number;
  readonly time: number;
  readonly txs: number;
  readonly bytes: number;
  /** The node that found it, when the lab knows. */
  readonly finder?: number;
  /** Nodes that have it. */
  readonly seenBy: readonly number[];
  /** It was held back, and only the finder and the nodes of `shownTo` have it. */
  readonly isPrivate: boolean;
  readonly shownTo?: readonly number[];
}

/** Blocks of the tree that {@link LabView} holds at most; the page asks for older ones when it is scrolled there. */
export const MAX_VIEW_BLOCKS = 400;

/** Events of one answer; who wants more asks again, after the last of them. */
export const MAX_ANSWERED_EVENTS = 10_000;

/** All that the page needs to start with; events after `status.seq` bring it up to date. */
export interface LabView {
  readonly status: LabStatus;
  /** The newest, by height. */
  readonly blocks: readonly BlockSighting[];
}

/** Parameters and result of each command by name. */
export interface LabCommands {
  status: [params: Record<string, never>, result: LabStatus];
  view: [params: { readonly belowHeight?: number }, result: LabView];
  accounts: [
    params: Record<string, never>,
    result: { readonly mnemonic: string; readonly accounts: readonly LabAccount[] },
  ];
  /** To the node's own address unless told. */
  mine: [
    params: { readonly node?: NodeName; readonly blocks?: number; readonly address?: string },
    result: { readonly hashes: readonly string[] },
  ];
  mining: [params: { readonly plan: MiningPlan }, result: { readonly plan: MiningPlan }];
  /** From a node's wallet, to an address or to another node. `confirm` mines a block with it. */
  send: [
    params: {
      readonly from: NodeName;
      readonly to: NodeName;
      readonly amount: number | string;
      /** Satoshis per virtual byte. */
      readonly feeRate?: number;
      readonly confirm?: boolean;
    },
    result: { readonly txid: string; readonly block?: string },
  ];
  /** New coins to an address or node, confirmed by a block unless told not to. */
  faucet: [
    params: { readonly to: NodeName; readonly amount?: number | string; readonly confirm?: boolean },
    result: { readonly txid: string; readonly block?: string },
  ];
  partition: [
    params: { readonly groups: readonly (readonly NodeName[])[] },
    result: { readonly links: readonly LinkStatus[] },
  ];
  heal: [params: Record<string, never>, result: { readonly links: readonly LinkStatus[] }];
  connect: [params: { readonly a: NodeName; readonly b: NodeName }, result: LinkStatus];
  disconnect: [params: { readonly a: NodeName; readonly b: NodeName }, result: LinkStatus];
  /** Without `a` and `b` all links are set. Without conditions nothing changes: it tells what is. */
  link: [
    params: { readonly a?: NodeName; readonly b?: NodeName } & Partial<LinkConditions>,
    result: { readonly links: readonly LinkStatus[] },
  ];
  reorg: [
    params: { readonly depth: number; readonly node?: NodeName; readonly keepTransactions?: boolean },
    result: ReorgOutcome,
  ];
  snapshot: [params: { readonly name?: string }, result: SnapshotInfo];
  /** To the last snapshot taken, unless told. */
  revert: [params: { readonly name?: string }, result: SnapshotInfo];
  dropSnapshot: [params: { readonly name: string }, result: SnapshotInfo];
  /** Writes the state of the lab, or one of its snapshots, to a file; `load` takes it from there. */
  dump: [params: { readonly file: string; readonly snapshot?: string }, result: { readonly bytes: number }];
  load: [params: { readonly file: string }, result: SnapshotInfo];
  advance: [params: { readonly seconds: number }, result: ClockState];
  clock: [
    params: { readonly time?: number; readonly freeze?: boolean; readonly release?: boolean },
    result: ClockState,
  ];
  node: [
    params: { readonly node: NodeName; readonly action: 'start' | 'stop' | 'kill' | 'restart' },
    result: NodeStatus,
  ];
  log: [
    params: { readonly node: NodeName; readonly lines?: number },
    result: { readonly lines: readonly string[] },
  ];
  /** Any call to a node. A refused one is an error with the node's code and text. */
  rpc: [
    params: {
      readonly node: NodeName;
      readonly wallet?: string;
      readonly method: string;
      readonly params?: readonly unknown[];
    },
    result: unknown,
  ];
  /** Runs to its end; events tell how it goes. One at a time. */
  attack: [params: AttackRequest, result: AttackOutcome];
  stopAttack: [params: Record<string, never>, result: Record<string, never>];
  /** Statistics of the same attack on headers alone. */
  trials: [params: AttackRequest & { readonly trials: number }, result: unknown];
  events: [params: { readonly since?: number }, result: { readonly events: readonly LabEvent[] }];
  record: [
    params: { readonly file?: string; readonly stop?: boolean },
    result: { readonly file: string; readonly events: number },
  ];
  down: [params: Record<string, never>, result: Record<string, never>];
}

export type LabCommand = keyof LabCommands;

/** Kinds of errors that a command ends with; HTTP statuses follow from them. */
export type LabErrorCode =
  /** 401: no token, or a wrong one. */
  | 'unauthorized'
  /** 404: there is no such command, node, snapshot, block, file. */
  | 'unknown'
  /** 400: a parameter makes no sense. */
  | 'invalid'
  /** 409: not now, because of something else that goes on or is not running. */
  | 'conflict'
  /** 422: a node refused: `rpcCode` has its number. */
  | 'refused'
  /** 429, or a closed socket: a limit is reached. */
  | 'limit'
  /** 500: a bug, or the machine. */
  | 'failed';

export interface LabErrorBody {
  readonly code: LabErrorCode;
  readonly message: string;
  readonly rpcCode?: number;
}

/**
 * Over the web socket at `/events`: the client's first message is `{ token, since? }`, answered by `hello` or a close with
 * {@link WS_UNAUTHORIZED}. Events follow in batches; a client that falls too far behind is told to start anew.
 */
export type LabPush =
  | { readonly push: 'hello'; readonly seq: number }
  | { readonly push: 'events'; readonly events: readonly LabEvent[] }
  /** Events were left out: ask for the view again. */
  | { readonly push: 'resync'; readonly seq: number };

export const WS_UNAUTHORIZED = 4401;
export const WS_LIMIT = 4429;

/** How a lab is found: its entry in the folder of running labs, readable by its owner alone. */
export interface LabEntry {
  readonly name: string;
  readonly pid: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly token: string;
}

import { LabError } from '../../control/lab-error.js';
import type { RegtestNode } from '../../node.js';
import type { Command } from '../command.js';
import { nodeOf, runningNode } from '../names.js';
import { needed } from '../param-reader.js';

/** Lines of a log in one answer. */
const MAX_LOG_LINES = 1_000;
const LOG_LINES = 50;

/** Parameters of an RPC call: the longest list of any method. */
const MAX_RPC_PARAMS = 64;

const ACTIONS = ['start', 'stop', 'kill', 'restart'] as const;

type Action = (typeof ACTIONS)[number];

export const node: Command<'node'> = {
  manner: 'steer',
  prepare: (lab, params) => {
    const one = nodeOf(lab.network, params, 'node');
    const action = needed(params.oneOf('action', ACTIONS), 'action');
    return async () => {
      await DO[action](one);
      return lab.nodeStatus(one);
    };
  },
};

const DO: Readonly<Record<Action, (node: RegtestNode) => Promise<void>>> = {
  start: async one => {
    if (one.isRunning) throw new LabError('conflict', `${one.name} runs already`);
    await one.restart();
  },
  stop: async one => runningNode(one).host.stop(),
  kill: async one => runningNode(one).kill(),
  restart: one => one.restart(),
};

export const log: Command<'log'> = {
  manner: 'look',
  prepare: ({ network }, params) => {
    const one = nodeOf(network, params, 'node');
    const lines = params.integer('lines', 1, MAX_LOG_LINES) ?? LOG_LINES;
    return () => {
      const text = one.logTail(lines);
      return { lines: text === '' ? [] : text.split('\n') };
    };
  },
};

export const rpc: Command<'rpc'> = {
  manner: 'look',
  prepare: ({ network }, params) => {
    const one = nodeOf(network, params, 'node');
    const wallet = params.text('wallet');
    const method = needed(params.text('method'), 'method');
    const list = params.array('params', MAX_RPC_PARAMS) ?? [];
    return () => {
      const { rpc: caller } = runningNode(one);
      return (wallet === undefined ? caller : caller.wallet(wallet)).request<unknown>(method, ...list);
    };
  },
};

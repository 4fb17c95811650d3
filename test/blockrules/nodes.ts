import { join } from 'node:path';
import { RegtestDaemon } from '../../regtest/daemon.js';
import type { RpcClient } from '../../regtest/rpc/client.js';
import { CoreDaemon } from '../support/core-daemon.js';
import { NOW, type Rules } from './lab.js';

/** A daemon that the list is played to over the wire. */
export interface NodeUnderTest {
  readonly rpc: RpcClient;
  readonly p2pPort: number;
  readonly logPath: string;
  stop(): Promise<void>;
}

export type StartNode = (folder: string, rules: Rules) => Promise<NodeUnderTest>;

/**
 * Peers are to be judged as strangers are; the log is to tell of every refusal; and scripts are checked one after the
 * other, since with several threads Core does not say what was wrong with one.
 */
const ARGS = [
  '-nowhitelist',
  '-debug=net',
  '-debug=validation',
  '-par=1',
  '-checkblockindex=0',
  `-mocktime=${NOW}`,
];

/** This project's daemon. */
export const startOurs: StartNode = async (folder, rules) => {
  const datadir = join(folder, `ours-${rules.name}`);
  const daemon = new RegtestDaemon({ name: 'rules', datadir, args: [...ARGS, ...rules.args] });
  await daemon.start();
  const { rpc, p2pPort } = daemon;
  const logPath = join(datadir, 'regtest', 'debug.log');
  return { rpc, p2pPort, logPath, stop: () => daemon.stop() };
};

/** Bitcoin Core. */
export const startCore: StartNode = async (folder, rules) => {
  const daemon = new CoreDaemon(join(folder, `core-${rules.name}`));
  await daemon.start(...ARGS, ...rules.args);
  const { rpc, p2pPort, logPath } = daemon;
  return { rpc, p2pPort, logPath, stop: () => daemon.stop() };
};

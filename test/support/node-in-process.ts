import { mkdirSync } from 'node:fs';
import { freePorts } from '../../regtest/ports.js';
import { RpcClient } from '../../regtest/rpc/client.js';
import { fileIn } from '../../src/node/home.js';
import { Node } from '../../src/node/node.js';
import { type PreparedNode, parseDaemonArgs, prepareNode } from '../../src/node/prepare.js';
import { defined } from '../../src/runtime/errors.js';

/** A node of this process, with a client of its RPC. */
export interface NodeInProcess {
  readonly node: Node;
  readonly rpc: RpcClient;
  stop(): Promise<void>;
}

/** Settings of a node without connections, on free ports, whose directory is made if it is not there. */
export async function prepareInProcess(
  datadir: string,
  args: readonly string[] = ['-regtest'],
): Promise<PreparedNode> {
  mkdirSync(datadir, { recursive: true });
  const [p2p] = await freePorts(1);
  const quiet = ['-rpcport=0', `-bind=127.0.0.1:${p2p}`, '-connect=0', '-printtoconsole=0', '-keypool=1'];
  return prepareNode(parseDaemonArgs([`-datadir=${datadir}`, ...quiet, ...args]));
}

/** @throws StartError as the node's start does */
export async function startInProcess(datadir: string, args?: readonly string[]): Promise<NodeInProcess> {
  const prepared = await prepareInProcess(datadir, args);
  const node = new Node(prepared);
  await node.start();
  const cookieFile = defined(fileIn(prepared.home, '.cookie'), 'cookie of a node with a directory');
  const rpc = new RpcClient({ port: node.rpcPort, cookieFile, host: '::1' });
  const stop = async () => {
    rpc.close();
    await node.stop();
  };
  return { node, rpc, stop };
}

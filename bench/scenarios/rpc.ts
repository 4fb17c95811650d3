import { RUNS } from '../benchmark.js';
import { generateChain } from '../chain-generator.js';
import { KeepAliveRpc } from '../keep-alive-rpc.js';
import { PlainServer } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, subjects } from '../subjects.js';
import { TempFolder } from '../temp-folder.js';

const CHAIN = { blocks: 300, payments: 2000 };

/** Calls of one run, and of what is done before the first. */
const CALLS = 5000;
const WARM_UP = 2000;

const BATCH = 100;

interface Call {
  readonly name: string;
  /** Calls answered by one request. */
  readonly weight: number;
  readonly body: string;
}

/** Calls a second over one connection that is kept open, each sent when the one before was answered. */
export async function rpc(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  using plain = await PlainServer.start();
  const source = folder.next('source');
  await generateChain(source, CHAIN);
  const reference = { name: 'plain HTTP server', value: await plainRate(plain.port) };
  for (const subject of subjects()) {
    await using daemon = await BenchDaemon.start(subject, source);
    const hash = await daemon.rpc.call<string>('getblockhash', CHAIN.blocks);
    for (const { name, weight, body } of callsAt(hash)) {
      await callsPerSecond(daemon.rpc, body, WARM_UP / weight);
      const values: number[] = [];
      for (let run = 0; run < RUNS; run++)
        values.push(weight * (await callsPerSecond(daemon.rpc, body, CALLS / weight)));
      report.add({ name: `${subject.name}, ${name}`, unit: '/s', values, reference });
    }
  }
}

function callsAt(hash: string): readonly Call[] {
  const one = (method: string, ...params: readonly unknown[]): Call => ({
    name: method,
    weight: 1,
    body: JSON.stringify({ jsonrpc: '1.0', id: 1, method, params }),
  });
  const count = one('getblockcount');
  const batch = `[${Array.from({ length: BATCH }, () => count.body).join()}]`;
  return [
    count,
    one('getblockheader', hash),
    one('getblock', hash, 1),
    { name: `getblockcount in batches of ${BATCH}`, weight: BATCH, body: batch },
  ];
}

async function callsPerSecond(rpc: KeepAliveRpc, body: string, count: number): Promise<number> {
  const started = performance.now();
  for (let done = 0; done < count; done++) await rpc.send(body);
  return (count / (performance.now() - started)) * 1000;
}

async function plainRate(port: number): Promise<number> {
  const rpc = await KeepAliveRpc.connect(port, 'nobody:nothing');
  const { body } = callsAt('')[0] ?? { body: '' };
  await callsPerSecond(rpc, body, WARM_UP);
  const rate = await callsPerSecond(rpc, body, CALLS);
  rpc.close();
  return rate;
}

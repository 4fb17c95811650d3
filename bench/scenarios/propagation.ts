import { setImmediate } from 'node:timers/promises';
import { toHex } from '../../src/primitives/bytes.js';
import { defined } from '../../src/runtime/errors.js';
import { fundedCoins } from '../funded-coins.js';
import type { Report } from '../report.js';
import { BenchDaemon, subjects } from '../subjects.js';
import { TempFolder } from '../temp-folder.js';

const NODES = 8;
const BLOCKS = 20;
/** In each block: known to all nodes beforehand, as is usual. */
const PAYMENTS = 100;

const TIMEOUT_MS = 60_000;

/** Satoshis: one each vbyte. */
const FEE = 200;

/** Until the last of eight daemons in a line has a block of 100 payments that the first has mined. */
export async function propagation(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  for (const subject of subjects()) {
    const line: BenchDaemon[] = [];
    try {
      for (let index = 0; index < NODES; index++)
        line.push(await BenchDaemon.start(subject, folder.next(subject.name)));
      report.add({
        name: `${subject.name}, a block over ${NODES} nodes`,
        unit: 'ms',
        values: await times(line),
      });
    } finally {
      await Promise.all(line.map(daemon => daemon.stop()));
    }
  }
}

async function times(line: readonly BenchDaemon[]): Promise<number[]> {
  const first = defined(line[0], 'the first node');
  const last = defined(line.at(-1), 'the last node');
  for (const [index, { rpc }] of line.entries()) {
    const next = line[index + 1];
    if (next !== undefined) await rpc.call('addnode', `127.0.0.1:${next.p2pPort}`, 'onetry');
  }
  const { payer, coins } = await fundedCoins(first.rpc, BLOCKS * PAYMENTS);
  const tip = await first.rpc.call('getbestblockhash');
  await until(async () => (await last.rpc.call('getbestblockhash')) === tip);
  const values: number[] = [];
  for (let block = 0; block < BLOCKS; block++) {
    for (const coin of coins.slice(block * PAYMENTS, (block + 1) * PAYMENTS))
      await first.rpc.call('sendrawtransaction', toHex(payer.split(coin, 2, FEE).raw));
    await until(async () => (await last.rpc.call<string[]>('getrawmempool')).length === PAYMENTS);
    const started = performance.now();
    const [hash] = await first.rpc.call<string[]>('generatetoaddress', 1, payer.address);
    await until(async () => (await last.rpc.call('getbestblockhash')) === hash);
    values.push(performance.now() - started);
  }
  return values;
}

async function until(condition: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  while (!(await condition())) {
    if (performance.now() > deadline) throw new Error('the last node is not told');
    await setImmediate();
  }
}

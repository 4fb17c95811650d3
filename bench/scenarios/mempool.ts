import { toHex } from '../../src/primitives/bytes.js';
import { RUNS } from '../benchmark.js';
import { fundedCoins } from '../funded-coins.js';
import { verifiesPerSecond } from '../references.js';
import type { Report } from '../report.js';
import { BenchDaemon, type Subject, subjects } from '../subjects.js';
import { TempFolder } from '../temp-folder.js';

const PAYMENTS = 1000;
/** A template that a block is full of. */
const MANY = 5000;

/** Satoshis: one each vbyte. */
const FEE = 200;

interface Times {
  readonly accept: number;
  readonly template: number;
  readonly largeTemplate: number;
  readonly mine: number;
}

/**
 * Signed P2WPKH payments of one input and two outputs through sendrawtransaction, one after the other; a template of them,
 * and of five times as many; and mining a block of the first.
 */
export async function mempool(report: Report): Promise<void> {
  await using folder = await TempFolder.make();
  const rate = verifiesPerSecond();
  const checks = (count: number) => ({ name: `${count} signature checks`, value: (count * 1000) / rate });
  for (const subject of subjects()) {
    const runs: Times[] = [];
    for (let run = 0; run < RUNS; run++) runs.push(await once(subject, folder.next(subject.name)));
    const add = (name: string, pick: (times: Times) => number, signatures = PAYMENTS) =>
      report.add({
        name: `${subject.name}, ${name}`,
        unit: 'ms',
        values: runs.map(pick),
        reference: checks(signatures),
      });
    add(`${PAYMENTS} payments accepted`, ({ accept }) => accept);
    add(`template of ${PAYMENTS}`, ({ template }) => template);
    add(`template of ${MANY}`, ({ largeTemplate }) => largeTemplate, MANY);
    add(`block of ${PAYMENTS} mined`, ({ mine }) => mine);
  }
}

async function once(subject: Subject, datadir: string): Promise<Times> {
  await using daemon = await BenchDaemon.start(subject, datadir);
  const { rpc } = daemon;
  const { payer, coins } = await fundedCoins(rpc, PAYMENTS + MANY);
  const payments = coins.map(coin => toHex(payer.split(coin, 2, FEE).raw));
  const send = async (some: readonly string[]) => {
    for (const hex of some) await rpc.call('sendrawtransaction', hex);
  };
  const accept = await timed(() => send(payments.slice(0, PAYMENTS)));
  const template = await timed(() => rpc.call('getblocktemplate', { rules: ['segwit'] }));
  const mine = await timed(() => rpc.call('generatetoaddress', 1, payer.address));
  await send(payments.slice(PAYMENTS));
  const largeTemplate = await timed(() => rpc.call('getblocktemplate', { rules: ['segwit'] }));
  return { accept, template, largeTemplate, mine };
}

async function timed(action: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await action();
  return performance.now() - started;
}

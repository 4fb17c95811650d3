import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptJob } from '../src/chain/scripts.js';
import { blockScriptFlags } from '../src/consensus/block-flags.js';
import { chainParams } from '../src/consensus/networks.js';
import { Block } from '../src/primitives/block.js';
import { Reader } from '../src/primitives/codec.js';

const SHARED = process.env.BLOCKSMITH_SHARED ?? join('..', 'shared');
const FOLDER = join(SHARED, 'vectors/blocks/with-prevouts');

interface Entry {
  readonly name: string;
  readonly net: string;
  readonly height: number;
}

/** A real block with the outputs that it spends. */
export interface KnownBlock {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly job: ScriptJob;
}

/** Real blocks out of the conformance data; none when these are not on the machine. */
export function knownBlocks(): readonly KnownBlock[] {
  const list = join(FOLDER, 'index.json');
  if (!existsSync(list)) return [];
  return (JSON.parse(readFileSync(list, 'utf8')) as Entry[]).map(readBlock);
}

function readBlock({ name, net, height }: Entry): KnownBlock {
  const bytes = readFileSync(join(FOLDER, `${name}.block`));
  const { transactions: all, hash } = Block.parse(bytes);
  const transactions = all.slice(1);
  const reader = new Reader(readFileSync(join(FOLDER, `${name}.prevouts`)));
  const spent = transactions.map(tx =>
    tx.inputs.map(() => ({ value: reader.amount(), script: reader.varBytes(), height: 0, coinbase: false })),
  );
  reader.finish();
  const { consensus } = chainParams(net === 'main' ? 'main' : 'test');
  return { name, bytes, job: { transactions, spent, flags: blockScriptFlags(height, hash, consensus) } };
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { blockScriptFlags } from '../../src/consensus/block-flags.js';
import { chainParams } from '../../src/consensus/networks.js';
import { Block } from '../../src/primitives/block.js';
import { Reader } from '../../src/primitives/codec.js';
import { TransactionChecker } from '../../src/script/checker.js';
import { PrecomputedTxData } from '../../src/script/tx-data.js';
import { verifyScript } from '../../src/script/verify.js';
import { hasShared, readSharedJson, sharedPath } from '../support/shared.js';

interface BlockEntry {
  readonly name: string;
  readonly net: string;
  readonly height: number;
  readonly inputs: number;
}

const FOLDER = 'vectors/blocks/with-prevouts';

/** Codes of the inputs that do not verify, of a block whose spent outputs are written beside it. */
function failures({ name, net, height }: BlockEntry): { inputs: number; failed: string[] } {
  const block = Block.parse(readFileSync(sharedPath(`${FOLDER}/${name}.block`)));
  const prevouts = new Reader(readFileSync(sharedPath(`${FOLDER}/${name}.prevouts`)));
  const flags = blockScriptFlags(height, block.hash, chainParams(net === 'main' ? 'main' : 'test').consensus);
  const failed: string[] = [];
  let inputs = 0;
  for (const tx of block.transactions.slice(1)) {
    const spent = tx.inputs.map(() => ({ value: prevouts.amount(), script: prevouts.varBytes() }));
    const txdata = new PrecomputedTxData(tx, spent);
    for (const [i, input] of tx.inputs.entries()) {
      const { value, script } = spent[i] ?? { value: 0, script: new Uint8Array(0) };
      const checker = new TransactionChecker(tx, i, value, txdata);
      const result = verifyScript(input.scriptSig, script, input.witness, flags, checker);
      if (result !== 'OK') failed.push(`${i}: ${result}`);
      inputs++;
    }
  }
  prevouts.finish();
  return { inputs, failed };
}

describe.skipIf(!hasShared)('scripts of whole blocks', () => {
  const blocks = hasShared ? readSharedJson<BlockEntry[]>(`${FOLDER}/index.json`) : [];

  it.each(blocks)('$name: all $inputs inputs verify', entry => {
    expect(failures(entry)).toEqual({ inputs: entry.inputs, failed: [] });
  });
});

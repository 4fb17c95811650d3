import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  CONSENSUS_SCRIPT_FLAGS,
  fromHex,
  type Network,
  type ParsedTransaction,
  type Prevout,
  parseBlock,
  parseTransaction,
  scriptFlagsAt,
  verifyBlockScripts,
  verifyInput,
} from '../../src/library/index.js';
import { Reader } from '../../src/primitives/codec.js';
import { defined } from '../../src/runtime/errors.js';
import { hasShared, readSharedJson, sharedPath } from '../support/shared.js';
import {
  CHANGES,
  changedPrevout,
  kindName,
  type Spend,
  verdictOnOthers,
  verdictOnOwn,
} from '../support/signature-coverage.js';

interface BlockEntry {
  readonly name: string;
  readonly net: string;
  readonly height: number;
  readonly inputs: number;
}

const FOLDER = 'vectors/blocks/with-prevouts';

/** A transaction with the outputs that it spends. */
interface BlockSpend {
  readonly tx: ParsedTransaction;
  readonly prevouts: readonly Prevout[];
}

/** A block whose spent outputs are written beside it, with the names of the rules of its height. */
interface TestBlock {
  readonly bytes: Uint8Array;
  /** All transactions but the coinbase. */
  readonly spends: readonly BlockSpend[];
  readonly flags: readonly string[];
}

function readBlock({ name, net, height }: BlockEntry): TestBlock {
  const bytes = readFileSync(sharedPath(`${FOLDER}/${name}.block`));
  const reader = new Reader(readFileSync(sharedPath(`${FOLDER}/${name}.prevouts`)));
  const { hash, transactions } = parseBlock(bytes);
  const spends = transactions.slice(1).map(tx => {
    return { tx, prevouts: tx.inputs.map(() => ({ value: reader.amount(), script: reader.varBytes() })) };
  });
  reader.finish();
  const network: Network = net === 'main' ? 'main' : 'test';
  return { bytes, spends, flags: scriptFlagsAt({ network, height, hash }) };
}

/** The element at `index`, which is there. */
function at<T>(list: readonly T[], index: number): T {
  return defined(list[index], `element ${index}`);
}

function spendOf({ tx, prevouts }: BlockSpend, index: number): Spend {
  const { scriptSig, witness } = at(tx.inputs, index);
  return { prevout: at(prevouts, index), scriptSig, witness, hasOutput: index < tx.outputs.length };
}

/** The verdict on input `index` when the output that input `changed` spends is another one. */
function verdictWith(
  { tx, prevouts }: BlockSpend,
  index: number,
  changed: number,
  other: Prevout,
  flags: readonly string[],
): string {
  const request = { tx: tx.bytes, inputIndex: index, prevouts: prevouts.with(changed, other), flags };
  const result = verifyInput(request);
  return result.ok ? 'OK' : result.error;
}

/**
 * Inputs of a transaction to try changes on: of each kind the first and the last. All that are signed are as predicted,
 * too, but to see that takes half a minute.
 */
function sample(kinds: readonly string[]): number[] {
  return [...kinds.keys()].filter(i => {
    const kind = kinds[i] ?? '';
    return kinds.indexOf(kind) === i || kinds.lastIndexOf(kind) === i;
  });
}

/** Inputs in the blocks, by how they are signed. */
const INPUTS = {
  anyone: 20_000,
  p2pk: 73,
  p2pkh: 4602,
  multisig: 3,
  p2sh: 179,
  p2wpkh: 27_115,
  'p2sh-p2wpkh': 4,
};

describe.skipIf(!hasShared)('scripts of whole blocks', () => {
  const entries = hasShared ? readSharedJson<BlockEntry[]>(`${FOLDER}/index.json`) : [];
  const counts: Record<string, number> = {};
  let tried = 0;

  it.each(entries)('$name: all $inputs inputs verify', entry => {
    const { bytes, spends, flags } = readBlock(entry);
    const prevouts = spends.map(spend => spend.prevouts);
    expect(verifyBlockScripts({ block: bytes, prevouts, flags })).toEqual({ ok: true, inputs: entry.inputs });
  });

  it.each(entries)(
    '$name: with another prevout, an input fails where that is covered and not elsewhere',
    entry => {
      const { spends, flags } = readBlock(entry);
      for (const [txIndex, spend] of spends.entries()) {
        const inputs = spend.prevouts.map((_, index) => spendOf(spend, index));
        const kinds = inputs.map(kindName);
        for (const kind of kinds) counts[kind] = (counts[kind] ?? 0) + 1;
        for (const index of sample(kinds)) {
          const input = at(inputs, index);
          for (const change of CHANGES) {
            const other = changedPrevout(input.prevout, change);
            if (other === undefined) continue;
            const verdict = verdictWith(spend, index, index, other, flags);
            expect(verdict, `${change} of input ${index} of ${txIndex}`).toBe(verdictOnOwn(input, change));
            tried++;
          }
        }
        if (inputs.length === 1) continue;
        const other = changedPrevout(at(inputs, 1).prevout, at(CHANGES, txIndex % CHANGES.length));
        if (other === undefined) continue;
        expect(verdictWith(spend, 0, 1, other, flags)).toBe(verdictOnOthers(at(inputs, 0)));
        tried++;
      }
    },
  );

  it.each(entries.filter(({ inputs }) => inputs > 0))('$name: says which input fails, and why', entry => {
    const { bytes, spends, flags } = readBlock(entry);
    const index = spends.findLastIndex(spend => kindName(spendOf(spend, 0)) !== 'anyone');
    const spend = at(spends, index);
    const inputIndex = spend.prevouts.length - 1;
    const input = spendOf(spend, inputIndex);
    const other = changedPrevout(input.prevout, 'key') ?? input.prevout;
    const prevouts = spends.map(each => each.prevouts).with(index, spend.prevouts.with(inputIndex, other));
    expect(verifyBlockScripts({ block: bytes, prevouts: prevouts.flat(), flags })).toEqual({
      ok: false,
      error: verdictOnOwn(input, 'key'),
      txIndex: index + 1,
      txid: spend.tx.txid,
      inputIndex,
    });
  });

  it('leaves no kind of input out', () => {
    expect(counts).toEqual(INPUTS);
    console.log(`blocks with prevouts: ${tried} changes of prevouts of`, counts);
  });
});

interface WalletVectors {
  readonly keyPathSpending: readonly {
    readonly given: { readonly utxosSpent: readonly { scriptPubKey: string; amountSats: number }[] };
    readonly auxiliary: { readonly fullySignedTx: string };
  }[];
}

/** The vectors of BIP341 have the only transaction here with taproot inputs, of all seven hash types. */
describe.skipIf(!hasShared)('a block with the transaction of BIP341', () => {
  const KINDS = ['p2tr', 'p2tr', 'p2pkh', 'p2tr', 'p2tr', 'p2wpkh', 'p2tr', 'p2tr', 'p2tr'];
  const flags = CONSENSUS_SCRIPT_FLAGS;

  function readSpend(): BlockSpend {
    const { keyPathSpending } = readSharedJson<WalletVectors>('vectors/core/bip341_wallet_vectors.json');
    const { given, auxiliary } = at(keyPathSpending, 0);
    const prevouts = given.utxosSpent.map(({ scriptPubKey, amountSats }) => {
      return { value: amountSats, script: fromHex(scriptPubKey) };
    });
    return { tx: parseTransaction(fromHex(auxiliary.fullySignedTx)), prevouts };
  }

  /** A header that nobody looks at here, a number of transactions, and the one. */
  function blockOf({ bytes }: ParsedTransaction): Uint8Array {
    return Uint8Array.from([...new Uint8Array(80), 1, ...bytes]);
  }

  it('verifies', () => {
    const { tx, prevouts } = readSpend();
    expect(verifyBlockScripts({ block: blockOf(tx), prevouts, flags })).toEqual({ ok: true, inputs: 9 });
  });

  it('fails at the first input that covers the prevout that is changed', () => {
    const spend = readSpend();
    const block = blockOf(spend.tx);
    const inputs = spend.prevouts.map((_, index) => spendOf(spend, index));
    expect(inputs.map(kindName)).toEqual(KINDS);
    for (const [changed, input] of inputs.entries()) {
      for (const change of CHANGES) {
        const verdicts = inputs.map((each, i) =>
          i === changed ? verdictOnOwn(each, change) : verdictOnOthers(each),
        );
        const prevouts = spend.prevouts.with(changed, changedPrevout(input.prevout, change) ?? input.prevout);
        const first = verdicts.findIndex(verdict => verdict !== 'OK');
        expect(
          verifyBlockScripts({ block, prevouts, flags }),
          `${change} of what input ${changed} spends`,
        ).toMatchObject({ ok: false, error: verdicts[first], txIndex: 0, inputIndex: first });
        const alone = inputs.map((_, index) =>
          verdictWith(spend, index, changed, at(prevouts, changed), flags),
        );
        expect(alone).toEqual(verdicts);
      }
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { signSchnorr, xOnly } from '../../../src/crypto/keys.js';
import type { Transaction } from '../../../src/primitives/transaction.js';
import { defined } from '../../../src/runtime/errors.js';
import { ScriptBuilder } from '../../../src/script/build.js';
import { MANDATORY_SCRIPT_FLAGS } from '../../../src/script/flags.js';
import { TAPROOT_LEAF_TAPSCRIPT } from '../../../src/script/limits.js';
import { Op } from '../../../src/script/opcodes.js';
import { NO_CODE_SEPARATOR, taprootSignatureHash } from '../../../src/script/sighash-taproot.js';
import { buildTaproot } from '../../../src/script/taproot.js';
import { tapLeafHash } from '../../../src/script/taproot-hash.js';
import { PrecomputedTxData, type SpentOutput } from '../../../src/script/tx-data.js';
import { verifyInputs } from '../../../src/script/verify-inputs.js';
import {
  groupSpends,
  type Spend,
  type SpendFailure,
  verifySpends,
} from '../../../src/script/verify-spends.js';
import { testKey } from '../../support/script-keys.js';
import { input, transaction } from '../../support/transactions.js';

const KEYS = [1, 2, 3].map(seed => testKey(seed));
const [key, other, internal] = KEYS.map(({ publicKey }) => xOnly(publicKey)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** Both keys must sign; one by OP_CHECKSIG, one by OP_CHECKSIGADD. */
const TWO_OF_TWO = new ScriptBuilder()
  .pushData(key)
  .op(Op.OP_CHECKSIG)
  .pushData(other)
  .op(Op.OP_CHECKSIGADD, Op.OP_2, Op.OP_NUMEQUAL)
  .finish();
const LEAF = { depth: 0, leafVersion: TAPROOT_LEAF_TAPSCRIPT, script: TWO_OF_TWO };
const TREE = defined(buildTaproot(internal, [LEAF]), 'a tree of one leaf');

const OUTPUTS = {
  key: taprootOutput(key),
  script: taprootOutput(TREE.outputKey),
  true: Uint8Array.of(Op.OP_1),
  false: Uint8Array.of(Op.OP_0),
};
type Kind = keyof typeof OUTPUTS;

function taprootOutput(outputKey: Uint8Array): Uint8Array {
  return new ScriptBuilder().op(Op.OP_1).pushData(outputKey).finish();
}

/** A transaction whose inputs spend outputs of these kinds, signed. */
function spend(kinds: readonly Kind[]): Spend {
  const spent = kinds.map((kind, index) => ({ value: index + 1, script: OUTPUTS[kind] }));
  const unsigned = transaction({ inputs: kinds.map((_, index) => input({}, index + 1)) });
  const txdata = new PrecomputedTxData(unsigned, spent);
  const inputs = kinds.map((kind, index) => ({
    ...defined(unsigned.inputs[index], 'input'),
    witness: witnessOf(kind, txdata, index),
  }));
  const tx = transaction({ inputs });
  return { tx, spent, from: 0, to: kinds.length };
}

function witnessOf(kind: Kind, txdata: PrecomputedTxData, index: number): Uint8Array[] {
  if (kind === 'key') return [sign(0, txdata, index, undefined)];
  if (kind !== 'script') return [];
  const leafHash = tapLeafHash(TAPROOT_LEAF_TAPSCRIPT, TWO_OF_TWO);
  const control = defined(TREE.scripts[0]?.controlBlocks[0], 'control block');
  return [sign(1, txdata, index, leafHash), sign(0, txdata, index, leafHash), TWO_OF_TWO, control];
}

function sign(signer: number, txdata: PrecomputedTxData, index: number, leafHash: Uint8Array | undefined) {
  const context = { leafHash, codeSeparatorPosition: NO_CODE_SEPARATOR };
  const hash = defined(taprootSignatureHash(txdata, index, 0, context), 'signature hash');
  const privateKey = defined(KEYS[signer], 'private key').secret;
  return defined(signSchnorr(privateKey, hash, new Uint8Array(32)), 'signature');
}

/** The spend with one byte of an input's first witness element, which is a signature if it has any, changed. */
function damaged({ tx, ...rest }: Spend, inputIndex: number, byte: number): Spend {
  const inputs = tx.inputs.map((each, index) => {
    const [first, ...others] = each.witness;
    if (index !== inputIndex || first === undefined) return each;
    const changed = Uint8Array.from(first);
    changed[byte] = (changed[byte] as number) ^ 1;
    return { ...each, witness: [changed, ...others] };
  });
  return { ...rest, tx: transaction({ inputs }) };
}

/** What {@link verifySpends} must say: each input on its own, in order. */
function oneByOne(spends: readonly Spend[]): SpendFailure | undefined {
  for (const [index, { tx, spent, from, to }] of spends.entries()) {
    const failure = verifyInputs(new PrecomputedTxData(tx, spent), MANDATORY_SCRIPT_FLAGS, from, to);
    if (failure !== undefined) return { index, ...failure };
  }
  return undefined;
}

const verify = (spends: readonly Spend[]) => verifySpends(spends, MANDATORY_SCRIPT_FLAGS);

describe('spends whose Schnorr signatures are checked together', () => {
  const good = [spend(['key', 'script', 'true']), spend(['script']), spend(['key', 'key'])];

  it('pass when all is valid', () => {
    expect(oneByOne(good)).toBeUndefined();
    expect(verify(good)).toBeUndefined();
    expect(verify([])).toBeUndefined();
  });

  it.each([
    [0, 0],
    [0, 1],
    [1, 0],
    [2, 1],
  ])('fail where a signature is bad: spend %i, input %i', (index, inputIndex) => {
    const bad = good.map((each, i) => (i === index ? damaged(each, inputIndex, 40) : each));
    expect(verify(bad)).toEqual({ index, inputIndex, error: 'SCHNORR_SIG' });
  });

  it('fail where they fail first: a bad signature before a bad script, and the other way round', () => {
    const badSignature = damaged(spend(['key', 'true']), 0, 3);
    const badScript = spend(['true', 'false']);
    expect(verify([badSignature, badScript])).toEqual({ index: 0, inputIndex: 0, error: 'SCHNORR_SIG' });
    expect(verify([badScript, badSignature])).toEqual({ index: 0, inputIndex: 1, error: 'EVAL_FALSE' });
  });

  it('fail as they do one by one, whatever is wrong', () => {
    const kinds = fc.array(fc.constantFrom<Kind>('key', 'script', 'key', 'script', 'true', 'key', 'false'), {
      minLength: 1,
      maxLength: 4,
    });
    const damage = fc.option(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 63 })), { freq: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(kinds, damage), { minLength: 1, maxLength: 4 }), plan => {
        const spends = plan.map(([list, change]) => {
          const whole = spend(list);
          return change === null ? whole : damaged(whole, change[0], change[1]);
        });
        expect(verify(spends)).toEqual(oneByOne(spends));
      }),
      { numRuns: 60 },
    );
  });

  it('are those of the inputs told, and no others', () => {
    const { tx, spent } = damaged(spend(['key', 'key', 'key']), 0, 3);
    expect(verify([{ tx, spent, from: 1, to: 3 }])).toBeUndefined();
    expect(verify([{ tx, spent, from: 0, to: 1 }])?.error).toBe('SCHNORR_SIG');
  });
});

describe('groups of spends', () => {
  it('have at least so many inputs, but for the last, and keep the order', () => {
    const spends = [1, 2, 3, 1, 1].map((inputs, id) => ({ ...spendOf(inputs), id }));
    const ids = (minInputs: number) =>
      [...groupSpends(spends, minInputs)].map(group => group.map(({ id }) => id));
    expect(ids(1)).toEqual([[0], [1], [2], [3], [4]]);
    expect(ids(3)).toEqual([[0, 1], [2], [3, 4]]);
    expect(ids(100)).toEqual([[0, 1, 2, 3, 4]]);
    expect([...groupSpends([], 1)]).toEqual([]);
  });

  function spendOf(inputs: number): Spend {
    const tx: Transaction = transaction({ inputs: Array.from({ length: inputs }, (_, i) => input({}, i)) });
    const spent: SpentOutput[] = [];
    return { tx, spent, from: 0, to: inputs };
  }
});

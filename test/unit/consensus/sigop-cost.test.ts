import { describe, expect, it } from 'vitest';
import { legacySigOpCount, p2shSigOpCount, transactionSigOpCost } from '../../../src/consensus/tx-verify.js';
import { hash160, sha256 } from '../../../src/crypto/hash.js';
import { concatBytes } from '../../../src/primitives/bytes.js';
import { ScriptBuilder } from '../../../src/script/build.js';
import { NO_SCRIPT_FLAGS, ScriptFlag } from '../../../src/script/flags.js';
import { Op } from '../../../src/script/opcodes.js';
import { coin, coinbase, input, output, transaction } from '../../support/transactions.js';

const KEY = new Uint8Array(33).fill(2);
const CHECKSIG = Uint8Array.of(Op.OP_CHECKSIG);
/** 1-of-2: two operations where they are counted exactly, twenty elsewhere. */
const MULTISIG = new ScriptBuilder()
  .op(Op.OP_1)
  .pushData(KEY)
  .pushData(KEY)
  .op(Op.OP_2, Op.OP_CHECKMULTISIG)
  .finish();

const push = (script: Uint8Array) => new ScriptBuilder().pushData(script).finish();
const toScriptHash = (script: Uint8Array) =>
  new ScriptBuilder().op(Op.OP_HASH160).pushData(hash160(script)).op(Op.OP_EQUAL).finish();
const toWitnessKeyHash = concatBytes(Uint8Array.of(0, 20), new Uint8Array(20));
const toWitnessScriptHash = (script: Uint8Array) => concatBytes(Uint8Array.of(0, 32), sha256(script));
const toTaproot = concatBytes(Uint8Array.of(0x51, 32), KEY.subarray(1));

const ALL = ScriptFlag.P2SH | ScriptFlag.WITNESS;

describe('signature operations of a transaction', () => {
  it('in its own scripts count four each, CHECKMULTISIG as twenty', () => {
    const tx = transaction({ inputs: [input({ scriptSig: CHECKSIG })], outputs: [output(0, MULTISIG)] });
    expect(legacySigOpCount(tx)).toBe(21);
    expect(transactionSigOpCost(tx, [coin({ script: CHECKSIG })], ALL)).toBe(84);
  });

  it('of a coinbase need no coins', () => {
    const tx = coinbase({ outputs: [output(0, CHECKSIG)] });
    expect(p2shSigOpCount(tx, [])).toBe(0);
    expect(transactionSigOpCost(tx, [], ALL)).toBe(4);
  });

  it('in a redeem script count four each, exactly, if P2SH is in force (BIP16)', () => {
    const tx = transaction({ inputs: [input({ scriptSig: push(MULTISIG) })] });
    const coins = [coin({ script: toScriptHash(MULTISIG) })];
    expect(p2shSigOpCount(tx, coins)).toBe(2);
    expect(transactionSigOpCost(tx, coins, ALL)).toBe(8);
    expect(transactionSigOpCost(tx, coins, NO_SCRIPT_FLAGS)).toBe(0);
  });

  it('in a witness count one each, if segwit is in force (BIP141)', () => {
    const spendsKeyHash = transaction({ inputs: [input({ witness: [KEY, KEY] })] });
    expect(transactionSigOpCost(spendsKeyHash, [coin({ script: toWitnessKeyHash })], ALL)).toBe(1);
    const spendsScriptHash = transaction({ inputs: [input({ witness: [MULTISIG] })] });
    const coins = [coin({ script: toWitnessScriptHash(MULTISIG) })];
    expect(transactionSigOpCost(spendsScriptHash, coins, ALL)).toBe(2);
    expect(transactionSigOpCost(spendsScriptHash, coins, ScriptFlag.P2SH)).toBe(0);
  });

  it('in a witness behind P2SH count one each', () => {
    const program = toWitnessScriptHash(MULTISIG);
    const tx = transaction({ inputs: [input({ scriptSig: push(program), witness: [MULTISIG] })] });
    expect(transactionSigOpCost(tx, [coin({ script: toScriptHash(program) })], ALL)).toBe(2);
  });

  it('in taproot spends count nothing here', () => {
    const tx = transaction({ inputs: [input({ witness: [CHECKSIG] })] });
    expect(transactionSigOpCost(tx, [coin({ script: toTaproot })], ALL)).toBe(0);
  });

  it('add up over the inputs', () => {
    const tx = transaction({
      inputs: [input({ scriptSig: push(MULTISIG) }, 1), input({ witness: [MULTISIG] }, 2)],
      outputs: [output(0, CHECKSIG)],
    });
    const coins = [coin({ script: toScriptHash(MULTISIG) }), coin({ script: toWitnessScriptHash(MULTISIG) })];
    expect(transactionSigOpCost(tx, coins, ALL)).toBe(4 + 8 + 2);
  });
});

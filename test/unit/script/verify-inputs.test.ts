import { describe, expect, it } from 'vitest';
import { AssertionFailure } from '../../../src/runtime/errors.js';
import { NO_SCRIPT_FLAGS } from '../../../src/script/flags.js';
import { PrecomputedTxData } from '../../../src/script/tx-data.js';
import { verifyInputs } from '../../../src/script/verify-inputs.js';
import { input, output, transaction } from '../../support/transactions.js';

const tx = transaction({ inputs: [input({}, 1), input({}, 2), input({}, 3)] });
const TRUE = output(1, Uint8Array.of(0x51));
const FALSE = output(1, Uint8Array.of(0x00));

describe('the inputs of a transaction', () => {
  it('all verify, or the first that fails is named', () => {
    expect(verifyInputs(new PrecomputedTxData(tx, [TRUE, TRUE, TRUE]), NO_SCRIPT_FLAGS)).toBeUndefined();
    expect(verifyInputs(new PrecomputedTxData(tx, [TRUE, FALSE, FALSE]), NO_SCRIPT_FLAGS)).toEqual({
      inputIndex: 1,
      error: 'EVAL_FALSE',
    });
  });

  it('are verified from one to before another when told to', () => {
    expect(
      verifyInputs(new PrecomputedTxData(tx, [FALSE, TRUE, FALSE]), NO_SCRIPT_FLAGS, 1, 2),
    ).toBeUndefined();
    expect(
      verifyInputs(new PrecomputedTxData(tx, [FALSE, TRUE, FALSE]), NO_SCRIPT_FLAGS, 1)?.inputIndex,
    ).toBe(2);
  });

  it('cannot be verified without what they spend: that is a bug, and no verdict', () => {
    expect(() => verifyInputs(new PrecomputedTxData(tx, [TRUE]), NO_SCRIPT_FLAGS)).toThrow(AssertionFailure);
    expect(() => verifyInputs(new PrecomputedTxData(tx, [TRUE, TRUE, TRUE]), NO_SCRIPT_FLAGS, 0, 4)).toThrow(
      AssertionFailure,
    );
  });
});

import { describe, expect, it } from 'vitest';
import { formatRejection, reject } from '../../../src/consensus/rejection.js';

describe('a rejection', () => {
  it('is written as reason and detail, as Core does, or as the reason alone', () => {
    expect(formatRejection(reject('consensus', 'bad-cb-height', 'block height mismatch in coinbase'))).toBe(
      'bad-cb-height, block height mismatch in coinbase',
    );
    expect(formatRejection(reject('consensus', 'bad-cb-length'))).toBe('bad-cb-length');
  });
});

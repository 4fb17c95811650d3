import { describe, expect, it } from 'vitest';
import { WaitTimeout, waitFor } from '../../../regtest/wait.js';

describe('waiting for a condition', () => {
  it('ends with what the condition gives', async () => {
    let looks = 0;
    const value = await waitFor(() => ++looks === 3 && 'there', { what: 'it' });
    expect([value, looks]).toEqual(['there', 3]);
  });

  it('says what it waited for in vain', async () => {
    const waited = waitFor(() => false, { what: 'the rain to stop', timeoutMs: 5 });
    await expect(waited).rejects.toThrow(WaitTimeout);
    await expect(waited).rejects.toThrow('the rain to stop');
  });

  it('takes zero and empty texts for values', async () => {
    expect(await waitFor(() => 0, { what: 'zero' })).toBe(0);
    expect(await waitFor(async () => '', { what: 'nothing' })).toBe('');
  });

  it('hands on what the condition throws', async () => {
    await expect(
      waitFor(
        () => {
          throw new Error('broken');
        },
        { what: 'it' },
      ),
    ).rejects.toThrow('broken');
  });

  it('can be called off', async () => {
    const controller = new AbortController();
    const waited = waitFor(() => false, { what: 'it', signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waited).rejects.toThrow();
  });
});

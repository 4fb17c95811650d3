import { describe, expect, it } from 'vitest';
import { Bell, WaitTimeout, waitFor } from '../../../regtest/wait.js';

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

  it('looks at once when a bell rings, even if it rang while it looked', async () => {
    const bell = new Bell();
    const looks: number[] = [];
    const started = performance.now();
    const waited = waitFor(
      () => {
        looks.push(performance.now() - started);
        if (looks.length === 2) bell.ring();
        return looks.length === 3;
      },
      { what: 'it', bell },
    );
    setImmediate(() => bell.ring());
    await waited;
    // Without one it would have looked after 50 ms at the earliest.
    expect(looks[2]).toBeLessThan(40);
  });

  it('looks by itself when no bell rings', async () => {
    let looks = 0;
    expect(await waitFor(() => ++looks === 2, { what: 'it', bell: new Bell() })).toBe(true);
  });

  it('can be called off', async () => {
    const controller = new AbortController();
    const waited = waitFor(() => false, { what: 'it', signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(waited).rejects.toThrow();
  });
});

import { describe, expect, it } from 'vitest';
import { MAX_WAITING, Turns } from '../../../../regtest/lab/turns.js';

describe('turns of commands', () => {
  /** Commands that last until they are told to end. */
  function makeCommands() {
    const turns = new Turns();
    const running: string[] = [];
    const enders = new Map<string, () => void>();
    const start = (manner: 'shared' | 'alone', name: string) =>
      turns[manner](async () => {
        running.push(name);
        await new Promise<void>(resolve => enders.set(name, resolve));
        running.splice(running.indexOf(name), 1);
        return name;
      });
    const end = async (name: string) => {
      enders.get(name)?.();
      // Some turns of the queue of microtasks: everything here is synchronous otherwise.
      await new Promise(resolve => setImmediate(resolve));
    };
    return { turns, running, start, end };
  }

  it('shared commands run beside each other', async () => {
    const { running, start, end } = makeCommands();
    const done = [start('shared', 'a'), start('shared', 'b')];
    await end('nobody');
    expect(running).toEqual(['a', 'b']);
    await end('b');
    await end('a');
    expect(await Promise.all(done)).toEqual(['a', 'b']);
  });

  it('one that is to be alone waits for those before it, and those after it wait for it', async () => {
    const { running, start, end } = makeCommands();
    void start('shared', 'before');
    void start('alone', 'alone');
    void start('shared', 'after');
    await end('nobody');
    expect(running).toEqual(['before']);
    await end('before');
    expect(running).toEqual(['alone']);
    await end('alone');
    expect(running).toEqual(['after']);
  });

  it('a command that fails gives its turn to the next', async () => {
    const turns = new Turns();
    const failing = turns.alone(() => Promise.reject(new Error('no')));
    const next = turns.alone(() => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('refuses more commands than may wait', async () => {
    const { turns, start, end } = makeCommands();
    void start('alone', 'first');
    const waiting = Array.from({ length: MAX_WAITING }, () => turns.shared(() => Promise.resolve()));
    await expect(turns.shared(() => Promise.resolve())).rejects.toMatchObject({ code: 'limit' });
    await end('first');
    await Promise.all(waiting);
  });
});

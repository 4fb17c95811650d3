import { describe, expect, it } from 'vitest';
import { JobQueue, QueueError, runDetached } from '../../../src/runtime/queue.js';

/** A job that ends when told to. */
function gate() {
  let open: () => void = () => {};
  const passed = new Promise<void>(resolve => {
    open = resolve;
  });
  return { passed, open };
}

describe('a job queue', () => {
  it('runs one job at a time, in order of arrival', async () => {
    const queue = new JobQueue('test', 10);
    const log: string[] = [];
    const first = gate();
    const jobs = [
      queue.push(async () => {
        log.push('first begins');
        await first.passed;
        log.push('first ends');
        return 1;
      }),
      queue.push(() => {
        log.push('second');
        return 2;
      }),
    ];
    expect(queue.size).toBe(2);
    await Promise.resolve();
    first.open();
    expect(await Promise.all(jobs)).toEqual([1, 2]);
    expect(log).toEqual(['first begins', 'first ends', 'second']);
    expect(queue.size).toBe(0);
  });

  it('goes on after a job that fails, whose own promise rejects', async () => {
    const queue = new JobQueue('test', 10);
    const bad = queue.push(() => {
      throw new Error('broken');
    });
    const good = queue.push(() => 'fine');
    await expect(bad).rejects.toThrow('broken');
    expect(await good).toBe('fine');
  });

  it('refuses jobs beyond its bound, and takes some again when there is room', async () => {
    const queue = new JobQueue('test', 2);
    const hold = gate();
    const running = [queue.push(() => hold.passed), queue.push(() => {})];
    await expect(queue.push(() => {})).rejects.toMatchObject({ code: 'full', message: 'queue test is full' });
    hold.open();
    await Promise.all(running);
    expect(await queue.push(() => 7)).toBe(7);
  });

  it('runs a job without waits within the call, when no other is there', async () => {
    const queue = new JobQueue('test', 10);
    const log: string[] = [];
    const outer = queue.pushSync(() => {
      // From within a job: in its turn.
      queue.pushSync(() => log.push('inner')).catch(() => {});
      log.push('outer');
      return 1;
    });
    expect(log).toEqual(['outer']);
    expect(await outer).toBe(1);
    const hold = gate();
    const before = queue.push(() => hold.passed);
    const after = queue.pushSync(() => log.push('after'));
    await Promise.resolve();
    expect(log).toEqual(['outer', 'inner']);
    hold.open();
    await Promise.all([before, after]);
    expect(log).toEqual(['outer', 'inner', 'after']);
    await expect(
      queue.pushSync(() => {
        throw new Error('broken');
      }),
    ).rejects.toThrow('broken');
    expect(queue.size).toBe(0);
    await queue.close();
    await expect(queue.pushSync(() => 1)).rejects.toMatchObject({ code: 'closed' });
  });

  it('ends what it has when closed and refuses the rest', async () => {
    const queue = new JobQueue('test', 10);
    const done: number[] = [];
    const jobs = [1, 2].map(n =>
      queue.push(() => {
        done.push(n);
      }),
    );
    const closed = queue.close();
    await expect(queue.push(() => {})).rejects.toThrow(QueueError);
    await closed;
    expect(done).toEqual([1, 2]);
    await Promise.all(jobs);
  });

  it('drains even when the last job fails', async () => {
    const queue = new JobQueue('test', 10);
    const bad = queue.push(() => Promise.reject(new Error('broken')));
    await queue.drain();
    await expect(bad).rejects.toThrow('broken');
  });
});

describe('detached work', () => {
  it('reports its failure instead of losing it', async () => {
    const reported = await new Promise<string>(resolve => {
      runDetached(Promise.reject(new Error('broken')), resolve);
    });
    expect(reported).toBe('broken');
  });
});

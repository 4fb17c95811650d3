import { describe, expect, it } from 'vitest';
import { PruneLocks } from '../../../../src/chain/prune/prune-locks.js';
import { silentLogger } from '../../../../src/runtime/logger.js';

describe('prune locks', () => {
  it('keep ten blocks more below the lowest that somebody needs', () => {
    const locks = new PruneLocks();
    expect(locks.limit(500)).toEqual({ height: 500, lock: undefined });
    locks.set('a', 300);
    locks.set('b', 200);
    expect(locks.limit(500)).toEqual({ height: 189, lock: 'b' });
    expect(locks.limit(100)).toEqual({ height: 100, lock: undefined });
    locks.set('b', undefined);
    expect(locks.limit(500)).toEqual({ height: 289, lock: 'a' });
  });

  it('never allow less than the first block', () => {
    const locks = new PruneLocks();
    locks.set('a', 3);
    expect(locks.limit(500)).toEqual({ height: 1, lock: 'a' });
  });

  it('move below blocks that are disconnected', () => {
    const locks = new PruneLocks();
    const log: string[] = [];
    const logger = { ...silentLogger, debug: (_: string, message: string) => log.push(message) };
    locks.set('high', 120);
    locks.set('low', 50);
    locks.moveBack(100, logger);
    expect(log).toEqual(['high prune lock moved back to 99']);
    expect(locks.limit(500)).toEqual({ height: 39, lock: 'low' });
    locks.set('low', undefined);
    expect(locks.limit(500)).toEqual({ height: 88, lock: 'high' });
  });
});

import type { KeyValueStore, WriteBatch } from '../../src/chain/store/kv.js';

/** Thrown in place of a write: the process ends here. */
export class Crash extends Error {}

/** A store that takes so many more writes, and none after them. */
export function crashing(store: KeyValueStore, budget: { writes: number }): KeyValueStore {
  return new Proxy(store, {
    get(target, name) {
      if (name === 'close') return async () => {};
      const member = Reflect.get(target, name) as unknown;
      if (name !== 'batch') return typeof member === 'function' ? member.bind(target) : member;
      return () => crashingBatch(target.batch(), budget);
    },
  });
}

function crashingBatch(batch: WriteBatch, budget: { writes: number }): WriteBatch {
  return {
    put: (key, value) => batch.put(key, value),
    delete: key => batch.delete(key),
    get byteSize() {
      return batch.byteSize;
    },
    write: options => {
      if (budget.writes-- <= 0) throw new Crash('no more writes');
      return batch.write(options);
    },
  };
}

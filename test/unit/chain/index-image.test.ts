import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { BlockChain } from '../../../src/chain/chainstate.js';
import { copyStore } from '../../../src/chain/store/kv.js';
import { MemoryStore } from '../../../src/chain/store/memory-store.js';
import { MemoryChainStores, memoryStores } from '../../../src/chain/stores.js';
import { hashToHex } from '../../../src/primitives/bytes.js';
import { defined } from '../../../src/runtime/errors.js';
import { FOREST_PARAMS, growForest } from '../../support/block-forest.js';
import { submit, testChain } from '../../support/chain-builder.js';

const forest = growForest(11, 20);
const blocks = forest.blocks.map(({ block }) => block);

async function opened(stores: MemoryChainStores): Promise<BlockChain> {
  const { chain } = testChain({ params: FOREST_PARAMS, stores });
  await chain.start();
  return chain;
}

/** The same records, which nobody has kept anything of. */
async function unknownCopy(stores: MemoryChainStores): Promise<MemoryChainStores> {
  const index = new MemoryStore();
  await copyStore(stores.index, index);
  return new MemoryChainStores({ ...stores.clone(), index });
}

/** All that is known of the headers, by their hashes: their numbers may be others. */
function view(chain: BlockChain): unknown {
  const { headers } = chain;
  const ids = Array.from({ length: headers.size }, (_, id) => id);
  const shown = ids.map(id => ({
    hash: hashToHex(headers.hash(id)),
    header: headers.header(id).raw,
    prev: headers.prev(id) < 0 ? undefined : hashToHex(headers.hash(headers.prev(id))),
    height: headers.height(id),
    work: headers.chainWork(id),
    data: headers.hasData(id),
    undo: headers.hasUndo(id),
    transactions: [headers.txCount(id), headers.chainTxCount(id)],
    invalid: headers.isInvalid(id),
    valid: headers.isFullyValid(id),
    active: chain.isActive(id),
  }));
  const hashOf = (id: number) => (id < 0 ? undefined : hashToHex(headers.hash(id)));
  return {
    tip: hashOf(chain.tip),
    bestHeaderWork: headers.chainWork(chain.bestHeader),
    headers: shown.sort((a, b) => (a.hash < b.hash ? -1 : 1)),
  };
}

describe('a chain that is opened on a copy of stores in memory', () => {
  it('is as if it had read the records, without reading them', async () => {
    const runs = fc.record({
      headers: fc.nat(blocks.length),
      order: fc.shuffledSubarray(blocks),
      invalid: fc.option(fc.nat(blocks.length - 1)),
    });
    await fc.assert(
      fc.asyncProperty(runs, async ({ headers, order, invalid }) => {
        const stores = memoryStores(FOREST_PARAMS.magic);
        const first = await opened(stores);
        await submit(first, forest.trunk);
        first.processHeaders(blocks.slice(0, headers).map(({ header }) => header));
        await submit(first, order);
        const wrong = invalid === null ? -1 : first.headers.find(defined(blocks[invalid], 'block').hash);
        if (wrong >= 0) await first.invalidate(wrong);
        const copy = await first.flushAndHold(async () => stores.clone());
        const before = view(first);
        await first.stop();

        const read = await opened(await unknownCopy(copy));
        const { contents } = copy.index;
        const reads = vi.spyOn(copy.index, 'iterate');
        const kept = await opened(copy);
        expect(reads).not.toHaveBeenCalled();
        expect(view(read)).toEqual(before);
        expect(view(kept)).toEqual(before);
        kept.checkInvariants();

        await submit(kept, blocks);
        await kept.stop();
        const again = await opened(copy);
        expect(reads).toHaveBeenCalledTimes(copy.index.contents === contents ? 0 : 1);
        expect(view(again)).toEqual(view(kept));
        await again.stop();
        await read.stop();
      }),
      { numRuns: 15 },
    );
  });
});

import type { SharedState } from '../chain-state.js';
import { HeaderTree } from '../header-tree.js';

type IndexParts = Pick<SharedState, 'tree' | 'index'>;

/** Trees that hold what is stored, by what stands for that. They are never changed. */
const images = new WeakMap<object, HeaderTree>();

/**
 * Keeps the headers as they are for a chain that is opened on the same index, or a clone of it, before that changes: it
 * need not read them. Nothing is kept of an index on a disk, or while something is not written to it.
 */
export function keepIndexImage({ tree, index }: IndexParts): void {
  const { contents } = index;
  if (contents === undefined || images.has(contents) || !tree.isStored) return;
  const image = new HeaderTree();
  image.takeOver(tree);
  images.set(contents, image);
}

/** Takes the headers from what was kept of the index as it is. @returns false when nothing was */
export function loadIndexImage({ tree, index }: IndexParts): boolean {
  const { contents } = index;
  const image = contents && images.get(contents);
  if (image !== undefined) tree.takeOver(image);
  return image !== undefined;
}

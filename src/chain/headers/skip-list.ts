function clearLowestBit(value: number): number {
  return value & (value - 1);
}

/**
 * Height that the block at `height` keeps a long pointer to. With these an ancestor is found in about 2·log2(height)
 * steps; any lower height would be correct, this choice is Core's.
 */
export function skipHeight(height: number): number {
  if (height < 2) return 0;
  return height % 2 === 1 ? clearLowestBit(clearLowestBit(height - 1)) + 1 : clearLowestBit(height);
}

/**
 * Whether to follow the long pointer of the block at `from` on the way down to `target`: not when the predecessor's
 * long pointer leads further without passing the target.
 */
export function takesSkip(from: number, target: number): boolean {
  const skip = skipHeight(from);
  if (skip === target) return true;
  if (skip < target) return false;
  const skipOfPrevious = skipHeight(from - 1);
  return !(skipOfPrevious < skip - 2 && skipOfPrevious >= target);
}

/** Blocks that are remembered of each peer: more than a peer has reason to announce again. */
export const MAX_REMEMBERED_ANNOUNCEMENTS = 256;

/** The blocks that one peer told of last. */
export class AnnouncedBlocks {
  /** In the order in which they were announced. */
  private readonly hashes = new Set<string>();

  /** Notes the block. @returns false when it was announced before, and not forgotten since */
  isFirst(hash: string): boolean {
    if (this.hashes.has(hash)) return false;
    this.hashes.add(hash);
    if (this.hashes.size > MAX_REMEMBERED_ANNOUNCEMENTS) this.forgetOldest();
    return true;
  }

  private forgetOldest(): void {
    for (const oldest of this.hashes) {
      this.hashes.delete(oldest);
      return;
    }
  }
}

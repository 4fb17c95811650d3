/** Something that a network holds beside its nodes, and that goes back with them. */
export interface SnapshotPart {
  /** Names it in dumps. */
  readonly name: string;
  /** As it is now, in a form that JSON keeps. */
  save(): unknown;
  /**
   * Makes what brings it back, to be called while no node runs.
   *
   * @param state what `save` gave, or undefined when a dump does not know this part
   * @throws DumpError when it is neither
   */
  prepare(state: unknown): () => void | Promise<void>;
}

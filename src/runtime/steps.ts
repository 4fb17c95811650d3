/**
 * Work that yields where it may be left for a while, and returns what comes of it. Others change the state of the process
 * meanwhile: it yields where that does no harm. `turns.ts` does such work with turns of the event loop in between.
 */
export type Steps<T> = Generator<void, T, void>;

/** Does all of the work before it returns. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** What `look` finds first, undefined when it finds nothing with any of the items. `perStep` of them make a step. */
export function* firstFound<T, R>(
  items: readonly T[],
  perStep: number,
  look: (item: T, index: number) => R | undefined,
): Steps<R | undefined> {
  for (const [index, item] of items.entries()) {
    if (index > 0 && index % perStep === 0) yield;
    const found = look(item, index);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether `holds` for all items, which are looked at up to the first one without. `perStep` of them make a step. */
export function* allHold<T>(
  items: readonly T[],
  perStep: number,
  holds: (item: T, index: number) => boolean,
): Steps<boolean> {
  const without = yield* firstFound(items, perStep, (item, at) => (holds(item, at) ? undefined : { item }));
  return without === undefined;
}

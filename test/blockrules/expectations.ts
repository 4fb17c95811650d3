import { hashToHex } from '../../src/primitives/bytes.js';
import type { BlockStatus, Step, Verdict } from './cases.js';
import type { BuiltBlock } from './generator.js';
import { TRUNK } from './lab.js';
import type { Reason } from './verdicts.js';

/** A node did something else than a case expects. */
export class WrongVerdict extends Error {
  override readonly name = 'WrongVerdict';
}

/** @throws WrongVerdict unless both are the same */
export function expectEqual<T>(what: string, seen: T, wanted: T): void {
  if (seen !== wanted) throw new WrongVerdict(`${what}: ${show(seen)}, expected ${show(wanted)}`);
}

/** @throws WrongVerdict unless the text fits */
export function expectMatch(what: string, seen: string, wanted: RegExp): void {
  if (!wanted.test(seen)) throw new WrongVerdict(`${what}: ${seen}, expected ${wanted}`);
}

function show(value: unknown): string {
  if (typeof value === 'object' && value !== null && 'header' in value) return 'another block';
  return String(value);
}

/** How a block that is the end of a branch shows afterwards; undefined when that depends on what was before. */
export function statusAfter(verdict: Verdict): BlockStatus | undefined {
  switch (verdict.kind) {
    case 'tip':
      return 'active';
    case 'side':
      return 'valid-headers';
    case 'known':
      return undefined;
    case 'orphan':
      return 'unknown';
    case 'rejected':
      return statusOfRefused(verdict.reason);
  }
}

function statusOfRefused({ stage, code }: Reason): BlockStatus {
  switch (stage) {
    case 'header':
      // It is refused because it is known.
      return code === 'duplicate' ? 'invalid' : 'unknown';
    case 'mutated':
    case 'block':
      return 'headers-only';
    case 'context':
    case 'connect':
      return 'invalid';
  }
}

/** The best block when all steps are done. */
export function tipAfter(steps: readonly Step[]): BuiltBlock {
  return steps.reduce((tip, step) => (step.kind === 'clock' ? tip : step.tip), TRUNK.tip);
}

/** The blocks on the trunk that all others of these steps build on. */
export function rootsOf(steps: readonly Step[]): readonly BuiltBlock[] {
  const roots = new Map<string, BuiltBlock>();
  for (const step of steps) {
    for (let at = topOf(step); at !== undefined; at = at.parent) {
      if (at.parent === TRUNK.tip) roots.set(hashToHex(at.header.hash), at);
    }
  }
  return [...roots.values()];
}

function topOf(step: Step): BuiltBlock | undefined {
  if (step.kind === 'block') return step.block;
  return step.kind === 'branch' ? step.blocks.at(-1) : undefined;
}

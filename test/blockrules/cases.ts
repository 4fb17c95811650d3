import { defined } from '../../src/runtime/errors.js';
import { type BuiltBlock, descends, lastOf } from './generator.js';
import { DEFAULT_RULES, Lab, type Rules } from './lab.js';
import { type BlockCode, type Reason, reason } from './verdicts.js';

/** How the end of a branch shows in `getchaintips`; `unknown` when the node does not even keep the header. */
export type BlockStatus = 'active' | 'valid-fork' | 'valid-headers' | 'headers-only' | 'invalid' | 'unknown';

/** What becomes of a block that is handed over. */
export type Verdict =
  /** It is the new tip. */
  | { readonly kind: 'tip' }
  /** It is stored, and another one remains the tip. */
  | { readonly kind: 'side' }
  /** It was there before; nothing happens. */
  | { readonly kind: 'known' }
  | { readonly kind: 'rejected'; readonly reason: Reason }
  /** Its predecessor is not known: it is not kept, and has to come again. */
  | { readonly kind: 'orphan' };

/** The best block after a step. */
interface Outcome {
  readonly tip: BuiltBlock;
  /** The best block before it, where that is on a branch that was left. */
  readonly left: BuiltBlock | undefined;
}

/** One thing that is done to a node, and what the node is to make of it. */
export type Step =
  | ({ readonly kind: 'block'; readonly block: BuiltBlock; readonly verdict: Verdict } & Outcome)
  /** Blocks that build on each other, announced together. */
  | ({
      readonly kind: 'branch';
      readonly blocks: readonly BuiltBlock[];
      /** The first of them that breaks a rule, if one does. */
      readonly broken: { readonly block: BuiltBlock; readonly reason: Reason } | undefined;
    } & Outcome)
  /** Bytes that are no block. */
  | ({
      readonly kind: 'bytes';
      readonly bytes: Uint8Array;
      /** What the node says is wrong with them. */
      readonly error: RegExp;
    } & Outcome)
  /** The node's time moves: Unix seconds. */
  | { readonly kind: 'clock'; readonly now: number };

/** Writes down what is done to a node that stands at the trunk's tip. */
export class Scenario {
  readonly steps: Step[] = [];

  constructor(private tip: BuiltBlock) {}

  /** The block becomes the tip. */
  accept(block: BuiltBlock): void {
    this.hand(block, { kind: 'tip' }, block);
  }

  reject(block: BuiltBlock, why: BlockCode | Reason): void {
    this.hand(block, { kind: 'rejected', reason: reasonOf(why) });
  }

  /** The block is stored, but is not better than the tip. */
  side(block: BuiltBlock): void {
    this.hand(block, { kind: 'side' });
  }

  /** The block comes a second time. */
  again(block: BuiltBlock): void {
    this.hand(block, { kind: 'known' });
  }

  orphan(block: BuiltBlock): void {
    this.hand(block, { kind: 'orphan' });
  }

  /** All blocks are announced at once, and the last one becomes the tip. */
  switchTo(blocks: readonly BuiltBlock[]): void {
    this.steps.push({ kind: 'branch', blocks, broken: undefined, ...this.moveTo(lastOf(blocks)) });
  }

  /** All blocks are announced at once and stored, and the tip remains. */
  stay(blocks: readonly BuiltBlock[]): void {
    this.steps.push({ kind: 'branch', blocks, broken: undefined, ...this.moveTo(this.tip) });
  }

  /** All blocks are announced at once; `broken` is found invalid, and the best block then is `tip`. */
  failTo(
    blocks: readonly BuiltBlock[],
    broken: BuiltBlock | undefined,
    why: BlockCode | Reason,
    tip = this.tip,
  ): void {
    const block = defined(broken, 'bad block of a branch');
    this.steps.push({
      kind: 'branch',
      blocks,
      broken: { block, reason: reasonOf(why) },
      ...this.moveTo(tip),
    });
  }

  undecodable(bytes: Uint8Array, error: RegExp): void {
    this.steps.push({ kind: 'bytes', bytes, error, ...this.moveTo(this.tip) });
  }

  clock(now: number): void {
    this.steps.push({ kind: 'clock', now });
  }

  private hand(block: BuiltBlock, verdict: Verdict, tip = this.tip): void {
    this.steps.push({ kind: 'block', block, verdict, ...this.moveTo(tip) });
  }

  private moveTo(tip: BuiltBlock): Outcome {
    const before = this.tip;
    this.tip = tip;
    return { tip, left: descends(tip, before) ? undefined : before };
  }
}

function reasonOf(why: BlockCode | Reason): Reason {
  return typeof why === 'string' ? reason(why) : why;
}

/** A rule, and blocks that keep or break it. */
export interface BlockCase {
  readonly topic: string;
  readonly name: string;
  readonly rules: Rules;
  write(lab: Lab, scenario: Scenario): void;
}

/** Collects the cases of one topic. */
export class Topic {
  readonly cases: BlockCase[] = [];

  constructor(
    private readonly name: string,
    private readonly rules: Rules = DEFAULT_RULES,
  ) {}

  /** Whatever it takes. */
  plays(name: string, write: (lab: Lab, scenario: Scenario) => void): void {
    this.cases.push({ topic: this.name, name, rules: this.rules, write });
  }

  /** One block, which becomes the tip. */
  accepts(name: string, build: (lab: Lab) => BuiltBlock): void {
    this.plays(name, (lab, scenario) => scenario.accept(build(lab)));
  }

  /** One block, which is refused for that reason if there is one. */
  judges(name: string, why: BlockCode | Reason | undefined, build: (lab: Lab) => BuiltBlock): void {
    if (why === undefined) this.accepts(name, build);
    else this.rejects(name, why, build);
  }

  /** One block, which is refused. */
  rejects(name: string, why: BlockCode | Reason, build: (lab: Lab) => BuiltBlock): void {
    this.plays(name, (lab, scenario) => scenario.reject(build(lab), why));
  }
}

/** A case with its blocks. */
export interface BuiltCase extends BlockCase {
  /** Its place in the list. */
  readonly number: number;
  /** Built when first asked for, and kept: every runner hands over the same blocks. */
  readonly steps: readonly Step[];
}

/** Verdicts that a case asks a node for. */
export function verdictsOf({ steps }: BuiltCase): number {
  return steps.filter(step => step.kind !== 'clock').length;
}

export function buildCases(cases: readonly BlockCase[]): BuiltCase[] {
  return cases.map((each, number) => {
    let steps: readonly Step[] | undefined;
    return {
      ...each,
      number,
      get steps() {
        if (steps === undefined) {
          const lab = new Lab(number);
          const scenario = new Scenario(lab.tip);
          each.write(lab, scenario);
          ({ steps } = scenario);
        }
        return steps;
      },
    };
  });
}

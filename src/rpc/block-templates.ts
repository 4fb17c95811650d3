import type { BlockTemplate } from '../miner/block-template.js';
import type { RpcContext } from './context.js';

type Context = Pick<RpcContext, 'chain' | 'mempool' | 'miner' | 'clock'>;

/** A template is made anew for changes of the mempool only when it is older than this, in seconds: making one costs. */
const MAX_STALE_SECONDS = 5;

/** Output script that templates pay to; whoever mines puts in their own. */
const OP_TRUE = Uint8Array.of(0x51);

export interface CurrentTemplate {
  readonly template: BlockTemplate;
  /** `Mempool.updates` when it was made. */
  readonly updates: number;
}

/** Keeps the template that getblocktemplate hands out until it is out of date. */
export class BlockTemplates {
  private current: (CurrentTemplate & { readonly madeAt: number }) | undefined;
  private making: Promise<CurrentTemplate> | undefined;
  private lastUpdates = 0;

  constructor(private readonly context: Context) {}

  /** `Mempool.updates` at the last template that was begun, 0 before the first. */
  get updates(): number {
    return this.lastUpdates;
  }

  /** A template on the tip; shared by those who ask at the same time. */
  async get(): Promise<CurrentTemplate> {
    const { current } = this;
    if (current !== undefined && this.isFresh(current)) return current;
    this.making ??= this.make().finally(() => {
      this.making = undefined;
    });
    return this.making;
  }

  private isFresh({ template, updates, madeAt }: CurrentTemplate & { readonly madeAt: number }): boolean {
    const { chain, mempool, clock } = this.context;
    if (template.prev !== chain.tip) return false;
    return mempool.updates === updates || clock.now() - madeAt <= MAX_STALE_SECONDS;
  }

  private async make(): Promise<CurrentTemplate> {
    const { mempool, miner, clock } = this.context;
    this.current = undefined;
    const updates = mempool.updates;
    this.lastUpdates = updates;
    const made = { template: await miner.template(OP_TRUE), updates, madeAt: clock.now() };
    this.current = made;
    return made;
  }
}

const ofNodes = new WeakMap<RpcContext, BlockTemplates>();

/** The templates of one node. */
export function blockTemplates(context: RpcContext): BlockTemplates {
  let templates = ofNodes.get(context);
  if (templates === undefined) {
    templates = new BlockTemplates(context);
    ofNodes.set(context, templates);
  }
  return templates;
}

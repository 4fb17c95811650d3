import type { BlockData } from './block.js';
import type { Output } from './compression.js';
import type { CoinData } from './undo.js';

/** What blocks do to the coins, played on a plain map. */
export class Replay {
  readonly coins = new Map<string, CoinData>();
  height = -1;
  best = '';

  /**
   * Adds a block on top. Nothing is checked but that what it spends is there.
   *
   * @returns the coins it spent, by transaction (the coinbase left out) and input
   */
  connect(block: BlockData): CoinData[][] {
    this.height++;
    this.best = block.hash;
    // The outputs of genesis cannot be spent and were never kept.
    if (this.height === 0) return [];
    return block.txs.flatMap(tx => {
      const spent = tx.isCoinbase ? undefined : tx.inputs.map(input => this.spend(input.outpoint));
      tx.outputs.forEach((output, index) => {
        if (!isUnspendable(output))
          this.coins.set(`${tx.txid}:${index}`, { ...output, height: this.height, coinbase: tx.isCoinbase });
      });
      return spent === undefined ? [] : [spent];
    });
  }

  private spend(outpoint: string): CoinData {
    const coin = this.coins.get(outpoint);
    if (coin === undefined) throw new Error(`${outpoint} is not there to be spent`);
    this.coins.delete(outpoint);
    return coin;
  }
}

/** OP_RETURN, or longer than any script may be. */
function isUnspendable({ script }: Output): boolean {
  return script[0] === 0x6a || script.length > 10_000;
}

/** Reads through the text of a descriptor from the left. */
export class TextCursor {
  constructor(private text: string) {}

  /** What is left. */
  get rest(): string {
    return this.text;
  }

  get isDone(): boolean {
    return this.text === '';
  }

  /** Takes `prefix` if it comes next. */
  takeConstant(prefix: string): boolean {
    if (!this.text.startsWith(prefix)) return false;
    this.text = this.text.slice(prefix.length);
    return true;
  }

  /** Goes inside the parentheses if all that is left is `name(…)`. */
  enterFunction(name: string): boolean {
    if (!this.text.startsWith(`${name}(`) || !this.text.endsWith(')')) return false;
    this.text = this.text.slice(name.length + 1, -1);
    return true;
  }

  /** Takes everything up to the next comma or closing bracket that is not within brackets. */
  takeExpression(): string {
    let depth = 0;
    let end = 0;
    for (; end < this.text.length; end++) {
      const character = this.text.charAt(end);
      if (character === '(' || character === '{') depth++;
      else if (depth > 0 && (character === ')' || character === '}')) depth--;
      else if (depth === 0 && (character === ')' || character === '}' || character === ',')) break;
    }
    const expression = this.text.slice(0, end);
    this.text = this.text.slice(end);
    return expression;
  }
}

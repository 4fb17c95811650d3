import type { JsonObject } from './args.js';

/** Levels of arrays and objects that a request may have (UniValue's limit); no sensible one has a tenth of it. */
const MAX_DEPTH = 512;

/** Members of objects that name one of them twice, as they were written: a plain object keeps the last only. */
const repeated = new WeakMap<object, readonly (readonly [string, unknown])[]>();

/** Members of an object made by {@link parseJson} in order, also those whose name comes twice. */
export function membersOf(object: JsonObject): readonly (readonly [string, unknown])[] {
  return repeated.get(object) ?? Object.entries(object);
}

/**
 * Reads JSON as `JSON.parse` does, and keeps account of repeated member names for {@link membersOf}: requests that name
 * an address or an argument twice are to be refused, not silently cut.
 *
 * @throws SyntaxError when the text is not JSON or nested too deeply
 */
export function parseJson(text: string): unknown {
  const plain = JSON.parse(text) as unknown;
  // Each member has a colon of its own: with as many members as colons none was lost.
  if (countMembers(plain, 0) === countColons(text)) return plain;
  const parser = new JsonParser(text);
  const value = parser.value(0);
  parser.end();
  return value;
}

/** Members of all objects in a value; NaN when it is nested too deeply. */
function countMembers(value: unknown, depth: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (depth > MAX_DEPTH) return Number.NaN;
  const items = Array.isArray(value) ? value : Object.values(value);
  let count = items === value ? 0 : items.length;
  for (let i = 0; i < items.length; i++) count += countMembers(items[i], depth + 1);
  return count;
}

function countColons(text: string): number {
  let count = 0;
  for (let at = text.indexOf(':'); at >= 0; at = text.indexOf(':', at + 1)) count++;
  return count;
}

const WHITESPACE = /[ \t\n\r]*/y;
const SCALAR = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null/y;

class JsonParser {
  private position = 0;

  constructor(private readonly text: string) {}

  value(depth: number): unknown {
    if (depth > MAX_DEPTH) throw new SyntaxError('nested too deeply');
    this.skipWhitespace();
    switch (this.text[this.position]) {
      case '{':
        return this.object(depth);
      case '[':
        return this.array(depth);
      case '"':
        return this.string();
      default:
        return JSON.parse(this.match(SCALAR)) as unknown;
    }
  }

  end(): void {
    this.skipWhitespace();
    if (this.position !== this.text.length) throw new SyntaxError('text after the end');
  }

  private object(depth: number): JsonObject {
    const members: [string, unknown][] = [];
    this.position++;
    if (!this.take('}')) {
      do {
        this.skipWhitespace();
        const key = this.string();
        this.expect(':');
        members.push([key, this.value(depth + 1)]);
      } while (this.take(','));
      this.expect('}');
    }
    const object = Object.fromEntries(members);
    if (Object.keys(object).length !== members.length) repeated.set(object, members);
    return object;
  }

  private array(depth: number): unknown[] {
    const items: unknown[] = [];
    this.position++;
    if (this.take(']')) return items;
    do items.push(this.value(depth + 1));
    while (this.take(','));
    this.expect(']');
    return items;
  }

  private string(): string {
    const start = this.position;
    if (this.text[start] !== '"') throw new SyntaxError(`expected a string at ${start}`);
    let end = start;
    do {
      end = this.text.indexOf('"', end + 1);
      if (end < 0) throw new SyntaxError('string without end');
    } while (this.isEscaped(end));
    this.position = end + 1;
    return JSON.parse(this.text.slice(start, this.position)) as string;
  }

  /** An odd number of backslashes stands before the character. */
  private isEscaped(position: number): boolean {
    let first = position;
    while (this.text[first - 1] === '\\') first--;
    return (position - first) % 2 === 1;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.position;
    const found = pattern.exec(this.text)?.[0];
    if (found === undefined) throw new SyntaxError(`unexpected text at ${this.position}`);
    this.position += found.length;
    return found;
  }

  private skipWhitespace(): void {
    WHITESPACE.lastIndex = this.position;
    this.position += WHITESPACE.exec(this.text)?.[0].length ?? 0;
  }

  /** Passes over `mark` if it is next. */
  private take(mark: string): boolean {
    this.skipWhitespace();
    if (this.text[this.position] !== mark) return false;
    this.position++;
    return true;
  }

  private expect(mark: string): void {
    if (!this.take(mark)) throw new SyntaxError(`expected ${mark} at ${this.position}`);
  }
}

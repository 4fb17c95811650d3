/** A line of the console as a call. */
export interface ConsoleCall {
  readonly method: string;
  readonly params: readonly unknown[];
}

/**
 * Reads a line as `bitcoin-cli` would be called: a method, then arguments between spaces. What is JSON is taken as such
 * (numbers, true, false, null, lists, objects); quotes make text of anything; all else is text as it stands.
 *
 * @returns undefined for an empty line
 * @throws SyntaxError when a quote or bracket is not closed
 */
export function parseLine(line: string): ConsoleCall | undefined {
  const [method, ...words] = wordsOf(line);
  if (method === undefined) return undefined;
  return { method: method.text, params: words.map(paramOf) };
}

interface Word {
  readonly text: string;
  readonly isQuoted: boolean;
}

/** Words between spaces; spaces inside quotes and brackets belong to the word. */
function wordsOf(line: string): Word[] {
  const words: Word[] = [];
  let at = 0;
  while (at < line.length) {
    const rest = line.slice(at);
    const space = /^\s+/.exec(rest)?.[0].length ?? 0;
    if (space > 0) at += space;
    else {
      const length = wordLength(rest);
      const text = rest.slice(0, length);
      const quoted = /^'(.*)'$|^"(.*)"$/s.exec(text);
      words.push({
        text: quoted === null ? text : (quoted[1] ?? quoted[2] ?? ''),
        isQuoted: quoted !== null,
      });
      at += length;
    }
  }
  return words;
}

function wordLength(text: string): number {
  let depth = 0;
  let quote = '';
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote !== '') {
      if (char === '\\') at++;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    else if (/\s/.test(char) && depth <= 0) return at;
  }
  if (quote !== '') throw new SyntaxError(`The quote ${quote} is not closed.`);
  if (depth > 0) throw new SyntaxError('A bracket is not closed.');
  return text.length;
}

/** Whole numbers that a double does not hold, such as long hex of digits alone, stay text. */
function paramOf({ text, isQuoted }: Word): unknown {
  if (isQuoted || (/^\d{16,}$/.test(text) && !Number.isSafeInteger(Number(text)))) return text;
  try {
    return JSON.parse(text);
  } catch {
    if (/^[[{]/.test(text)) throw new SyntaxError(`${text} is not JSON.`);
    return text;
  }
}

/** Names of methods in what `help` answers, in its order. */
export function methodsOf(help: string): string[] {
  const lines = help.split('\n').filter(line => line !== '' && !line.startsWith('=='));
  return [...new Set(lines.map(line => line.split(' ', 1)[0] ?? ''))].filter(name =>
    /^[a-z][a-z0-9]*$/.test(name),
  );
}

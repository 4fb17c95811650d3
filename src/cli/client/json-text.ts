/**
 * JSON as text. The client shows numbers exactly as the server wrote them (0.10000000 stays 0.10000000), so answers are
 * taken apart and laid out again without going through doubles.
 */

/** End of the JSON value that starts at `start` (which is no white space). The text is known to be valid JSON. */
function valueEnd(text: string, start: number): number {
  const first = text[start];
  if (first === '"') return stringEnd(text, start);
  if (first !== '{' && first !== '[') {
    const rest = /[,\]}\s]/.exec(text.slice(start));
    return rest === null ? text.length : start + rest.index;
  }
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (char === '"') at = stringEnd(text, at) - 1;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) return at + 1;
  }
  return text.length;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function skipSpace(text: string, at: number): number {
  let next = at;
  while (next < text.length && /\s/.test(text[next] ?? '')) next++;
  return next;
}

/** Members of a JSON object with the text of their values, in order. */
export function objectMembers(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let at = skipSpace(text, 0) + 1;
  for (;;) {
    at = skipSpace(text, at);
    if (at >= text.length || text[at] === '}') return members;
    const keyEnd = stringEnd(text, at);
    const key = JSON.parse(text.slice(at, keyEnd)) as string;
    const start = skipSpace(text, skipSpace(text, keyEnd) + 1);
    const end = valueEnd(text, start);
    members.set(key, text.slice(start, end));
    at = skipSpace(text, end);
    if (text[at] === ',') at++;
  }
}

/** Texts of the items of a JSON array. */
export function arrayItems(text: string): string[] {
  const items: string[] = [];
  let at = skipSpace(text, 0) + 1;
  for (;;) {
    at = skipSpace(text, at);
    if (at >= text.length || text[at] === ']') return items;
    const end = valueEnd(text, at);
    items.push(text.slice(at, end));
    at = skipSpace(text, end);
    if (text[at] === ',') at++;
  }
}

/** Lays a JSON text out over lines, members moved in by two spaces a level, as Core's client prints it. */
export function layOut(text: string): string {
  let out = '';
  let depth = 0;
  const newLine = () => `\n${'  '.repeat(depth)}`;
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    if (char === '"') {
      const end = stringEnd(text, at);
      out += text.slice(at, end);
      at = end;
      continue;
    }
    if (char === '{' || char === '[') {
      depth++;
      const next = skipSpace(text, at + 1);
      const isEmpty = text[next] === '}' || text[next] === ']';
      out += isEmpty ? char : char + newLine();
    } else if (char === '}' || char === ']') {
      depth--;
      out += newLine() + char;
    } else if (char === ',') out += char + newLine();
    else if (char === ':') out += ': ';
    else if (!/\s/.test(char)) out += char;
    at++;
  }
  return out;
}

/** What a JSON value looks like to a person: strings without quotes, everything else as written. */
export function plainText(text: string | undefined): string {
  if (text === undefined || text === 'null') return '';
  return text.startsWith('"') ? (JSON.parse(text) as string) : text;
}

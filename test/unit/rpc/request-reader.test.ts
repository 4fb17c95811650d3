import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HttpError, type RequestHead } from '../../../src/rpc/http/request-head.js';
import { MAX_HEADERS_BYTES, RequestReader } from '../../../src/rpc/http/request-reader.js';

const MAX_BODY = 1000;

interface Read {
  readonly head: RequestHead;
  readonly body: string;
}

/** All requests in `pieces`, fed one after the other. */
function readAll(pieces: readonly Buffer[], keep = true): Read[] {
  const reader = new RequestReader(MAX_BODY);
  const requests: Read[] = [];
  let head: RequestHead | undefined;
  for (const piece of pieces) {
    reader.feed(piece);
    for (;;) {
      head ??= reader.head();
      const body = head && reader.body(keep);
      if (head === undefined || body === undefined) break;
      requests.push({ head, body: body.toString('latin1') });
      head = undefined;
    }
  }
  return requests;
}

function read(text: string, keep = true): Read[] {
  return readAll([Buffer.from(text, 'latin1')], keep);
}

function statusOf(text: string): number | string {
  try {
    return JSON.stringify(read(text));
  } catch (thrown) {
    if (thrown instanceof HttpError) return thrown.status;
    throw thrown;
  }
}

const POST = 'POST / HTTP/1.1\r\n';

describe('a request', () => {
  it('is read with what matters of its head', () => {
    const text = `POST /wallet/x HTTP/1.1\r\nHost: a:1\r\nauthorization:  Basic abc \r\nContent-Length: 2\r\n\r\n{}`;
    expect(read(text)).toEqual([
      {
        head: {
          method: 'POST',
          target: '/wallet/x',
          keepAlive: true,
          authorization: 'Basic abc',
          expectsContinue: false,
        },
        body: '{}',
      },
    ]);
  });

  it('without a length has no body', () => {
    expect(read('GET / HTTP/1.1\r\n\r\n')).toMatchObject([{ head: { method: 'GET' }, body: '' }]);
  });

  it('tells whether the connection stays', () => {
    const keeps = (version: string, header: string) =>
      read(`POST / HTTP/1.${version}\r\n${header}\r\n`)[0]?.head.keepAlive;
    expect(keeps('1', '')).toBe(true);
    expect(keeps('1', 'Connection: Close\r\n')).toBe(false);
    expect(keeps('1', 'Connection: x, close\r\n')).toBe(false);
    expect(keeps('0', '')).toBe(false);
    expect(keeps('0', 'Connection: Keep-Alive\r\n')).toBe(true);
  });

  it('may come with its body in chunks', () => {
    const head = `${POST}Transfer-Encoding: Chunked\r\n\r\n`;
    const body = '4\r\nabcd\r\nA;name="value"\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n';
    expect(read(`${head}${body}${POST}\r\n`).map(request => request.body)).toEqual(['abcd0123456789', '']);
    expect(read(`${head}${body}${POST}\r\n`, false).map(request => request.body)).toEqual(['', '']);
  });

  it('may follow an empty line', () => {
    expect(read(`\r\n${POST}Content-Length: 1\r\n\r\na\r\n${POST}\r\n`)).toHaveLength(2);
  });

  it('is read from bytes that come one by one, and from a body that comes by itself', () => {
    const head = `${POST}Content-Length: 3\r\n\r\n`;
    const bytes = Array.from(`${head}abc`, byte => Buffer.from(byte, 'latin1'));
    expect(readAll(bytes).map(({ body }) => body)).toEqual(['abc']);
    expect(readAll([Buffer.from(head), Buffer.from('abc')]).map(({ body }) => body)).toEqual(['abc']);
  });

  it('is the same however the bytes are cut', () => {
    const request = fc.record({
      body: fc.string({ unit: 'binary-ascii', maxLength: 40 }),
      chunks: fc.option(fc.integer({ min: 1, max: 15 })),
      keep: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 5 }),
        fc.array(fc.nat()),
        fc.boolean(),
        (requests, cuts, keep) => {
          const bytes = Buffer.from(requests.map(write).join(''), 'latin1');
          const places = [0, ...cuts.map(cut => cut % (bytes.length + 1)), bytes.length].sort(
            (a, b) => a - b,
          );
          const pieces = places.slice(1).map((end, i) => bytes.subarray(places[i], end));
          const found = readAll(pieces, keep);
          expect(found.map(({ body }) => body)).toEqual(requests.map(({ body }) => (keep ? body : '')));
          expect(found.map(({ head }) => head.keepAlive)).toEqual(requests.map(sent => sent.keep));
        },
      ),
    );
  });
});

function write({ body, chunks, keep }: { body: string; chunks: number | null; keep: boolean }): string {
  const connection = keep ? '' : 'Connection: close\r\n';
  if (chunks === null) return `${POST}${connection}Content-Length: ${body.length}\r\n\r\n${body}`;
  let text = `${POST}${connection}Transfer-Encoding: chunked\r\n\r\n`;
  for (let at = 0; at < body.length; at += chunks) {
    const chunk = body.slice(at, at + chunks);
    text += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  return `${text}0\r\n\r\n`;
}

describe('what is refused', () => {
  it('what is not HTTP/1', () => {
    for (const line of [
      '',
      'POST /',
      'POST / HTTP/2.0',
      'POST  / HTTP/1.1',
      'post / HTTP/1.1',
      '\x16\x03\x01 x',
    ])
      expect(statusOf(`${line}\r\nA: b\r\n\r\n`)).toBe(400);
  });

  it('headers that are none', () => {
    for (const line of ['nothing', ': x', 'a b: c', ' folded: x', 'Content-Length : 3'])
      expect(statusOf(`${POST}${line}\r\n\r\n`)).toBe(400);
  });

  it('bodies whose end is not clear', () => {
    const refused = [
      'Content-Length: x',
      'Content-Length: -1',
      'Content-Length: 1\r\nContent-Length: 2',
      'Content-Length: 1\r\nTransfer-Encoding: chunked',
      'Transfer-Encoding: gzip, chunked',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked',
    ];
    for (const headers of refused) expect(statusOf(`${POST}${headers}\r\n\r\n`)).toBe(400);
    for (const chunk of ['x\r\n', '-1\r\n', '2\r\nabc\r\n', `1;${'x'.repeat(300)}`])
      expect(statusOf(`${POST}Transfer-Encoding: chunked\r\n\r\n${chunk}`)).toBe(400);
  });

  it('heads that are too large, before they end', () => {
    expect(statusOf(`${POST}A: ${'x'.repeat(MAX_HEADERS_BYTES)}`)).toBe(400);
  });

  it('bodies that are too large, before they come', () => {
    expect(statusOf(`${POST}Content-Length: ${MAX_BODY + 1}\r\n\r\n`)).toBe(413);
    const chunk = `${(600).toString(16)}\r\n${'x'.repeat(600)}\r\n`;
    expect(statusOf(`${POST}Transfer-Encoding: chunked\r\n\r\n${chunk}${chunk}`)).toBe(413);
  });

  it('expectations but the one that there is', () => {
    expect(statusOf(`${POST}Expect: miracles\r\n\r\n`)).toBe(417);
    expect(read(`${POST}Expect: 100-Continue\r\n\r\n`)[0]?.head.expectsContinue).toBe(true);
    expect(read(`POST / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n`)[0]?.head.expectsContinue).toBe(false);
  });
});

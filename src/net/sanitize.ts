const UNSAFE = /[^a-zA-Z0-9 .,;\-_/:?@()]/g;
const UNSAFE_IN_COMMENT = /[^a-zA-Z0-9 .,;\-_?@]/;

/** `text` from the network without characters that could do harm in a log or a terminal (Core's SanitizeString). */
export function sanitize(text: string): string {
  return text.replace(UNSAFE, '');
}

/** BIP14: a comment may not hold characters that structure a user agent. */
export function isSafeComment(comment: string): boolean {
  return !UNSAFE_IN_COMMENT.test(comment);
}

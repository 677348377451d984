/** A regular expression that matches every valid name of an HTTP header field (RFC 9110, 5.1). */
export const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
const FIELD_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** Returns why an HTTP header field cannot be sent; undefined when it can. The text never shows the value: it may be secret. */
export function fieldProblem(name: string, value: string): string | undefined {
  if (!FIELD_NAME.test(name)) return `not a header name: ${JSON.stringify(name)}`
  if (FIELD_VALUE.test(value)) return undefined
  return `the header ${name} holds a line break, a control character or one outside of Latin-1`
}

import { expect, test } from 'vitest'
import { JsonWatch } from '../../../src/dialects/reply/json-watch.ts'
import { Exchange } from '../../../src/exchange.ts'

function isBroken(...pieces: readonly string[]): boolean {
  const watch = new JsonWatch()
  const exchange = new Exchange(0, { push: (bytes, one) => watch.push(bytes, one), end: () => {} }, () => {})
  for (const piece of pieces) exchange.data(Buffer.from(piece))
  return watch.isBroken(exchange)
}

const LONG = `"${'x'.repeat(90 * 1024)}"`
test.each([
  ['a document', ['{"a":', '1}'], false],
  ['a byte order mark before it', ['\uFEFF{}'], false],
  ['nothing', [], false],
  ['a bare number', ['5'], false],
  ['cut off', ['{"a":1'], true],
  ['text', ['hello'], true],
  ['two documents', ['{}{}'], true],
  ['a long one', [`{"a":${LONG}`, '}'], false],
  ['a long one that is cut off', [`{"a":${LONG}`], true],
  ['a long one, cut inside of a text', [`{"a":${LONG.slice(0, -1)}`], true],
  ['a long one that is none', [`hello ${LONG}`], true],
])('%s: broken %s', (_, pieces, broken) => expect(isBroken(...pieces)).toBe(broken))

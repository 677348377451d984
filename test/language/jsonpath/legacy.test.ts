import fc from 'fast-check'
import { JSONPathEnvironment } from 'json-p3'
import { expect, test } from 'vitest'
import { legacyToRfc } from '../../../src/language/jsonpath/legacy.ts'

test.each([
  ['a', "$['a']"],
  ['a.b', "$['a']['b']"],
  ['a.0.b', "$['a'][0,'0']['b']"],
  ['a[0][-1]', "$['a'][0][-1]"],
  ['a.*', "$['a'][*]"],
  ['a[*].b', "$['a'][*]['b']"],
  ["a['x y']", "$['a']['x y']"],
  ['x-y', "$['x-y']"],
  ['$.choices.0.text', "$['choices'][0,'0']['text']"],
])('%s is %s', (old, path) => expect(legacyToRfc(old)).toBe(path))

test.each(['', '$', '$.a.b', '$.a[0]', '$..a', '.a', 'a..b', 'a b', 'a[?(@.x)]', '@.a', 'a.', '$a.0'])(
  '%j is no older path',
  (path) => expect(legacyToRfc(path)).toBeUndefined(),
)

test('what comes out is a path of RFC 9535', () => {
  const environment = new JSONPathEnvironment()
  const step = fc.constantFrom('a', 'b-c', '0', '17', '*', 'é')
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 5 }), (steps) => {
      expect(() => environment.compile(legacyToRfc(steps.join('.')) ?? '')).not.toThrow()
    }),
  )
})

import { expect, test } from 'vitest'
import { mqtt } from '../../../../src/connectors/mqtt.ts'

const isAccepted = (base64: string) => mqtt.request.safeParse({ publish: { topic: 'a', payload: { base64 } } }).success

test('a payload in Base64 is Base64, or has a template in it', () => {
  for (const text of ['', 'AGFi', 'AGE=', 'AA==', '{{payload}}']) expect([text, isAccepted(text)]).toEqual([text, true])
  for (const text of ['%%', 'aGVsbG8*', 'AGF', 'A===']) expect([text, isAccepted(text)]).toEqual([text, false])
})

import { expect, test } from 'vitest'
import type { Data } from '../../../src/templates/template.ts'
import { call, convert } from './har/entries.ts'

test('fields of one name are each sent', () => {
  const params = [
    { name: 'tag', value: 'red' },
    { name: 'tag', value: 'b lue' },
  ]
  const { scenario } = convert([call({ mimeType: 'application/x-www-form-urlencoded', params })])
  expect((scenario.steps as Data[])[0]?.request).toMatchObject({ form: { tag: ['red', 'b lue'] } })
})

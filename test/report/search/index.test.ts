import { expect, test } from 'vitest'
import { searchFormats } from '../../../src/report/search/index.ts'
import { searchJsonSchema, searchResultSchema } from '../../../src/result/search.ts'
import { search } from './found.ts'

test('JSON is what the schema says', () => {
  expect(searchResultSchema.parse(JSON.parse(searchFormats.json(search)))).toEqual(search)
  expect(searchJsonSchema()).toMatchObject({ title: 'burn search', type: 'object' })
})

import { expect, test } from 'vitest'
import { statusText } from '../../src/text/http-status.ts'

test.each([
  [200, '200 OK'],
  [404, '404 Not Found'],
  [429, '429 Too Many Requests'],
  [299, '299'],
  [0, '0'],
])('%i', (status, text) => expect(statusText(status)).toBe(text))

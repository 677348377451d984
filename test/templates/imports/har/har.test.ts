import { describe, expect, test } from 'vitest'
import { convertText } from '../../../../src/templates/imports/index.ts'
import type { Data } from '../../../../src/templates/template.ts'
import { convert, steps } from '../converted.ts'

const entry = (method: string, url: string, more: Data = {}) => ({
  startedDateTime: '2025-01-01T00:00:00.000Z',
  time: 100,
  request: {
    method,
    url,
    headers: [
      { name: 'Host', value: 'h' },
      { name: ':authority', value: 'h' },
    ],
    ...(more.request as Data | undefined),
  },
  response: { status: 200, content: { mimeType: 'application/json' }, ...(more.response as Data | undefined) },
  ...(more.startedDateTime ? { startedDateTime: more.startedDateTime } : {}),
  ...(more._resourceType ? { _resourceType: more._resourceType } : {}),
})

describe('HAR', () => {
  const har = JSON.stringify({
    log: {
      version: '1.2',
      entries: [
        entry('GET', 'https://h/index.html', { response: { status: 200, content: { mimeType: 'text/html' } } }),
        entry('GET', 'https://h/app.js', { response: { status: 200, content: { mimeType: 'application/javascript' } } }),
        entry('POST', 'https://h/api/login?lang=de', {
          request: {
            headers: [
              { name: 'Content-Type', value: 'application/json' },
              { name: 'Cookie', value: 'sid=abcdef123456' },
            ],
            postData: { mimeType: 'application/json', text: '{"user":"ann","password":"abcdef123456"}' },
          },
        }),
        entry('POST', 'https://h/api/chat', {
          startedDateTime: '2025-01-01T00:00:02.600Z',
          request: { postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'q', value: 'hi' }] } },
          response: { status: 201, content: { mimeType: 'text/event-stream' } },
        }),
        entry('OPTIONS', 'https://h/api/chat'),
        entry('GET', 'https://h/api/me', {
          startedDateTime: '2025-01-01T00:00:02.750Z',
          _resourceType: 'fetch',
          response: { status: 304, content: { mimeType: '' } },
        }),
        entry('GET', 'https://h/logo.svg', { _resourceType: 'image' }),
      ],
    },
  })

  test('API calls become steps, with their pauses, without their secrets', () => {
    const one = convert(har)
    expect(one.format).toBe('har')
    expect(one.scenario.target).toEqual({ url: 'https://h' })
    expect(steps(one)).toEqual([
      {
        request: {
          method: 'POST',
          path: '/api/login',
          query: { lang: 'de' },
          headers: { cookie: '${env.TARGET_COOKIE}' },
          json: { user: 'ann', password: '${env.TARGET_PASSWORD}' },
        },
        name: 'POST api login',
        expect: [{ status: 200 }],
      },
      { delay: '2500ms' },
      { request: { method: 'POST', path: '/api/chat', form: { q: 'hi' } }, name: 'POST api chat', expect: [{ status: 201 }] },
      { request: { method: 'GET', path: '/api/me' }, name: 'GET api me', expect: [{ status: 304 }] },
    ])
    expect(one.notes).toContain('4 entries that are no API calls were left out')
    expect(JSON.stringify(one)).not.toContain('abcdef123456')
  })

  test('an archive of pages alone is refused', () => {
    const pages = { log: { entries: [entry('GET', 'https://h/', { response: { content: { mimeType: 'text/html' } } })] } }
    expect(() => convertText(JSON.stringify(pages))).toThrow('no call to an API')
  })
})

import { describe, expect, test } from 'vitest'
import { convert } from './converted.ts'

describe('variables of the shell come from the environment', () => {
  test('in an address', () => {
    const { target, requests } = convert(
      'curl $AZURE_OPENAI_ENDPOINT/openai/deployments/x/chat/completions?api-version=1 -H "api-key: $AZURE_OPENAI_API_KEY" -d \'{"a":1}\'',
    )
    expect(target).toMatchObject({ url: '${env.AZURE_OPENAI_ENDPOINT}', headers: { 'api-key': '${env.AZURE_OPENAI_API_KEY}' } })
    expect(requests[0]).toMatchObject({ path: 'openai/deployments/x/chat/completions', query: { 'api-version': '1' } })
  })

  test.each([
    [`curl http://h/ -H 'Content-Type: application/json' -d "{\\"model\\": \\"$MODEL\\"}"`, { json: { model: '${env.MODEL}' } }],
    [`curl http://h/ --json "{\\"model\\": \\"\${MODEL:-gpt}\\"}"`, { json: { model: '${env.MODEL:-gpt}' } }],
    [`curl http://h/ --json '{"model": "$MODEL"}'`, { json: { model: '$MODEL' } }],
    [`curl http://h/ --json "{\\"n\\": $N}"`, { body: '{"n": ${env.N}}' }],
    ['curl http://h/ -d a=$X -d "b=${Y}z"', { form: { a: '${env.X}', b: '${env.Y}z' } }],
    ["curl 'http://h/?q=%7B%7Bx%7D%7D%24%7By%7D'", { path: '/?q=%7B%7Bx%7D%7D%24%7By%7D' }],
    ['curl "http://h/?q=$Q"', { query: { q: '${env.Q}' } }],
    ['curl http://h/ --data-urlencode "q=a b$Q"', { form: { q: 'a b${env.Q}' } }],
  ])('%s', (command, request) => {
    expect(convert(command).requests[0]).toMatchObject(request)
  })

  test('in credentials', () => {
    expect(convert('curl -H "Authorization: Bearer $OPENAI_API_KEY" http://h').target.auth).toEqual({
      type: 'bearer',
      token: '${env.OPENAI_API_KEY}',
    })
    expect(convert('curl -u "$WHO:$PASSWORD" http://h').target.auth).toEqual({
      type: 'basic',
      username: '${env.WHO}',
      password: '${env.PASSWORD}',
    })
  })

  test('what a command prints is told, and never run', () => {
    const { target, notes } = convert(
      'curl -H "Authorization: Bearer $(gcloud auth print-access-token)" http://h -H "X-Date: `date`"',
    )
    expect(target).toMatchObject({
      auth: { type: 'bearer', token: '${env.COMMAND_OUTPUT}' },
      headers: { 'x-date': '${env.COMMAND_OUTPUT_2}' },
    })
    expect(notes).toEqual([
      '$(gcloud auth print-access-token) was not run: set the environment variable COMMAND_OUTPUT to what it prints',
      '`date` was not run: set the environment variable COMMAND_OUTPUT_2 to what it prints',
    ])
  })

  test.each([
    ['curl http://h/${NAME%/}', 'only the value of NAME is taken'],
    ['curl "http://h/$1"', '$1 has a value in a script only'],
    ['curl "http://h/${!x}"', 'is not understood'],
  ])('%s is told', (command, note) => {
    expect(convert(command).notes.join('\n')).toContain(note)
  })

  test('but for those that the script sets itself', () => {
    const { requests } = convert('HOST=http://h\nexport NAME="a b"\ncurl "$HOST/x" -d "n=$NAME"')
    expect(requests[0]).toMatchObject({ path: '/x', form: { n: 'a b' } })
  })
})

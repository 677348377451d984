import { describe, expect, test } from 'vitest'
import { validateScenario } from '../../../src/scenario/validate.ts'
import { scenarioText } from '../../../src/templates/emit.ts'
import { shellScript } from '../../../src/templates/imports/curl/shell-words.ts'
import { convertText } from '../../../src/templates/imports/index.ts'
import type { Data } from '../../../src/templates/template.ts'

interface Converted {
  readonly scenario: Data
  readonly notes: readonly string[]
  readonly target: Data
  readonly requests: readonly Data[]
}

function convert(text: string): Converted {
  const [one] = convertText(text, 'curl')
  if (!one) throw new Error('expected a scenario')
  const { problems } = validateScenario(scenarioText(one.scenario, 'yaml'), 't.yaml', { noEnv: true })
  expect(problems.filter(({ severity, code }) => severity === 'error' && code !== 'E_FILE')).toEqual([])
  const requests = (one.scenario.steps as Data[]).map(({ request }) => request as Data)
  return { ...one, target: one.scenario.target as Data, requests }
}

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

describe('words of a shell', () => {
  test.each([
    ['a > out 2>&1 b', [['a', 'b']]],
    ['a &> out; b 2>/dev/null', [['a'], ['b']]],
    ['a < in', [['a']]],
    ['a `\n b', [['a', 'b']]],
    ['a "x $"', [['a', 'x $']]],
    ['a 1>x 22 b', [['a', '22', 'b']]],
  ])('%j', (text, words) => {
    expect(shellScript(text, []).map((command) => command.words)).toEqual(words)
  })

  test.each([
    ["a <<'E'\n$x\nE\nb", '$x\n'],
    ['a <<-E\n\tone\n\tE', 'one\n'],
    ['a <<< word', 'word\n'],
    ['echo -n x | a', 'x'],
    ['cat <<E | a\none\\$\nE', 'one$\n'],
  ])('what %j reads', (text, input) => {
    expect(shellScript(text, []).find(({ words }) => words[0] === 'a')?.input).toBe(input)
  })
})

describe('commands for the prompt of Windows', () => {
  test('as Chrome copies them', () => {
    const { target, requests } = convert(
      [
        'curl ^"http://h/a?x=1^&y=a^%^20b^" ^',
        '  -H ^"accept: */*^" ^',
        '  -H ^"content-type: application/json^" ^',
        '  -H ^"authorization: Bearer %TOKEN%^" ^',
        '  --data-raw ^"^{^\\^"a^\\^":^\\^"b c^\\^"^}^"',
      ].join('\r\n'),
    )
    expect(target).toMatchObject({ url: 'http://h', auth: { type: 'bearer', token: '${env.TOKEN}' } })
    expect(requests).toEqual([{ method: 'POST', path: '/a', query: { x: '1', y: 'a b' }, json: { a: 'b c' } }])
  })

  test('as they were copied before: quotes and line breaks in texts', () => {
    const { requests } = convert('curl "http://h/a" ^\r\n  --data-raw "a=""b""&c=d" ^\r\n  --compressed')
    expect(requests).toEqual([{ method: 'POST', path: '/a', form: { a: '"b"', c: 'd' } }])
    const text = convert('curl ^"http://h/a^" ^\n -H ^"Content-Type: text/plain^" ^\n --data-raw ^"one^\n\ntwo^"')
    expect(text.requests[0]).toMatchObject({ body: 'one\ntwo' })
  })
})

describe('options with an equivalent', () => {
  test.each([
    ['curl --http2-prior-knowledge http://h', { http: { version: '2' } }],
    ['curl --http2 https://h', { http: { version: '2' } }],
    ['curl --resolve h:443:127.0.0.1 -4 https://h', { http: { dns: { hosts: { h: '127.0.0.1' }, family: 4 } } }],
    ['curl --unix-socket /run/x.sock http://h', { http: { unixSocket: '/run/x.sock' } }],
    ['curl -m 0 --connect-timeout 0.25 http://h', { timeouts: { connect: '250ms' } }],
    ['curl -H "Accept-Encoding: gzip" http://h', { http: { compress: true } }],
    ['curl -r 0-9 http://h', { headers: { range: 'bytes=0-9' } }],
  ])('%s', (command, target) => {
    const one = convert(command)
    expect(one.target).toMatchObject(target)
    expect(one.notes).toEqual([])
  })

  test('files of TLS', () => {
    const { target, notes } = convert('curl --cacert ca.pem -E c.pem:word-of-it --key k.pem --tlsv1.3 https://h')
    const passphrase = '${env.TARGET_PASSPHRASE}'
    expect(target.tls).toEqual({ ca: 'ca.pem', cert: 'c.pem', key: 'k.pem', passphrase, minVersion: 'TLSv1.3' })
    expect(notes).toEqual([
      'put ca.pem, c.pem, k.pem where the scenario can find it: paths start at its folder',
      'the passphrase was not copied: set the environment variable TARGET_PASSPHRASE',
    ])
  })

  test('--retry becomes rules', () => {
    const { scenario } = convert('curl --retry 3 --retry-delay 2 --retry-connrefused http://h')
    const retry = { max: 3, delay: '2s', multiplier: 1, jitter: false }
    expect(scenario.onError).toMatchObject({
      rules: [
        { status: [408, 429, 500, 502, 503, 504], do: 'retry', retry },
        { do: 'retry', retry },
      ],
    })
  })

  test.each([
    ['curl --http2 http://h', '--http2 asks a server without TLS'],
    ['curl --http2 -L https://h', 'HTTP/1.1 is used'],
    ['curl --digest -u a:b http://h', '--digest has no equivalent'],
    ['curl --proxy http://p http://h', '--proxy has no equivalent'],
    ['curl --resolve h:80:-x http://h', '--resolve h:80:-x has no equivalent'],
    ['curl -X post http://h', 'the method post is sent as POST'],
    ['curl http://h | jq .', 'other commands were left out: jq'],
    ['curl ftp://h/x http://h/y', 'was left out: "ftp://h/x" is no address of HTTP'],
    ["curl http://h -H 'bad name: x'", 'the header "bad name" cannot be sent'],
  ])('%s is told', (command, note) => {
    expect(convert(command).notes.join('\n')).toContain(note)
  })
})

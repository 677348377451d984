/** What curl itself sends, beside what burn sends for the same command: the commands of the table, run by bash. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { validateScenario } from '../../src/scenario/validate.ts'
import { scenarioText } from '../../src/templates/emit.ts'
import { convertText } from '../../src/templates/imports/index.ts'
import { runScenario } from '../support/run.ts'

interface Seen {
  readonly method: string
  readonly path: string
  readonly query: readonly (readonly [string, string])[] | string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

/** Headers of the connection, and those that each program has of its own. */
const OWN = new Set(['host', 'connection', 'content-length', 'expect', 'accept-encoding'])
const ENV = { MODEL: 'small "quoted"', KEY: 'abcdef-123456', N: '7', BASE: '' }

let seen: Seen[] = []
const folder = mkdtempSync(join(tmpdir(), 'burn-curl-'))
const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    seen.push(seenOf(request, Buffer.concat(chunks).toString('latin1')))
    response.end('{}')
  })
})

beforeAll(async () => {
  writeFileSync(join(folder, 'body.json'), '{"from":\n "a file"}\n')
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  ENV.BASE = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

function seenOf({ method = '', url = '', headers }: IncomingMessage, body: string): Seen {
  const [path = '', query = ''] = url.split(/\?(.*)/s)
  const type = headers['content-type'] ?? ''
  const own = Object.entries(headers).filter(
    ([name, value]) => !OWN.has(name) && !/^(?:\*\/\*|curl\/.*|burn|text\/event-stream, .*)$/.test(String(value)),
  )
  return {
    method,
    path,
    query: /(?:^|&)[^=&]+(?:&|$)/.test(query) ? query.replaceAll('+', '%20') : [...new URLSearchParams(query)],
    headers: Object.fromEntries(own.map(([name, value]) => [name, String(value).replace(/boundary=.*/, 'boundary')])),
    body: bodyOf(type, body),
  }
}

/** JSON and forms are compared by what they say, parts without their boundary, all else byte by byte. */
function bodyOf(type: string, body: string): unknown {
  const [, boundary] = /boundary="?([^";]+)/.exec(type) ?? []
  if (boundary !== undefined) return body.replaceAll(boundary, 'BOUNDARY')
  if (type.includes('form-urlencoded') && /^[^{\s]*=/.test(body)) return [...new URLSearchParams(body)]
  try {
    return type.includes('json') ? JSON.parse(body) : body
  } catch {
    return body
  }
}

async function sentBy(act: () => Promise<unknown>): Promise<Seen[]> {
  seen = []
  await act()
  return seen
}

async function runCurl(command: string): Promise<void> {
  const child = spawn('bash', ['-c', command], { cwd: folder, env: { ...process.env, ...ENV }, stdio: 'ignore' })
  const [code] = await once(child, 'exit')
  expect(code).toBe(0)
}

async function runConverted(command: string): Promise<void> {
  const readFile = (path: string) => (path === 'body.json' ? '{"from":\n "a file"}\n' : undefined)
  const [only] = convertText(command, 'curl', { readFile })
  const { value, problems } = validateScenario(scenarioText(only?.scenario ?? {}, 'yaml'), 't.yaml', {
    env: { ...ENV, TARGET_TOKEN: 'tok-123456', TARGET_COOKIE: 'a=1; b=7', TARGET_PASSWORD: 'secret-1' },
  })
  expect(problems.filter(({ severity }) => severity === 'error')).toEqual([])
  const { result } = await runScenario({ ...(value as Parameters<typeof runScenario>[0]), load: [{ iterations: 1, users: 1 }] })
  expect(result.errors).toEqual([])
}

const commands: readonly string[] = [
  'curl $BASE/a',
  'curl -X PUT $BASE/a -d x=1',
  'curl -X DELETE "$BASE/a/b?x=1&y=%C3%A9&z=a+b"',
  'curl "$BASE/a?flag&x=%zz"',
  'curl -I $BASE/a',
  'curl -G $BASE/a -d q=1 --data-urlencode "r=x y&z" -d s',
  'curl $BASE/a --url-query "q=a b&c" --url-query "+raw=1"',
  "curl $BASE/a -d 'tag=red&tag=b%20lue' -d n=1",
  "curl $BASE/a -d 'a=1&b=2&a=3'",
  "curl $BASE/a -d 'no fields at all'",
  "curl $BASE/a -d ''",
  'curl $BASE/a --data-urlencode "q=$MODEL & more" --data-urlencode "=plain é" --data-urlencode "what(is)!this*"',
  `curl $BASE/a -H 'Content-Type: application/json' -d '{"model":"$MODEL","n":1.5}'`,
  `curl $BASE/a -H "Content-Type: application/json" -d "{\\"n\\": $N, \\"k\\": \\"\${KEY:-none}\\", \\"d\\": \\"\${NOT_SET_AT_ALL:-fallback}\\"}"`,
  `curl $BASE/a --json '{"a":' --json '[1,2]}'`,
  `curl $BASE/a --json '{"big":12345678901234567890,"a":"{{x}} \${y} \\\\ {"}'`,
  "curl $BASE/a -H 'Content-Type: application/vnd.api+json' -d '{\"a\":1}'",
  "curl $BASE/a -H 'Content-Type: text/plain' --data-binary $'line 1\\nline 2\\u00e9'",
  'curl $BASE/a -H "X-One: 1" -H "X-Key: $KEY" -H "X-Empty;" -H "User-Agent: me/1" -H "Accept: text/x"',
  'curl -A agent/2 -e http://from/ -b "a=1; b=$N" -r 0-99 $BASE/a',
  "curl -u 'ann:secret-1' $BASE/a",
  'curl -u "ann:$KEY" $BASE/a',
  'curl -H "Authorization: Bearer $KEY" $BASE/a',
  'curl --oauth2-bearer "$KEY" $BASE/a',
  'curl $BASE/one $BASE/two --url $BASE/three -d x=1',
  'curl -X POST $BASE/one -d a=1 --next $BASE/two -H "X-Own: 1"',
  'curl "$BASE/{a,b}/[1-3]"',
  'curl -g "$BASE/[1-2]"',
  'curl $BASE/a -F name=value -F "two=b;type=text/x" --form-string "three=@no"',
  'curl -d @body.json $BASE/a',
  'curl --data-binary @body.json -H "Content-Type: application/json" $BASE/a',
  'curl --json @- $BASE/a <<EOF\n{"k": "$KEY", "n": "\\$N"}\nEOF',
  "curl --data-binary @- $BASE/a <<'EOF'\n$KEY `x`\nEOF",
  `cat <<EOF | curl --json @- $BASE/a\n{"k":"$KEY"}\nEOF`,
  `echo '{"a":1}' | curl -s -d @- $BASE/a | cat > /dev/null`,
  `curl --json "$(cat <<EOF\n{"k": "$KEY"}\nEOF\n)" $BASE/a 2>&1 > /dev/null`,
  'WHO=ann; export TEXT="hello $WHO"; curl $BASE/a/$WHO -d "t=$TEXT"',
  'curl -sS --compressed --max-time 5 --connect-timeout 1.5 -k -o /dev/null -w "%{http_code}" $BASE/a',
  'curl \\\n  -X PATCH \\\n  $BASE/a # a comment',
]

describe('burn sends what curl sends', () => {
  test.each(commands)('%s', async (command) => {
    const byCurl = await sentBy(() => runCurl(command))
    expect(byCurl.length).toBeGreaterThan(0)
    expect(await sentBy(() => runConverted(command))).toEqual(byCurl)
  })
})

import { mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { planOf } from '../../src/scenario/compile.ts'
import { scenarioSchema } from '../../src/scenario/schema/schema.ts'
import { validateScenario } from '../../src/scenario/validate.ts'
import { scenarioText } from '../../src/templates/emit.ts'
import { convertText } from '../../src/templates/imports/index.ts'
import { type ReadPart, readMultipart } from '../support/multipart.ts'
import { runScenario } from '../support/run.ts'

const BYTES = Buffer.from([0, 13, 10, 255])

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'burn-form-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  writeFileSync(join(made, 'a.bin'), BYTES)
  return made
}

/** Keeps every form that comes in. */
async function formServer() {
  const forms: ReadPart[][] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      forms.push(readMultipart(request.headers['content-type'] ?? '', Buffer.concat(chunks)))
      response.end('ok')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, forms }
}

const shown = (form: readonly ReadPart[] | undefined) =>
  form?.map(({ name, filename, type, content }) => [name, filename, type, content.toString('latin1')])

test('parts are sent with their templates filled in and the bytes of their files', async () => {
  const server = await formServer()
  const scenario = {
    name: 't',
    target: { url: server.url },
    load: [{ iterations: 2, users: 1 }],
    vars: { evil: '"\r\nX: 1' },
    steps: [
      {
        request: {
          multipart: [
            { name: 'n{{iteration.index}}', value: '{{evil}}' },
            { name: 'file', file: 'a.bin', filename: '{{evil}}', type: 'audio/wav' },
            { name: 'file', file: './a.bin' },
          ],
        },
      },
    ],
  }
  const { attempts } = await runScenario(scenario as never, { baseDir: folder() })
  expect(attempts.map(({ exchange }) => exchange.outcome)).toEqual(['ok', 'ok'])
  const rest = [
    ['file', '%22%0D%0AX: 1', 'audio/wav', BYTES.toString('latin1')],
    ['file', 'a.bin', 'application/octet-stream', BYTES.toString('latin1')],
  ]
  expect(server.forms.map(shown)).toEqual([
    [['n0', undefined, undefined, '"\r\nX: 1'], ...rest],
    [['n1', undefined, undefined, '"\r\nX: 1'], ...rest],
  ])
})

function scenarioWith(file: string) {
  const steps = [{ loop: { times: 1, steps: [{ request: { multipart: [{ name: 'f', file }] } }] } }]
  return { name: 't', target: { url: 'http://127.0.0.1:1' }, load: [{ iterations: 1, users: 1 }], steps }
}

test.each([
  ['none.bin', 'none.bin is not there'],
  ['../a.bin', '../a.bin is not there'],
  ['/etc/passwd', '/etc/passwd lies outside of the folder of the scenario'],
  ['link', 'link lies outside of the folder of the scenario'],
  ['.', '. lies outside of the folder of the scenario'],
  ['big.bin', 'big.bin is larger than 8192 KB'],
])('the file %s is refused by validate, and before a run', (file, message) => {
  const baseDir = folder()
  symlinkSync('/etc/passwd', join(baseDir, 'link'))
  writeFileSync(join(baseDir, 'big.bin'), '')
  truncateSync(join(baseDir, 'big.bin'), 8 * 1024 * 1024 + 1)
  const scenario = scenarioWith(file)
  const { problems } = validateScenario(JSON.stringify(scenario), join(baseDir, 't.json'), { noEnv: true })
  expect(problems.filter(({ severity }) => severity === 'error')).toMatchObject([
    { code: 'E_FILE', path: 'steps.0.loop.steps.0.request.multipart.0.file', message },
  ])
  const options = { file: null, baseDir, seed: 's', secrets: [] }
  expect(() => planOf(scenarioSchema.parse(scenario), options)).toThrow(message)
})

test('a file that is there is fine', () => {
  const file = join(folder(), 't.json')
  expect(validateScenario(JSON.stringify(scenarioWith('a.bin')), file, { noEnv: true }).problems).toEqual([])
})

const har = (url: string) => ({
  log: {
    entries: [
      {
        startedDateTime: '2025-01-01T00:00:00Z',
        time: 1,
        request: {
          method: 'POST',
          url,
          headers: [{ name: 'content-type', value: 'multipart/form-data; boundary=x' }],
          postData: {
            mimeType: 'multipart/form-data; boundary=x',
            text: '--x\r\n…',
            params: [
              { name: 'q', value: '{{a}}' },
              { name: 'f', value: '(binary)', fileName: 'a.bin', contentType: 'image/png' },
            ],
          },
        },
        response: { status: 200, content: { mimeType: 'application/json' } },
      },
    ],
  },
})

const postman = (url: string) => ({
  info: { name: 'p' },
  item: [
    {
      name: 'up',
      request: {
        method: 'POST',
        url,
        body: {
          mode: 'formdata',
          formdata: [
            { key: 'q', value: '{{a}}', type: 'text' },
            { key: 'f', type: 'file', src: ['/home/me/a.bin'], contentType: 'image/png' },
            { key: 'off', value: '1', disabled: true },
          ],
        },
      },
    },
  ],
  variable: [{ key: 'a', value: 'hi' }],
})

const openapi = (url: string) => ({
  openapi: '3.0.0',
  info: { title: 'o' },
  servers: [{ url }],
  paths: {
    '/up': {
      post: {
        requestBody: {
          content: {
            'multipart/form-data': {
              schema: {
                type: 'object',
                properties: {
                  q: { type: 'string', example: '{{a}}' },
                  tags: { type: 'array', items: { type: 'string' }, example: ['x', 'y'] },
                  meta: { type: 'object', example: { b: 1 } },
                  a: { type: 'string', format: 'binary' },
                },
              },
              encoding: { a: { contentType: 'image/png, image/jpeg' } },
            },
          },
        },
        responses: { 200: {} },
      },
    },
  },
})

const FILE = ['f', 'a.bin', 'image/png', BYTES.toString('latin1')]

test.each([
  [
    'curl',
    (url: string) =>
      `curl ${url}/up -F 'q={{a}}' --form-string 's=@x;type=y' -F 'm={"b": 1};type=application/json' -F 'f=@/x/a.bin;type=image/png'`,
    [
      ['q', undefined, undefined, '{{a}}'],
      ['s', undefined, undefined, '@x;type=y'],
      ['m', undefined, 'application/json', '{"b": 1}'],
      FILE,
    ],
  ],
  ['har', (url: string) => JSON.stringify(har(`${url}/up`)), [['q', undefined, undefined, '{{a}}'], FILE]],
  ['postman', (url: string) => JSON.stringify(postman(`${url}/up`)), [['q', undefined, undefined, 'hi'], FILE]],
  [
    'openapi',
    (url: string) => JSON.stringify(openapi(url)),
    [
      ['q', undefined, undefined, '{{a}}'],
      ['tags', undefined, undefined, 'x'],
      ['tags', undefined, undefined, 'y'],
      ['meta', undefined, 'application/json', '{"b":1}'],
      ['a', ...FILE.slice(1)],
    ],
  ],
] as const)('a form of %s is sent as it was', async (_kind, text, expected) => {
  const server = await formServer()
  const [converted] = convertText(text(server.url))
  if (!converted) throw new Error('nothing was converted')
  expect(converted.notes.filter((note) => note.includes('put the file a.bin beside the scenario'))).toHaveLength(1)
  const baseDir = folder()
  const { problems } = validateScenario(scenarioText(converted.scenario, 'yaml'), join(baseDir, 't.yaml'), { noEnv: true })
  expect(problems).toEqual([])
  const { attempts } = await runScenario({ ...converted.scenario, load: [{ iterations: 1, users: 1 }] } as never, { baseDir })
  expect(attempts.map(({ exchange }) => exchange.outcome)).toEqual(['ok'])
  expect(server.forms.map(shown)).toEqual([expected])
})

test.each([
  ["-F 'f=@a.png'", { name: 'f', file: 'a.png', type: 'image/png' }, undefined],
  ['-F \'f=@"a;b,c.txt";filename="x y"\'', { name: 'f', file: 'a;b,c.txt', filename: 'x y' }, undefined],
  ['-F \'f=@d.bin;headers="X: 1"\'', { name: 'f', file: 'd.bin' }, 'headers of the part "f"'],
  ["-F 'f=a;b'", { name: 'f', value: 'a;b' }, undefined],
])('curl %s', (option, part, note) => {
  const [converted] = convertText(`curl http://h/a ${option}`)
  expect(converted?.scenario.steps).toMatchObject([{ request: { method: 'POST', multipart: [part] } }])
  if (note !== undefined) expect(converted?.notes.join()).toContain(note)
})

test.each([
  ["-F 'f=<a.txt'", 'reads a file'],
  ['-F f=@-', 'reads the input'],
  ['-F f', 'is no field'],
  ['-F f=1 -d a=1', 'cannot be sent together'],
])('curl %s is refused', (option, why) => {
  expect(() => convertText(`curl http://h/a ${option}`, 'curl')).toThrow(why)
})

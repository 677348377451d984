/** Files of other tools, made up: right in their form, odd in everything that they may hold. */
import * as fc from 'fast-check'

const ODD = [
  '{{x}}',
  '{{',
  '}}',
  '{',
  '}',
  '${x}',
  '$',
  '\\',
  '"',
  "'",
  ' ',
  '\n',
  '\t',
  'é',
  '键',
  '😀',
  '\u007f',
  '\u0085',
  '%',
  '%zz',
  '&',
  '=',
  '#',
  '?',
  ':',
  'true',
  'null',
  '<<',
  '*a',
  'encrypted:',
  '{{{{',
  '{{#if',
  '{{user}}',
  '{{n}}}}',
  '-',
  '0x1',
  '1e3',
  '/../',
  '~',
]

/** Any text: pieces that mean something somewhere, and plain ones. */
export const text = fc
  .array(fc.oneof(fc.constantFrom(...ODD), fc.string({ maxLength: 6, unit: 'binary' })), { maxLength: 5 })
  .map((parts) => parts.join(''))
const name = fc.oneof(
  fc.constantFrom(
    'a',
    'b-c',
    'd e',
    'constructor',
    '__proto__',
    'user',
    'index',
    'message',
    'tag',
    '1',
    '',
    'token',
    'if',
    'a.b',
    '键',
  ),
  text,
)
const word = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)

export const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    text,
    fc.oneof(fc.integer(), fc.double(), fc.constantFrom(2 ** 70, -0, 1e21)),
    fc.constantFrom(true, false, null),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3 }),
  ),
})).value

const host = fc.constantFrom('h', 'api.example.com', '127.0.0.1:8080', '[::1]:81', 'h:99999', '')
const path = fc
  .array(fc.oneof(word, text, fc.constantFrom('{id}', ':id', '')), { maxLength: 3 })
  .map((parts) => parts.map((part) => `/${part}`).join(''))
const query = fc.oneof(
  fc.constant(''),
  fc.array(fc.tuple(name, text), { maxLength: 3 }).map((pairs) => `?${pairs.map(([key, value]) => `${key}=${value}`).join('&')}`),
)
const url = fc
  .tuple(fc.constantFrom('http://', 'https://', 'http://u:p@', 'HTTP://', '', 'ftp://', '{{base}}'), host, path, query)
  .map((parts) => parts.join(''))
const method = fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'get', 'CONNECT', 'M_X')
const header = fc.tuple(
  fc.oneof(word, fc.constantFrom('Content-Type', 'Authorization', 'Cookie', 'Host', 'X-Api-Key', 'Content-Length', 'bad name')),
  fc.oneof(
    text,
    fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'Bearer abc', 'Basic YTpi', 'Basic %%%'),
  ),
)
const type = fc.constantFrom(
  'application/json',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
  'application/vnd.api+json',
  '',
)

/** Single quotes of a shell, in which nothing means anything. */
const quoted = (value: string) => `'${value.replaceAll("'", "'\\''")}'`
const option = fc.oneof(
  header.map(([key, value]) => `-H ${quoted(`${key}: ${value}`)}`),
  fc
    .tuple(
      fc.constantFrom(
        '-d',
        '--data-raw',
        '--data-urlencode',
        '--data-binary',
        '--json',
        '-u',
        '-A',
        '-e',
        '--oauth2-bearer',
        '--url-query',
        '-r',
      ),
      text,
    )
    .map(([flag, value]) => `${flag} ${quoted(value.startsWith('@') ? 'x' : value.replaceAll('@', 'x'))}`),
  json.map((value) => `--json ${quoted(JSON.stringify(value) ?? '')}`),
  fc.tuple(word, text).map(([key, value]) => `-b ${quoted(`${key}=${value}`)}`),
  fc.constantFrom(
    '-k',
    '-L',
    '-G',
    '-I',
    '--compressed',
    '-s',
    '--http2',
    '--http2-prior-knowledge',
    '--retry 3',
    '-m 5',
    '-m nonsense',
    '--connect-timeout 0.2',
    '--digest',
    '-X PUT',
    '-X "m y"',
    '-x http://p',
    '--resolve h:1:2',
    '-H "X-A: $VAR ${B:-c} $(date)"',
    '-d "{\\"n\\": $N}"',
    '-u "$U:$P"',
    '--next',
    '-g',
    '--max-redirs -1',
  ),
)
export const curl = fc
  .array(fc.tuple(url, fc.array(option, { maxLength: 5 })), { minLength: 1, maxLength: 3 })
  .map((commands) => commands.map(([address, options]) => `curl ${quoted(address)} ${options.join(' ')}`).join('\n'))

const pairs = fc.array(
  fc.record({ name, value: text, fileName: fc.option(text, { nil: undefined }) }, { requiredKeys: ['name', 'value'] }),
  { maxLength: 3 },
)
const entry = fc.record(
  {
    _resourceType: fc.constantFrom('fetch', 'xhr', 'websocket', 'document'),
    startedDateTime: fc.constantFrom('2024-01-01T00:00:00Z', '2024-01-01T00:00:09Z', 'never'),
    time: fc.oneof(fc.double(), fc.constant(-1)),
    _webSocketMessages: fc.array(
      fc.record({
        type: fc.constantFrom('send', 'receive'),
        time: fc.integer({ min: 0, max: 99 }),
        opcode: fc.constantFrom(1, 2, 8),
        data: fc.oneof(
          text,
          json.map((value) => JSON.stringify(value) ?? ''),
        ),
      }),
      { maxLength: 4 },
    ),
    request: fc.record({
      method,
      url: fc.oneof(url, fc.constant('wss://h/ws')),
      headers: fc.array(
        header.map(([key, value]) => ({ name: key, value })),
        { maxLength: 3 },
      ),
      postData: fc.oneof(
        fc.constant(undefined),
        fc.record({
          mimeType: type,
          text: fc.oneof(
            text,
            json.map((value) => JSON.stringify(value) ?? ''),
          ),
        }),
        fc.record({ mimeType: type, params: pairs }),
      ),
    }),
    response: fc.record({ status: fc.constantFrom(0, 200, 304, 404), content: fc.record({ mimeType: type }) }),
  },
  { requiredKeys: ['request', 'response'] },
)
export const har = fc.array(entry, { minLength: 1, maxLength: 4 }).map((entries) => JSON.stringify({ log: { entries } }))

const keyed = fc.array(
  fc.record(
    {
      key: name,
      value: fc.oneof(text, fc.constant(null)),
      disabled: fc.boolean(),
      type: fc.constantFrom('text', 'file', 'secret'),
      src: text,
    },
    { requiredKeys: ['key'] },
  ),
  { maxLength: 3 },
)
const auth = fc.oneof(
  fc.constantFrom(null, undefined, { type: 'noauth' }, { type: 'digest' }),
  fc.record({ type: fc.constant('bearer'), bearer: fc.tuple(text).map(([value]) => [{ key: 'token', value }]) }),
  fc.record({ type: fc.constant('basic'), basic: fc.record({ username: text, password: text }) }),
  fc.record({
    type: fc.constant('apikey'),
    apikey: fc.tuple(name, text, fc.constantFrom('header', 'query')).map(([key, value, place]) => [
      { key: 'key', value: key },
      { key: 'value', value },
      { key: 'in', value: place },
    ]),
  }),
)
const parts = fc.record(
  {
    protocol: fc.constantFrom('http', 'https:'),
    host: fc.oneof(fc.constantFrom('h', '{{base}}'), fc.array(word, { minLength: 1, maxLength: 3 })),
    port: fc.constantFrom('81', 82),
    path: fc.oneof(text, fc.array(fc.oneof(text, fc.constantFrom(':id')), { maxLength: 3 })),
    query: keyed,
    variable: keyed,
  },
  { requiredKeys: ['host'] },
)
const body = fc.oneof(
  fc.constant(undefined),
  fc.record({
    mode: fc.constant('raw'),
    raw: fc.oneof(
      text,
      json.map((value) => JSON.stringify(value) ?? ''),
    ),
    options: fc.constantFrom(undefined, { raw: { language: 'json' } }),
  }),
  fc.record({ mode: fc.constant('urlencoded'), urlencoded: keyed }),
  fc.record({ mode: fc.constant('formdata'), formdata: keyed }),
  fc.record({ mode: fc.constant('graphql'), graphql: fc.record({ query: text, variables: text }) }),
  fc.constant({ mode: 'file' }),
)
const request = fc.oneof(
  url,
  fc.record(
    { method, url: fc.oneof(url, parts, fc.record({ raw: url, query: keyed })), header: fc.oneof(keyed, text), body, auth },
    { requiredKeys: ['url'] },
  ),
)
const item = fc.record({ name: text, request })
export const postman = fc
  .record({
    info: fc.record({ name: text }),
    variable: keyed,
    auth,
    item: fc.array(fc.oneof(item, fc.record({ name: text, item: fc.array(item, { maxLength: 2 }), auth, variable: keyed })), {
      minLength: 1,
      maxLength: 3,
    }),
  })
  .map((collection) => JSON.stringify(collection))

const bound = fc.oneof(fc.integer({ min: -20, max: 20 }), fc.constantFrom(-9223372036854776000, 1e300, 0.5))
export const schema: fc.Arbitrary<unknown> = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small' },
    fc.record(
      {
        type: fc.constantFrom('string', ['string', 'null']),
        format: fc.constantFrom('uuid', 'date-time', 'email', 'odd'),
        minLength: fc.integer({ min: 0, max: 9 }),
        maxLength: fc.integer({ min: 0, max: 9 }),
        pattern: fc.oneof(text, fc.constant('^[a-z]+$')),
      },
      { requiredKeys: ['type'] },
    ),
    fc.record(
      {
        type: fc.constantFrom('integer', 'number'),
        minimum: bound,
        maximum: bound,
        exclusiveMinimum: fc.oneof(bound, fc.boolean()),
        exclusiveMaximum: fc.oneof(bound, fc.boolean()),
        multipleOf: bound,
      },
      { requiredKeys: ['type'] },
    ),
    fc.record({ example: json, default: json, enum: fc.array(json, { maxLength: 2 }) }, { requiredKeys: [] }),
    fc.record(
      { type: fc.constant('array'), items: tie('schema'), minItems: fc.integer({ min: 0, max: 5 }), uniqueItems: fc.boolean() },
      { requiredKeys: ['type'] },
    ),
    fc.record(
      {
        type: fc.constant('object'),
        properties: fc.dictionary(name, tie('schema'), { maxKeys: 3 }),
        required: fc.array(name, { maxLength: 2 }),
      },
      { requiredKeys: ['type'] },
    ),
    fc.record(
      { allOf: fc.array(tie('schema'), { maxLength: 2 }), properties: fc.dictionary(name, tie('schema'), { maxKeys: 2 }) },
      { requiredKeys: ['allOf'] },
    ),
    fc.record({ oneOf: fc.array(tie('schema'), { maxLength: 2 }) }),
    fc.constantFrom({ $ref: '#/components/schemas/Self' }, { $ref: 'other.yaml' }, { type: 'boolean' }, true, {}),
  ),
})).schema
const parameter = fc.record(
  {
    name,
    in: fc.constantFrom('query', 'path', 'header', 'cookie'),
    required: fc.boolean(),
    schema,
    example: json,
    style: fc.constantFrom('form', 'simple', 'deepObject', 'pipeDelimited', 'matrix', 'label'),
    explode: fc.boolean(),
  },
  { requiredKeys: ['name', 'in'] },
)
const operation = fc.record(
  {
    operationId: text,
    summary: text,
    parameters: fc.array(parameter, { maxLength: 3 }),
    servers: fc.array(fc.record({ url: fc.oneof(url, fc.constantFrom('/v2', 'https://{x}/y')) }), { maxLength: 1 }),
    requestBody: fc.record({
      content: fc.dictionary(
        fc.constantFrom(
          'application/json',
          '*/*',
          'application/x-www-form-urlencoded',
          'multipart/form-data',
          'text/csv',
          'image/png',
        ),
        fc.record({ schema, example: json }, { requiredKeys: [] }),
        { maxKeys: 2 },
      ),
    }),
    responses: fc.dictionary(fc.constantFrom('200', '201', '2XX', 'default', '404'), fc.constant({}), { maxKeys: 2 }),
  },
  { requiredKeys: [] },
)
const scheme = fc.oneof(
  fc.record({ type: fc.constant('apiKey'), name, in: fc.constantFrom('header', 'query', 'cookie') }),
  fc.constantFrom(
    { type: 'http', scheme: 'bearer' },
    { type: 'http', scheme: 'digest' },
    { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/t', scopes: { 'a:b': '' } } } },
    { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://h/t' } } },
  ),
)
export const openApi = fc
  .record({
    openapi: fc.constant('3.0.3'),
    info: fc.record({ title: text }),
    servers: fc.array(fc.record({ url }), { maxLength: 1 }),
    security: fc.constantFrom(undefined, [{ s: [] }], [{}]),
    components: fc.record({ securitySchemes: fc.record({ s: scheme }), schemas: fc.record({ Self: schema }) }),
    paths: fc.dictionary(path, fc.record({ get: operation, post: operation }, { requiredKeys: ['post'] }), {
      minKeys: 1,
      maxKeys: 2,
    }),
  })
  .map((document) => JSON.stringify(document))

const rates = fc.record(
  { messagesPerSecond: fc.constantFrom(1, 0.5, 20), burstMultiplier: fc.constantFrom(1, 3) },
  { requiredKeys: ['messagesPerSecond'] },
)
export const testbench = fc
  .record(
    {
      name: text,
      protocol: fc.constantFrom('WEBSOCKET', 'HTTP', 'MQTT'),
      endpoint: fc.constantFrom('ws://h/ws', 'http://h/api', 'mqtt://h:1883/a/b', 'localhost:8000/ws/'),
      duration_seconds: fc.integer({ min: 1, max: 100 }),
      connections: fc.integer({ min: 1, max: 50 }),
      rates,
      payloads: fc.uniqueArray(fc.constantFrom('HEARTBEAT', 'SESSION_DATA', 'VOICE_DATA'), { minLength: 1, maxLength: 2 }),
      authentication: fc.record({
        type: fc.constantFrom('TOKEN', 'BASIC', 'NONE'),
        credentials: fc.record({ token: text, username: text, password: text }),
      }),
      headers: fc.dictionary(word, text, { maxKeys: 2 }),
      customData: fc.dictionary(word, json, { maxKeys: 2 }),
      unknown: json,
    },
    { requiredKeys: ['name', 'protocol', 'endpoint', 'duration_seconds', 'connections', 'rates', 'payloads'] },
  )
  .map((file) => JSON.stringify(file))

/** Its texts are templates as they are: what they read has to be there. */
const said = fc.oneof(
  fc.constantFrom('Hello', 'Hi {{lastResponse}}', '{{greeting}} ${x}', 'at {{timestamp}}'),
  text.filter((value) => value.trim() !== '' && !/[{}\\]|^encrypted:/.test(value)),
)
const flowStep = fc.oneof(
  fc.record({ id: word, type: fc.constant('message'), config: fc.record({ content: said }) }),
  fc.record({ id: word, type: fc.constant('delay'), config: fc.record({ durationMs: fc.integer({ min: 1, max: 5000 }) }) }),
)
export const krawall = fc
  .record(
    {
      name: text,
      description: text.filter((value) => !value.startsWith('encrypted:')),
      repetitions: fc.integer({ min: 1, max: 9 }),
      concurrency: fc.integer({ min: 1, max: 9 }),
      messageTemplates: fc.record({ greeting: said.map((value) => value.replaceAll('{{greeting}}', '')) }),
      flowConfig: fc
        .tuple(flowStep, fc.array(flowStep, { maxLength: 3 }), said)
        .map(([first, more, content]) => [first, ...more, { id: 'end', type: 'message', config: { content } }]),
      target: fc.record({
        name: text,
        connectorType: fc.constantFrom('HTTP_REST', 'WEBSOCKET'),
        endpoint: fc.constantFrom('http://h/v1', 'https://h'),
      }),
      unknown: json,
    },
    { requiredKeys: ['name', 'flowConfig', 'messageTemplates'] },
  )
  .map((file) => JSON.stringify(file))

/** Which values of texts and scenarios are taken for secrets. */
import { expect, test } from 'vitest'
import { holdsCredentials, secretsInText, writtenSecrets } from '../../src/text/written-secrets.ts'

test.each<[string, string, string[]]>([
  ['a form', 'user=anna&pass=geheim9&lang=en', ['geheim9']],
  ['JSON', '{"password": "two words", "a": 1}', ['two words']],
  ['JSON in JSON', '{"a":"{\\"passwd\\":\\"geheim9\\"}"}', ['geheim9']],
  ['XML', '<wsse:Password Type="t">geheim9</wsse:Password><user>anna</user>', ['geheim9']],
  ['CDATA', '<pwd><![CDATA[geheim9]]></pwd>', ['geheim9']],
  ['an attribute', "<login user='anna' passphrase='geheim9'/>", ['geheim9']],
  ['GraphQL', 'mutation { login(user: "anna", password: "geheim9") { id } }', ['geheim9']],
  ['the parameter of an address', 'see https://h/x?lang=en&access_token=geheim9', ['geheim9']],
  ['a scheme before it', 'Authorization: "Bearer geheim9"', ['geheim9']],
  ['a variable, a number, a template', 'token=${X}&key=123456&pass={{p}}', []],
  ['words that only sound like it', 'passport=DE1&monkey=banana&tokens=many', []],
])('%s', (_, text, expected) => expect(secretsInText(text).map(({ secret }) => secret)).toEqual(expected))

test('each stands where it is said to stand', () => {
  const text = '<password> geheim9 </password> token=Bearer geheim8'
  for (const { secret, start } of secretsInText(text)) expect(text.slice(start, start + secret.length)).toBe(secret)
})

test('a word after `password:` may be a secret; what is quoted or in a form is one', () => {
  const sure = secretsInText('the password: there, token: "geheim9"&key=abc').map(({ secret, sure }) => [secret, sure])
  expect(sure).toEqual([
    ['there', false],
    ['geheim9', true],
    ['abc', true],
  ])
})

test('a long text of one word takes no longer than its length', () => {
  expect(secretsInText(`${'a'.repeat(2_000_000)}<${'b'.repeat(2_000_000)}`)).toEqual([])
})

test.each<[string, unknown, string[]]>([
  ['a form in the text of a body', { request: { body: 'a=b&pass=geh%40im9' } }, ['geh%40im9', 'geh@im9']],
  [
    'each cookie',
    { request: { headers: { Cookie: 'a=geheim9; b=geh=eim8' } } },
    ['a=geheim9; b=geh=eim8', 'geheim9', 'geh=eim8'],
  ],
  ['GraphQL within JSON', { request: { json: { query: 'mutation { login(password: "geheim9") }' } } }, ['geheim9']],
  ['JSON within the JSON of a body', { request: { body: '{"a":{"b":"{\\"pass\\":\\"geheim9\\"}"}}' } }, ['geheim9']],
  ['a payload of MQTT', { request: { publish: { payload: '<pin><password>geheim9</password></pin>' } } }, ['geheim9']],
  ['the path of a request', { request: { path: '/x?sig=geheim9' } }, ['geheim9']],
  ['a body with a template', { request: { body: 'user={{user}}&pass=geheim9' } }, ['geheim9']],
  [
    'a part of a multipart form',
    {
      request: {
        multipart: [
          { name: 'password', value: 'geheim9' },
          { name: 'user', value: 'anna99' },
        ],
      },
    },
    ['geheim9'],
  ],
  ['pairs in the JSON of a body', { request: { json: { fields: [{ name: 'api_key', value: 'geheim9' }] } } }, ['geheim9']],
  ['what a user says', { message: 'my password="geheim9"' }, []],
])('%s', (_, step, expected) => {
  const found = writtenSecrets({ steps: [step] })
  expect([...new Set(found.map(({ secret }) => secret))].sort()).toEqual([...expected].sort())
  for (const { path } of found) expect(path.slice(0, 3)).toEqual(['steps', 0, 'request'])
})

test.each([
  ['https://ann:secret@h/x.tgz', true],
  ['git+https://token@h/x.git', true],
  ['https://h/x?access_token=abc', true],
  ['git+ssh://git@h/x.git', false],
  ['https://h/@scope/x.tgz', false],
])('%s holds credentials: %s', (address, expected) => expect(holdsCredentials(address)).toBe(expected))

test('a reference to the environment is no secret, wherever it stands', () => {
  const url = (address: string) => writtenSecrets({ target: { url: address } }).map(({ secret }) => secret)
  expect(url('http://h/ok?api_key=${env.API_KEY}')).toEqual([])
  expect(url('http://h/ok?api_key=${env.PART_ONE}${env.PART_TWO}')).toEqual([])
  expect(url('http://anna:${env.PASSWORD}@h/ok')).toEqual([])
  expect(url('http://h/ok?api_key={{key}}')).toEqual([])
  expect(url('http://anna:geheim8@h/ok?api_key=geheim9&sig=${env.SIG}')).toEqual(['geheim8', 'geheim9'])
})
